import type { CommandAnswer } from '@qingpai/wire';
import { reasons } from '@qingpai/wire/reasons';
import { commander, type CommandMessage } from './commander';

const done: CommandAnswer = { ok: true, events: [] };
const refused = (reason: 'lot-on-block' | 'not-ready'): CommandAnswer => ({
  ok: false,
  reason,
  message: reasons[reason],
});

/** A port with a clock of its own: what was sent, what waits to run, what the page was told. */
function port() {
  const sent: CommandMessage[] = [];
  const posted: CommandMessage[] = [];
  const stages: (string | null)[] = [];
  const timers: { run: () => void; afterMs: number; off: boolean }[] = [];
  let answerSocket: (answer: CommandAnswer) => void = () => {};
  const answers: (CommandAnswer | null)[] = [];
  return {
    sent,
    posted,
    stages,
    /** What HTTP will answer, in order; then nothing. */
    answers,
    answer: (answer: CommandAnswer) => answerSocket(answer),
    /** Lets the earliest waiting timer ring. */
    async ring() {
      const timer = timers.find((each) => !each.off);
      if (!timer) throw new Error('nothing waits');
      timer.off = true;
      timer.run();
      await Promise.resolve();
      await Promise.resolve();
    },
    waiting: () => timers.filter((each) => !each.off).length,
    port: {
      send(message: CommandMessage, answer: (answer: CommandAnswer) => void) {
        sent.push(message);
        answerSocket = answer;
      },
      post(message: CommandMessage) {
        posted.push(message);
        return Promise.resolve(answers.shift() ?? null);
      },
      later(run: () => void, afterMs: number) {
        const timer = { run, afterMs, off: false };
        timers.push(timer);
        return () => void (timer.off = true);
      },
      newId: () => `cmd-0000${sent.length}`,
      onStage: (stage: 'sending' | 'unknown' | null) => void stages.push(stage),
    },
  };
}

describe("a host's command", () => {
  it('carries the signature it was given, and the same one when it is asked again', async () => {
    const p = port();
    void commander(p.port).run({ name: 'close' }, 'c2ln');
    await p.ring();
    expect([p.sent[0], p.posted[0]]).toMatchObject([{ sig: 'c2ln' }, { sig: 'c2ln' }]);
  });

  it('is sent once and answered once', async () => {
    const p = port();
    const answer = commander(p.port).run({ name: 'offer', lot: 'L1' });
    p.answer(done);
    expect(await answer).toBe(done);
    expect(p.sent).toEqual([{ commandId: 'cmd-00000', command: { name: 'offer', lot: 'L1' } }]);
    expect(p.stages).toEqual(['sending', null]);
    expect(p.waiting()).toBe(0);
  });

  it('that is not answered is asked again over HTTP with the same id', async () => {
    const p = port();
    const answer = commander(p.port).run({ name: 'lastCall', lot: 'L1' });
    await p.ring();
    expect(p.stages).toEqual(['sending', 'unknown']);
    p.answers.push(done);
    await p.ring();
    expect(await answer).toBe(done);
    expect(p.posted.map((each) => each.commandId)).toEqual(['cmd-00000', 'cmd-00000']);
  });

  it('goes on asking while the server is not ready, and stops at a real refusal', async () => {
    const p = port();
    const answer = commander(p.port).run({ name: 'offer', lot: 'L1' });
    p.answer(refused('not-ready'));
    p.answers.push(refused('lot-on-block'));
    await p.ring();
    expect(await answer).toEqual(refused('lot-on-block'));
  });

  it('waits for the one before it: a second press sends nothing', async () => {
    const p = port();
    const commands = commander(p.port);
    const first = commands.run({ name: 'offer', lot: 'L1' });
    expect(await commands.run({ name: 'offer', lot: 'L2' })).toBeNull();
    p.answer(done);
    await first;
    expect(p.sent).toHaveLength(1);
    void commands.run({ name: 'offer', lot: 'L2' });
    expect(p.sent).toHaveLength(2);
  });

  it('asks no more after the page is left', async () => {
    const p = port();
    const commands = commander(p.port);
    void commands.run({ name: 'offer', lot: 'L1' });
    commands.stop();
    await p.ring();
    expect(p.posted).toEqual([]);
  });
});
