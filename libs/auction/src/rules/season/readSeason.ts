import { sha256 } from '@noble/hashes/sha2.js';
import { canonicalBytes, toHex, utf8 } from '@qingpai/ledger/rules';
import {
  loggedRegistryEvent,
  type LoggedRegistryEvent,
  type RegistryBundle,
  seasonBundle,
  type SeasonBundle,
} from '@qingpai/wire';
import { finding, type Stop, type VerifyFinding } from '../verify/finding.js';
import { damaged, parseJson, readEnvelope, type ReadLog } from '../verify/parse.js';

/** The registry's log, as far as it could be read. */
export interface ReadRegistry extends ReadLog {
  bundle: Pick<RegistryBundle, 'origin' | 'checkpoints'>;
  events: (LoggedRegistryEvent & { by: string })[];
}
/** `shows`: each as the file has it, so that its own digest can be checked. */
export interface ReadSeason {
  season: SeasonBundle;
  /** The newest last, after those that it goes on from. */
  registries: ReadRegistry[];
  shows: object[];
}

/** What does not fit its own digest is DAMAGED; a registry's leaf that is none in its own place is INVALID. */
export function readSeason(text: string): ReadSeason | Stop {
  const raw = parseJson(text);
  if (raw === undefined) return damaged(finding('bundle-not-json'));
  const parsed = seasonBundle.safeParse(raw);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return damaged(finding('bundle-malformed', { more: issue?.path.join('.') || issue?.message }));
  }
  const season = parsed.data;
  if (seasonDigest(season) !== season.digest) return damaged(finding('bundle-digest'));
  const registries: ReadRegistry[] = [];
  for (const log of [season.registry, ...(season.before ?? [])].reverse()) {
    const registry = readRegistry(log, registries.at(-1)?.events.at(-1)?.t ?? 0);
    if ('verdict' in registry) return registry;
    registries.push(registry);
  }
  return { season, registries, shows: (raw as { shows: object[] }).shows };
}

/** Lower-case hex, over the registry and the digests of the shows' bundles: those cover the rest. */
export function seasonDigest({
  registry,
  before,
  shows,
}: {
  registry: RegistryBundle;
  before?: readonly RegistryBundle[] | undefined;
  shows: readonly { digest: string }[];
}): string {
  const covered = {
    ...{ format: 'qingpai/season/v1', registry: exactly(registry) },
    ...(before && { before: before.map(exactly) }),
    shows: shows.map(({ digest }) => digest),
  };
  return toHex(sha256(canonicalBytes(covered)));
}

const exactly = ({ origin, leaves, checkpoints }: RegistryBundle) => ({ origin, leaves, checkpoints });

function readRegistry({ origin, leaves, checkpoints }: RegistryBundle, afterMs: number): ReadRegistry | Stop {
  const bytes = leaves.map(utf8);
  const events: ReadRegistry['events'] = [];
  for (const [i, leaf] of bytes.entries()) {
    const event = readEvent(leaf, i, origin, events.at(-1)?.t ?? afterMs);
    if ('code' in event) return { verdict: 'INVALID', findings: [event] };
    events.push(event);
  }
  return { bundle: { origin, checkpoints }, bytes, events };
}

function readEvent(
  bytes: Uint8Array,
  i: number,
  origin: string,
  afterMs: number,
): ReadRegistry['events'][number] | VerifyFinding {
  const leaf = readEnvelope(bytes, i, origin, afterMs);
  if ('code' in leaf) return leaf;
  const { by, t, type, body, sig, v } = leaf;
  if (by !== 'platform') return finding('author-wrong', { i, by });
  if (sig !== undefined) return finding('author-signature-stray', { i, by });
  const event = loggedRegistryEvent.safeParse({ i, t, type, body });
  if (v !== 2 || !event.success) return finding('event-malformed', { i, by, more: type });
  return { ...event.data, by };
}
