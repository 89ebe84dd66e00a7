import {
  amountAboveFen,
  booksRootOf,
  catalogueLeaves,
  catalogueRootOf,
  clockPriceFen,
  feeOfFen,
  growerOf,
  clawbackFen,
  growersFen,
  keptFen,
  leastBidFen,
  moneyFactsOf,
  standingOffers,
} from '@qingpai/auction/rules';
import { leavesOf, openingOf, withFloor } from '../../libs/auction/src/rules/testing/paperBundle.js';
import {
  CHEN,
  HOST,
  LIN,
  type PaperLot,
  PaperShow,
  WU,
} from '../../libs/auction/src/rules/testing/paperShow.js';
import {
  type DepositState,
  type FreightRule,
  type Opening,
  type SaleState,
  type ShowState,
} from '@qingpai/wire';
import { type Chance } from './chance.js';

const payBys = [
  { afterDays: 1, minuteOfDay: 720, utcOffsetMinutes: 480 },
  { afterDays: 2, minuteOfDay: 0, utcOffsetMinutes: -720 },
];
const freight: FreightRule = {
  ...{ zones: [{ provinces: ['35'], feeFen: 800 }], elsewhereFen: 1_500, notServed: [], pickUp: true },
};

/** A small honest show, anything of which may happen; with luck it comes to its end. */
export function randomShow(chance: Chance): PaperShow {
  const asks = chance.maybe(0.3);
  const show = new PaperShow({
    draft: true,
    rules: {
      suddenDeath: chance.maybe(0.1),
      furtherOfferings: asks ? chance.one([0, 0, 0, 1]) : chance.below(3),
      slipSteps: chance.one([1, 3]),
      ...(chance.maybe(0.3) && { feePercent: chance.one([0, 3, 30]) }),
      ...(chance.maybe(0.5) && { growerDues: 'settled' as const }),
      ...((asks || chance.maybe(0.2)) && {
        ladder: {
          pauseMs: chance.one([0, 5_000]),
          atLast: chance.one(['pass', 'carry', 'wait'] as const),
          ...(asks && {
            offers: { answerWithinMs: chance.one([10_000, 60_000]), perLotMax: chance.one([1, 2, 20]) },
          }),
        },
      }),
      ...(chance.maybe(0.6) && {
        secondChance: {
          answerWithinMs: chance.one([10_000, 60_000]),
          perSaleMax: chance.one([1, 2, 20]),
          atLast: chance.one(['carry', 'carry', 'wait'] as const),
        },
      }),
      ...(chance.maybe(0.35) && {
        deposit: {
          amountFen: chance.one([1_000, 50_000]),
          ...(chance.maybe(0.5) && { abovePriceFen: 3_800 }),
        },
      }),
      ...(chance.maybe(0.4) && {
        timed: { openMax: chance.one([2, 3]), staggerMs: chance.one([0, 5_000, 20_000]) },
      }),
      ...(chance.maybe(0.2) && { bidLimitFen: chance.one([4_000, 20_000]) }),
      refusalsLoggedMax: chance.one([1, 2, 20]),
      hardEndMs: chance.one([5_000, 600_000]),
      ...(chance.maybe(0.3) && { payWithinMs: undefined, payBy: chance.one(payBys) }),
      ...(chance.maybe(0.5) && { freight: { ...freight, ...(chance.maybe(0.5) && { freeFromFen: 5_000 }) } }),
      clock: {
        tickMs: 1_500,
        restartSteps: chance.below(4),
        manyTakers: chance.maybe(0.7),
        minUnits: chance.one([1, 1, 2]),
      },
    },
  });
  const lots = 1 + chance.below(show.state.rules.timed ? 5 : 3);
  for (let n = 1; n <= lots; n++) describe(chance, show, `L${n}`);
  if (chance.maybe(0.2)) show.ask(0, { name: 'strike', lot: 'L1' });
  if (chance.maybe(0.2)) amend(chance, show, 'L2');
  seal(show, 0);
  if (show.state.rules.deposit)
    for (const [k, bidder] of [LIN, WU, CHEN].entries()) if (chance.maybe(0.8)) hold(chance, show, bidder, k);
  show.ask(0, { name: 'open', reason: 'none-configured' });
  let t = 1_000;
  for (let acts = 4 + chance.below(18); acts > 0; acts--) {
    t += chance.one([0, 100, 700, 1_500, 4_000, 12_000, 60_000]);
    // Nobody is heard until then, and a clock that runs goes on from where it stood.
    if (chance.maybe(0.06)) show.givesBack(t, t - show.state.t, show.state.block ?? 'L1');
    show.pass(t);
    act(chance, show, t);
  }
  if (asks) t = askAround(chance, show, t);
  if (chance.maybe(0.6)) finish(chance, show, t + 1_000);
  return show;
}

