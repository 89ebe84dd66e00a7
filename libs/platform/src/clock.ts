/** Where time comes from. Rules get it as an argument; whoever calls them asks this. */
export interface Clock {
  /** Milliseconds since 1970, whole, never less than before. */
  nowMs(): number;
}

export interface AnchoredClock extends Clock {
  /** How far the system's wall clock has moved from ours since the start; above CLOCK_JUMP_MS_MAX it is an alarm. */
  wallAheadMs(): number;
}

/**
 * The wall clock as it stood at the start, carried on by the monotonic clock: deadlines do not move when
 * somebody sets the time in the middle of a lot.
 */
export function anchoredClock(
  wallMs: () => number = Date.now,
  monotonicMs: () => number = () => performance.now(),
): AnchoredClock {
  const anchorMs = wallMs() - monotonicMs();
  let lastMs = -Infinity;
  const exactMs = () => anchorMs + monotonicMs();
  return {
    nowMs: () => (lastMs = Math.max(lastMs, Math.floor(exactMs()))),
    wallAheadMs: () => Math.round(wallMs() - exactMs()),
  };
}
