import { type AnchoredClock, CLOCK_JUMP_MS_MAX, type Log } from '@qingpai/platform';

const SWEEP_EVERY_MS = 3_600_000;
const LOOK_EVERY_MS = 10_000;

export interface Household {
  clock: Pick<AnchoredClock, 'wallAheadMs'>;
  log: Log;
  /** Forgets what has expired. */
  sweep(): Promise<void>;
}

/** What is to be done now and then, far from any bid. Answers how to stop it. */
export function keepHouse({ clock, log, sweep }: Household): () => Promise<void> {
  let toldMs = 0;
  const timers = [
    setInterval(
      () => void sweep().catch((err: unknown) => log.warn({ err }, 'sweeping failed')),
      SWEEP_EVERY_MS,
    ),
    setInterval(() => (toldMs = tellOfJump(clock.wallAheadMs(), toldMs, log)), LOOK_EVERY_MS),
  ];
  for (const timer of timers) timer.unref();
  return async () => timers.forEach((timer) => clearInterval(timer));
}

/**
 * Somebody set the machine's time: deadlines do not move, but people and logs elsewhere now disagree with ours.
 * Told once per jump. Answers what was told last.
 */
export function tellOfJump(aheadMs: number, toldMs: number, log: Log): number {
  if (Math.abs(aheadMs - toldMs) <= CLOCK_JUMP_MS_MAX) return toldMs;
  log.warn(
    { aheadMs },
    '系统时间被改动，本场截拍不受影响 / the system clock was set; closing times do not move',
  );
  return aheadMs;
}
