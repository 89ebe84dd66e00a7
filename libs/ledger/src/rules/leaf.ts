import { type Leaf } from '@qingpai/wire';
import { concat, fromBase64, utf8 } from './bytes.js';
import { canonicalBytes, parseCanonical, type Json } from './jcs.js';
import { LEAF_BYTES_MAX } from './limits.js';
import { failed, passed, type Result } from './result.js';
import { isKeyName, type VerifyEd25519 } from './vkey.js';

/**
 * A leaf as its bytes tell it: the envelope is checked, type, author and body are not yet (the schemas of the
 * events do that, later).
 */
export type RawLeaf = Omit<Leaf, 'type' | 'body' | 'by'> & {
  type: string;
  by: string;
  body: { [key: string]: Json };
};

/** The exact bytes that are stored and hashed. */
export function leafBytes(leaf: Leaf | RawLeaf): Uint8Array {
  const bytes = canonicalBytes(leaf);
  if (bytes.length > LEAF_BYTES_MAX) throw new Error(`bug: a leaf of ${bytes.length} bytes (${leaf.type})`);
  return bytes;
}

export function parseLeaf(bytes: Uint8Array): Result<RawLeaf> {
  if (bytes.length > LEAF_BYTES_MAX) return failed('leaf-too-large');
  const parsed = parseCanonical(bytes);
  if (!parsed.ok) return parsed;
  return isLeaf(parsed.value) ? passed(parsed.value) : failed('leaf-malformed');
}

const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isName = (value: Json | undefined): boolean => typeof value === 'string' && value !== '';
const isCount = (value: Json | undefined): boolean => typeof value === 'number' && value >= 0;

const fields: Record<keyof RawLeaf, (value: Json | undefined) => boolean> = {
  body: isObject,
  by: isName,
  i: isCount,
  show: (value) => typeof value === 'string' && isKeyName(value),
  sig: (value) => value === undefined || (typeof value === 'string' && fromBase64(value)?.length === 64),
  t: isCount,
  type: isName,
  v: (value) => value === 1 || value === 2,
};

function isLeaf(value: Json): value is RawLeaf & { [key: string]: Json } {
  return (
    isObject(value) &&
    Object.keys(value).every((key) => Object.hasOwn(fields, key)) &&
    Object.entries(fields).every(([key, fits]) => fits(Object.hasOwn(value, key) ? value[key] : undefined))
  );
}

/** What an author signs. Index and time are not in it: the platform gives those, the checkpoint covers them. */
export const authorMessage = ({
  body,
  show,
  type,
}: {
  body: unknown;
  show: string;
  type: string;
}): Uint8Array => concat(utf8('qingpai/event/v1\n'), canonicalBytes({ body, show, type }));

/** Whether the holder of this key (32 bytes) signed the leaf as its author. */
export function isAuthoredBy(publicKey: Uint8Array, leaf: Leaf | RawLeaf, verify: VerifyEd25519): boolean {
  const signature = fromBase64(leaf.sig ?? '');
  return signature?.length === 64 && verify(publicKey, authorMessage(leaf), signature);
}
