import { createHash, randomUUID } from 'node:crypto';
import { type MembersService, type Vault } from '@qingpai/members';
import {
  buyersSeal,
  type Cashier,
  type HandRefunds,
  type OnlineRefunds,
  paidOrderOf,
  type ShowSales,
} from '@qingpai/payments';
import { type PictureFolder, Refused } from '@qingpai/platform';
import {
  type ClaimAnswer,
  type claimPayback,
  type ClaimList,
  type ClaimState,
  type ClaimView,
  type complaintFile,
  type returnFile,
  type ShowState,
} from '@qingpai/wire';
import { type DataSource, type EntityManager, In } from 'typeorm';
import { type z } from 'zod';
import { type Desks } from '../desk/desks.js';
import { type Asked, type Beside } from '../desk/line.js';
import { isOpenClaim, saleTotalFen, soldLot } from '../rules/index.js';
import { type ShowStore } from '../store/showStore.js';
import { ClaimRow, ClaimWordRow, FreshWordRow } from './entities.js';
import { CLAIM_WORDS_MAX, CLAIMS_PER_SHOW_MAX } from './limits.js';

export interface ClaimsParts {
  db: DataSource;
  desks: Desks;
  store: ShowStore;
  members: MembersService;
  sales: ShowSales;
  vault: Vault;
  handRefunds: HandRefunds;
  onlineRefunds: OnlineRefunds;
  /** Photos of damage: private, never served without asking who wants them. */
  photos: PictureFolder;
  /** Milliseconds since 1970, UTC. */
  nowMs: () => number;
}

/** A buyer of this show, and the member behind him. */
export interface Claimant {
  bidder: string;
  memberId: string;
}

type Filed = Extract<Asked, { name: 'fileClaim' }>['body'];

/** 坏损包赔, returns and complaints: what the log holds of them, and beside it the photo and the words, sealed. */
export class Claims {
  constructor(private readonly parts: ClaimsParts) {}

  /** The buyer's seat. Refuses: `no-paddle`. */
  async claimant(showId: string, memberId: string): Promise<Claimant> {
    const seat = await this.parts.store.bidderOf(showId, memberId);
    if (!seat) throw new Refused('no-paddle');
    return { bidder: seat.bidder, memberId };
  }

  /** All of a show, the oldest that waits first, as this member sees them. */
  async list(showId: string, memberId: string): Promise<ClaimList> {
    const [desk, me] = [
      await this.parts.desks.of(showId),
      await this.parts.store.pseudonymOf(showId, memberId),
    ];
    const claims = Object.values(desk.state.claims ?? {}).slice(-CLAIMS_PER_SHOW_MAX);
    const isWaiting = (claim: ClaimState) => (isOpenClaim(claim) ? 0 : 1);
    claims.sort((a, b) => isWaiting(a) - isWaiting(b) || a.filed - b.filed);
    return {
      claims: await this.shown(showId, desk.state, claims, me),
      aloneFen: desk.state.rules.afterSale?.grantAloneMaxFen ?? 0,
    };
  }

  /** Of one buyer, newest first. */
  async listOf(showId: string, { bidder }: Claimant): Promise<ClaimView[]> {
    const { state } = await this.parts.desks.of(showId);
    const his = Object.values(state.claims ?? {}).filter((claim) => claim.bidder === bidder);
    return this.shown(showId, state, his.reverse(), bidder);
  }

  /** With a photo. Refuses: `bad-photo`, `not-received`, `claim-late`, `already-claimed`, `unknown-sale`. */
  async damaged(showId: string, who: Claimant, sale: string, units: number, upload: Buffer): Promise<void> {
    const { name, sha256 } = await this.parts.photos.keep(upload);
    const photo = sha256.toString('base64');
    const body: Filed = { kind: 'damaged', bidder: who.bidder, sale, units, photo };
    await this.file(showId, who, body, { photo: name }).catch(async (error: unknown) => {
      await this.forgetUnused(name);
      throw error;
    });
  }

