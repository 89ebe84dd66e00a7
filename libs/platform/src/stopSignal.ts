import { DRAIN_MS_MAX } from './limits.js';

/**
 * On the first SIGTERM, SIGINT or SIGHUP runs `drain` and ends the process with 0; with 1 if draining fails,
 * takes longer than `limitMs`, or a second signal says that somebody will not wait.
 */
export function onStopSignal(drain: (signal: string) => Promise<void>, limitMs = DRAIN_MS_MAX): void {
  let draining = false;
  const stop = (signal: string) => {
    if (draining) process.exit(1);
    draining = true;
    setTimeout(() => process.exit(1), limitMs).unref();
    drain(signal).then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => stop(signal));
}
