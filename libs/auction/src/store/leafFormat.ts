import { type Leaf, type LeafVersion, type LoggedEvent } from '@qingpai/wire';

/** Of the leaves that new logs are written with. */
export const LEAF_VERSION: LeafVersion = 2;

/** What our own log holds was checked before it was written, and `replay` hashes it: no schema is asked again. */
export function eventOf(bytes: Buffer): LoggedEvent {
  const { i, t, by, type, body, sig } = JSON.parse(bytes.toString('utf8')) as Leaf;
  return { i, t, by, type, body, ...(sig !== undefined && { sig }) } as LoggedEvent;
}

export const versionOf = (bytes: Buffer): LeafVersion => (JSON.parse(bytes.toString('utf8')) as Leaf).v;

/** Field by field: whatever else an object carries never reaches the log. */
export const leafOf = (
  { type, body, by, i, t, sig }: LoggedEvent,
  origin: string,
  version: LeafVersion,
): Leaf => ({ type, body, by, i, t, show: origin, v: version, ...(sig !== undefined && { sig }) }) as Leaf;