/** The openings of an officer's bundle: of every lot that has a floor. */
export const openingsOf = (show: PaperShow): Opening[] =>
  [...show.floors].filter(([, floorFen]) => floorFen > 0).map(([lot, floorFen]) => openingOf(lot, floorFen));

function paper(chance: Chance, show: PaperShow, lot: string): PaperLot {
  const startFen = chance.one([0, 900, 3_600]);
  const format = startFen > 0 && chance.maybe(0.4) ? ('dutch' as const) : ('english' as const);
  const wished = startFen === 0 ? 0 : chance.one([0, 0, 800, 3_000, 4_000]);
  const floorFen = format === 'dutch' ? Math.min(wished, startFen) : wished;
  // A floor that nobody is likely to meet, where the rules then ask around.
  if (show.state.rules.ladder?.offers && startFen > 0 && chance.maybe(0.7)) {
    const units = 1 + chance.below(3);
    return withFloor(lot, {
      units,
      startFen,
      format: 'english',
      floorFen: chance.one([4_300, 5_000, 9_000]),
    });
  }
  const described: PaperLot = {
    ...{ units: 1 + chance.below(3), startFen, format },
    ...(chance.maybe(0.3) && { stepFen: chance.one([150, 300]) }),
    ...(chance.maybe(0.3) && { referenceFen: 5_000 }),
    ...(format === 'english' && chance.maybe(0.3) && { capFen: chance.one([4_200, 5_400, 9_000]) }),
    ...(format === 'english' && chance.maybe(0.3) && { buyNowFen: chance.one([4_200, 5_400]) }),
  };
  return floorFen > 0 ? withFloor(lot, { ...described, floorFen }) : described;
}

const describe = (chance: Chance, show: PaperShow, lot: string) =>
  show.describe(show.state.t, lot, paper(chance, show, lot));

function amend(chance: Chance, show: PaperShow, lot: string): void {
  show.amend(show.state.t, lot, { list: show.state.seals.length + 1, ...paper(chance, show, lot) });
}

function seal(show: PaperShow, t: number): void {
  const bytes = leavesOf(show.leaves);
  const leaves = catalogueLeaves(show.state, show.state.seals.length + 1);
  show.ask(t, { name: 'seal', catalogue: catalogueRootOf(leaves.map((i) => bytes[i]!)) });
}

function act(chance: Chance, show: PaperShow, t: number): void {
  const { state } = show;
  const lot = oneOpen(chance, state) ?? chance.one(Object.keys(state.lots));
  if (standingOffers(state).length > 0 && chance.maybe(0.5)) return answer(chance, show, t);
  const isQuiet = state.open.length < (state.rules.timed?.openMax ?? 1);
  if (isQuiet && chance.maybe(state.block === null ? 0.7 : 0.3)) return offer(chance, show, t);
  // Now and then beside what is open, though there is no room for it.
  if (chance.maybe(0.04)) return offer(chance, show, t);
  const dice = chance.next();
  if (dice < 0.12) return most(chance, show, t);
  if (dice < 0.7) return bid(chance, show, t);
  if (dice < 0.76)
    return void show.ask(t, { name: chance.one(['lastCall', 'freeze', 'setAside', 'pass']), lot });
  if (dice < 0.84) return void show.ask(t, { name: 'resume', lot });
  if (dice < 0.86) return void show.ask(t, { name: 'withdraw', lot, reason: 'damaged' });
  if (dice < 0.88) return void show.ask(t, { name: 'carry', lot });
  if (dice < 0.9) return stall(chance, show, t, lot);
  if (dice < 0.93)
    return void show.ask(t, { name: 'undo', sale: oneSold(chance, state), reason: 'technical' });
  if (dice < 0.94 && state.rules.timed)
    return void show.ask(t, { name: 'takeOver', person: HOST, reason: 'handover' }, 'platform');
  if (dice < 0.95 && state.rules.deposit) return deposit(chance, show, t);
  if (dice < 0.96) return void show.ask(t, { name: 'limit', bidder: chance.one([LIN, WU]), limitFen: 8_000 });
  if (!state.lots.L9) describe(chance, show, 'L9');
  else seal(show, t);
}

