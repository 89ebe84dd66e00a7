import { equal, isWellFormed, utf8 } from './bytes.js';
import { openCheckpoint, parseCount, type OpenedCheckpoint } from './checkpoint.js';
import { type Fault } from './faults.js';
import { POLICY_BYTES_MAX } from './limits.js';
import { type VerifiedSignature } from './note.js';
import { failed, passed, type Result } from './result.js';
import {
  COSIGNATURE_V1,
  ED25519,
  formatVkey,
  isSameKey,
  parseVkey,
  type KeyType,
  type VerifierKey,
  type VerifyEd25519,
} from './vkey.js';

/** Whom an auditor trusts, pinned in a file of the auditor's own (c2sp.org/tlog-policy). */
export interface Policy {
  /** Each named like its log's origin. */
  readonly logs: readonly VerifierKey[];
  readonly witnesses: readonly PolicyWitness[];
  /** In the order of the file: members are defined before. */
  readonly groups: readonly PolicyGroup[];
  /** The witness or group that must have cosigned, or `none`. */
  readonly quorum: string;
}
export interface PolicyWitness {
  /** Its name in this file only; the key has its own. */
  readonly name: string;
  readonly key: VerifierKey;
}
export interface PolicyGroup {
  readonly name: string;
  readonly threshold: number;
  readonly members: readonly string[];
}

interface Draft {
  logs: VerifierKey[];
  witnesses: PolicyWitness[];
  groups: PolicyGroup[];
  quorum?: string;
}

export function parsePolicy(text: string): Result<Policy> {
  if (text.length > POLICY_BYTES_MAX || utf8(text).length > POLICY_BYTES_MAX)
    return failed('policy-too-large');
  if (!isPolicyText(text)) return failed('policy-malformed');
  const draft: Draft = { logs: [], witnesses: [], groups: [] };
  for (const line of text.split('\n')) {
    const fault = readLine(draft, line);
    if (fault) return failed(fault);
  }
  const { quorum } = draft;
  return quorum === undefined ? failed('policy-quorum-missing') : passed({ ...draft, quorum });
}

const isPolicyText = (text: string): boolean =>
  isWellFormed(text) && !/[\u0000-\u0008\u000b-\u001f\u007f]/.test(text);

function readLine(draft: Draft, line: string): Fault | undefined {
  // Only ASCII blanks separate; other spaces may be part of a name.
  const [kind, ...words] = line.split(/[ \t]+/).filter((word) => word !== '');
  if (kind === undefined || kind.startsWith('#')) return undefined;
  if (kind === 'log') return readLog(draft, words);
  if (kind === 'witness') return readWitness(draft, words);
  if (kind === 'group') return readGroup(draft, words);
  if (kind === 'quorum') return readQuorum(draft, words);
  return 'policy-malformed';
}

/** `log <vkey> [<url>]` */
function readLog(draft: Draft, [vkey, _url, ...rest]: string[]): Fault | undefined {
  if (vkey === undefined || rest.length > 0) return 'policy-malformed';
  const key = parseKey(vkey, ED25519);
  if (!key) return 'policy-bad-key';
  if (hasKey(draft.logs, key)) return 'policy-duplicate-key';
  draft.logs.push(key);
  return undefined;
}

/** `witness <name> <vkey> [<url>]` */
function readWitness(draft: Draft, [name, vkey, _url, ...rest]: string[]): Fault | undefined {
  if (name === undefined || vkey === undefined || rest.length > 0) return 'policy-malformed';
  if (isTaken(draft, name)) return 'policy-duplicate-name';
  const key = parseKey(vkey, COSIGNATURE_V1);
  if (!key) return 'policy-bad-key';
  const known = draft.witnesses.map((witness) => witness.key);
  if (hasKey(known, key)) return 'policy-duplicate-key';
  draft.witnesses.push({ name, key });
  return undefined;
}

