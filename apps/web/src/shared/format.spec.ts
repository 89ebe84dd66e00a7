import { clockTime, countdown, dayAndTime, money, plainNumber, seconds, yuan } from './format';

describe('money', () => {
  it('shows fen only when there are some', () => {
    expect([0, 5_800, 5_850, 5_805, 7].map(yuan)).toEqual(['0', '58', '58.50', '58.05', '0.07']);
  });

  it('separates thousands', () => {
    expect([123_400, 1_345_600, 100_000_001].map(money)).toEqual(['¥1,234', '¥13,456', '¥1,000,000.01']);
  });

  it('keeps the sign of a difference', () => {
    expect(yuan(-1_250)).toBe('-12.50');
  });
});

describe('times', () => {
  it('counts down in whole seconds and says 00 only when the time is over', () => {
    expect([65_000, 60_000, 59_001, 7_000, 1, 0, -5].map(countdown)).toEqual(
      ['1:05', '1:00', '1:00', '07', '01', '00', '00'], // prettier-ignore
    );
  });

  it("is the township's, whatever the phone says", () => {
    expect(clockTime(Date.UTC(2026, 10, 24, 12, 41, 7))).toBe('20:41:07');
    expect(dayAndTime(Date.UTC(2026, 10, 24, 11, 30), 'zh')).toContain('19:30');
    expect(dayAndTime(Date.UTC(2026, 10, 24, 20, 30), 'en')).toContain('25');
  });

  it('says durations without needless digits', () => {
    expect([1_500, 2_000, 15_000, 40].map(seconds)).toEqual(['1.5', '2', '15', '0']);
  });
});

it('speaks a lot number without its zeros', () => {
  expect(['023', '100', '000'].map(plainNumber)).toEqual(['23', '100', '0']);
});