  /** Refuses: `living-goods`, `not-received`, `claim-late`, `already-claimed`, `unknown-sale`. */
  async unwanted(
    showId: string,
    who: Claimant,
    { key, sale, units }: z.infer<typeof returnFile>,
  ): Promise<void> {
    await this.file(showId, who, { kind: 'unwanted', bidder: who.bidder, sale, units }, { key });
  }

  /** Refuses: `claim-late`, `unknown-sale`, `slow-down`. */
  async complain(
    showId: string,
    who: Claimant,
    { key, category, sale, text }: z.infer<typeof complaintFile>,
  ): Promise<void> {
    const body: Filed = { kind: 'complaint', bidder: who.bidder, category, ...(sale && { sale }) };
    await this.file(showId, who, body, { key, text });
  }

  /** Words of the buyer on his own claim. Refuses: `unknown-claim`, `slow-down`. */
  async saidByBuyer(
    showId: string,
    { bidder, memberId }: Claimant,
    claim: string,
    text: string,
  ): Promise<void> {
    const { state } = await this.parts.desks.of(showId);
    if (claimIn(state, claim).bidder !== bidder) throw new Refused('unknown-claim');
    await this.say(this.parts.db.manager, showId, state, claim, { memberId, isHouse: false, text });
  }

  /** By the house. Refuses: `unknown-claim`, `already-decided`, `same-person`, `refund-above-paid`, `not-paid`. */
  async answer(showId: string, by: Cashier, claim: string, answer: ClaimAnswer): Promise<void> {
    const { state } = await this.parts.desks.of(showId);
    claimIn(state, claim);
    if (answer.act === 'say') {
      const said = { memberId: by.memberId, isHouse: true, text: answer.text };
      return this.say(this.parts.db.manager, showId, state, claim, said);
    }
    const person = await this.parts.store.pseudonymOf(showId, by.memberId);
    await this.log(showId, askedOf(answer, by.role, claim, person));
  }

  /**
   * What was granted goes back: the way it came where it was paid online, else as the house says that it gave it. Refuses:
   * `unknown-claim`, `already-decided`, `malformed` (by hand without channel and reference), and what refunds refuse.
   */
  async payBack(
    showId: string,
    by: Cashier,
    id: string,
    { channel, reference }: z.infer<typeof claimPayback>,
  ): Promise<void> {
    const { state } = await this.parts.desks.of(showId);
    const { sale, granted, refunded, amountFen } = claimIn(state, id);
    if (refunded !== undefined) throw new Refused('already-decided');
    if (granted === undefined || sale === undefined) throw new Refused('unknown-claim');
    const ask = { refund: refundOf(showId, id), sale, amountFen: amountFen! };
    const order = await paidOrderOf(this.parts.db.manager, showId, sale);
    if (order !== null) {
      await this.parts.onlineRefunds.ask(showId, order, by.memberId, { ...ask, claim: id });
      return;
    }
    if (!channel || !reference) throw new Refused('malformed');
    // What was dropped because the log refused it may be tried again: so each try has a number of its own.
    const byHand = { ...ask, refund: randomUUID(), channel, reference };
    await this.parts.handRefunds.ask(showId, by, byHand, id);
  }

  /** WebP bytes. @param bidder whose it must be, where the buyer asks. Refuses: `unknown-claim`, `not-found`. */
  async photo(showId: string, claim: string, bidder?: string): Promise<Buffer> {
    const { state } = await this.parts.desks.of(showId);
    const { bidder: whose } = claimIn(state, claim);
    if (bidder !== undefined && bidder !== whose) throw new Refused('unknown-claim');
    const row = await this.parts.db.manager.findOneBy(ClaimRow, { showId, claim });
    const isShown = row !== null && (await this.parts.members.sealsOf([row.memberId])).has(row.memberId);
    const bytes = !isShown || row.photo === null ? null : await this.parts.photos.read(row.photo);
    if (bytes === null) throw new Refused('not-found');
    return bytes;
  }

