import { type AnchoredClock, CLOCK_JUMP_MS_MAX, type Log } from '@qingpai/platform';

const SWEEP_EVERY_MS = 3_600_000;
const LOOK_EVERY_MS = 10_000;
const RECONCILE_EVERY_MS = 60_000;
/** After the start people come in first; then the data is looked at. */
const FIRST_AUDIT_AFTER_MS = 5 * 60_000;
/** When nobody bids: 03:30 by the township's clock, UTC+8, is 19:30 UTC. */
const AUDIT_AT_UTC_MS = 19.5 * 3_600_000;
const DAY_MS = 86_400_000;

export interface Household {
  clock: Pick<AnchoredClock, 'wallAheadMs' | 'nowMs'>;
  log: Log;
  /** Forgets what has expired. */
  sweep(): Promise<void>;
  /** Asks for what the payment provider never told us; answers how much it could not be asked for. */
  reconcile(): Promise<number>;
  /** Looks whether what must be true of the data is true; it tells by itself what is not. */
  audit(): Promise<unknown>;
  onClockJump(): void;
}

/** What is to be done now and then, far from any bid. Answers how to stop it. */
export function keepHouse({
  clock,
  log,
  sweep,
  reconcile,
  audit,
  onClockJump,
}: Household): () => Promise<void> {
  let toldMs = 0;
  const failed = (what: string) => (err: unknown) => log.warn({ err }, `${what} failed`);
  const look = () => {
    const before = toldMs;
    toldMs = tellOfJump(clock.wallAheadMs(), toldMs, log);
    if (toldMs !== before) onClockJump();
  };
  let nightly: NodeJS.Timeout;
  const auditTonight = () => {
    nightly = setTimeout(() => {
      auditTonight();
      void audit().catch(failed('the look at the invariants'));
    }, msUntilNight(clock.nowMs())).unref();
  };
  auditTonight();
  const poll = async () => {
    const unknown = await reconcile();
    if (unknown > 0) log.warn({ unknown }, '有在线付款问不到结果 / online payments could not be asked for');
  };
  const timers = [
    setInterval(() => void poll().catch(failed('asking for online payments')), RECONCILE_EVERY_MS),
    setInterval(() => void sweep().catch(failed('sweeping')), SWEEP_EVERY_MS),
    setInterval(look, LOOK_EVERY_MS),
    setTimeout(() => void audit().catch(failed('the look at the invariants')), FIRST_AUDIT_AFTER_MS),
  ];
  for (const timer of timers) timer.unref();
  return async () => [...timers, nightly].forEach((timer) => clearTimeout(timer));
}

/** From this moment to the next half past three of the township's night. */
export function msUntilNight(nowMs: number): number {
  const sinceMs = (((nowMs - AUDIT_AT_UTC_MS) % DAY_MS) + DAY_MS) % DAY_MS;
  return DAY_MS - sinceMs;
}

/**
 * Somebody set the machine's time: deadlines do not move, but people and logs elsewhere now disagree with ours.
 * Told once per jump. Answers what was told last.
 */
export function tellOfJump(aheadMs: number, toldMs: number, log: Log): number {
  if (Math.abs(aheadMs - toldMs) <= CLOCK_JUMP_MS_MAX) return toldMs;
  log.error(
    { event: 'clock.jumped', aheadMs },
    '系统时间被改动，本场截拍不受影响 / the system clock was set; closing times do not move',
  );
  return aheadMs;
}
