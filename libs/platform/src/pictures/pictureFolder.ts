import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { webpOf } from './webp.js';

export interface KeptPicture {
  /** Its content's SHA-256 in hex, and `.webp`: the same picture is the same file, and never another one. */
  name: string;
  /** SHA-256 of the file's bytes. */
  sha256: Buffer;
}

const nameOfPicture = /^[0-9a-f]{64}\.webp$/;

/** Pictures in one folder of the data directory, named by their content. */
export class PictureFolder {
  constructor(private readonly folder: string) {}

  /** Re-encodes and keeps an upload; it is on the disk when this answers. Refuses `bad-photo`, `too-large`. */
  async keep(upload: Buffer): Promise<KeptPicture> {
    const webp = await webpOf(upload);
    const sha256 = createHash('sha256').update(webp).digest();
    const name = `${sha256.toString('hex')}.webp`;
    await this.write(name, webp);
    return { name, sha256 };
  }

  /** The bytes of a picture; null when there is none of this name. */
  async read(name: string): Promise<Buffer | null> {
    if (!nameOfPicture.test(name)) return null;
    return readFile(join(this.folder, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
  }

  /** Forgets a picture; one that is not there is forgotten already. */
  async remove(name: string): Promise<void> {
    if (nameOfPicture.test(name)) await rm(join(this.folder, name), { force: true });
  }

  /** Beside first, then in its place: nobody ever reads half a picture, also after a crash. */
  private async write(name: string, bytes: Buffer): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const beside = join(this.folder, `.${randomUUID()}`);
    const file = await open(beside, 'wx', 0o600);
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, join(this.folder, name));
  }
}
