import { type GivenCosignature, type Ledger, type SignedHead } from '@qingpai/ledger';
import { parseVkey, shortCode, toBase64, type VerifierKey } from '@qingpai/ledger/rules';
import { type MembersService } from '@qingpai/members';
import { type Certificate, type LoggedEvent, type Opening, type Verification } from '@qingpai/wire';
import { certificateOf, evolve, initialShow, togetherWith } from '../rules/index.js';
import { bundleText, openingsOf } from './bundle.js';
import { type Show } from './entities.js';
import { Kept } from './kept.js';
import { READING_OPEN_MS_MAX, READINGS_KEPT_MAX, VERDICT_OPEN_MS_MAX } from './limits.js';
import { policyText } from './policyText.js';
import { eventOf } from './leafFormat.js';
import { type ShowStore } from './showStore.js';

/** Judges a bundle under a policy, as an auditor would; after restores with those of the logs before, the newest first. */
export type Judge = (bundles: readonly string[], policy: string) => Promise<Verification>;

export interface ProofsParts {
  ledger: Ledger;
  shows: ShowStore;
  members: Pick<MembersService, 'townshipOf'>;
  judge: Judge;
  /** Who is asked to cosign: pinned in the policy; default: nobody. */
  witnesses?: readonly VerifierKey[];
  nowMs: () => number;
}

/** A moment at which the log was cut and signed: the checkpoint ends right after its leaf. */
interface Moment {
  at: 'sealed' | 'closed' | 'settled';
  size: number;
  t: number;
}

/** A show's log, read up to a signed head. */
interface Reading {
  head: SignedHead;
  moments: Moment[];
  /** Sizes that end with a hammer. */
  hammers: number[];
  /** Time of `show.opened`. */
  openedAt: number | null;
  facts: ReturnType<typeof certificateOf>;
}

/** What a show proves to strangers: certificate, bundle, policy, checkpoint, verdict. Reads only. */
export class Proofs {
  private readonly readings: Kept<Reading>;
  private readonly verdicts: Kept<Verification>;

  constructor(private readonly parts: ProofsParts) {
    this.readings = new Kept(READINGS_KEPT_MAX, parts.nowMs);
    this.verdicts = new Kept(READINGS_KEPT_MAX, parts.nowMs);
  }

  async certificate(showId: string): Promise<Certificate> {
    const show = await this.parts.shows.show(showId);
    const reading = await this.reading(show);
    const { head, facts } = reading;
    const township = await this.parts.members.townshipOf(show.townshipId);
    const given = await this.cosigned(show.origin, head);
    const signed = await this.signedAt(show.origin, reading, given);
    const before = await this.parts.shows.before(showId);
    return {
      ...facts,
      ...(before && { together: togetherWith(await this.certificate(before.showId), facts) }),
      showId,
      title: show.title,
      township: township?.name ?? '',
      version: 2,
      witness: witnessOf(reading, given),
      code: signed[0]?.at === 'sealed' ? shortCode(signed[0].head.root) : null,
      head: { size: head.size, root: toBase64(head.root), code: shortCode(head.root) },
      checkpoints: signed.map(({ at, head: { size, root, note, tMs } }) => ({
        ...{ at, size, note, t: tMs },
        root: toBase64(root),
      })),
    };
  }

  /**
   * Everything a stranger needs to judge the show (wire/bundle.ts), as it stands now, at `head`. `tag` tells
   * two bundles apart; `text` is the same each time.
   * @param openings the officer's: with the floors of the lots whose last unit has met its end
   */
  async bundle(
    showId: string,
    openings: boolean,
  ): Promise<{ head: SignedHead; tag: string; text: () => AsyncGenerator<string> }> {
    const show = await this.parts.shows.show(showId);
    const reading = await this.reading(show);
    const { head } = reading;
    const given = await this.cosigned(show.origin, head);
    const checkpoints = await this.notesOf(show.origin, reading, given);
    const floors = openings ? await this.openings(show, head) : undefined;
    const journal = await this.parts.ledger.journal.entriesOf(show.origin, head.size);
    return {
      head,
      tag: tagOf(head, given.length, openings ? 'officer' : 'public'),
      text: () =>
        bundleText({
          origin: show.origin,
          rules: show.rules,
          checkpoints,
          openings: floors,
          journal,
          pages: this.parts.ledger.pages(show.origin, head.size),
        }),
    };
  }

