import { serverClock } from './serverClock';

/** A network with chosen delays there and back, and a page clock that starts anywhere. */
function clockOver(delays: [thereMs: number, backMs: number][]) {
  let nowMs = 77;
  const serverAheadMs = 1_764_000_000_000;
  const timers: { atMs: number; run: () => void }[] = [];
  const later = (run: () => void, afterMs: number) => {
    const timer = { atMs: nowMs + afterMs, run };
    timers.push(timer);
    return () => void timers.splice(timers.indexOf(timer) >>> 0, 1);
  };
  let asked = 0;
  const clock = serverClock({
    monotonicMs: () => nowMs,
    later,
    ask: (answer) => {
      const [thereMs, backMs] = delays[Math.min(asked, delays.length - 1)] ?? [0, 0];
      asked += 1;
      const serverNowMs = nowMs + thereMs + serverAheadMs;
      later(() => answer(serverNowMs), thereMs + backMs);
    },
  });
  return {
    clock,
    asked: () => asked,
    errorMs: () => Math.abs((clock.nowMs() ?? 0) - (nowMs + serverAheadMs)),
    pass(ms: number) {
      const endMs = nowMs + ms;
      for (;;) {
        const next = timers.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
        if (!next) break;
        timers.splice(timers.indexOf(next), 1);
        nowMs = next.atMs;
        next.run();
      }
      nowMs = endMs;
    },
  };
}

describe("the server's clock", () => {
  it('is unknown before the first answer', () => {
    expect(clockOver([[10, 10]]).clock.nowMs()).toBeNull();
  });

  it('keeps the answer with the lowest round trip', () => {
    const it = clockOver([[400, 20], [20, 300], [12, 10], [900, 10], [10, 500]]); // prettier-ignore
    it.clock.start();
    it.pass(5_000);
    expect(it.errorMs()).toBeLessThanOrEqual(1);
  });

  it('is never further off than half of its best round trip', () => {
    const it = clockOver([[180, 20], [250, 10]]); // prettier-ignore
    it.clock.start();
    it.pass(5_000);
    expect(it.errorMs()).toBeLessThanOrEqual(100);
  });

  it('pings five times on joining, then every 30 s', () => {
    const it = clockOver([[10, 10]]);
    it.clock.start();
    it.pass(2_000);
    expect(it.asked()).toBe(5);
    it.pass(60_000);
    expect(it.asked()).toBe(7);
  });

  it('asks no more after it was stopped, and still knows the time', () => {
    const it = clockOver([[10, 10]]);
    it.clock.start();
    it.pass(2_000);
    it.clock.stop();
    it.pass(100_000);
    expect(it.asked()).toBe(5);
    expect(it.errorMs()).toBeLessThanOrEqual(1);
  });
});
