import { type KeptRecord, keptUntilMs, lockedUntilMs } from './retention.js';

const nowMs = Date.UTC(2026, 10, 24);
const record = (kind: KeptRecord['kind'], endedAtMs: number | null): KeptRecord => ({
  kind,
  endedAtMs,
  showId: null,
  townshipId: null,
});
const day = (untilMs: number | null) => untilMs && new Date(untilMs).toISOString().slice(0, 10);

describe('how long a record is kept', () => {
  test('an auction five years, a deal three, a network log six months', () => {
    const ended = Date.UTC(2026, 2, 21);
    const days = (['auction', 'deal', 'network'] as const).map((kind) =>
      day(keptUntilMs(record(kind, ended), nowMs)),
    );
    expect(days).toEqual(['2031-03-21', '2029-03-21', '2026-09-21']);
  });

  test('of a person with several, the longest wins', () => {
    const records = [
      record('deal', nowMs),
      record('auction', Date.UTC(2024, 0, 1)),
      record('network', nowMs),
    ];
    expect(day(lockedUntilMs(records, nowMs))).toBe('2029-11-24');
  });

  test('what is not over has not begun to run', () => {
    expect(day(lockedUntilMs([record('auction', null)], nowMs))).toBe('2031-11-24');
  });

  test('when all periods are over, nothing is locked', () => {
    expect(lockedUntilMs([record('network', Date.UTC(2026, 4, 24))], nowMs)).toBeNull();
    expect(lockedUntilMs([], nowMs)).toBeNull();
  });

  test('a period from a leap day ends the day after where there is none', () => {
    expect(day(keptUntilMs(record('auction', Date.UTC(2028, 1, 29)), nowMs))).toBe('2033-03-01');
  });
});