/** The rest is called and bid on, until the ladder asks one after the other. */
function askAround(chance: Chance, show: PaperShow, from: number): number {
  let t = from;
  for (const lot of show.state.open) show.ask(t, { name: 'resume', lot });
  for (const { lot, phase } of Object.values(show.state.lots)) {
    show.pass((t += 100_000));
    if (phase === 'sealed') show.ask(t, { name: 'offer', lot });
    for (let bids = chance.below(3); bids > 0; bids--) bid(chance, show, (t += 700));
  }
  show.pass((t += 100_000));
  for (let rounds = chance.below(5); rounds > 0; rounds--) {
    show.pass((t += chance.one([100, 5_000, 10_000, 60_000])));
    if (standingOffers(show.state).length > 0 && chance.maybe(0.7)) answer(chance, show, t);
  }
  return t;
}

/** What is offered to somebody is answered, mostly by whom it was offered to; or the host asks nobody further. */
function answer(chance: Chance, show: PaperShow, t: number): void {
  const { lot, offer } = chance.one(standingOffers(show.state));
  if (chance.maybe(0.1)) return void show.ask(t, { name: 'endOffers', lot: lot.lot, reason: 'other' });
  const form = chance.maybe(0.2) && { form: true as const };
  const asked = { name: 'answerOffer' as const, offer: offer.offer, accept: chance.maybe(0.6), ...form };
  show.ask(t, asked, chance.maybe(0.9) ? offer.bidder : chance.one([LIN, WU, CHEN, 'host']));
}
const oneOpen = (chance: Chance, { open }: ShowState): string | null =>
  open.length === 0 ? null : chance.one(open);

const oneSold = (chance: Chance, { undoable, sales, rules }: ShowState): string =>
  rules.timed ? chance.one(['S1', ...Object.keys(sales)]) : (undoable ?? 'S1');

function stall(chance: Chance, show: PaperShow, t: number, lot: string): void {
  if (show.state.lots[lot]?.offerings.at(-1)?.clock) {
    const byMs = Math.max(0, t - show.state.t) + chance.one([0, 0, -100, -1_500, 1]);
    return void show.ask(t, { name: 'shift', lot, byMs, cause: chance.one(['stall', 'dark']) }, 'platform');
  }
  const closesAt = (show.state.lots[lot]?.offerings.at(-1)?.closesAt ?? t) + chance.one([5_000, 60_000]);
  show.ask(t, { name: 'extend', lot, closesAt, cause: chance.one(['stall', 'dark']) }, 'platform');
}

function offer(chance: Chance, show: PaperShow, t: number): void {
  const lots = Object.values(show.state.lots);
  const sealed = lots.filter(({ phase }) => phase === 'sealed');
  // In a timed show in any order: a falling clock may have to wait for those that rise.
  const first = show.state.rules.timed && sealed.length > 0 ? chance.one(sealed) : sealed[0];
  const next = first ?? lots.find(({ phase }) => phase === 'waiting');
  if (next) show.ask(t, { name: next.phase === 'sealed' ? 'offer' : 'reoffer', lot: next.lot });
}

