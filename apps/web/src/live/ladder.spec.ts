import { nextRung } from './ladder';

it.each([
  ['stays where there is room', 'high', 900_000, 60_000, 'high'],
  ['stays while nobody says how much room there is', 'high', null, 60_000, 'high'],
  ['does not fall in its first moments, when the estimate is still low', 'high', 100_000, 1_000, 'high'],
  ['falls to the small picture', 'high', 300_000, 6_000, 'low'],
  ['falls to the voice alone', 'low', 80_000, 6_000, 'voice'],
  ['climbs after a calm time', 'low', 800_000, 20_000, 'high'],
  ['does not climb at once', 'low', 800_000, 10_000, 'low'],
  ['tries a picture again although the voice alone shows no room', 'voice', 50_000, 30_000, 'low'],
] as const)('the ladder %s', (_, rung, available, sinceMs, next) => {
  expect(nextRung(rung, available, sinceMs)).toBe(next);
});
