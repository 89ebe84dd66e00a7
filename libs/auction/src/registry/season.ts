import { type Ledger, type SignedHead } from '@qingpai/ledger';
import { canonical, parseVkey, type VerifierKey } from '@qingpai/ledger/rules';
import { type RegistryBundle, type SeasonVerification } from '@qingpai/wire';
import { seasonDigest } from '../rules/season/index.js';
import { type JudgeSeason } from '../store/judge.js';
import { Kept } from '../store/kept.js';
import { policyText } from '../store/policyText.js';
import { type Proofs } from '../store/proofs.js';
import { SEASON_VERDICT_LIFE_MS, SEASONS_KEPT_MAX } from './limits.js';
import { type Registry } from './registry.js';

export interface SeasonParts {
  ledger: Ledger;
  registry: Registry;
  proofs: Pick<Proofs, 'bundle'>;
  judge: JudgeSeason;
  /** Who is asked to cosign: pinned in the policy. */
  witnesses: readonly VerifierKey[];
  /** Milliseconds since 1970, UTC. */
  nowMs(): number;
}

/** A township's season as a stranger can judge it: its registry, and the public bundle of every sealed show. */
export class Season {
  private readonly verdicts: Kept<SeasonVerification>;

  constructor(private readonly parts: SeasonParts) {
    this.verdicts = new Kept(SEASONS_KEPT_MAX, () => parts.nowMs());
  }

  /**
   * The text of `seasonBundle` (wire/registry.ts), piece by piece. The registry is read first: a show that is sealed or
   * closed there has come at least so far in its own bundle. Refuses: `not-found` for a township without shows.
   */
  async *text(code: string): AsyncGenerator<string> {
    const { registry, proofs } = this.parts;
    const row = await registry.rowOf({ code });
    const state = await registry.stateOf(row.origin);
    const bundle = await this.registryBundle(row.origin);
    const rows = await registry.before(row);
    const before =
      rows.length === 0 ? undefined : await Promise.all(rows.map((log) => this.registryBundle(log.origin)));
    yield `{"format":"qingpai/season/v1","registry":${canonical(bundle)},`;
    if (before) yield `"before":${canonical(before)},`;
    yield `"shows":[`;
    const digests: { digest: string }[] = [];
    for (const { show, sealed } of state.shows.values()) {
      if (sealed === null) continue;
      if (digests.length > 0) yield ',';
      let tail = '';
      for await (const piece of (await proofs.bundle(show, false)).text()) {
        tail = piece;
        yield piece;
      }
      digests.push({ digest: digestAtEndOf(tail) });
    }
    yield `],"digest":"${seasonDigest({ registry: bundle, before, shows: digests })}"}`;
  }

  /** The key to pin once: the registry vouches for the key of each show. */
  async policy(code: string): Promise<string> {
    const { registry, witnesses } = this.parts;
    const row = await registry.rowOf({ code });
    const before = await Promise.all((await registry.before(row)).map(({ origin }) => this.keyOf(origin)));
    return policyText(await this.keyOf(row.origin), witnesses, { judged: '--season season.json', before });
  }

  private async keyOf(origin: string): Promise<VerifierKey> {
    const key = parseVkey(await this.parts.ledger.vkeyOf(origin));
    if (!key.ok) throw new Error(`bug: ${origin} has a key that is none: ${key.reason}`);
    return key.value;
  }

  /** What the offline verifier says of all of it, or said a moment ago: it costs more than any other answer. */
  async verification(code: string): Promise<SeasonVerification> {
    const { origin } = await this.parts.registry.rowOf({ code });
    const asked = { version: String(this.parts.nowMs()), staleMs: SEASON_VERDICT_LIFE_MS };
    return this.verdicts.get(origin, asked, () => this.judge(code));
  }

  private async judge(code: string): Promise<SeasonVerification> {
    const pieces: string[] = [];
    for await (const piece of this.text(code)) pieces.push(piece);
    return this.parts.judge(pieces.join(''), await this.policy(code));
  }

  /** The newest head that a witness has cosigned, and the newest of all. */
  private async registryBundle(origin: string): Promise<RegistryBundle> {
    const { ledger, registry } = this.parts;
    const newest = await registry.headOf(origin);
    const leaves: string[] = [];
    for await (const page of ledger.pages(origin, newest.size)) {
      leaves.push(...page.map((bytes) => bytes.toString('utf8')));
    }
    return { origin, leaves, checkpoints: await this.notesOf(origin, newest) };
  }

  private async notesOf(origin: string, newest: SignedHead): Promise<string[]> {
    const { cosignatures } = this.parts.ledger;
    const given = (await cosignatures.of(origin)).filter(({ size }) => size <= newest.size);
    const sizes = [...new Set([given.at(-1)?.size ?? newest.size, newest.size])];
    const heads = await cosignatures.under(origin, await this.parts.ledger.headsAt(origin, sizes));
    return heads.sort((a, b) => a.size - b.size).map(({ note }) => note);
  }
}

/** A bundle ends with its digest. */
function digestAtEndOf(tail: string): string {
  const found = /"digest":"([0-9a-f]{64})"\}$/.exec(tail);
  if (!found) throw new Error('bug: a bundle that does not end with its digest');
  return found[1]!;
}
