import { anchoredClock } from './clock.js';
import { CLOCK_JUMP_MS_MAX } from './limits.js';

function turnedByHand() {
  const time = { wall: 1_000_000, monotonic: 50 };
  return {
    time,
    clock: anchoredClock(
      () => time.wall,
      () => time.monotonic,
    ),
  };
}

test('setting the time in the middle of a lot moves no deadline, and can be seen', () => {
  const { time, clock } = turnedByHand();
  time.wall += 3_600_000;
  time.monotonic += 10.7;
  expect(clock.nowMs()).toBe(1_000_010);
  expect(clock.wallAheadMs()).toBeGreaterThan(CLOCK_JUMP_MS_MAX);
});

test('time never goes back', () => {
  const { time, clock } = turnedByHand();
  time.monotonic += 5;
  expect(clock.nowMs()).toBe(1_000_005);
  time.monotonic -= 3;
  expect(clock.nowMs()).toBe(1_000_005);
});

test('the system’s own clock stands behind it', () => {
  expect(Math.abs(anchoredClock().nowMs() - Date.now())).toBeLessThan(1_000);
});
