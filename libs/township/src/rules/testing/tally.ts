import { type LoggedEvent } from '@qingpai/wire';

type Leaf<T extends LoggedEvent['type']> = Extract<LoggedEvent, { type: T }>;
/** One sale as somebody would keep it on a card: who owes whom, and what has moved. */
interface Card {
  buyer: string;
  grower: string;
  fen: number;
  isOwed: boolean;
  isOnline: boolean;
  paidFen: number;
  /** Given back before its grower was paid, and after. */
  backFen: number;
  lateFen: number;
  forfeitFen: number;
  paidOutFen: number;
  feeFen: number;
  /** What its grower owed and does not any more: taken, given back or carried. */
  squaredFen: number;
}

/**
 * What each account must hold after these leaves, debits − credits in fen: reckoned from cards and a till, knowing nothing
 * of entries. Accounts that hold nothing are left out.
 */
export function tallyOf(leaves: readonly LoggedEvent[], feePercent: number): Map<string, number> {
  const tally = new Tally(feePercent);
  for (const leaf of leaves) tally.note(leaf);
  return tally.sums();
}

class Tally {
  private readonly growers = new Map<string, string>();
  private readonly cards = new Map<string, Card>();
  private readonly deposits = new Map<string, { bidder: string; isOnline: boolean }>();
  private readonly freights = new Map<string, { fen: number; isOnline: boolean }>();
  private readonly held = new Map<string, number>();
  /** All that people and provider together hold for us, and how much of it the provider holds. */
  private tillFen = 0;
  private onlineFen = 0;
  private toReturnFen = 0;
  private carriedFen = 0;

  constructor(private readonly feePercent: number) {}

  note(leaf: LoggedEvent): void {
    switch (leaf.type) {
      case 'lot.catalogued':
      case 'lot.amended':
        return void this.growers.set(leaf.body.lot, leaf.body.grower);
      case 'lot.hammered':
      case 'sale.accepted':
        return this.begin(leaf);
      case 'sale.voided':
      case 'sale.defaulted':
        this.card(leaf).isOwed = false;
        return;
      case 'sale.paid':
        return this.pay(leaf);
      case 'sale.refunded':
        return this.giveBack(leaf);
      case 'payout.made':
        return this.payOut(leaf);
      case 'clawback.taken':
      case 'clawback.repaid':
      case 'clawback.carried':
        return this.clawBack(leaf);
      case 'show.settled':
        return this.freightComesOver();
      case 'deposit.held':
      case 'deposit.forfeited':
      case 'deposit.released':
      case 'deposit.returned':
        return this.deposit(leaf);
      default:
    }
  }