  async policy(showId: string): Promise<string> {
    const { origin } = await this.parts.shows.show(showId);
    const before = await Promise.all((await this.beforeOf(showId)).map((show) => this.keyOf(show.origin)));
    return policyText(await this.keyOf(origin), this.parts.witnesses, { before });
  }

  /** The shows that this one goes on from after restores, the nearest first. */
  private async beforeOf(showId: string): Promise<Show[]> {
    const before = await this.parts.shows.before(showId);
    return before ? [before, ...(await this.beforeOf(before.showId))] : [];
  }

  /** The newest signed note, with the cosignatures it has so far. */
  async checkpoint(showId: string): Promise<string> {
    const { origin } = await this.parts.shows.show(showId);
    return this.parts.ledger.cosignedNote(origin, (await this.headOf(origin)).size);
  }

  /**
   * What the offline verifier says of the public bundle under the show's own policy; after restores of all its logs together.
   */
  async verification(showId: string): Promise<Verification> {
    const show = await this.parts.shows.show(showId);
    const head = await this.headOf(show.origin);
    // A cosignature that comes later may change the verdict of the same leaves.
    const version = `${head.size}/${(await this.cosigned(show.origin, head)).length}`;
    const staleMs = show.phase === 'open' ? VERDICT_OPEN_MS_MAX : 0;
    return this.verdicts.get(showId, { version, staleMs }, async () => {
      const texts = [await this.textOf(showId)];
      for (const before of await this.beforeOf(showId)) texts.push(await this.textOf(before.showId));
      return this.parts.judge(texts, await this.policy(showId));
    });
  }

  private async textOf(showId: string): Promise<string> {
    const { text } = await this.bundle(showId, false);
    const pieces: string[] = [];
    for await (const piece of text()) pieces.push(piece);
    return pieces.join('');
  }

  private async reading(show: Show): Promise<Reading> {
    const head = await this.headOf(show.origin);
    const staleMs = show.phase === 'open' ? READING_OPEN_MS_MAX : 0;
    return this.readings.get(show.showId, { version: `${head.size}`, staleMs }, () => this.read(show, head));
  }

  private async read({ origin, rules }: Show, head: SignedHead): Promise<Reading> {
    const events: LoggedEvent[] = [];
    for await (const page of this.parts.ledger.pages(origin, head.size)) events.push(...page.map(eventOf));
    const openedAt = events.find(({ type }) => type === 'show.opened')?.t ?? null;
    const hammers = events.flatMap(({ type, i }) => (type === 'lot.hammered' ? [i + 1] : []));
    return { head, hammers, moments: momentsOf(events), openedAt, facts: certificateOf(rules, events) };
  }

  /** By the state at this very head, page by page: a lot that ends meanwhile is opened next time. */
  private async openings({ showId, origin, rules }: Show, head: SignedHead): Promise<Opening[]> {
    const state = initialShow(rules);
    for await (const page of this.parts.ledger.pages(origin, head.size)) {
      for (const bytes of page) evolve(state, eventOf(bytes));
    }
    return openingsOf(state, await this.parts.shows.floorsOf(showId));
  }

  /** What witnesses gave under the heads up to this one. */
  private async cosigned(origin: string, head: SignedHead): Promise<GivenCosignature[]> {
    const given = await this.parts.ledger.cosignatures.of(origin);
    return given.filter(({ size }) => size <= head.size);
  }

