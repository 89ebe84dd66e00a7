import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, closeSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Room for a fresh cluster and some segments of its log. */
const DISK_MB = 160;
const BLOCK_BYTES = 4_096;
const PREFIX = 'qingpai-disk-';

/** A disk in memory, so small that a test can fill it. */
export class SmallDisk {
  private constructor(readonly folder: string) {}

  /** Throws where mounting is not allowed. */
  static mounted(sizeMb = DISK_MB): SmallDisk {
    for (const left of leftBehind()) unmount(left);
    const folder = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMb}m`, 'tmpfs', folder], { stdio: 'pipe' });
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
    chmodSync(folder, 0o711);
    return new SmallDisk(folder);
  }

  /** To the last byte. */
  fill(): void {
    for (const bytes of [256 * BLOCK_BYTES, BLOCK_BYTES]) this.fillBy(Buffer.alloc(bytes));
  }
  private fillBy(block: Buffer): void {
    const file = openSync(join(this.folder, 'filler'), 'a');
    try {
      while (writeSync(file, block) === block.length);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      closeSync(file);
    }
  }
  free(): void {
    rmSync(join(this.folder, 'filler'), { force: true });
  }

  unmount(): void {
    unmount(this.folder);
  }
}

function unmount(folder: string): void {
  // Also while somebody still has a file open there.
  spawnSync('umount', ['-l', folder]);
  rmSync(folder, { recursive: true, force: true });
}

/** Disks of a run that was killed itself, and so could not take them away. */
function leftBehind(): string[] {
  return readdirSync(tmpdir())
    .filter((name) => name.startsWith(PREFIX) && !isAlive(Number(name.slice(PREFIX.length).split('-')[0])))
    .map((name) => join(tmpdir(), name));
}
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Why there is no such disk here, or null. */
export function whyNoSmallDisk(): string | null {
  try {
    SmallDisk.mounted(1).unmount();
    return null;
  } catch {
    return 'mounting a small disk is not allowed here';
  }
}
