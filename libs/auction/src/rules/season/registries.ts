import {
  formatPolicy,
  fromBase64,
  isSameKey,
  parseVkey,
  type Policy,
  type VerifierKey,
} from '@qingpai/ledger/rules';
import { type RegistryContinues } from '@qingpai/wire';
import { vouchedBytes } from '../registry.js';
import { type Stop, type VerifyFinding } from '../verify/finding.js';
import { checkQuorum, type Heads, readHeads } from '../verify/signatures.js';
import { type VerifyOptions } from '../verify/verify.js';
import { judgeQuoted } from './continued.js';
import { type ReadRegistry } from './readSeason.js';
import { seasonFinding } from './words.js';

/** A registry whose heads the pinned keys signed, or the key of the one before vouched for. */
export interface SignedRegistry {
  read: ReadRegistry;
  heads: Heads;
}

/**
 * A registry and those that it goes on from, the newest last: the first is signed by a pinned key, which signs for the
 * key of the next, and so on; whoever pinned one key need not pin another after a restore. That they lead from one to
 * the other is another question (`linkRegistries`).
 */
export function signedRegistries(
  registries: readonly ReadRegistry[],
  { policy: text, verify }: Required<Pick<VerifyOptions, 'verify'>> & { policy: string | undefined },
): SignedRegistry[] | Stop {
  const signed: SignedRegistry[] = [];
  for (const read of registries) {
    const before = signed.at(-1);
    const vouched = before?.heads.policy ? vouchedPolicy(before, continuesOf(read), verify) : text;
    if (typeof vouched === 'object') return vouched;
    const { checkpoints, origin } = read.bundle;
    const heads = readHeads(checkpoints, origin, vouched, verify);
    if ('verdict' in heads) return heads;
    signed.push({ read, heads });
  }
  const newest = signed.at(-1)!;
  return checkQuorum(newest.heads, witnessedFrom(registries)) ?? signed;
}

export const continuesOf = ({ events: [opened] }: ReadRegistry): RegistryContinues | null =>
  (opened?.type === 'registry.opened' && opened.body.continues) || null;

/** Each leads to the very head that the next one quotes; null: all do. */
export function linkRegistries(registries: readonly ReadRegistry[]): Stop | null {
  for (const [at, read] of registries.entries()) {
    const [continues, before] = [continuesOf(read), registries[at - 1]];
    const stop = continues && before && judgeQuoted(before, continues);
    if (stop) return stop;
  }
  return null;
}

/** What was pinned and the key that is vouched for. One that is pinned already has to be the same. */
function vouchedPolicy(
  { read, heads }: SignedRegistry,
  continues: RegistryContinues | null,
  verify: Required<VerifyOptions>['verify'],
): string | Stop {
  const policy = heads.policy!;
  const key = continues && parseVkey(continues.vkey);
  const signature = continues && fromBase64(continues.vouched);
  const own = policy.logs.find(({ name }) => name === read.bundle.origin);
  const isVouched = key?.ok && signature && own && verify(own.publicKey, vouchedBytes(continues), signature);
  if (!isVouched) return invalid(seasonFinding('registry-not-vouched', at0));
  const pinned = policy.logs.find(({ name }) => name === key.value.name);
  if (pinned && !isSameKey(pinned, key.value)) return invalid(seasonFinding('key-differs', at0));
  return formatPolicy(pinned ? policy : withKey(policy, key.value));
}

const at0 = { i: 0, by: 'platform' };
const withKey = (policy: Policy, key: VerifierKey): Policy => ({ ...policy, logs: [...policy.logs, key] });
const invalid = (wrong: VerifyFinding): Stop => ({ verdict: 'INVALID', findings: [wrong] });

/**
 * How far witnesses must have followed the newest registry: to the last close that it notes; to its opening, which
 * quotes the one before, where that one noted the last.
 */
function witnessedFrom(registries: readonly ReadRegistry[]): number | null {
  const sizes = registries.map(({ events }) => {
    const last = events.findLast(({ type }) => type === 'show.closed');
    return last ? last.i + 1 : null;
  });
  return sizes.at(-1) ?? (sizes.some((size) => size !== null) ? 1 : null);
}
