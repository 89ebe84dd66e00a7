import { type MembersService, type Seal, type Vault } from '@qingpai/members';
import { Refused } from '@qingpai/platform';
import {
  type DepositHolder,
  type DepositList,
  type DepositMove,
  type MyDeposit,
  type ShownDeposit,
} from '@qingpai/wire';
import { type DataSource } from 'typeorm';
import { type PaymentProvider } from '../online/provider.js';
import { type Counter } from '../options.js';
import { owedBackFenOf, standingOf } from '../rules/deposit.js';
import { type Buyer, type ShowSales } from '../sales.js';
import { type DepositMoveRow } from './entities.js';
import { type OnlineDeposits } from './onlineDeposits.js';
import { movesOf } from './moveRows.js';
import { type DepositsOfShow, type KeptDeposit, type ShowDeposits } from './port.js';

export interface DepositViewsParts {
  db: DataSource;
  vault: Vault;
  members: MembersService;
  sales: ShowSales;
  deposits: ShowDeposits;
  counter: Counter;
  online: OnlineDeposits;
  provider: PaymentProvider | null;
}

/** Deposits as people see them: the buyer his own, host and officer all of a show. */
export class DepositViews {
  constructor(private readonly parts: DepositViewsParts) {}

  /** What is asked, where everybody's stands, what the log holds, and what people wrote down, newest first. */
  async ofShow(showId: string, memberId: string): Promise<DepositList> {
    const known = await this.parts.deposits.depositsOf(showId);
    const buyers = await this.parts.sales.buyersOf(showId);
    const rows = await movesOf(this.parts.db.manager, { showId });
    return {
      ...askedOf(known),
      owedBackFen: known.deposits.reduce((sum, one) => sum + owedBackFenOf(one), 0),
      holders: await this.holders(known, buyers, rows),
      deposits: known.deposits.map((one) => shownDeposit(one, buyers)),
      moves: await this.shownMoves(showId, rows, memberId),
    };
  }

  /** One buyer's own. Refuses: `no-paddle`. */
  async ofMember(showId: string, memberId: string): Promise<MyDeposit> {
    const { db, deposits, sales, counter, online, provider } = this.parts;
    const known = await deposits.depositsOf(showId);
    const buyers = await sales.buyersOf(showId);
    const buyer = buyers.find((one) => one.memberId === memberId);
    if (!buyer) throw new Refused('no-paddle');
    const his = known.deposits.filter(({ bidder }) => bidder === buyer.bidder);
    const rows = await movesOf(db.manager, { showId, bidder: buyer.bidder });
    return {
      ...askedOf(known),
      paddle: buyer.paddle,
      standing: standingOf(his, rows.some(isComing)),
      deposits: his.map((one) => shownDeposit(one, buyers)).reverse(),
      ...{ payee: counter.payee, contact: counter.contact, byHand: counter.byHand },
      online: [...(provider?.methods ?? [])],
      isUnderway: await online.isUnderway(showId, buyer.bidder),
    };
  }

  async shownMoves(
    showId: string,
    rows: readonly DepositMoveRow[],
    memberId: string,
  ): Promise<DepositMove[]> {
    const people = rows.flatMap(({ recordedBy, decidedBy }) => [
      recordedBy,
      ...(decidedBy ? [decidedBy] : []),
    ]);
    const [buyers, contacts, sealOf] = await Promise.all([
      this.parts.sales.buyersOf(showId),
      this.parts.members.contactsOf([...new Set(people)]),
      this.sealsOf(rows),
    ]);
    const nameOf = (id: string) => contacts.get(id)?.nickname ?? '';
    return rows.map((row) => {
      const seal = sealOf(row);
      const { id, kind, bidder, deposit, amountFen, channel, state } = row;
      return {
        ...{ id, kind, bidder, deposit, amountFen, channel, state },
        paddle: paddleIn(buyers, bidder),
        reference: seal === null ? '' : seal.open(row.reference, id).toString(),
        photo: row.photo === null || seal === null ? null : `/api/shows/${showId}/deposits/moves/${id}/photo`,
        recordedBy: nameOf(row.recordedBy),
        recordedAtMs: row.recordedAt.getTime(),
        decidedBy: row.decidedBy === null ? null : nameOf(row.decidedBy),
        mine: row.recordedBy === memberId,
      };
    });
  }

  /** What opens a movement's reference; null when its buyer asked to be erased. */
  async sealsOf(rows: readonly DepositMoveRow[]): Promise<(row: DepositMoveRow) => Seal | null> {
    const people = rows.flatMap(({ sealedFor }) => sealedFor ?? []);
    const seals = await this.parts.members.sealsOf([...new Set(people)]);
    return ({ sealedFor }) => (sealedFor === null ? this.parts.vault : (seals.get(sealedFor) ?? null));
  }

  private async holders(
    { deposits }: DepositsOfShow,
    buyers: readonly Buyer[],
    rows: readonly DepositMoveRow[],
  ): Promise<DepositHolder[]> {
    const contacts = await this.parts.members.contactsOf(buyers.flatMap(({ memberId }) => memberId ?? []));
    return buyers
      .map(({ bidder, paddle, memberId }) => {
        const contact = memberId === null ? undefined : contacts.get(memberId);
        const his = deposits.filter((one) => one.bidder === bidder);
        const isRecorded = rows.some((row) => row.bidder === bidder && isComing(row));
        return {
          ...{ bidder, paddle, nickname: contact?.nickname ?? '现场', phone: contact?.phone ?? null },
          standing: standingOf(his, isRecorded),
          owedBackFen: his.reduce((sum, one) => sum + owedBackFenOf(one), 0),
        };
      })
      .sort((a, b) => a.paddle - b.paddle);
  }
}

const askedOf = ({ askedFen, abovePriceFen, isTaken }: DepositsOfShow) => ({
  ...{ askedFen, abovePriceFen, isTaken },
});

const isComing = ({ kind, state }: DepositMoveRow): boolean => kind === 'in' && state === 'recorded';

const paddleIn = (buyers: readonly Buyer[], bidder: string): number =>
  buyers.find((one) => one.bidder === bidder)?.paddle ?? 0;

const shownDeposit = ({ channel, txn: _, ...one }: KeptDeposit, buyers: readonly Buyer[]): ShownDeposit => ({
  ...one,
  isOnline: channel === 'stripe',
  paddle: paddleIn(buyers, one.bidder),
});