/** A maximum bid on the block, or a pre-bid on a lot that waits; now and then one is taken back. */
function most(chance: Chance, show: PaperShow, t: number): void {
  const { state } = show;
  const lot = state.lots[chance.one([oneOpen(chance, state) ?? 'L1', ...Object.keys(state.lots)])];
  const bidder = chance.one([LIN, WU, CHEN]);
  if (!lot) return;
  if (chance.maybe(0.1)) return void show.ask(t, { name: 'withdrawProxy', bidder, lot: lot.lot }, bidder);
  const offering =
    lot.phase === 'onBlock' ? lot.offerings.at(-1)! : { startFen: lot.startFen, priceFen: null };
  const least = leastBidFen(state.rules, lot, offering);
  show.most(t, bidder, amountAboveFen(state.rules, lot, least, chance.below(9)), lot.lot);
}

/** The desk answers slow-down without a leaf by then. */
function isSlowed(show: PaperShow, bidder: string, lot: string): boolean {
  const refused = show.said('bid.refused').filter((body) => body.bidder === bidder && body.lot === lot);
  return refused.length >= show.state.rules.refusalsLoggedMax;
}

function least(show: PaperShow, t: number, bidder: string): void {
  const { state } = show;
  const lot = state.lots[state.block ?? ''];
  const offering = lot?.offerings.at(-1);
  if (lot && offering && !offering.clock && !isSlowed(show, bidder, lot.lot))
    show.press(t, bidder, leastBidFen(state.rules, lot, offering), { confirmed: true });
}

function bid(chance: Chance, show: PaperShow, t: number): void {
  const { state } = show;
  const open = oneOpen(chance, state);
  const lot = open === null ? undefined : state.lots[open];
  const offering = lot?.offerings.at(-1);
  if (!lot || !offering) return;
  const bidder = chance.one([LIN, WU, CHEN]);
  if (isSlowed(show, bidder, lot.lot)) return;
  const ask = offering.clock
    ? clockPriceFen(offering.clock, t)
    : amountAboveFen(
        state.rules,
        lot,
        leastBidFen(state.rules, lot, offering),
        chance.one([0, 0, 0, 1, 2, 5]),
      );
  const amountFen = Math.max(1, ask + chance.one([0, 0, 0, 0, 0, -1, -100, 50]));
  const units = chance.one([undefined, undefined, 1, 2]);
  const run = offering.clock && chance.maybe(0.5) ? offering.clock.run : undefined;
  const more = { ...(units && { units }), ...(run !== undefined && { run }) };
  const isBuying = chance.maybe(0.1);
  show.press(t, bidder, isBuying ? (lot.buyNowFen ?? amountFen) : amountFen, {
    lot: lot.lot,
    ...more,
    ...(chance.maybe(0.2) && { confirmed: true }),
    ...(isBuying && { buyNow: true }),
  });
}