  /**
   * The notes at the moments of the show and, if they are others, the newest that a witness cosigned and the newest of
   * all: oldest first, each with its cosignatures.
   */
  private async signedAt(
    origin: string,
    { moments, head: newest }: Reading,
    given: readonly GivenCosignature[],
  ): Promise<{ at: Moment['at'] | 'witnessed' | 'newest'; head: SignedHead }[]> {
    const others = [
      { at: 'witnessed' as const, size: given.at(-1)?.size ?? newest.size },
      { at: 'newest' as const, size: newest.size },
    ];
    const wanted = [...moments, ...others].filter(
      ({ size }, n, all) => all.findIndex((one) => one.size === size) === n,
    );
    const bare = await this.parts.ledger.headsAt(
      origin,
      wanted.map(({ size }) => size),
    );
    const heads = await this.parts.ledger.cosignatures.under(origin, bare);
    return wanted
      .map(({ at, size }) => {
        const head = heads.find((one) => one.size === size);
        if (!head) throw new Error(`bug: ${origin} has no checkpoint at ${size} (${at})`);
        return { at: size === newest.size && at === 'witnessed' ? ('newest' as const) : at, head };
      })
      .sort((a, b) => a.head.size - b.head.size);
  }

  /**
   * For the bundle: those, what else a witness cosigned, and the first after each hammer, so that leaves which do not
   * fit their roots are narrowed down to one lot. Oldest first, each with its cosignatures.
   */
  private async notesOf(
    origin: string,
    reading: Reading,
    given: readonly GivenCosignature[],
  ): Promise<string[]> {
    const { moments, head, hammers } = reading;
    const sizes = [...[...moments, ...given, head].map(({ size }) => size), ...hammers];
    const heads = await this.parts.ledger.headsCovering(origin, [...new Set(sizes)]);
    return (await this.parts.ledger.cosignatures.under(origin, heads)).map(({ note }) => note);
  }

  private async headOf(origin: string): Promise<SignedHead> {
    const head = await this.parts.ledger.headOf(origin);
    if (!head) throw new Error(`bug: ${origin} has no leaf`);
    return head;
  }

  private async keyOf(origin: string): Promise<VerifierKey> {
    const key = parseVkey(await this.parts.ledger.vkeyOf(origin));
    if (!key.ok) throw new Error(`bug: ${origin} has a key that is none: ${key.reason}`);
    return key.value;
  }
}

const tagOf = ({ size, root }: SignedHead, cosigned: number, of: string): string =>
  `"${of}-${size}-${cosigned}-${shortCode(root).replaceAll('·', '')}"`;

const moment = { 'show.sealed': 'sealed', 'show.closed': 'closed', 'show.settled': 'settled' } as const;

const momentsOf = (events: readonly LoggedEvent[]): Moment[] =>
  events.flatMap(({ type, i, t }) =>
    type in moment ? { at: moment[type as keyof typeof moment], size: i + 1, t } : [],
  );

/** From the desk's stamp to the witness's own clock. */
const WITNESS_CLOCK_MS = 5_000;

/** Who cosigned, and whether in time: the sealed head before bidding opened, the close by any head that covers it. */
function witnessOf(
  { moments, openedAt }: Pick<Reading, 'moments' | 'openedAt'>,
  given: readonly GivenCosignature[],
): Certificate['witness'] {
  const sealed = moments.find(({ at }) => at === 'sealed');
  const closed = moments.find(({ at }) => at === 'closed');
  const isInTime = ({ tSeconds }: GivenCosignature) =>
    openedAt === null || tSeconds * 1_000 <= openedAt + WITNESS_CLOCK_MS;
  return {
    names: [...new Set(given.map(({ witness }) => witness))].sort(),
    sealed: sealed ? given.some((one) => one.size === sealed.size && isInTime(one)) : null,
    closed: closed ? given.some(({ size }) => size >= closed.size) : null,
    newest: given.at(-1)?.size ?? null,
  };
}
