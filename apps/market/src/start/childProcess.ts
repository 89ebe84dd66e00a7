import { type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const STOP_MS_MAX = 5_000;

/** The first line that a child says; empty when it ends or stays silent for too long. */
export async function firstLine(child: ChildProcessWithoutNullStreams, withinMs: number): Promise<string> {
  const said = new Promise<string>((resolve) =>
    createInterface({ input: child.stdout }).once('line', resolve),
  );
  const failed = new Promise<string>((resolve) =>
    child.once('error', () => resolve('')).once('exit', () => resolve('')),
  );
  let late: NodeJS.Timeout | undefined;
  const silent = new Promise<string>((resolve) => (late = setTimeout(() => resolve(''), withinMs)));
  const line = await Promise.race([said, failed, silent]);
  clearTimeout(late);
  return line;
}

/** Asks this child to end, and ends it when it does not. */
export async function ended(child: ChildProcessWithoutNullStreams): Promise<void> {
  child.removeAllListeners('exit');
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
  child.stdin.end();
  child.kill('SIGTERM');
  await exit;
  clearTimeout(late);
}