function finish(chance: Chance, show: PaperShow, from: number): void {
  let t = from;
  for (const lot of show.state.open) show.ask(t, { name: 'resume', lot });
  show.pass((t += 800_000));
  if (show.state.rules.secondChance) t = wanted(chance, show, t);
  for (const { lot, phase } of Object.values(show.state.lots)) {
    if (phase === 'onBlock') show.ask(t, { name: 'pass', lot });
    if (phase === 'waiting') show.ask(t, { name: chance.one(['pass', 'carry']), lot });
    if (phase === 'sealed') show.ask(t, { name: 'withdraw', lot, reason: 'other' });
  }
  if (!show.ask(t, { name: 'close' }).ok) return;
  for (const [k, sale] of Object.values(show.state.sales).entries()) {
    if (sale.phase === 'voided' || chance.maybe(show.state.rules.secondChance ? 0.6 : 0.1)) continue;
    const txn = `${'BCDEFGHIJK'.charAt(k % 10).repeat(43)}=`;
    const amountFen = sale.unitPriceFen * sale.units;
    const freightFen = chance.maybe(0.5) ? chance.one([800, 1_500, 900]) : undefined;
    const more = freightFen === undefined ? {} : { freightFen };
    show.ask(t + k, { name: 'paid', body: { sale: sale.sale, amountFen, channel: 'cash', txn, ...more } });
  }
  const late = t + chance.one([1_000, 86_400_000, 86_400_100, 86_400_100]);
  if (chance.maybe(0.3)) {
    const payBy = t + chance.one([1_000, 86_400_050, 172_800_000, 3_000_000_000]);
    show.ask(t + 100, { name: 'extendPay', bidder: chance.one([LIN, WU, CHEN]), payBy, reason: 'house' });
  }
  for (const [k, sale] of Object.values(show.state.sales).entries()) {
    if (chance.maybe(show.state.rules.secondChance ? 0.8 : 0.5))
      show.ask(late + k, { name: 'default', sale: sale.sale });
    if (!chance.maybe(0.2)) continue;
    const txn = `${'LMNOPQRSTU'.charAt(k % 10).repeat(43)}=`;
    const amountFen = chance.one([0, 1, sale.unitPriceFen, sale.unitPriceFen * sale.units, 9_999_999]);
    const more = chance.maybe(0.3) ? { freightFen: chance.one([800, 1_500]) } : {};
    show.ask(late + k, {
      name: 'refunded',
      body: { sale: sale.sale, amountFen, channel: 'cash', txn, ...more },
    });
  }
  afterSale(chance, show, late + 1_000);
  if (show.state.rules.secondChance) secondChances(chance, show, Math.max(show.state.t, late + 5_000));
  payGrowers(chance, show, t);
  record(chance, show, show.state.t + 1);
  const settledAt = Math.max(show.state.t + 10, t + 90_000_000);
  show.pass(settledAt);
  for (const one of Object.values(show.state.deposits)) giveBack(chance, show, one, settledAt);
  const books = booksRootOf(moneyFactsOf(show.state, show.leaves));
  show.ask(settledAt, { name: 'settle', books });
}

/** Some growers, some right, some too early, to somebody else or too much. */
function payGrowers(chance: Chance, show: PaperShow, closedMs: number): void {
  if (!chance.maybe(0.5)) return;
  let t = Math.max(show.state.t, closedMs + chance.one([86_000_000, 86_500_000, 89_000_000]));
  for (const [k, sale] of Object.values(show.state.sales).entries()) {
    if (chance.maybe(0.1)) continue;
    const feeFen = feeOfFen(show.state.rules, keptFen(sale));
    const amountFen = growersFen(show.state.rules, sale) + chance.one([0, 0, 0, 0, 1]);
    if (amountFen <= 0) continue;
    const grower = chance.maybe(0.05) ? CHEN : growerOf(show.state, sale);
    const alone = chance.maybe(0.2);
    const txn = `${(alone ? 'VWXYZ0123456789'.charAt(k % 15) : 'A').repeat(43)}=`;
    const body = { payout: alone ? `P${k + 2}` : 'P1', sale: sale.sale, grower, amountFen, txn };
    show.ask((t += 1), {
      name: 'payOut',
      body: { ...body, channel: 'transfer', ...(feeFen > 0 && { feeFen }) },
    });
    if (chance.maybe(0.5)) clawBack(chance, show, body, t);
    if (!chance.maybe(0.2)) continue;
    const back = {
      sale: sale.sale,
      amountFen: chance.one([1, 99, sale.unitPriceFen]),
      txn: `${'abcdefghijklmno'.charAt(k % 15).repeat(43)}=`,
    };
    show.ask((t += 1), { name: 'refunded', body: { ...back, channel: 'cash' } });
  }
  for (const sale of Object.values(show.state.sales)) settleClawback(chance, show, sale, (t += 1));
}

