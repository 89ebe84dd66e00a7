import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const KEY_BYTES = 32;

/**
 * The vault's key from its file (base64, mode 0600), made at first start. Throws when the file holds anything
 * else: a fresh key in its place would make every sealed value unreadable.
 */
export function vaultKeyIn(file: string): Buffer {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const made = `${randomBytes(KEY_BYTES).toString('base64')}\n`;
    // 'wx': of two first starts one makes the key, and both read the same.
    writeFileSync(file, made, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64');
  if (key.length !== KEY_BYTES) {
    throw new Error(
      `${file} 里不是 32 字节的密钥 / does not hold a key of 32 bytes; bring back your copy of it`,
    );
  }
  return key;
}
