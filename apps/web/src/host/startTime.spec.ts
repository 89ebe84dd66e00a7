import { startsAtMsOf, startText } from './startTime';

it("a start is the township's wall clock, whatever the phone's zone", () => {
  expect(startsAtMsOf('2026-11-24T19:30')).toBe(Date.UTC(2026, 10, 24, 11, 30));
  expect(startsAtMsOf('')).toBeNull();
  expect(startsAtMsOf('2026-13-40T99:99')).toBeNull();
});

it('this evening is proposed, and the next one when it is over', () => {
  expect(startText(Date.UTC(2026, 10, 24, 2, 0))).toBe('2026-11-24T19:30');
  expect(startText(Date.UTC(2026, 10, 24, 12, 0))).toBe('2026-11-25T19:30');
});