/** Off the payout that was just made: what is owed, or something else. */
function clawBack(
  chance: Chance,
  show: PaperShow,
  made: { payout: string; grower: string },
  t: number,
): void {
  const { payout, grower } = made;
  const owing = Object.values(show.state.sales).filter((sale) => clawbackFen(show.state.rules, sale) > 0);
  const debt = `${chance.maybe(0.1) ? show.state.origin : 'other.example/shows/2026-11-01-01'}#S1`;
  if (chance.maybe(0.2))
    show.ask(t, {
      name: 'takeBack',
      body: { payout, grower, debt, amountFen: chance.one([1, 500, 9_999_999]) },
    });
  if (owing.length === 0) return;
  const sale = chance.one(owing);
  const amountFen = clawbackFen(show.state.rules, sale) + chance.one([0, 0, 0, 1]);
  const at = chance.maybe(0.9) ? t : t + 1;
  show.ask(at, { name: 'takeBack', body: { payout, grower, sale: sale.sale, amountFen } });
}

/** Given back by himself in part or whole, or carried on; now and then too much, or by who may not. */
function settleClawback(chance: Chance, show: PaperShow, sale: SaleState, t: number): void {
  const owedFen = clawbackFen(show.state.rules, sale);
  if (owedFen <= 0 && !chance.maybe(0.05)) return;
  const grower = chance.maybe(0.95) ? growerOf(show.state, sale) : CHEN;
  const body = { sale: sale.sale, grower, amountFen: Math.max(1, owedFen + chance.one([0, 0, 0, -1, 1])) };
  const txn = txnOf('C', chance.one([1, sale.i]));
  if (chance.maybe(0.5)) show.ask(t, { name: 'repayClawback', body: { ...body, channel: 'cash', txn } });
  if (chance.maybe(0.5)) show.ask(t, { name: 'carryClawback', body }, chance.maybe(0.9) ? 'officer' : 'host');
}

/** Pieces of the recording, some of them twice, out of their order or ahead of time. */
function record(chance: Chance, show: PaperShow, from: number): void {
  for (let k = 1; k <= chance.below(5); k += 1) {
    const fromMs = from + 1_000 * (k + chance.one([0, 0, 0, -3]));
    const body = {
      segment: k + chance.one([0, 0, 0, 0, 1]),
      sha256: `${'uvwxyz'.charAt(chance.maybe(0.9) ? k : 0).repeat(43)}=`,
      ...{ bytes: 1_000, fromMs, toMs: fromMs + chance.one([1_000, 1_000, 900, 0]) },
    };
    show.ask(from + chance.one([9_000, 9_000, 3_000]), { name: 'keepRecording', body }, 'platform');
  }
}

/** Goods that leave or do not, claims good and bad; most of it is refused. */
function afterSale(chance: Chance, show: PaperShow, from: number): void {
  let t = from;
  const sales = Object.values(show.state.sales);
  for (const [k, { sale, bidder }] of sales.entries()) {
    t += 10;
    if (chance.maybe(0.4)) continue;
    if (chance.maybe(0.9)) show.ask(t, { name: 'pack', sale });
    const tracking = `${'abcde'.charAt(chance.maybe(0.8) ? k % 5 : 0).repeat(43)}=`;
    if (chance.maybe(0.8)) show.ask(t, { name: 'ship', body: { sale, courier: 'zto', tracking } });
    const cause = chance.one(['buyer', 'courier', 'pickup', 'lapse'] as const);
    const receive = cause === 'buyer' ? { sale, cause, bidder } : { sale, cause };
    const by = { buyer: bidder, courier: 'host', pickup: 'host', lapse: 'platform' }[cause] as 'host';
    if (chance.maybe(0.8)) show.ask(t + 1, { name: 'receive', body: receive }, by);
    claim(chance, show, t + 2, sale, bidder);
  }
}

