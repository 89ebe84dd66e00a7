import { hoursLeft } from './claimWords';

test('what is left is told in hours and minutes, and never less than nothing', () => {
  expect(hoursLeft(3 * 3_600_000 + 20 * 60_000 + 59_999, 'zh')).toBe('3 小时 20 分');
  expect(hoursLeft(59_000, 'en')).toBe('0 min');
  expect(hoursLeft(-1, 'zh')).toBe('0 分');
});
