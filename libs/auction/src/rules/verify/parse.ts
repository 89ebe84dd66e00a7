import { sha256 } from '@noble/hashes/sha2.js';
import { canonicalBytes, parseLeaf, type RawLeaf, toHex, utf8 } from '@qingpai/ledger/rules';
import {
  author,
  bundle,
  type Bundle,
  eventBodies,
  type EventType,
  type LeafVersion,
  type LoggedEvent,
} from '@qingpai/wire';
import { faultFinding, finding, type Stop, type VerifyFinding } from './finding.js';

/** A log that could be read: each leaf's exact bytes, and who wrote it. */
export interface ReadLog {
  bundle: { origin: string };
  bytes: Uint8Array[];
  events: readonly { by: string }[];
}

/** A bundle that could be read: each leaf's exact bytes, and what they say. */
export interface ReadBundle extends ReadLog {
  bundle: Bundle;
  /** With their authors' signatures, where they have one. */
  events: LoggedEvent[];
  version: LeafVersion;
}

/**
 * Gate 1. What does not fit its own digest is DAMAGED and accuses nobody; what does, but is no canonical leaf in
 * its own place, is INVALID (LEDGER §2, §4).
 */
export function readBundle(given: string | object): ReadBundle | Stop {
  const raw = typeof given === 'string' ? parseJson(given) : given;
  if (raw === undefined) return damaged(finding('bundle-not-json'));
  const parsed = bundle.safeParse(raw);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return damaged(finding('bundle-malformed', { more: issue?.path.join('.') || issue?.message }));
  }
  if (bundleDigest(raw) !== parsed.data.digest) return damaged(finding('bundle-digest'));
  return readLeaves(parsed.data);
}

/** Lower-case hex; undefined when the object cannot be canonical JSON at all. */
export function bundleDigest(raw: object): string | undefined {
  const rest: { digest?: unknown } = { ...raw };
  delete rest.digest;
  try {
    return toHex(sha256(canonicalBytes(rest)));
  } catch {
    return undefined; // floats, lone surrogates: nothing that we wrote
  }
}

function readLeaves(read: Bundle): ReadBundle | Stop {
  const bytes = read.leaves.map(utf8);
  const events: LoggedEvent[] = [];
  let version: LeafVersion | undefined;
  for (const [i, leaf] of bytes.entries()) {
    const found = readLeaf(leaf, i, read.origin, events.at(-1)?.t ?? 0);
    if ('code' in found) return { verdict: 'INVALID', findings: [found] };
    version ??= found.version;
    const { by } = found.event;
    const mixed = found.version !== version && finding('version-mixed', { i, by });
    const signed =
      version === 1 && found.event.sig !== undefined && finding('author-signature-stray', { i, by });
    if (mixed || signed) return { verdict: 'INVALID', findings: [mixed || (signed as VerifyFinding)] };
    events.push(found.event);
  }
  return { bundle: read, bytes, events, version: version ?? 2 };
}

function readLeaf(
  bytes: Uint8Array,
  i: number,
  origin: string,
  afterMs: number,
): { event: LoggedEvent; version: LeafVersion } | VerifyFinding {
  const leaf = readEnvelope(bytes, i, origin, afterMs);
  if ('code' in leaf) return leaf;
  const { by, t, type, body, sig, v: version } = leaf;
  const schema = Object.hasOwn(eventBodies, type) ? eventBodies[type as EventType] : undefined;
  if (!schema?.safeParse(body).success || !author.safeParse(by).success) {
    return finding('event-malformed', { i, by, more: type });
  }
  const event = { i, t, by, type, body, ...(sig !== undefined && { sig }) };
  return { event: event as LoggedEvent, version }; // as the two schemas have just said
}

/** A canonical leaf in its own place; what its type and body say is for the log's own schemas. */
export function readEnvelope(
  bytes: Uint8Array,
  i: number,
  origin: string,
  afterMs: number,
): RawLeaf | VerifyFinding {
  const leaf = parseLeaf(bytes);
  if (!leaf.ok) return faultFinding(leaf.reason, { i });
  const { by, t, show } = leaf.value;
  if (leaf.value.i !== i || show !== origin) return finding('leaf-elsewhere', { i, by });
  if (t < afterMs) return finding('time-backwards', { i, by });
  return leaf.value;
}

export function parseJson(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

export const damaged = (...findings: VerifyFinding[]): Stop => ({ verdict: 'DAMAGED', findings });
