import { toHex } from './bytes.js';
import { SHORT_CODE_BYTES } from './limits.js';

/** The beginning of a root for people to compare by eye or over the phone: `7F3A·C2D1·09BE`. */
export const shortCode = (root: Uint8Array): string =>
  toHex(root.slice(0, SHORT_CODE_BYTES)).toUpperCase().match(/.{4}/g)!.join('·');
