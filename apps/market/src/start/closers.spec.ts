import { createLog } from '@qingpai/platform';
import { Closers } from './closers.js';
import { consoleLines, readable } from './consoleLines.js';
import { msUntilNight, tellOfJump } from './housekeeping.js';

describe('closing', () => {
  it('goes backwards, and one that fails does not keep the others open', async () => {
    const lines: string[] = [];
    const closers = new Closers(createLog('info', { write: (line) => void lines.push(line) }));
    const closed: string[] = [];
    for (const name of ['Postgres', 'the server', 'the doorbell']) {
      closers.add(name, async () => {
        closed.push(name);
        if (name === 'the server') throw new Error('stuck');
      });
    }
    await closers.closeAll();
    await closers.closeAll();
    expect(closed).toEqual(['the doorbell', 'the server', 'Postgres']);
    expect(lines.filter((line) => line.includes('stuck'))).toHaveLength(1);
  });
});

describe('housekeeping', () => {
  it('tells once that somebody set the clock, and again when it is set once more', () => {
    const lines: string[] = [];
    const log = createLog('info', { write: (line) => void lines.push(line) });
    let told = 0;
    for (const aheadMs of [3, -40, 86_400_000, 86_400_010, 12, 5]) told = tellOfJump(aheadMs, told, log);
    expect(lines.map((line) => (JSON.parse(line) as { aheadMs: number }).aheadMs)).toEqual([86_400_000, 12]);
  });
});

describe('the nightly look at the data', () => {
  it("comes at half past three by the township's clock, and not twice at once", () => {
    const at = (text: string) => msUntilNight(Date.parse(text)) / 60_000;
    expect([at('2026-11-24T03:29:00+08:00'), at('2026-11-24T03:30:00+08:00')]).toEqual([1, 24 * 60]);
    expect(at('2026-11-24T20:00:00+08:00')).toBe(7.5 * 60);
  });
});

describe('the log at a terminal', () => {
  it('is one readable line per entry', () => {
    const said: string[] = [];
    const log = createLog(
      'info',
      consoleLines((text) => void said.push(text)),
    );
    log.info({ port: 8020 }, '开始监听 / listening');
    expect(said).toEqual([expect.stringMatching(/^ {3}\d\d:\d\d:\d\d 开始监听 \/ listening port=8020\n$/)]);
  });

  it('shows how grave it is, and the cause', () => {
    const line = readable({ level: 40, time: 0, msg: 'lost', err: { message: 'gone' } });
    expect(line).toMatch(/^ {3}\d\d:\d\d:\d\d WARN lost\ngone\n$/);
  });
});
