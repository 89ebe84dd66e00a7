import { sha256 } from '@noble/hashes/sha2.js';
import {
  ED25519,
  equal,
  formatCheckpoint,
  formatPolicy,
  fromBase64,
  isSameKey,
  parseVkey,
  type Policy,
  toBase64,
  utf8,
  verifierKey,
  type VerifierKey,
} from '@qingpai/ledger/rules';
import { type EventType, type SeasonVerification, type ShowStanding, type Verdict } from '@qingpai/wire';
import { type RegisteredShow, type RegistryState } from '../registry.js';
import { type VerifyFinding } from '../verify/finding.js';
import { type VerifyNote } from '../verify/notes.js';
import { type ReadBundle } from '../verify/parse.js';
import { rootsAt } from '../verify/roots.js';
import { judgeBundle, type JudgedBundle, type VerifyOptions, worse } from '../verify/verify.js';
import { type HeldShow } from './chain.js';
import { keptOf } from './kept.js';
import { seasonFinding, seasonNote } from './words.js';

/** Evenings begin late; but what is not sealed a day after it was to begin has to be cancelled. */
export const DUE_AFTER_MS = 24 * 3_600_000;

/** One registered show, and how it was judged. */
export interface SeasonShow {
  registered: RegisteredShow;
  standing: ShowStanding;
  judged: JudgedBundle | null;
  /** Beside the show's own verdict: what the registry makes of it. */
  verdict: Verdict;
  findings: VerifyFinding[];
  notes: VerifyNote[];
}

/** SHA-256 of the three lines of the checkpoint that ends at `size`, base64: what the registry notes. */
export function checkpointHash(origin: string, size: number, root: Uint8Array): string {
  return toBase64(sha256(utf8(formatCheckpoint({ origin, size, root }))));
}

/** What the auditor pins for a show: its key as the registry has it, the officers enrolled there, his own witnesses. */
export function policyFor(show: RegisteredShow, registry: RegistryState, policy: Policy | null): string {
  const officers = [...registry.officers].map((key) =>
    verifierKey(`${registry.origin}/officer`, ED25519, fromBase64(key)!),
  );
  const pinned = policy?.logs.filter(({ name }) => name.endsWith('/officer')) ?? [];
  const { witnesses, groups, quorum } = policy ?? { witnesses: [], groups: [], quorum: 'none' };
  return formatPolicy({ logs: distinct([keyOf(show), ...pinned, ...officers]), witnesses, groups, quorum });
}

const distinct = (keys: readonly VerifierKey[]): VerifierKey[] =>
  keys.filter((key, at) => keys.findIndex((one) => equal(one.publicKey, key.publicKey)) === at);

function keyOf({ show, vkey }: RegisteredShow): VerifierKey {
  const key = parseVkey(vkey);
  if (!key.ok) throw new Error(`bug: the key registered for ${show} passed as one: ${key.reason}`);
  return key.value;
}

/** Judges one registered show by the bundle that is there for it. */
export function judgeShow(
  registered: RegisteredShow,
  bundle: object | undefined,
  registry: RegistryState,
  { policy, options }: { policy: Policy | null; options: VerifyOptions },
): SeasonShow {
  const { show, origin } = registered;
  const stands = (standing: ShowStanding, verdict: Verdict, more: Partial<SeasonShow> = {}): SeasonShow => ({
    ...{ registered, standing, verdict, judged: null, findings: [], notes: [] },
    ...more,
  });
  const wrong = (standing: ShowStanding, ...findings: VerifyFinding[]) =>
    stands(standing, 'INVALID', { findings });
  const where = whereOf(registered);
  const pinned = policy?.logs.find(({ name }) => name === origin);
  if (pinned && !isSameKey(pinned, keyOf(registered)))
    return wrong('judged', seasonFinding('key-differs', where));
  const isDue = registered.startsAt + DUE_AFTER_MS <= registry.t;
  if (registered.sealed === null && !registered.isCancelled) {
    return isDue
      ? wrong('unsealed', seasonFinding('show-unsealed', where))
      : stands('notDue', 'INCOMPLETE', { notes: [seasonNote('show-not-due', `${show}:`)] });
  }
  if (!bundle) {
    return registered.isCancelled
      ? stands('cancelled', 'ALL_SOLD_AND_SETTLED', { notes: [seasonNote('show-cancelled', `${show}:`)] })
      : wrong('missing', seasonFinding('show-missing', where));
  }
  const judged = judgeBundle(bundle, {
    ...keptOf(origin, options),
    policy: policyFor(registered, registry, policy),
    isWithBefore: true,
  });
  if (registered.isCancelled) {
    const isSealed = judged.read?.events.some(({ type }) => type === 'show.sealed') ?? false;
    return isSealed
      ? wrong('cancelled', seasonFinding('cancelled-but-sealed', where))
      : stands('cancelled', 'ALL_SOLD_AND_SETTLED', { notes: [seasonNote('show-cancelled', `${show}:`)] });
  }
  const { verdict } = judged.verification;
  if (judged.state === null || judged.read === null) return stands('judged', verdict, { judged });
  return {
    ...stands('judged', verdict, { judged }),
    ...judgeNotes(registered, judged.read, registry, verdict),
  };
}

/** The leaf that registered it. */
const whereOf = ({ i, log, show }: RegisteredShow) => ({ i, log, by: 'platform', more: show });

/** The registry's word against the show's own log. */
function judgeNotes(
  registered: RegisteredShow,
  read: ReadBundle,
  registry: RegistryState,
  verdict: Verdict,
): Partial<Pick<SeasonShow, 'verdict' | 'findings' | 'notes'>> {
  const { show, origin } = registered;
  const where = whereOf(registered);
  const [opened] = read.events;
  const township = opened?.type === 'log.opened' ? opened.body.township : undefined;
  if (township !== undefined && !registry.origins.includes(township)) {
    return { verdict: 'INVALID', findings: [seasonFinding('township-differs', where)] };
  }
  const ends = (['show.sealed', 'show.closed'] as const).map((type) => ({
    noted: type === 'show.sealed' ? registered.sealed : registered.closed,
    size: sizeAfter(read, type),
  }));
  if (ends.some(({ noted, size }) => noted !== null && size === null)) {
    return { verdict: 'STALE', findings: [seasonFinding('bundle-behind', where)] };
  }
  const roots = rootsAt(
    read.bytes,
    ends.flatMap(({ size }) => size ?? []),
  );
  const differs = ends.some(
    ({ noted, size }) =>
      noted !== null && size !== null && checkpointHash(origin, size, roots.get(size)!) !== noted,
  );
  if (differs) return { verdict: 'INVALID', findings: [seasonFinding('note-differs', where)] };
  const isBehind = ends.some(({ noted, size }) => noted === null && size !== null);
  return isBehind
    ? { verdict: worse('INCOMPLETE', verdict), notes: [seasonNote('close-not-noted', `${show}:`)] }
    : {};
}

/** Of the head that ends with the first leaf of this type. */
function sizeAfter({ events }: ReadBundle, type: EventType): number | null {
  const event = events.find((one) => one.type === type);
  return event ? event.i + 1 : null;
}

/** A show whose own log holds; null: it does not, or there was nothing to judge. */
export function heldBy({ judged }: SeasonShow): HeldShow | null {
  const { read = null, state = null } = judged ?? {};
  return read && state && { read, state };
}

export const reportOf = ({
  registered,
  standing,
  judged,
}: SeasonShow): SeasonVerification['shows'][number] => ({
  show: registered.show,
  origin: registered.origin,
  standing,
  verification: judged?.verification ?? null,
});
