import { announcer } from './announce';

function listening() {
  let nowMs = 0;
  const timers: { atMs: number; run: () => void }[] = [];
  const heard: string[] = [];
  const announce = announcer({
    monotonicMs: () => nowMs,
    later: (run, afterMs) => {
      timers.push({ atMs: nowMs + afterMs, run });
      return () => undefined;
    },
    polite: (text) => heard.push(`${nowMs} ${text}`),
    assertive: (text) => heard.push(`${nowMs} ! ${text}`),
  });
  const pass = (ms: number) => {
    nowMs += ms;
    for (const timer of timers.filter(({ atMs }) => atMs <= nowMs)) {
      timers.splice(timers.indexOf(timer), 1);
      timer.run();
    }
  };
  return { announce, heard, pass };
}

describe('what a screen reader is told', () => {
  it('is at most one polite message in 2 s, and the newest', () => {
    const { announce, heard, pass } = listening();
    announce.polite('¥58');
    pass(0);
    for (const price of ['¥60', '¥62', '¥64']) announce.polite(price);
    pass(1_000);
    expect(heard).toEqual(['0 ¥58']);
    pass(1_000);
    expect(heard).toEqual(['0 ¥58', '2000 ¥64']);
  });

  it('is told at once when it is urgent', () => {
    const { announce, heard, pass } = listening();
    announce.polite('¥58');
    pass(0);
    announce.assertive('28号出到 ¥64，超过了您');
    expect(heard).toEqual(['0 ¥58', '0 ! 28号出到 ¥64，超过了您']);
  });
});
