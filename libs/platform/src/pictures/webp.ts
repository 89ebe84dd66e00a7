import sharp from 'sharp';
import { Refused } from '../refused.js';
import { PICTURE_BYTES_MAX, PICTURE_PIXELS_MAX, PICTURE_QUALITY, PICTURE_SIDE_PX } from './limits.js';

sharp.concurrency(1);
sharp.cache(false);

const beginnings = [
  { at: 0, bytes: Buffer.from([0xff, 0xd8, 0xff]) },
  { at: 0, bytes: Buffer.from('\x89PNG\r\n\x1a\n', 'latin1') },
  { at: 8, bytes: Buffer.from('WEBP', 'latin1') },
];

/**
 * A photo as it may be kept: decoded and encoded anew as WebP, turned upright, at most 1600 px on its longer side,
 * with nothing of what came beside the pixels (EXIF, GPS, the maker's notes, whatever hides in a file).
 * Refuses `bad-photo` (no JPEG, PNG or WebP by its first bytes, broken, too many pixels) and `too-large`.
 */
export function webpOf(upload: Buffer): Promise<Buffer> {
  if (upload.length > PICTURE_BYTES_MAX) return Promise.reject(new Refused('too-large'));
  if (!beginnings.some(({ at, bytes }) => upload.subarray(at, at + bytes.length).equals(bytes))) {
    return Promise.reject(new Refused('bad-photo'));
  }
  return inTurn(() => encoded(upload));
}

async function encoded(upload: Buffer): Promise<Buffer> {
  try {
    return await sharp(upload, { limitInputPixels: PICTURE_PIXELS_MAX, failOn: 'error' })
      .autoOrient()
      .resize({ width: PICTURE_SIDE_PX, height: PICTURE_SIDE_PX, fit: 'inside', withoutEnlargement: true })
      .webp({ quality: PICTURE_QUALITY })
      .toBuffer();
  } catch {
    throw new Refused('bad-photo');
  }
}

let last: Promise<unknown> = Promise.resolve();

/** One after the other: a rush of uploads must not take the cores that bids need. */
function inTurn<T>(run: () => Promise<T>): Promise<T> {
  const next = last.then(run, run);
  last = next.catch(() => undefined);
  return next;
}
