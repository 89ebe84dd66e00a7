import { execFile } from 'node:child_process';
import { type Account } from './account.js';

/** How each Postgres program is run: as whom, with nothing of the environment (PG* variables!) of whoever started us. */
export function spawnAs(account: Account | null, cwd: string) {
  return {
    cwd,
    env: { PATH: '/usr/bin:/bin', HOME: cwd, LC_ALL: 'C', TZ: 'UTC' },
    windowsHide: true,
    ...(account && { uid: account.uid, gid: account.gid }),
  };
}

/** Runs a program to its end. Null: it went well; otherwise what it complained about. */
export function complaintOf(
  program: string,
  args: string[],
  account: Account | null,
  cwd: string,
): Promise<string | null> {
  return new Promise((resolve) => {
    execFile(program, args, spawnAs(account, cwd), (error, stdout, stderr) => {
      resolve(error && (stderr.trim() || stdout.trim() || error.message));
    });
  });
}
