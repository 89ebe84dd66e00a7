import {
  type Checkpoint,
  isSameKey,
  judgeCheckpoint,
  type OpenedCheckpoint,
  parseCheckpoint,
  parseNote,
  parsePolicy,
  type Policy,
  satisfies,
  type VerifyEd25519,
} from '@qingpai/ledger/rules';
import { faultFinding, finding, type Stop, type VerifyFinding } from './finding.js';

/** A head of the log that the bundle shows, its note beside it. */
export interface Head extends Checkpoint {
  note: string;
  /** Pinned witnesses that cosigned it, by their names in the policy, and when (seconds since 1970, UTC). */
  cosigned: { name: string; timeSeconds: number }[];
}

/** Heads by size, smallest first; `trusted` is null without a policy: then nothing was judged by key. */
export interface Heads {
  heads: Head[];
  policy: Policy | null;
}

/**
 * Gate 2: the auditor's own pinned keys, never keys out of the bundle. A known key with a bad signature is INVALID;
 * a log that none of the pinned keys signed is UNTRUSTED: anybody may have written it, so it accuses nobody.
 */
export function readHeads(
  notes: readonly string[],
  origin: string,
  policyText: string | undefined,
  verify: VerifyEd25519,
): Heads | Stop {
  const policy = policyText === undefined ? null : parsePolicy(policyText);
  if (policy && !policy.ok) return stop('UNTRUSTED', faultFinding(policy.reason));
  if (notes.length === 0) return stop('INCOMPLETE', finding('no-checkpoint'));
  const heads: Head[] = [];
  for (const note of notes) {
    const head = policy ? pinnedHead(note, policy.value, verify) : unjudgedHead(note);
    if ('verdict' in head) return head;
    if (head.origin !== origin) return stop('INVALID', finding('checkpoint-foreign', { more: head.origin }));
    heads.push(head);
  }
  return { heads: heads.sort((a, b) => a.size - b.size), policy: policy?.value ?? null };
}

/**
 * Whether enough of the auditor's witnesses stand behind the whole of a show that has ended: one head at or after its
 * last cut (`fromSize`) must reach the quorum. Lines that somebody stripped accuse nobody: UNTRUSTED.
 */
export function checkQuorum({ heads, policy }: Heads, fromSize: number | null): Stop | null {
  if (policy === null || policy.quorum === 'none' || fromSize === null) return null;
  const isWitnessed = heads.some((head) => head.size >= fromSize && hasQuorum(head, policy));
  return isWitnessed ? null : stop('UNTRUSTED', finding('quorum-missing'));
}

export const hasQuorum = ({ cosigned }: Head, policy: Policy): boolean =>
  satisfies(
    policy,
    cosigned.map(({ name }) => name),
  );

function pinnedHead(note: string, policy: Policy, verify: VerifyEd25519): Head | Stop {
  const judged = judgeCheckpoint(note, policy, verify);
  if (judged.ok) return { ...judged.value.checkpoint, note, cosigned: cosignedIn(judged.value, policy) };
  const unknown = judged.reason === 'note-not-signed' || judged.reason === 'checkpoint-not-by-log';
  return unknown
    ? stop('UNTRUSTED', finding('key-not-pinned'))
    : stop('INVALID', faultFinding(judged.reason));
}

const cosignedIn = ({ signatures }: OpenedCheckpoint, { witnesses }: Policy): Head['cosigned'] =>
  witnesses.flatMap(({ name, key }) => {
    const signature = signatures.find((one) => isSameKey(one.key, key));
    return signature?.timeSeconds === undefined ? [] : [{ name, timeSeconds: signature.timeSeconds }];
  });

function unjudgedHead(note: string): Head | Stop {
  const parsed = parseNote(note);
  if (!parsed.ok) return stop('INVALID', faultFinding(parsed.reason));
  const checkpoint = parseCheckpoint(parsed.value.body);
  return checkpoint.ok
    ? { ...checkpoint.value, note, cosigned: [] }
    : stop('INVALID', faultFinding(checkpoint.reason));
}

const stop = (verdict: Stop['verdict'], ...findings: VerifyFinding[]): Stop => ({ verdict, findings });