  private begin({ body }: Leaf<'lot.hammered' | 'sale.accepted'>): void {
    const none = {
      paidFen: 0,
      backFen: 0,
      lateFen: 0,
      forfeitFen: 0,
      paidOutFen: 0,
      feeFen: 0,
      squaredFen: 0,
    };
    this.cards.set(body.sale, {
      ...{ buyer: body.bidder, grower: this.growers.get(body.lot)!, fen: body.units * body.unitPriceFen },
      ...{ isOwed: true, isOnline: false, ...none },
    });
  }
  private pay(leaf: Leaf<'sale.paid'>): void {
    const { amountFen, freightFen = 0, channel } = leaf.body;
    const card = this.card(leaf);
    card.paidFen = amountFen;
    card.isOnline = channel === 'stripe';
    this.move(amountFen + freightFen, card.isOnline);
    if (freightFen > 0) this.freights.set(card.buyer, { fen: freightFen, isOnline: card.isOnline });
  }
  private giveBack(leaf: Leaf<'sale.refunded'>): void {
    const { amountFen, freightFen = 0, channel } = leaf.body;
    const card = this.card(leaf);
    const isPaidOut = card.paidOutFen > 0;
    card[isPaidOut ? 'lateFen' : 'backFen'] += amountFen;
    this.move(-amountFen, channel === 'stripe' && !isPaidOut);
    if (freightFen === 0) return;
    this.move(-freightFen, this.freights.get(card.buyer)!.isOnline);
    this.freights.delete(card.buyer);
  }
  /** What the provider holds of this buyer's has come over by then, freight and all. */
  private payOut(leaf: Leaf<'payout.made'>): void {
    const { amountFen, feeFen = 0 } = leaf.body;
    const card = this.card(leaf);
    if (card.isOnline) this.onlineFen -= amountFen + feeFen;
    const freight = this.freights.get(card.buyer);
    if (freight?.isOnline) {
      this.onlineFen -= freight.fen;
      freight.isOnline = false;
    }
    this.tillFen -= amountFen;
    [card.paidOutFen, card.feeFen] = [amountFen, feeFen];
  }
  /** Whatever freight the provider still holds at the end. */
  private freightComesOver(): void {
    for (const freight of this.freights.values()) {
      if (freight.isOnline) this.onlineFen -= freight.fen;
      freight.isOnline = false;
    }
  }
  private clawBack({ type, body }: Leaf<'clawback.taken' | 'clawback.repaid' | 'clawback.carried'>): void {
    if ('sale' in body) this.cards.get(body.sale)!.squaredFen += body.amountFen;
    else this.carriedFen -= body.amountFen;
    if (type === 'clawback.carried') this.carriedFen += body.amountFen;
    else this.move(body.amountFen, false);
  }
  private deposit(
    leaf: Leaf<'deposit.held' | 'deposit.forfeited' | 'deposit.released' | 'deposit.returned'>,
  ): void {
    const { deposit, amountFen } = leaf.body;
    if (leaf.type === 'deposit.held') {
      const { bidder, channel } = leaf.body;
      this.deposits.set(deposit, { bidder, isOnline: channel === 'stripe' });
    }
    const { bidder, isOnline } = this.deposits.get(deposit)!;
    if (leaf.type === 'deposit.held') this.move(amountFen, isOnline);
    if (leaf.type === 'deposit.returned') {
      this.move(-amountFen, isOnline);
      this.toReturnFen -= amountFen;
      return;
    }
    if (leaf.type === 'deposit.released') this.toReturnFen += amountFen;
    if (leaf.type === 'deposit.forfeited') {
      const card = this.cards.get(leaf.body.sale)!;
      [card.forfeitFen, card.isOnline] = [amountFen, isOnline];
    }
    const before = this.held.get(bidder) ?? 0;
    this.held.set(bidder, before + (leaf.type === 'deposit.held' ? amountFen : -amountFen));
  }

  private card = ({ body }: { body: { sale: string } }): Card => this.cards.get(body.sale)!;
  private move(fen: number, isOnline: boolean): void {
    this.tillFen += fen;
    if (isOnline) this.onlineFen += fen;
  }

  // ---------------------------------------------------------------- the sums

  sums(): Map<string, number> {
    const sums = new Map<string, number>();
    const add = (account: string, fen: number) => void sums.set(account, (sums.get(account) ?? 0) + fen);
    add('gateway:stripe:clearing', this.onlineFen);
    add('bank:escrow', this.tillFen - this.onlineFen);
    add('refunds:payable', -this.toReturnFen);
    add('clawbacks:carried', this.carriedFen);
    for (const { fen } of this.freights.values()) add('freight:payable', -fen);
    for (const [bidder, fen] of this.held) add(`buyer:${bidder}:deposit`, -fen);
    for (const card of this.cards.values()) this.addCard(card, add);
    return new Map([...sums].filter(([, fen]) => fen !== 0));
  }
  private addCard(card: Card, add: (account: string, fen: number) => void): void {
    const owedFen = card.isOwed ? card.fen : 0;
    add(`buyer:${card.buyer}:receivable`, owedFen - card.paidFen);
    const wholeFen = owedFen + card.forfeitFen - card.backFen;
    add(`grower:${card.grower}:payable`, -(wholeFen - card.paidOutFen - card.feeFen));
    if (card.paidOutFen === 0) return;
    // The share is of what stayed in the end; what was taken too much of it goes back to the buyer, not to the grower.
    const feeFen = Math.floor(((card.paidFen - card.backFen - card.lateFen) * this.feePercent) / 100);
    add('platform:fee', -feeFen);
    add(`grower:${card.grower}:clawback`, card.lateFen - (card.feeFen - feeFen) - card.squaredFen);
  }
}