function claim(chance: Chance, show: PaperShow, t: number, sale: string, bidder: string): void {
  const kind = chance.one(['damaged', 'unwanted', 'complaint'] as const);
  const photo = `${'P'.repeat(43)}=`;
  const goods = { kind, bidder, sale, units: chance.one([1, 2]), photo };
  const body = kind === 'complaint' ? { kind, bidder, category: 'service' as const } : goods;
  if (!show.ask(t, { name: 'fileClaim', body }, bidder).ok) return;
  const claim = Object.keys(show.state.claims ?? {}).at(-1)!;
  const [one, other] = [`${'p'.repeat(16)}`, `${'q'.repeat(16)}`];
  const amountFen = chance.one([50, 100, 6_000]);
  if (chance.maybe(0.2)) show.ask(t, { name: 'declineClaim', body: { claim, reason: 'other', person: one } });
  show.ask(t, { name: 'grantClaim', claim, amountFen, person: one });
  show.ask(t, { name: 'grantClaim', claim, amountFen, person: chance.one([one, other]) }, 'officer');
  if (chance.maybe(0.9)) show.ask(t, { name: 'closeClaim', body: { claim, person: one } });
  const txn = txnOf('C', Object.keys(show.state.claims ?? {}).length);
  show.ask(t, { name: 'refunded', body: { sale, amountFen, channel: 'cash', txn, claim } });
}

/** What was not called yet is, and several want it. */
function wanted(chance: Chance, show: PaperShow, from: number): number {
  let t = from;
  for (const { lot, phase } of Object.values(show.state.lots)) {
    if (phase !== 'sealed' || chance.maybe(0.1)) continue;
    show.ask((t += 1_000), { name: 'offer', lot });
    for (let bids = chance.below(3); bids > 0; bids--) bid(chance, show, (t += 700));
    for (const bidder of [LIN, WU, CHEN]) least(show, (t += 700), bidder);
    show.pass((t += 800_000));
  }
  return t;
}

/** What was not paid for is offered to others, who take it, decline, or say nothing; some of them do not pay either. */
function secondChances(chance: Chance, show: PaperShow, from: number): void {
  let t = from;
  for (let rounds = 1 + chance.below(6); rounds > 0; rounds--) {
    show.pass((t += chance.one([2, 1_000, 1_000, 9_000, 60_000, 86_400_000])));
    const { chances, sales } = show.state;
    const one = chances.findLast(({ result }) => result === 'standing') ?? chances.at(-1);
    if (!one) continue;
    const who = chance.maybe(0.9) ? one.bidder : chance.one([LIN, WU, CHEN, 'host']);
    show.ask(t, { name: 'answerChance', sale: one.sale, accept: chance.maybe(0.6) }, who);
    const taken = chance.maybe(0.5) && sales[one.sale];
    if (!taken) continue;
    const txn = `${'pqrstuvwxy'.charAt(rounds).repeat(43)}=`;
    const body = {
      sale: one.sale,
      amountFen: taken.unitPriceFen * taken.units,
      channel: 'cash' as const,
      txn,
    };
    show.ask(t, chance.maybe(0.6) ? { name: 'paid', body } : { name: 'default', sale: one.sale });
  }
}

const txnOf = (letter: string, n: number): string =>
  `${letter}${String(n).padStart(3, '0')}${'f'.repeat(39)}=`;

function hold(chance: Chance, show: PaperShow, bidder: string, n: number): void {
  const amountFen = chance.maybe(0.95) ? show.state.rules.deposit!.amountFen : 1;
  const body = { bidder, amountFen, channel: 'wechat' as const, txn: txnOf('D', n) };
  show.ask(show.state.t, { name: 'holdDeposit', body }, chance.one(['host', 'officer']));
}

/** Another one, or one is let go before its time; now and then by who may not. */
function deposit(chance: Chance, show: PaperShow, t: number): void {
  const all = Object.values(show.state.deposits);
  if (all.length === 0 || chance.maybe(0.5))
    return hold(chance, show, chance.one([LIN, WU, CHEN]), 10 + all.length);
  const reason = chance.one(['bidder-request', 'other'] as const);
  show.ask(t, { name: 'releaseDeposit', deposit: chance.one(all).deposit, reason }, 'officer');
}

function giveBack(chance: Chance, show: PaperShow, one: DepositState, t: number): void {
  const amountFen = one.releasedFen - one.returnedFen;
  if (amountFen === 0 || chance.maybe(0.1)) return;
  const body = { deposit: one.deposit, amountFen, channel: 'wechat' as const, txn: txnOf('R', one.i) };
  show.ask(t, { name: 'returnDeposit', body });
}