  /** When he confirmed what holds for living goods; null: not yet. */
  async freshWord(showId: string, memberId: string): Promise<number | null> {
    const row = await this.parts.db.manager.findOneBy(FreshWordRow, { showId, memberId });
    return row?.saidAt.getTime() ?? null;
  }

  /** Once; the first word counts. */
  async confirmFresh(showId: string, memberId: string): Promise<void> {
    const row = { showId, memberId, saidAt: new Date(this.parts.nowMs()) };
    await this.parts.db.manager
      .createQueryBuilder()
      .insert()
      .into(FreshWordRow)
      .values(row)
      .orIgnore()
      .execute();
  }

  /** Forgets the photos of who is erased; his words went with his key. To be called now and then. */
  async sweep(): Promise<void> {
    const { db } = this.parts;
    const gone: [{ photo: string }[], number] = await db.query(
      `UPDATE claims c SET photo = NULL FROM claims old
       WHERE old.show_id = c.show_id AND old.claim = c.claim AND c.photo IS NOT NULL
         AND c.member_id IN (SELECT id FROM members WHERE state = 'erased')
       RETURNING old.photo`,
    );
    for (const { photo } of gone[0]) await this.forgetUnused(photo);
  }

  private async forgetUnused(name: string): Promise<void> {
    if (!(await this.parts.db.manager.existsBy(ClaimRow, { photo: name })))
      await this.parts.photos.remove(name);
  }

  private async file(
    showId: string,
    { bidder, memberId }: Claimant,
    body: Filed,
    { photo = null, key, text }: { photo?: string | null; key?: string; text?: string },
  ): Promise<void> {
    const beside: Beside = async (manager, leaves) => {
      for (const leaf of leaves) {
        if (leaf.type !== 'claim.filed') continue;
        const { claim } = leaf.body;
        await manager.insert(ClaimRow, { showId, claim, memberId, photo });
        if (text) await this.keepWords(manager, showId, claim, bidder, { memberId, isHouse: false, text });
      }
    };
    // A key is the client's own word; under the buyer's name nobody else's is met.
    const once = key && createHash('sha256').update(`${showId} ${bidder} ${key}`).digest('base64url');
    await this.log(showId, { by: bidder, name: 'fileClaim', body }, beside, once);
  }

  private async say(
    manager: EntityManager,
    showId: string,
    state: ShowState,
    claim: string,
    said: { memberId: string; isHouse: boolean; text: string },
  ): Promise<void> {
    if ((await manager.countBy(ClaimWordRow, { showId, claim })) >= CLAIM_WORDS_MAX)
      throw new Refused('slow-down');
    await this.keepWords(manager, showId, claim, claimIn(state, claim).bidder, said);
  }

  private async keepWords(
    manager: EntityManager,
    showId: string,
    claim: string,
    bidder: string,
    { memberId, isHouse, text }: { memberId: string; isHouse: boolean; text: string },
  ): Promise<void> {
    const { sealedFor, seal } = await buyersSeal(this.parts, showId, bidder);
    const id = randomUUID();
    await manager.insert(ClaimWordRow, {
      ...{ id, showId, claim, saidBy: memberId, isHouse, sealedFor },
      words: seal.seal(Buffer.from(text), id),
      saidAt: new Date(this.parts.nowMs()),
    });
  }

  private async log(showId: string, asked: Asked, beside?: Beside, once?: string): Promise<void> {
    const desk = await this.parts.desks.of(showId);
    const answer = await desk.command(asked, beside, once);
    if (!answer.ok) throw new Refused(answer.reason);
  }