/** `group <name> all|any|<k> <member>…` */
function readGroup(draft: Draft, [name, rule, ...members]: string[]): Fault | undefined {
  if (name === undefined || rule === undefined || members.length === 0) return 'policy-malformed';
  if (isTaken(draft, name)) return 'policy-duplicate-name';
  if (!members.every((member) => isDefined(draft, member))) return 'policy-unknown-name';
  // A witness that stood in two groups would count twice towards the quorum.
  const counted = [...draft.groups.flatMap((group) => group.members), ...members];
  if (new Set(counted).size < counted.length) return 'policy-member-twice';
  const threshold = thresholdOf(rule, members.length);
  if (threshold === undefined) return 'policy-bad-threshold';
  draft.groups.push({ name, threshold, members });
  return undefined;
}

/** `quorum <name>|none` */
function readQuorum(draft: Draft, [name, ...rest]: string[]): Fault | undefined {
  if (name === undefined || rest.length > 0) return 'policy-malformed';
  if (draft.quorum !== undefined) return 'policy-quorum-twice';
  if (name !== 'none' && !isDefined(draft, name)) return 'policy-unknown-name';
  draft.quorum = name;
  return undefined;
}

function parseKey(vkey: string, type: KeyType): VerifierKey | undefined {
  const key = parseVkey(vkey);
  return key.ok && key.value.type === type ? key.value : undefined;
}

/** One public key under two names is still one signer. */
const hasKey = (keys: readonly VerifierKey[], key: VerifierKey): boolean =>
  keys.some((known) => equal(known.publicKey, key.publicKey));

const isDefined = (draft: Draft, name: string): boolean =>
  [...draft.witnesses, ...draft.groups].some((known) => known.name === name);
const isTaken = (draft: Draft, name: string): boolean => name === 'none' || isDefined(draft, name);

function thresholdOf(rule: string, members: number): number | undefined {
  if (rule === 'all') return members;
  if (rule === 'any') return 1;
  const count = parseCount(rule);
  return count !== undefined && 1 <= count && count <= members ? count : undefined;
}

/** Writes a policy file that `parsePolicy` reads back. */
export function formatPolicy({ logs, witnesses, groups, quorum }: Policy): string {
  const lines = [
    ...logs.map((key) => `log ${formatVkey(key)}`),
    ...witnesses.map(({ name, key }) => `witness ${name} ${formatVkey(key)}`),
    ...groups.map(
      ({ name, threshold, members }) => `group ${name} ${ruleOf(threshold, members)} ${members.join(' ')}`,
    ),
    `quorum ${quorum}`,
  ];
  return `${lines.join('\n')}\n`;
}

const ruleOf = (threshold: number, members: readonly string[]): string =>
  threshold === members.length ? 'all' : threshold === 1 ? 'any' : String(threshold);

/** Whether the quorum is reached. @param cosigned the witnesses' names in the policy file */
export function satisfies(policy: Policy, cosigned: readonly string[]): boolean {
  if (policy.quorum === 'none') return true;
  // Only witnesses sign: a group's name among `cosigned` says nothing.
  const reached = new Set(policy.witnesses.map(({ name }) => name).filter((name) => cosigned.includes(name)));
  for (const { name, threshold, members } of policy.groups) {
    if (members.filter((member) => reached.has(member)).length >= threshold) reached.add(name);
  }
  return reached.has(policy.quorum);
}

export const keysOf = (policy: Policy): VerifierKey[] => [
  ...policy.logs,
  ...policy.witnesses.map(({ key }) => key),
];

/** The witnesses' names in the policy file behind these signatures. */
export const cosignersOf = (policy: Policy, signatures: readonly VerifiedSignature[]): string[] =>
  policy.witnesses
    .filter((witness) => signatures.some(({ key }) => isSameKey(key, witness.key)))
    .map(({ name }) => name);

/** Reads a checkpoint as this auditor trusts it; `hasQuorum` tells whether enough witnesses cosigned. */
export function judgeCheckpoint(
  text: string,
  policy: Policy,
  verify: VerifyEd25519,
): Result<OpenedCheckpoint & { cosigners: string[]; hasQuorum: boolean }> {
  const opened = openCheckpoint(text, keysOf(policy), verify);
  if (!opened.ok) return opened;
  const cosigners = cosignersOf(policy, opened.value.signatures);
  return passed({ ...opened.value, cosigners, hasQuorum: satisfies(policy, cosigners) });
}
