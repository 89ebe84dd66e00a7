import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { pack, type Pack } from 'tar-stream';

type Bytes = string | Uint8Array;

/** A tar says the length of each file first. */
export type ArchivedFile =
  | { name: string; whole: () => Promise<Bytes> }
  /** What should never stand in memory is made twice, the same each time. */
  | { name: string; pieces: () => AsyncIterable<Bytes> };

/** A tar of these files in one folder, made no faster than it is read. */
export function archiveOf(folder: string, atMs: number, files: Iterable<ArchivedFile>): Readable {
  const tar = pack();
  fill(tar, folder, atMs, files).catch((error: Error) => tar.destroy(error));
  return Readable.from(tar, { objectMode: false });
}

async function fill(tar: Pack, folder: string, atMs: number, files: Iterable<ArchivedFile>): Promise<void> {
  for (const file of files) {
    const { size, content } = await measured(file);
    const entry = tar.entry({ name: `${folder}/${file.name}`, size, mtime: new Date(atMs) });
    await pipeline(Readable.from(content, { objectMode: false }), entry);
  }
  tar.finalize();
}

interface Measured {
  size: number;
  content: Iterable<Bytes> | AsyncIterable<Bytes>;
}

async function measured(file: ArchivedFile): Promise<Measured> {
  if ('whole' in file) {
    const bytes = await file.whole();
    return { size: Buffer.byteLength(bytes), content: [bytes] };
  }
  let size = 0;
  for await (const piece of file.pieces()) size += Buffer.byteLength(piece);
  return { size, content: file.pieces() };
}