  private async shown(
    showId: string,
    state: ShowState,
    claims: readonly ClaimState[],
    me: string,
  ): Promise<ClaimView[]> {
    const ids = claims.map(({ claim }) => claim);
    const { manager } = this.parts.db;
    const [rows, words] = await Promise.all([
      manager.findBy(ClaimRow, { showId, claim: In(ids) }),
      manager.find(ClaimWordRow, { where: { showId, claim: In(ids) }, order: { saidAt: 'ASC' } }),
    ]);
    const people = [
      ...rows.map(({ memberId }) => memberId),
      ...words.flatMap(({ sealedFor }) => sealedFor ?? []),
    ];
    const seals = await this.parts.members.sealsOf([...new Set(people)]);
    const online = new Set<string>();
    for (const { sale } of claims) {
      if (sale && (await paidOrderOf(manager, showId, sale)) !== null) online.add(sale);
    }
    return claims.map((claim) => {
      const row = rows.find((one) => one.claim === claim.claim);
      const isPhoto = row?.photo != null && seals.has(row.memberId);
      return {
        ...viewOf(state, claim),
        photo: isPhoto ? `/api/shows/${showId}/claims/${claim.claim}/photo` : null,
        paidOnline: claim.sale !== undefined && online.has(claim.sale),
        mine: claim.proposed !== undefined && claim.person === me,
        answers: words
          .filter((one) => one.claim === claim.claim)
          .flatMap(({ id, isHouse, words: sealed, sealedFor, saidAt }) => {
            const seal = sealedFor === null ? this.parts.vault : seals.get(sealedFor);
            if (!seal) return [];
            const text = seal.open(sealed, id).toString();
            return [{ by: isHouse ? ('house' as const) : ('buyer' as const), atMs: saidAt.getTime(), text }];
          }),
      };
    });
  }
}

function askedOf(
  answer: Exclude<ClaimAnswer, { act: 'say' }>,
  by: Cashier['role'],
  claim: string,
  person: string,
): Asked {
  switch (answer.act) {
    case 'grant':
      return { by, name: 'grantClaim', claim, amountFen: answer.amountFen, person };
    case 'decline':
      return { by, name: 'declineClaim', body: { claim, reason: answer.reason, person } };
    case 'close':
      return { by, name: 'closeClaim', body: { claim, person } };
  }
}

function viewOf(
  state: ShowState,
  claim: ClaimState,
): Omit<ClaimView, 'photo' | 'paidOnline' | 'mine' | 'answers'> {
  const sale = claim.sale === undefined ? null : state.sales[claim.sale]!;
  const lot = sale && soldLot(state, sale);
  const { granted, declined, closed } = claim;
  return {
    ...{ claim: claim.claim, kind: claim.kind, category: claim.category ?? null, sale: claim.sale ?? null },
    ...{ paddle: state.bidders[claim.bidder]!.paddle, units: claim.units ?? null },
    ...{ number: lot?.number ?? null, title: lot?.title ?? null, amountFen: sale ? saleTotalFen(sale) : 0 },
    filedAtMs: claim.filed,
    answerByMs: claim.filed + (state.rules.afterSale?.answerWithinMs ?? 0),
    answeredAtMs: granted ?? declined ?? closed ?? null,
    state: stateOf(claim),
    ...{ grantedFen: claim.amountFen ?? 0, reason: claim.reason ?? null },
  };
}

function stateOf({ proposed, granted, declined, closed, refunded }: ClaimState): ClaimView['state'] {
  if (refunded !== undefined) return 'paidBack';
  if (granted !== undefined) return 'granted';
  if (declined !== undefined) return 'declined';
  if (closed !== undefined) return 'closed';
  return proposed === undefined ? 'open' : 'proposed';
}

function claimIn(state: ShowState, id: string): ClaimState {
  const claims = state.claims ?? {};
  if (!Object.hasOwn(claims, id)) throw new Refused('unknown-claim');
  return claims[id]!;
}

/** One number per claim, so that asking twice gives once: a version 4 shape over a hash. */
function refundOf(showId: string, claim: string): string {
  const hex = createHash('sha256').update(`${showId}/${claim}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
