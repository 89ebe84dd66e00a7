import { DRAIN_MS_MAX } from './limits.js';

/** One Ctrl-C reaches us twice: from the terminal, and from npm, which passes it on. */
const SAME_KEYSTROKE_MS = 1_000;

/**
 * On the first SIGTERM, SIGINT or SIGHUP runs `drain` and ends the process with 0; with 1 if draining fails,
 * takes longer than `limitMs`, or a second signal says that somebody will not wait.
 */
export function onStopSignal(drain: (signal: string) => Promise<void>, limitMs = DRAIN_MS_MAX): void {
  let firstAtMs: number | null = null;
  const stop = (signal: string) => {
    if (firstAtMs !== null) {
      if (performance.now() - firstAtMs > SAME_KEYSTROKE_MS) process.exit(1);
      return;
    }
    firstAtMs = performance.now();
    setTimeout(() => process.exit(1), limitMs).unref();
    drain(signal).then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => stop(signal));
}
