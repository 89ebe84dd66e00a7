import { createPublicKey, verify as verifyByOpenSsl } from 'node:crypto';
import {
  booksRootOf,
  catalogueLeaves,
  catalogueRootOf,
  feeOfFen,
  growerOf,
  growersFen,
  keptFen,
  moneyFactsOf,
  type VerifyOptions,
} from '@qingpai/auction/rules';
import { type JournalEntry, journalOf } from '@qingpai/ledger/rules';
import {
  type Bundle,
  defaultRules,
  type FreightRule,
  type SaleState,
  type ShowRules,
  type Verdict,
} from '@qingpai/wire';
import {
  bundleOf,
  cosigned,
  digested,
  essenceOf,
  evidenceOf,
  leavesOf,
  openingOf,
  policyOf,
  policyWith,
  receiptOf,
  receiptsOf,
  sealedShow,
  signerOf,
  withFloor,
} from '../../libs/auction/src/rules/testing/paperBundle.js';
import { CHEN, LIN, type PaperShow, WU } from '../../libs/auction/src/rules/testing/paperShow.js';
import { type LooseLeaf, noteOf, notesOver, readLeaves, signedBody, textOf, written } from './mutations.js';

/** Every way to tamper that we could think of, and what the verifier calls it. */
type Loose = Omit<Bundle, 'digest'>;
type Bid = 'bid.accepted' | 'bid.refused';
export const policy = policyOf();
const AFTER_SALE = defaultRules.afterSale!;

/** By OpenSSL: there are tens of thousands of flips. */
export const verify = (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean => {
  const x = Buffer.from(publicKey).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verifyByOpenSsl(null, message, key, signature);
};

/** Three lots, all sold, paid and settled: a war with an extension, a clock of two units, a start at nothing. */
function evening(signed?: true, isPaid = true, rules: Partial<ShowRules> = {}): PaperShow {
  const show = sealedShow(
    {
      L1: withFloor('L1', { floorFen: 4_000 }),
      L2: { format: 'dutch', units: 2, startFen: 2_000, stepFen: 200 },
      L3: { startFen: 0 },
    },
    { signed, rules },
  );
  show.does(10_000, { name: 'offer', lot: 'L1' });
  show.bid(11_000, LIN, 3_600);
  show.bid(12_000, WU, 3_800);
  show.bid(12_500, LIN, 3_700);
  show.bid(65_000, LIN, 4_000);
  show.bid(66_000, CHEN, 4_200);
  show.pass(200_000);
  show.does(200_000, { name: 'offer', lot: 'L2' });
  show.bid(201_600, LIN, 1_800, { run: 0, units: 1 });
  show.bid(201_700, WU, 1_800, { run: 0, units: 1 });
  show.does(300_000, { name: 'offer', lot: 'L3' });
  show.bid(301_000, WU, 100);
  show.pass(500_000);
  show.does(500_000, { name: 'close' });
  if (!isPaid) return show;
  for (const [k, sale] of Object.values(show.state.sales).entries()) {
    const txn = `${'BCDE'.charAt(k).repeat(43)}=`;
    const amountFen = sale.unitPriceFen * sale.units;
    show.does(510_000 + k, { name: 'paid', body: { sale: sale.sale, amountFen, channel: 'cash', txn } });
  }
  show.does(90_000_000, { name: 'settle' });
  return show;
}
/** A timed show: two lots open beside each other, a third when the first has closed, a clock by itself at the end. */
function timed(): PaperShow {
  const show = sealedShow(
    { L1: {}, L2: {}, L3: { capFen: 4_000 }, L4: { format: 'dutch', startFen: 2_000, stepFen: 200 } },
    { rules: { timed: { openMax: 2, staggerMs: 20_000 } } },
  );
  show.does(10_000, { name: 'offer', lot: 'L1' });
  show.does(10_000, { name: 'offer', lot: 'L2' });
  show.bid(11_000, LIN, 3_600, { lot: 'L1' });
  show.bid(12_000, WU, 3_600, { lot: 'L2' });
  show.bid(69_000, WU, 3_800, { lot: 'L1' });
  show.does(86_000, { name: 'offer', lot: 'L3' });
  show.bid(88_000, LIN, 3_800, { lot: 'L2' });
  show.pass(110_000);
  show.bid(111_000, CHEN, 4_000, { lot: 'L3' });
  show.does(200_000, { name: 'offer', lot: 'L4' });
  show.bid(201_600, LIN, 1_800, { lot: 'L4', run: 0, units: 1 });
  show.does(500_000, { name: 'close' });
  return show;
}
/** The same evening, but that one buyer never paid and another got a part back; with its books. */
function afterwards(): PaperShow {
  const show = evening(undefined, false);
  const sales = Object.values(show.state.sales);
  for (const [k, sale] of sales.slice(1).entries()) {
    const txn = `${'BCDE'.charAt(k).repeat(43)}=`;
    const amountFen = sale.unitPriceFen * sale.units;
    show.does(510_000 + k, { name: 'paid', body: { sale: sale.sale, amountFen, channel: 'cash', txn } });
  }
  const back = { sale: sales[1]!.sale, amountFen: 300, channel: 'cash' as const, txn: `${'R'.repeat(43)}=` };
  show.does(600_000, { name: 'refunded', body: back });
  show.does(86_900_000, { name: 'default', sale: sales[0]!.sale });
  show.does(90_000_000, { name: 'settle' });
  return show;
}
/** Freight paid, freight given back, and a buyer who was given longer to pay and did not. */
function billed(): PaperShow {
  const freight: FreightRule = {
    ...{ zones: [{ provinces: ['35'], feeFen: 800 }], elsewhereFen: 1_500 },
    ...{ notServed: ['65'], freeFromFen: 20_000, pickUp: true },
  };
  const show = sealedShow({ L1: {}, L2: {}, L3: {}, L4: {} }, { rules: { freight } });
  for (const [k, bidder] of [LIN, WU, CHEN, LIN].entries()) {
    const at = 10_000 + k * 100_000;
    show.does(at, { name: 'offer', lot: `L${k + 1}` });
    show.bid(at + 1_000, bidder, 3_600);
    show.pass(at + 90_000);
  }
  show.does(500_000, { name: 'close' });
  const moves = (name: 'paid' | 'refunded', at: number, sale: string, of: string, freightFen?: number) =>
    show.does(at, {
      name,
      body: {
        ...{ sale, amountFen: 3_600, channel: 'cash', txn: `${of.repeat(43)}=` },
        ...(freightFen !== undefined && { freightFen }),
      },
    });
  moves('paid', 510_000, 'S1', 'B');
  moves('paid', 510_000, 'S4', 'B', 800);
  moves('paid', 520_000, 'S3', 'C', 1_500);
  moves('refunded', 600_000, 'S3', 'D', 1_500);
  show.does(86_000_000, { name: 'extendPay', bidder: WU, payBy: 172_800_000, reason: 'buyer-asked' });
  show.does(172_800_000, { name: 'default', sale: 'S2' });
  show.does(180_000_000, { name: 'settle' });
  return show;
}
const billedShow = billed();
const billedOnly = bundleOf(billedShow);
/** With the books as they follow from the leaves. */
const billedBooked = {
  ...billedOnly,
  journal: journalOf(moneyFactsOf(billedShow.state, billedShow.leaves)),
};
/** Two buyers paid their freight online and gave all back: of one it went back alone, of the other it stayed. */
function freightAlone(): PaperShow {
  const freight: FreightRule = {
    zones: [{ provinces: ['35'], feeFen: 800 }],
    ...{ elsewhereFen: 1_500, notServed: [], pickUp: true },
  };
  const show = sealedShow({ L1: {}, L2: {} }, { rules: { freight, feePercent: 0 } });
  for (const [k, bidder] of [LIN, WU].entries()) {
    const at = 10_000 + k * 100_000;
    show.does(at, { name: 'offer', lot: `L${k + 1}` });
    show.bid(at + 1_000, bidder, 3_600);
    show.pass(at + 90_000);
  }
  show.does(500_000, { name: 'close' });
  const moves = (
    name: 'paid' | 'refunded',
    sale: string,
    amountFen: number,
    of: string,
    freightFen?: number,
  ) =>
    show.does(show.state.t + 1_000, {
      name,
      body: {
        ...{ sale, amountFen, channel: 'stripe', txn: `${of.repeat(43)}=` },
        ...(freightFen !== undefined && { freightFen }),
      },
    });
  moves('paid', 'S1', 3_600, 'B', 800);
  moves('paid', 'S2', 3_600, 'C', 1_500);
  moves('refunded', 'S1', 3_600, 'D');
  moves('refunded', 'S1', 0, 'E', 800);
  moves('refunded', 'S2', 3_600, 'F');
  show.does(180_000_000, { name: 'settle', books: booksRootOf(moneyFactsOf(show.state, show.leaves)) });
  return show;
}
const aloneShow = freightAlone();
const aloneOnly = bundleOf(aloneShow);
const aloneBooked = { ...aloneOnly, journal: journalOf(moneyFactsOf(aloneShow.state, aloneShow.leaves)) };
/** The same evening with a fee of two percent: its growers are paid, one gives a part back, and it is settled. */
function paidOut(): PaperShow {
  const show = evening(undefined, false, { feePercent: 2 });
  const sales = Object.values(show.state.sales);
  for (const [k, { sale, unitPriceFen, units }] of sales.entries()) {
    const txn = `${'BCDE'.charAt(k).repeat(43)}=`;
    const body = { sale, amountFen: unitPriceFen * units, txn };
    show.does(510_000 + k, { name: 'paid', body: { ...body, channel: k === 1 ? 'stripe' : 'cash' } });
  }
  for (const { sale } of sales) payOut(show, sale, 90_000_000);
  const back = { sale: sales[1]!.sale, amountFen: 350, channel: 'cash' as const, txn: `${'R'.repeat(43)}=` };
  show.does(90_000_001, { name: 'refunded', body: back });
  show.does(90_000_002, { name: 'settle', books: booksRootOf(moneyFactsOf(show.state, show.leaves)) });
  return show;
}
/** What the rules give for one sale, in a transfer that one reference covers. */
function payOut(show: PaperShow, id: string, atMs: number): void {
  const sale = show.state.sales[id]!;
  const feeFen = feeOfFen(show.state.rules, keptFen(sale));
  show.does(atMs, {
    name: 'payOut',
    body: {
      ...{ payout: 'P1', sale: id, grower: growerOf(show.state, sale), txn: `${'G'.repeat(43)}=` },
      ...{ amountFen: growersFen(show.state.rules, sale), channel: 'transfer' },
      ...(feeFen > 0 && { feeFen }),
    },
  }, 'officer'); // prettier-ignore
}
/** A clock whose server was away for ten seconds in the middle, two pots sold after it; then a rising lot. */
function darkEvening(): PaperShow {
  const show = sealedShow({
    L1: { format: 'dutch', units: 2, startFen: 2_000, stepFen: 200 },
    L2: {},
  });
  show.does(10_000, { name: 'offer', lot: 'L1' });
  show.bid(12_000, LIN, 1_000);
  show.givesBack(23_500, 10_000);
  show.bid(23_600, WU, 1_600, { run: 0, units: 1 });
  show.bid(23_700, LIN, 1_600, { run: 0, units: 1 });
  show.does(30_000, { name: 'offer', lot: 'L2' });
  show.bid(31_000, CHEN, 3_600);
  show.pass(100_000);
  show.does(100_000, { name: 'close' });
  return show;
}
const dark = bundleOf(darkEvening());
const isShift = ({ type }: LooseLeaf): boolean => type === 'clock.shifted';
const shifted = (change: (shift: LooseLeaf, leaves: LooseLeaf[]) => void): string =>
  operator((leaves) => change(leaves.find(isShift)!, leaves), dark);
/** Two more pots are sealed while the show runs (加拍): a list of its own. */
function supplemented(): PaperShow {
  const show = sealedShow({ L1: {} });
  show.does(10_000, { name: 'offer', lot: 'L1' });
  show.bid(11_000, LIN, 3_600);
  show.pass(100_000);
  show.describe(110_000, 'L2', { units: 2 });
  const texts = leavesOf(show.leaves);
  const catalogue = catalogueRootOf(catalogueLeaves(show.state, 2).map((i) => texts[i]!));
  show.does(120_000, { name: 'seal', catalogue });
  show.does(130_000, { name: 'offer', lot: 'L2' });
  show.bid(131_000, WU, 3_600);
  show.pass(300_000);
  show.does(300_000, { name: 'close' });
  return show;
}
const added = bundleOf(supplemented());
const afterwardsShow = afterwards();
/** With the books as they follow from the leaves. */
export const booked = {
  ...bundleOf(afterwardsShow),
  journal: journalOf(moneyFactsOf(afterwardsShow.state, afterwardsShow.leaves)),
};
/** The leaves stay; the books are edited, and the digest fitted. */
function rebooked(change: (journal: JournalEntry[]) => void): string {
  const journal = structuredClone(booked.journal);
  change(journal);
  return textOf({ ...booked, journal });
}

/** Two buyers wanted L1 and met no floor: the first declined what was left, the second bought it. */
function asked(): PaperShow {
  const offers = { answerWithinMs: 60_000, perLotMax: 3 };
  const rules = { furtherOfferings: 0, ladder: { pauseMs: 5_000, atLast: 'pass' as const, offers } };
  const show = sealedShow({ L1: withFloor('L1', { floorFen: 4_500 }) }, { rules, signed: true });
  show.does(10_000, { name: 'offer', lot: 'L1' });
  show.bid(11_000, WU, 3_600);
  show.bid(12_000, LIN, 3_800);
  show.does(80_000, { name: 'answerOffer', offer: 'O1', accept: false }, LIN);
  show.does(90_000, { name: 'answerOffer', offer: 'O2', accept: true }, WU);
  show.does(100_000, { name: 'close' });
  return show;
}
/** The evening, paid; its goods travel, something arrives broken, and one buyer complains. */
function delivered(): PaperShow {
  const rules = { ...AFTER_SALE, grantAloneMaxFen: 500 };
  const show = evening(undefined, false, { afterSale: rules });
  const sales = Object.values(show.state.sales);
  const hash = (letter: string) => `${letter.repeat(43)}=`;
  for (const [k, { sale, units, unitPriceFen }] of sales.entries()) {
    const money = { channel: 'cash' as const, txn: hash('BCDE'.charAt(k)) };
    show.does(510_000 + k, { name: 'paid', body: { sale, amountFen: unitPriceFen * units, ...money } });
  }
  for (const { sale } of sales.slice(0, 3)) show.does(520_000, { name: 'pack', sale });
  const [first, second, third, last] = sales as [SaleState, SaleState, SaleState, SaleState];
  const parcel = (sale: SaleState, letter: string) =>
    ({ sale: sale.sale, courier: 'zto', tracking: hash(letter) }) as const;
  show.does(530_000, { name: 'ship', body: parcel(first, 'k') });
  show.does(530_000, { name: 'ship', body: parcel(second, 'l') });
  show.does(530_000, { name: 'ship', body: parcel(third, 'm') });
  const isHis = { cause: 'buyer' as const, bidder: first.bidder };
  show.does(600_000, { name: 'receive', body: { sale: first.sale, ...isHis } }, first.bidder);
  show.does(610_000, { name: 'receive', body: { sale: second.sale, cause: 'courier' } });
  show.does(620_000, { name: 'receive', body: { sale: last.sale, cause: 'pickup' } });
  const damage = { kind: 'damaged' as const, units: 1, photo: hash('P') };
  const file = (sale: SaleState) =>
    show.does(
      700_000,
      { name: 'fileClaim', body: { ...damage, sale: sale.sale, bidder: sale.bidder } },
      sale.bidder,
    );
  file(first);
  file(second);
  const complaint = { kind: 'complaint' as const, category: 'service' as const, bidder: CHEN };
  show.does(710_000, { name: 'fileClaim', body: complaint }, CHEN);
  const [one, other] = ['o'.repeat(16), 'p'.repeat(16)];
  show.does(720_000, { name: 'grantClaim', claim: 'C1', amountFen: 1_000, person: one! });
  show.does(730_000, { name: 'grantClaim', claim: 'C1', amountFen: 1_000, person: other! }, 'officer');
  show.does(740_000, { name: 'declineClaim', body: { claim: 'C2', reason: 'not-visible', person: one! } });
  show.does(750_000, { name: 'closeClaim', body: { claim: 'C3', person: one! } });
  const back = { amountFen: 1_000, channel: 'cash' as const, txn: hash('R'), claim: 'C1' };
  show.does(760_000, { name: 'refunded', body: { sale: first.sale, ...back } });
  const lapsedAt = 530_000 + rules.lapseAfterMs;
  show.does(lapsedAt, { name: 'receive', body: { sale: third.sale, cause: 'lapse' } }, 'platform');
  show.does(lapsedAt + rules.claimWithinMs, { name: 'settle' });
  return show;
}
const deliveredOnly = bundleOf(delivered());
/** An evening that was filmed: a piece in the middle of a war of bids, one between lots, the last after the close. */
function filmed(): PaperShow {
  const show = sealedShow({ L1: {}, L2: {} });
  const piece = (segment: number, fromMs: number, toMs: number, atMs = toMs + 200) => {
    const sha256 = `${'abcd'.charAt(segment).repeat(43)}=`;
    const body = { segment, sha256, bytes: 1_000 * segment, fromMs, toMs };
    show.does(atMs, { name: 'keepRecording', body }, 'platform');
  };
  show.does(10_000, { name: 'offer', lot: 'L1' });
  show.bid(11_000, LIN, 3_600);
  piece(1, 5_000, 12_000);
  show.bid(13_000, WU, 3_800);
  show.pass(200_000);
  piece(2, 12_000, 199_000, 200_100);
  show.does(201_000, { name: 'offer', lot: 'L2' });
  show.bid(202_000, LIN, 3_600);
  show.pass(400_000);
  show.does(400_000, { name: 'close' });
  piece(3, 250_000, 400_000);
  for (const [k, sale] of Object.values(show.state.sales).entries()) {
    const txn = `${'BC'.charAt(k).repeat(43)}=`;
    const amountFen = sale.unitPriceFen;
    show.does(510_000 + k, { name: 'paid', body: { sale: sale.sale, amountFen, channel: 'cash', txn } });
  }
  show.does(90_000_000, { name: 'settle' });
  return show;
}
const filmedOnly = bundleOf(filmed());
/** LIN paid for neither lot. WU, who came next, took the first and declined the second; CHEN's bid met no floor there. */
function unpaid(): PaperShow {
  const rules = { secondChance: { answerWithinMs: 60_000, perSaleMax: 3, atLast: 'carry' as const } };
  const floored = withFloor('L2', { floorFen: 3_900 });
  const show = sealedShow({ L1: {}, L2: floored }, { rules, signed: true });
  for (const [k, lot] of ['L1', 'L2'].entries()) {
    const from = 10_000 + k * 200_000;
    show.does(from, { name: 'offer', lot });
    for (const [n, bidder] of [CHEN, WU, LIN].entries()) show.bid(from + 1_000 + n, bidder, 3_800 + 200 * n);
    show.pass(from + 100_000);
  }
  show.does(500_000, { name: 'close' });
  for (const sale of ['S1', 'S2']) show.does(86_900_000, { name: 'default', sale });
  show.does(86_901_000, { name: 'answerChance', sale: 'S3', accept: true }, WU);
  show.does(86_902_000, { name: 'answerChance', sale: 'S4', accept: false }, WU);
  show.pass(86_903_000);
  const body = { sale: 'S3', amountFen: 4_000, channel: 'cash' as const, txn: `${'C'.repeat(43)}=` };
  show.does(86_904_000, { name: 'paid', body });
  show.does(90_000_000, { name: 'settle' });
  return show;
}
const unpaidShow = unpaid();
const second = bundleOf(unpaidShow);
const secondBooked = { ...second, journal: journalOf(moneyFactsOf(unpaidShow.state, unpaidShow.leaves)) };
/** Three held deposits: LIN's is forfeited in part and the rest let go, WU's is let go when she has paid; both go back. */
function deposited(): PaperShow {
  const show = sealedShow({ L1: {}, L2: {} }, { rules: { deposit: { amountFen: 5_000 } } });
  const letter = (k: number) => `${'DEFGHI'.charAt(k).repeat(43)}=`;
  const hold = (bidder: string, k: number) => {
    const body = { bidder, amountFen: 5_000, channel: 'wechat' as const, txn: letter(k) };
    show.does(5_000 + k, { name: 'holdDeposit', body }, 'officer');
  };
  for (const [k, bidder] of [LIN, WU].entries()) hold(bidder, k);
  for (const [k, lot] of ['L1', 'L2'].entries()) {
    show.does(10_000 + k * 200_000, { name: 'offer', lot });
    show.bid(11_000 + k * 200_000, CHEN, 3_600);
    for (const [n, bidder] of [WU, LIN].slice(0, 2 - k).entries())
      show.bid(12_000 + k * 200_000 + n, bidder, 3_600 + 200 * n);
    show.pass(150_000 + k * 200_000);
  }
  show.does(500_000, { name: 'close' });
  const body = { sale: 'S2', amountFen: 3_600, channel: 'cash' as const, txn: letter(4) };
  show.does(510_000, { name: 'paid', body });
  show.does(86_900_000, { name: 'default', sale: 'S1' });
  show.pass(86_900_010);
  for (const [k, { deposit, releasedFen }] of Object.values(show.state.deposits).entries()) {
    const back = { deposit, amountFen: releasedFen, channel: 'wechat' as const, txn: letter(2 + k) };
    show.does(86_910_000 + k, { name: 'returnDeposit', body: back }, 'officer');
  }
  show.does(90_000_000, { name: 'settle' });
  return show;
}
/**
 * Growers' dues, settled: LIN's deposit is forfeited and paid out with what WU paid; then half of WU's money goes back, and
 * what the grower owes of it comes off CHEN's payout in part, is repaid in part, and the rest is carried on.
 */
function dues(): PaperShow {
  const rules = { deposit: { amountFen: 3_000 }, feePercent: 10, growerDues: 'settled' as const };
  const show = sealedShow({ L1: {}, L2: {}, L3: {} }, { rules });
  const letter = (k: number) => `${'DEFGHIJKLMNOPQ'.charAt(k).repeat(43)}=`;
  for (const [k, bidder] of [LIN, WU, CHEN].entries()) {
    const body = { bidder, amountFen: 3_000, channel: 'wechat' as const, txn: letter(k) };
    show.does(5_000 + k, { name: 'holdDeposit', body }, 'officer');
  }
  for (const [k, bidder] of [LIN, WU, CHEN].entries()) {
    show.does(10_000 + k * 200_000, { name: 'offer', lot: `L${k + 1}` });
    show.bid(11_000 + k * 200_000, bidder, 3_600);
    show.pass(150_000 + k * 200_000);
  }
  show.does(700_000, { name: 'close' });
  for (const [k, sale] of ['S2', 'S3'].entries()) {
    const body = { sale, amountFen: 3_600, channel: 'cash' as const, txn: letter(3 + k) };
    show.does(710_000 + k, { name: 'paid', body });
  }
  show.does(87_200_000, { name: 'default', sale: 'S1' });
  show.pass(87_200_010);
  const out = (sale: string, payout: string, k: number, atMs: number) => {
    const { [sale]: sold } = show.state.sales;
    const feeFen = feeOfFen(rules, keptFen(sold!));
    const [grower, amountFen] = [growerOf(show.state, sold!), growersFen(show.state.rules, sold!)];
    const body = { payout, sale, grower, amountFen, channel: 'transfer' as const, txn: letter(k) };
    show.does(atMs, { name: 'payOut', body: { ...body, ...(feeFen > 0 && { feeFen }) } }, 'officer');
    return { payout, grower };
  };
  out('S1', 'P1', 5, 87_300_000);
  out('S2', 'P1', 5, 87_300_000);
  const back = { sale: 'S2', amountFen: 3_600, channel: 'cash' as const, txn: letter(6) };
  show.does(87_300_001, { name: 'refunded', body: back });
  const made = out('S3', 'P2', 7, 87_300_002);
  show.does(87_300_002, { name: 'takeBack', body: { ...made, sale: 'S2', amountFen: 1_000 } }, 'officer');
  const { grower } = made;
  const repaid = { sale: 'S2', grower, amountFen: 2_000, channel: 'cash' as const, txn: letter(8) };
  show.does(87_300_003, { name: 'repayClawback', body: repaid }, 'officer');
  show.does(87_300_004, { name: 'carryClawback', body: { sale: 'S2', grower, amountFen: 240 } }, 'officer');
  for (const [k, deposit] of ['D2', 'D3'].entries()) {
    const given = { deposit, amountFen: 3_000, channel: 'wechat' as const, txn: letter(9 + k) };
    show.does(87_300_005 + k, { name: 'returnDeposit', body: given }, 'officer');
  }
  show.does(87_300_010, { name: 'settle', books: booksRootOf(moneyFactsOf(show.state, show.leaves)) });
  return show;
}
const duesShow = dues();
const due = bundleOf(duesShow);
const dueBooked = { ...due, journal: journalOf(moneyFactsOf(duesShow.state, duesShow.leaves)) };
const depositedShow = deposited();
const deposit = bundleOf(depositedShow);
const depositBooked = {
  ...deposit,
  journal: journalOf(moneyFactsOf(depositedShow.state, depositedShow.leaves)),
};
const timedOnly = bundleOf(timed());
export const plainShow = evening();
const offered = bundleOf(asked());
const floorOpened = { openings: [openingOf('L1', 4_500)] };
export const plain = bundleOf(plainShow);
/** Without its books: those of changed leaves would differ first. */
const afterOnly = bundleOf(afterwardsShow);
const paidOutShow = paidOut();
const paid = bundleOf(paidOutShow);
const paidBooked = { ...paid, journal: journalOf(moneyFactsOf(paidOutShow.state, paidOutShow.leaves)) };
export const signed = bundleOf(evening(true));
const bytes = leavesOf(plainShow.leaves);

/** Index of the n-th leaf of a type. */
const at = (of: Loose, type: string, nth = 0): number =>
  of.leaves.flatMap((leaf, i) => (leaf.includes(`"type":"${type}"`) ? [i] : [])).at(nth)!;
const find = (leaves: LooseLeaf[], type: string, nth = 0): LooseLeaf =>
  leaves.filter((leaf) => leaf.type === type).at(nth)!;
/** What an operator with the log's own key writes: leaves changed, numbered and signed anew, the digest fitted. */
function operator(
  change: (leaves: LooseLeaf[]) => void,
  of: Loose = plain,
  more: Partial<Loose> = {},
): string {
  const leaves = readLeaves(of);
  change(leaves);
  const texts = written(leaves);
  return textOf({ ...of, ...more, leaves: texts, checkpoints: notesOver(texts) });
}
const changed = (type: string, nth: number, change: (leaf: LooseLeaf) => void, of: Loose = plain): string =>
  operator((leaves) => change(find(leaves, type, nth)), of);
/** The same without the log's key: the old notes stay, the digest fits. */
const stranger = (leaves: string[], of: Loose = plain): string => textOf({ ...of, leaves });

const chensReceipt = () => {
  const i = at(plain, 'bid.accepted', 3);
  return receiptOf(bytes, i, i + 2);
};
const drop = (leaves: LooseLeaf[], leaf: LooseLeaf) => void leaves.splice(leaves.indexOf(leaf), 1);
function insertAfter(
  leaves: LooseLeaf[],
  leaf: LooseLeaf,
  more: Partial<LooseLeaf> & { type: string },
): void {
  const inserted = { ...leaf, ...more };
  delete inserted.sig;
  leaves.splice(leaves.indexOf(leaf) + 1, 0, inserted);
}
/** Chen never bid: L1 goes to Lin for less, at the close that his bid had not moved. */
function withoutChen(leaves: LooseLeaf[]): void {
  const bid = leaves.find(({ type, body }) => type === 'bid.accepted' && body.bidder === CHEN)!;
  leaves.splice(leaves.indexOf(bid), 2);
  const hammer = find(leaves, 'lot.hammered');
  Object.assign(hammer.body, { bidder: LIN, unitPriceFen: 4_000 });
  find(leaves, 'show.closed').body.hammerFen = Number(find(leaves, 'show.closed').body.hammerFen) - 200;
  find(leaves, 'sale.paid').body.amountFen = 4_000;
  find(leaves, 'show.settled').body.paidFen = Number(find(leaves, 'show.settled').body.paidFen) - 200;
}
const anotherHistory = (): string[] => {
  const leaves = readLeaves(plain);
  withoutChen(leaves);
  return written(leaves);
};
/** Plain notes, each with the witness's line. */
const witnessed: Loose = { ...plain, checkpoints: plain.checkpoints.map((note) => cosigned(note, 1)) };
const extended = (): string => {
  const { key, sign } = signerOf();
  const body = noteOf(plain.leaves).split('\n\n')[0]! + '\nextension\n';
  const blob = Buffer.concat([key.keyId, sign(new TextEncoder().encode(body))]);
  return `${body}\n— ${key.name} ${blob.toString('base64')}\n`;
};
const flipped = (text: string): string => text.replace('"amountFen":3800', '"amountFen":3900');

export interface Case {
  row: string;
  text: () => string;
  options?: VerifyOptions;
  verdict: Verdict;
  code?: string;
  i?: number;
  note?: string;
}
export const cases: Case[] = [
  // ------------------------------------------------------------ the copy
  { row: 'a digit changed in the copy', text: () => digested(plain).replace('"amountFen\\":3800', '"amountFen\\":3900'), verdict: 'DAMAGED', code: 'bundle-digest' },
  { row: 'a digit changed, and the digest made to fit', text: () => stranger(plain.leaves.map(flipped)), verdict: 'INVALID', code: 'root-wrong' },
  { row: 'a lot deleted from the copy', text: () => stranger(plain.leaves.toSpliced(at(plain, 'lot.catalogued'), 1)), verdict: 'INVALID', code: 'leaf-elsewhere', i: at(plain, 'lot.catalogued') },
  { row: 'a lot deleted, all numbered anew', text: () => stranger(written(readLeaves(plain).toSpliced(at(plain, 'lot.catalogued'), 1))), verdict: 'INCOMPLETE', code: 'leaves-missing' },
  { row: 'a lot deleted, all signed anew', text: () => operator((leaves) => drop(leaves, find(leaves, 'lot.catalogued'))), verdict: 'INVALID', code: 'catalogue-differs' },
  { row: 'two bids swapped', text: () => { const i = at(plain, 'bid.accepted'); return stranger(plain.leaves.with(i, plain.leaves[i + 1]!).with(i + 1, plain.leaves[i]!)); }, verdict: 'INVALID', code: 'leaf-elsewhere', i: at(plain, 'bid.accepted') },
  { row: 'two bids swapped, all signed anew', text: () => operator((leaves) => { const i = at(plain, 'bid.accepted'); const [a, b] = [leaves[i]!, leaves[i + 1]!]; [a.t, b.t] = [b.t, a.t]; leaves.splice(i, 2, b, a); }), verdict: 'INVALID', code: 'bid-not-acceptable', i: at(plain, 'bid.accepted') + 1 },
  { row: 'the copy cut off in the middle of a leaf', text: () => digested(plain).slice(0, 4_000), verdict: 'DAMAGED', code: 'bundle-not-json' },
  { row: 'a leaf cut off, and the digest made to fit', text: () => stranger(plain.leaves.with(6, plain.leaves[6]!.slice(0, 50))), verdict: 'INVALID', code: 'not-json', i: 6 },
  { row: 'an unsigned leaf appended', text: () => textOf({ ...plain, checkpoints: plain.checkpoints.slice(0, -1) }), verdict: 'INVALID', code: 'leaf-unsigned' },
  { row: 'a leaf that is not canonical', text: () => stranger(plain.leaves.with(3, plain.leaves[3]!.replace('{', '{ '))), verdict: 'INVALID', code: 'not-canonical', i: 3 },
  { row: 'a wrong index inside a leaf', text: () => stranger(plain.leaves.with(3, plain.leaves[3]!.replace('"i":3', '"i":4'))), verdict: 'INVALID', code: 'leaf-elsewhere', i: 3 },
  { row: 'a fraction in a leaf', text: () => stranger(plain.leaves.map((leaf) => leaf.replace('"amountFen":3800', '"amountFen":3800.5'))), verdict: 'INVALID', code: 'not-integer' },
  { row: 'the same key twice in a leaf', text: () => stranger(plain.leaves.with(3, plain.leaves[3]!.replace('"i":3', '"i":3,"i":3'))), verdict: 'INVALID', code: 'not-canonical', i: 3 },

  // ------------------------------------------------------------ signed notes
  { row: 'a bundle older than what was witnessed', text: () => textOf({ ...plain, leaves: plain.leaves.slice(0, 20), checkpoints: notesOver(plain.leaves.slice(0, 20)) }), options: { known: [noteOf(plain.leaves)] }, verdict: 'STALE', code: 'older-than-known' },
  { row: 'no closing checkpoint', text: () => textOf({ ...plain, checkpoints: [plain.checkpoints[0]!, plain.checkpoints.at(-1)!] }), verdict: 'INCOMPLETE', code: 'checkpoint-missing', i: at(plain, 'show.closed') },
  { row: 'no checkpoint at all', text: () => textOf({ ...plain, checkpoints: [] }), verdict: 'INCOMPLETE', code: 'no-checkpoint' },
  { row: 'the closing note replaced by that of another history', text: () => textOf({ ...plain, checkpoints: plain.checkpoints.with(1, noteOf(anotherHistory().concat('x', 'x'), at(plain, 'show.closed') + 1)) }), verdict: 'EQUIVOCATION', code: 'two-histories' },
  { row: 'the closing note replaced by another key', text: () => textOf({ ...plain, checkpoints: plain.checkpoints.with(1, bundleOf(plainShow, undefined, signerOf(undefined, 9)).checkpoints[1]!) }), verdict: 'UNTRUSTED', code: 'key-not-pinned' },
  { row: 'all of it signed by a wrong key', text: () => digested(bundleOf(plainShow, undefined, signerOf(undefined, 9))), verdict: 'UNTRUSTED', code: 'key-not-pinned' },
  { row: 'a bad signature of the right key', text: () => textOf({ ...plain, checkpoints: plain.checkpoints.map((note) => note.replace(/\n(\d+)\n/, '\n7\n')) }), verdict: 'INVALID', code: 'note-bad-signature' },
  { row: 'no policy', text: () => digested(plain), options: { policy: undefined }, verdict: 'UNTRUSTED', code: 'no-policy' },
  { row: 'no policy, and a note that is none', text: () => textOf({ ...plain, checkpoints: ['nonsense'] }), options: { policy: undefined }, verdict: 'UNTRUSTED', code: 'note-malformed' },
  { row: 'the cosignature there', text: () => textOf(witnessed), options: { policy: policyWith() }, verdict: 'ALL_SOLD_AND_SETTLED' },
  { row: 'a stripped cosignature', text: () => digested(plain), options: { policy: policyWith() }, verdict: 'UNTRUSTED', code: 'quorum-missing' },
  { row: 'a cosignature of another moment', text: () => textOf({ ...witnessed, checkpoints: witnessed.checkpoints.map((note, k) => (k === 0 ? note.replace(/\n[^\n]+\n$/, `\n${cosigned(plain.checkpoints[1]!, 1).split('\n').at(-2)}\n`) : note)) }), options: { policy: policyWith() }, verdict: 'INVALID', code: 'note-bad-signature' },
  { row: 'an extension line', text: () => textOf({ ...plain, checkpoints: [...plain.checkpoints, extended()] }), verdict: 'INVALID', code: 'checkpoint-malformed' },
  { row: "another show's bundle", text: () => digested(plain), options: { policy: policyOf(signerOf('market.example/shows/20261125-01', 2)) }, verdict: 'UNTRUSTED', code: 'key-not-pinned' },
  { row: "another show's leaves under this name", text: () => stranger(plain.leaves.map((leaf) => leaf.replaceAll('20261124-01', '20261125-01'))), verdict: 'INVALID', code: 'leaf-elsewhere', i: 0 },

  // ------------------------------------------------------------ receipts
  { row: 'a forged receipt frames nobody', text: () => digested(plain), options: { receipts: [receiptsOf(receiptOf(bytes, 12, 20, signerOf(undefined, 9)))] }, verdict: 'ALL_SOLD_AND_SETTLED', note: 'receipt-ignored' },
  { row: 'a receipt whose leaf was altered frames nobody', text: () => digested(plain), options: { receipts: [receiptsOf({ ...receiptOf(bytes, 12), leaf: plain.leaves[12]!.replace('"t":', '"t":1') })] }, verdict: 'ALL_SOLD_AND_SETTLED', note: 'receipt-ignored' },
  { row: 'a file that holds no receipts frames nobody', text: () => digested(plain), options: { receipts: ['nonsense'] }, verdict: 'ALL_SOLD_AND_SETTLED', note: 'receipt-ignored' },
  { row: 'a square that names another leaf under an honest head frames nobody', text: () => digested(plain), options: { receipts: [essenceOf({ ...receiptOf(bytes, 12), leaf: plain.leaves[13]! })] }, verdict: 'ALL_SOLD_AND_SETTLED', note: 'receipt-ignored' },
  { row: 'evidence with an altered leaf frames nobody', text: () => digested(plain), options: { receipts: [evidenceOf({ ...receiptOf(bytes, 12), leaf: plain.leaves[13]! })] }, verdict: 'ALL_SOLD_AND_SETTLED', note: 'receipt-ignored' },

  // ------------------------------------------------------------ an operator with the keys
  { row: 'an accepted bid dropped, all signed anew, and nobody kept a receipt: no log can tell', text: () => operator(withoutChen), verdict: 'ALL_SOLD_AND_SETTLED' },
  { row: 'an accepted bid dropped, and its receipt survived', text: () => operator(withoutChen), options: { receipts: [receiptsOf(chensReceipt())] }, verdict: 'EQUIVOCATION', code: 'two-histories' },
  { row: 'an accepted bid dropped, and the square of its receipt survived', text: () => operator(withoutChen), options: { receipts: [essenceOf(chensReceipt())] }, verdict: 'EQUIVOCATION', code: 'two-histories' },
  { row: 'an accepted bid dropped, and its receipt survived as evidence', text: () => operator(withoutChen), options: { receipts: [evidenceOf(chensReceipt())] }, verdict: 'EQUIVOCATION', code: 'two-histories' },
  { row: 'an earlier bid of a bidder dropped', text: () => operator((leaves) => drop(leaves, find(leaves, 'bid.accepted'))), verdict: 'INVALID', code: 'nth-gap' },
  { row: 'a second history', text: () => textOf({ ...plain, checkpoints: [...plain.checkpoints, noteOf(anotherHistory())] }), verdict: 'EQUIVOCATION', code: 'two-histories' },
  { row: 'a database restored from a backup, and continued', text: () => operator(withoutChen), options: { known: [noteOf(plain.leaves, 25)] }, verdict: 'EQUIVOCATION', code: 'two-histories' },
  { row: 'the same size and another root', text: () => textOf({ ...plain, checkpoints: [...plain.checkpoints, noteOf(plain.leaves.with(3, 'x'))] }), verdict: 'EQUIVOCATION', code: 'two-histories' },
  { row: 'all times shifted by an hour, against what was witnessed', text: () => operator((leaves) => leaves.forEach((leaf) => (leaf.t += 3_600_000))), options: { known: [noteOf(plain.leaves)] }, verdict: 'EQUIVOCATION', code: 'two-histories' },
  { row: 'all times shifted by an hour', text: () => operator((leaves) => leaves.forEach((leaf) => (leaf.t += 3_600_000))), verdict: 'INVALID', code: 'catalogue-differs', i: at(plain, 'show.sealed') },
  { row: 'times shifted in the copy', text: () => stranger(plain.leaves.map((leaf) => leaf.replace(/"t":(\d+)/, (_, t) => `"t":${Number(t) + 3_600_000}`))), verdict: 'INVALID', code: 'root-wrong' },

  // ------------------------------------------------------------ the list
  { row: 'a lot added after sealing', text: () => operator((leaves) => { const lot = find(leaves, 'lot.catalogued'); insertAfter(leaves, find(leaves, 'show.sealed'), { type: lot.type, by: 'host', body: { ...lot.body, lot: 'L9', number: '009' } }); }), verdict: 'INVALID', code: 'not-allowed' },
  { row: 'a lot offered that was never sealed', text: () => operator((leaves) => { insertAfter(leaves, find(leaves, 'show.opened'), { type: 'lot.offered', by: 'host', body: { ...find(leaves, 'lot.offered').body, lot: 'L9' } }); }), verdict: 'INVALID', code: 'not-allowed' },
  { row: 'a count misdeclared', text: () => changed('show.sealed', 0, ({ body }) => (body.lots = 2)), verdict: 'INVALID', code: 'sealed-miscounted', i: at(plain, 'show.sealed') },
  { row: 'units misdeclared', text: () => changed('show.sealed', 0, ({ body }) => (body.units = 3)), verdict: 'INVALID', code: 'sealed-miscounted', i: at(plain, 'show.sealed') },
  { row: 'a duplicate number', text: () => changed('lot.catalogued', 1, ({ body }) => (body.number = '001')), verdict: 'INVALID', code: 'not-allowed', i: at(plain, 'lot.catalogued', 1) },
  { row: 'a lot never offered', text: () => operator((leaves) => { const from = leaves.indexOf(find(leaves, 'lot.offered', 2)); leaves.splice(from, leaves.indexOf(find(leaves, 'show.closed')) - from); }), verdict: 'INVALID', code: 'lots-left' },
  { row: 'rules changed after sealing', text: () => operator(() => undefined, plain, { rules: { ...plain.rules, slipSteps: 99 } }), verdict: 'INVALID', code: 'rules-differ', i: at(plain, 'show.sealed') },
  { row: 'a floor invented later', text: () => operator((leaves) => { const lot = find(leaves, 'lot.catalogued', 2); insertAfter(leaves, find(leaves, 'show.opened'), { type: 'lot.amended', by: 'host', body: { ...lot.body, startFen: 100, floor: find(leaves, 'lot.catalogued').body.floor } }); }), verdict: 'INVALID', code: 'not-allowed' },
  { row: 'another floor opened than was sealed', text: () => textOf({ ...plain, openings: [openingOf('L1', 3_000)] }), verdict: 'INVALID', code: 'opening-wrong' },
  { row: 'a floor opened for a lot that has none', text: () => textOf({ ...plain, openings: [openingOf('L3', 1)] }), verdict: 'INVALID', code: 'opening-wrong' },
  { row: 'the floor said to be met below it', text: () => operator((leaves) => (find(leaves, 'bid.accepted', 1).body.floorMet = true), plain, { openings: [openingOf('L1', 4_000)] }), verdict: 'INVALID', code: 'floor-contradicts', i: at(plain, 'bid.accepted', 1) },

  // ------------------------------------------------------------ a supplementary list
  { row: 'an honest show with a supplementary list', text: () => digested(added), verdict: 'ALL_SOLD_UNSETTLED' },
  { row: 'a supplementary list told as the main one', text: () => operator((leaves) => { find(leaves, 'show.sealed', 1).body.list = 1; }, added), verdict: 'INVALID', code: 'catalogue-differs', i: at(added, 'show.sealed', 1) },
  { row: 'a supplementary lot told as one of the main list', text: () => changed('lot.catalogued', 1, ({ body }) => (body.list = 1), added), verdict: 'INVALID', code: 'not-allowed', i: at(added, 'lot.catalogued', 1) },
  { row: 'units of a supplementary list misdeclared', text: () => changed('show.sealed', 1, ({ body }) => (body.units = 1), added), verdict: 'INVALID', code: 'sealed-miscounted', i: at(added, 'show.sealed', 1) },
  { row: 'a supplementary lot called before its list is sealed', text: () => operator((leaves) => drop(leaves, find(leaves, 'show.sealed', 1)), added), verdict: 'INVALID', code: 'not-allowed', i: at(added, 'show.sealed', 1) },
  { row: 'a supplementary list sealed after the close', text: () => operator((leaves) => { const seal = find(leaves, 'show.sealed', 1); const close = find(leaves, 'show.closed'); drop(leaves, seal); const rest = leaves.splice(leaves.indexOf(find(leaves, 'lot.offered', 1)), leaves.indexOf(close) - leaves.indexOf(find(leaves, 'lot.offered', 1))); void rest; Object.assign(close.body, { lots: 1, soldUnits: 1, hammerFen: 3_600 }); leaves.push({ ...seal, t: close.t }); }, added), verdict: 'INVALID', code: 'after-closed' },

  // ------------------------------------------------------------ bids and hammers
  { row: 'a hammer below the best bid', text: () => changed('lot.hammered', 0, ({ body }) => (body.unitPriceFen = 4_000)), verdict: 'INVALID', code: 'hammer-differs', i: at(plain, 'lot.hammered') },
  { row: 'another winner', text: () => changed('lot.hammered', 0, ({ body }) => (body.bidder = LIN)), verdict: 'INVALID', code: 'hammer-differs', i: at(plain, 'lot.hammered') },
  { row: 'a hammer before the close', text: () => changed('lot.hammered', 0, (leaf) => (leaf.t -= 1)), verdict: 'INVALID', code: 'hammer-early', i: at(plain, 'lot.hammered') },
  { row: 'a hammer backdated', text: () => changed('lot.hammered', 0, (leaf) => (leaf.t = 5)), verdict: 'INVALID', code: 'time-backwards', i: at(plain, 'lot.hammered') },
  { row: 'a bid after the hammer', text: () => operator((leaves) => { const hammer = find(leaves, 'lot.hammered'); const body = { bid: 'bid-after-1', bidder: WU, lot: 'L1', offering: 1, amountFen: 4_400, nth: 2, floorMet: true }; insertAfter(leaves, hammer, { type: 'bid.accepted', by: WU, body }); }), verdict: 'INVALID', code: 'bid-not-acceptable', i: at(plain, 'lot.hammered') + 1 },
  { row: 'a bid under the increment accepted', text: () => changed('bid.accepted', 1, ({ body }) => (body.amountFen = 3_700)), verdict: 'INVALID', code: 'bid-not-acceptable', i: at(plain, 'bid.accepted', 1) },
  { row: 'a good bid refused', text: () => changed('bid.accepted', 1, (leaf) => Object.assign(leaf, { type: 'bid.refused' satisfies Bid, body: { ...leaf.body, reason: 'not-above-price' } })), verdict: 'INVALID', code: 'good-bid-refused', i: at(plain, 'bid.accepted', 1) },
  { row: 'a bad bid refused for another reason', text: () => changed('bid.refused', 0, ({ body }) => (body.reason = 'own-lot')), verdict: 'INVALID', code: 'refused-for-other-reason', i: at(plain, 'bid.refused') },
  { row: 'the close moved without a bid', text: () => operator((leaves) => { const bid = find(leaves, 'bid.refused'); insertAfter(leaves, bid, { type: 'lot.extended', by: 'platform', body: { lot: 'L1', offering: 1, closesAt: 80_000, cause: 'bid' } }); }), verdict: 'INVALID', code: 'extension-unfounded' },
  { row: 'the close not moved by a late bid', text: () => operator((leaves) => drop(leaves, find(leaves, 'lot.extended'))), verdict: 'INVALID', code: 'extension-missing' },
  { row: 'a take sold above the price of its moment', text: () => changed('bid.accepted', 4, ({ body }) => (body.amountFen = 2_000)), verdict: 'INVALID', code: 'bid-differs' },
  { row: 'a lot sold twice', text: () => operator((leaves) => { const hammer = find(leaves, 'lot.hammered'); insertAfter(leaves, hammer, { type: 'lot.hammered', body: { ...hammer.body, sale: 'S2', bidder: WU } }); }), verdict: 'INVALID', code: 'hammer-early' },
  { row: 'a unit sold twice', text: () => changed('lot.hammered', 2, ({ body }) => (body.firstUnit = 1)), verdict: 'INVALID', code: 'take-unhammered', i: at(plain, 'lot.hammered', 2) },
  { row: 'a hammer written by the host', text: () => changed('lot.hammered', 0, (leaf) => (leaf.by = 'host')), verdict: 'INVALID', code: 'author-wrong', i: at(plain, 'lot.hammered') },

  // ------------------------------------------------------------ a clock and a silence
  { row: 'honest time given back to a clock', text: () => shifted(() => undefined), verdict: 'ALL_SOLD_UNSETTLED' },
  { row: 'a silence that is left out: the clock fell through it', text: () => shifted((shift, leaves) => drop(leaves, shift)), verdict: 'INVALID', code: 'bid-differs', i: at(dark, 'clock.shifted') },
  { row: 'a clock set back by a moment more than nobody wrote', text: () => shifted((shift) => { shift.body.byMs = 11_501; }), verdict: 'INVALID', code: 'shift-unfounded', i: at(dark, 'clock.shifted') },
  { row: 'a clock set back to the price that a friend of the grower likes', text: () => shifted((shift) => { shift.body.byMs = 11_500; }), verdict: 'INVALID', code: 'bid-not-acceptable', i: at(dark, 'bid.accepted') },
  { row: 'a clock set back less than it stood, so that it falls further for a friend', text: () => shifted((shift) => { shift.body.byMs = 8_000; }), verdict: 'INVALID', code: 'bid-differs', i: at(dark, 'bid.accepted') },
  { row: 'a clock set back once more between two takes', text: () => shifted((shift, leaves) => insertAfter(leaves, find(leaves, 'lot.hammered'), { ...structuredClone(shift), t: 23_700, body: { ...shift.body, byMs: 101 } })), verdict: 'INVALID', code: 'shift-unfounded' },
  { row: 'a clock that had moved on in the silence, set back after all', text: () => shifted((shift, leaves) => leaves.slice(leaves.indexOf(shift)).forEach((leaf) => (leaf.t += 20_000))), verdict: 'INVALID', code: 'shift-unfounded', i: at(dark, 'clock.shifted') },
  { row: 'a clock set back for no time', text: () => shifted((shift) => { shift.body.byMs = 0; }), verdict: 'INVALID', i: at(dark, 'clock.shifted') },
  { row: 'a clock put forward', text: () => shifted((shift) => { shift.body.byMs = -1_500; }), verdict: 'INVALID', i: at(dark, 'clock.shifted') },
  { row: 'a clock set back by the host', text: () => shifted((shift) => { shift.by = 'host'; }), verdict: 'INVALID', code: 'author-wrong', i: at(dark, 'clock.shifted') },
  { row: 'a clock set back of an offering that is not on the block', text: () => shifted((shift) => { shift.body.offering = 2; }), verdict: 'INVALID', code: 'shift-unfounded', i: at(dark, 'clock.shifted') },
  { row: 'a clock set back for a cause that nobody knows', text: () => shifted((shift) => { shift.body.cause = 'resume'; }), verdict: 'INVALID', i: at(dark, 'clock.shifted') },
  { row: 'a clock set back while it is frozen', text: () => shifted((shift, leaves) => insertAfter(leaves, leaves[leaves.indexOf(shift) - 1]!, { type: 'lot.frozen', by: 'host', t: 12_000, body: { lot: 'L1', offering: 1, left: 1_000 } })), verdict: 'INVALID', code: 'shift-unfounded', i: at(dark, 'clock.shifted') + 1 },
  { row: 'a rising lot set back as a clock', text: () => shifted((shift, leaves) => { const bid = find(leaves, 'bid.accepted', 2); insertAfter(leaves, bid, { ...structuredClone(shift), t: 41_000, body: { lot: 'L2', offering: 1, byMs: 5_000, cause: 'dark' } }); }), verdict: 'INVALID', code: 'shift-unfounded', i: at(dark, 'bid.accepted', 2) + 1 },
  { row: 'a clock that is sold out set back', text: () => shifted((shift, leaves) => insertAfter(leaves, find(leaves, 'lot.hammered', 1), { ...structuredClone(shift), t: 29_000, body: { ...shift.body, byMs: 5_000 } })), verdict: 'INVALID', code: 'shift-unfounded' },

  // ------------------------------------------------------------ whose word it is
  { row: "a shill without the bidder's key", text: () => operator((leaves) => { const bid = find(leaves, 'bid.accepted', 1); insertAfter(leaves, bid, { type: 'bid.accepted', by: CHEN, body: { ...bid.body, bid: 'bid-shill-1', bidder: CHEN, amountFen: 4_000, nth: 1, floorMet: true } }); }, signed), verdict: 'INVALID', code: 'author-signature-missing', i: at(signed, 'bid.accepted', 1) + 1 },
  { row: "a shill signed with another's key", text: () => changed('bid.accepted', 1, (leaf) => { leaf.body.bidder = CHEN; leaf.by = CHEN; leaf.body.nth = 1; }, signed), verdict: 'INVALID', code: 'author-signature-wrong', i: at(signed, 'bid.accepted', 1) },
  { row: 'a signed bid raised by the house', text: () => changed('bid.accepted', 1, ({ body }) => (body.amountFen = 4_000), signed), verdict: 'INVALID', code: 'author-signature-wrong', i: at(signed, 'bid.accepted', 1) },
  { row: 'a signed bid taken for a form', text: () => changed('bid.accepted', 1, ({ body }) => (body.form = true), signed), verdict: 'INVALID', code: 'author-signature-stray', i: at(signed, 'bid.accepted', 1) },
  { row: 'a bid replayed', text: () => operator((leaves) => { const bid = find(leaves, 'bid.accepted', 1); leaves.splice(leaves.indexOf(bid) + 1, 0, structuredClone(bid)); }, signed), verdict: 'INVALID', code: 'bid-id-twice', i: at(signed, 'bid.accepted', 1) + 1 },
  { row: 'a bid replayed on another lot', text: () => operator((leaves) => { const bid = find(leaves, 'bid.accepted', -1); bid.sig = find(leaves, 'bid.accepted', 1).sig; }, signed), verdict: 'INVALID', code: 'author-signature-wrong', i: at(signed, 'bid.accepted', -1) },
  { row: 'a seal the host did not sign', text: () => changed('show.sealed', 0, (leaf) => delete leaf.sig, signed), verdict: 'INVALID', code: 'author-signature-missing', i: at(signed, 'show.sealed') },
  { row: 'a close the host did not sign', text: () => changed('show.closed', 0, ({ body }) => (body.hammerFen = 1), signed), verdict: 'INVALID', code: 'author-signature-wrong', i: at(signed, 'show.closed') },
  { row: 'an approval of another list', text: () => operator((leaves) => { const leaf = find(leaves, 'show.approved'); leaf.body.note = `${'B'.repeat(43)}=`; leaf.sig = signedBody('officer-aaaaaaaa', leaf); }, signed), verdict: 'INVALID', code: 'approval-differs', i: at(signed, 'show.approved') },
  { row: 'a head nobody signed, said to be seen', text: () => changed('bid.accepted', 0, ({ body }) => (body.seen = [3, `${'B'.repeat(43)}=`])), verdict: 'INVALID', code: 'seen-foreign', i: at(plain, 'bid.accepted') },

  // ------------------------------------------------------------ offers to one person
  { row: 'an honest show that asked around', text: () => textOf({ ...offered, ...floorOpened }), verdict: 'ALL_SOLD_UNSETTLED' },
  { row: 'who bid less asked first', text: () => changed('offer.made', 0, ({ body }) => (body.bidder = WU), offered), verdict: 'INVALID', code: 'due-differs', i: at(offered, 'offer.made') },
  { row: 'somebody asked who never bid', text: () => changed('offer.made', 0, ({ body }) => (body.bidder = CHEN), offered), verdict: 'INVALID', code: 'due-differs', i: at(offered, 'offer.made') },
  { row: 'an offer below the floor', text: () => operator((leaves) => (find(leaves, 'offer.made').body.unitPriceFen = 4_400), offered, floorOpened), verdict: 'INVALID', code: 'floor-contradicts', i: at(offered, 'offer.made') },
  { row: 'a second price that no one floor explains', text: () => changed('offer.made', 1, ({ body }) => (body.unitPriceFen = 5_000), offered), verdict: 'INVALID', code: 'floor-contradicts', i: at(offered, 'offer.made', 1) },
  { row: 'less time to think than the rules give', text: () => changed('offer.made', 0, ({ body }) => (body.expiresAt = 70_000), offered), verdict: 'INVALID', code: 'due-differs', i: at(offered, 'offer.made') },
  { row: 'an offer accepted in the name of another', text: () => changed('offer.accepted', 0, (leaf) => { leaf.by = CHEN; leaf.body.bidder = CHEN; leaf.sig = signedBody(CHEN, leaf); }, offered), verdict: 'INVALID', code: 'not-allowed', i: at(offered, 'offer.accepted') },
  { row: 'an offer accepted by the house for who can answer himself', text: () => changed('offer.accepted', 0, (leaf) => { leaf.by = 'host'; leaf.body.byModerator = true; delete leaf.sig; }, offered), verdict: 'INVALID', code: 'not-allowed', i: at(offered, 'offer.accepted') },
  { row: 'an offer accepted without a signature', text: () => changed('offer.accepted', 0, (leaf) => delete leaf.sig, offered), verdict: 'INVALID', code: 'author-signature-missing', i: at(offered, 'offer.accepted') },
  { row: 'an offer declined with the key of another', text: () => changed('offer.declined', 0, (leaf) => (leaf.sig = signedBody(CHEN, leaf)), offered), verdict: 'INVALID', code: 'author-signature-wrong', i: at(offered, 'offer.declined') },
  { row: 'an offer accepted when its time was over', text: () => operator((leaves) => leaves.slice(leaves.indexOf(find(leaves, 'offer.accepted'))).forEach((leaf) => (leaf.t += 60_000)), offered), verdict: 'INVALID', code: 'due-skipped', i: at(offered, 'offer.accepted') },
  { row: 'an offer never answered, but hammered', text: () => operator((leaves) => drop(leaves, find(leaves, 'offer.accepted')), offered), verdict: 'INVALID', code: 'hammer-early', i: at(offered, 'offer.accepted') },
  { row: 'an offer accepted by one and hammered to another', text: () => changed('lot.hammered', 0, ({ body }) => (body.bidder = LIN), offered), verdict: 'INVALID', code: 'offer-unhammered', i: at(offered, 'lot.hammered') },
  { row: 'an accepted offer that was not hammered', text: () => operator((leaves) => drop(leaves, find(leaves, 'lot.hammered')), offered), verdict: 'INVALID', code: 'offer-unhammered', i: at(offered, 'lot.hammered') },
  { row: 'the platform asks nobody, as if it were too dear for all', text: () => changed('offer.made', 0, (leaf) => Object.assign(leaf, { type: 'offers.ended', body: { lot: 'L1', reason: 'over-limit' } }), offered), verdict: 'INVALID', code: 'floor-contradicts', i: at(offered, 'offer.made') },

  // ------------------------------------------------------------ money and totals
  { row: 'two sales on one transaction', text: () => operator((leaves) => (find(leaves, 'sale.paid', 1).body.txn = find(leaves, 'sale.paid').body.txn)), verdict: 'INVALID', code: 'txn-reused', i: at(plain, 'sale.paid', 1) },
  { row: 'less paid than sold for', text: () => changed('sale.paid', 0, ({ body }) => (body.amountFen = 1)), verdict: 'INVALID', code: 'not-allowed', i: at(plain, 'sale.paid') },
  { row: 'wrong totals at the close', text: () => changed('show.closed', 0, ({ body }) => (body.soldUnits = 5)), verdict: 'INVALID', code: 'closed-miscounted', i: at(plain, 'show.closed') },
  { row: 'wrong totals at the settlement', text: () => changed('show.settled', 0, ({ body }) => (body.paidFen = 1)), verdict: 'INVALID', code: 'settled-miscounted', i: at(plain, 'show.settled') },
  { row: 'settled before every sale was paid', text: () => operator((leaves) => drop(leaves, find(leaves, 'sale.paid'))), verdict: 'INVALID', code: 'not-allowed' },
  { row: 'settled before the time for complaints was over', text: () => changed('show.settled', 0, (leaf) => (leaf.t = 600_000)), verdict: 'INVALID', code: 'not-allowed', i: at(plain, 'show.settled') },
  { row: 'an event after the settlement', text: () => operator((leaves) => insertAfter(leaves, find(leaves, 'show.settled'), { type: 'bidder.limited', by: 'platform', body: { bidder: LIN, banned: true } })), verdict: 'INVALID', code: 'after-settled' },
  { row: 'a bidder banned after the close', text: () => operator((leaves) => insertAfter(leaves, find(leaves, 'show.closed'), { type: 'bidder.limited', by: 'platform', body: { bidder: LIN, banned: true } })), verdict: 'INVALID', code: 'after-closed' },

  // ------------------------------------------------------------ books, refunds, defaults
  { row: 'honest books of an evening with a refund and a default', text: () => textOf(booked), verdict: 'ALL_SOLD_AND_SETTLED' },
  { row: 'a row of the books edited on both sides', text: () => rebooked(([entry]) => entry!.lines.forEach((line) => (line.amountFen -= 100))), verdict: 'INVALID', code: 'journal-differs', i: at(booked, 'lot.hammered') },
  { row: 'a row of the books edited on one side', text: () => rebooked(([entry]) => void (entry!.lines[0]!.amountFen -= 100)), verdict: 'INVALID', code: 'journal-unbalanced', i: at(booked, 'lot.hammered') },
  { row: 'an entry of the books deleted', text: () => rebooked((journal) => void journal.splice(2, 1)), verdict: 'INVALID', code: 'journal-differs' },
  { row: 'the last entry of the books deleted', text: () => rebooked((journal) => void journal.pop()), verdict: 'INVALID', code: 'journal-differs', i: at(booked, 'sale.defaulted') },
  { row: 'an entry of the books added', text: () => rebooked((journal) => void journal.push({ ...structuredClone(journal[0]!), n: journal.length + 1 })), verdict: 'INVALID', code: 'journal-differs' },
  { row: 'money moved to another grower in the books', text: () => rebooked(([entry]) => void (entry!.lines[1]!.account = 'grower:friend-aaaaaaaaa:payable')), verdict: 'INVALID', code: 'journal-differs' },
  { row: 'a balance that was written over', text: () => rebooked(([, entry]) => void (entry!.lines[0]!.afterFen += 1)), verdict: 'INVALID', code: 'journal-differs' },
  { row: 'a refund above what was paid', text: () => changed('sale.refunded', 0, ({ body }) => (body.amountFen = 999_999), afterOnly), verdict: 'INVALID', code: 'not-allowed', i: at(booked, 'sale.refunded') },
  { row: 'a refund under the reference of the payment', text: () => changed('sale.refunded', 0, ({ body }) => (body.txn = `${'B'.repeat(43)}=`), afterOnly), verdict: 'INVALID', code: 'txn-reused', i: at(afterOnly, 'sale.refunded') },
  { row: 'a refund of what was never paid', text: () => changed('sale.refunded', 0, ({ body }) => (body.sale = 'S1'), afterOnly), verdict: 'INVALID', code: 'not-allowed', i: at(booked, 'sale.refunded') },
  { row: "a refund under its payment's reference", text: () => operator((leaves) => (find(leaves, 'sale.refunded').body.txn = find(leaves, 'sale.paid').body.txn), afterOnly), verdict: 'INVALID', code: 'txn-reused', i: at(booked, 'sale.refunded') },
  { row: 'a default before the time to pay was over', text: () => changed('sale.defaulted', 0, (leaf) => (leaf.t = 86_899_999), afterOnly), verdict: 'INVALID', code: 'not-allowed', i: at(booked, 'sale.defaulted') },
  { row: 'a default of a sale that was paid', text: () => changed('sale.defaulted', 0, ({ body }) => (body.sale = 'S2'), afterOnly), verdict: 'INVALID', code: 'not-allowed', i: at(booked, 'sale.defaulted') },
  { row: 'a default that the settlement leaves out', text: () => changed('show.settled', 0, ({ body }) => delete body.defaultedFen, afterOnly), verdict: 'INVALID', code: 'settled-miscounted', i: at(booked, 'show.settled') },

  // ------------------------------------------------------------ freight, and longer to pay
  { row: 'an honest evening with freight, and longer to pay for one', text: () => textOf(billedBooked), verdict: 'ALL_SOLD_AND_SETTLED' },
  { row: 'a default before the longer time was over', text: () => changed('sale.defaulted', 0, (leaf) => (leaf.t = 172_799_999), billedOnly), verdict: 'INVALID', code: 'not-allowed', i: at(billedOnly, 'sale.defaulted') },
  { row: 'a longer time that is shorter', text: () => changed('pay.extended', 0, ({ body }) => (body.payBy = 86_899_999), billedOnly), verdict: 'INVALID', code: 'not-allowed', i: at(billedOnly, 'pay.extended') },
  { row: 'a longer time for somebody else', text: () => changed('pay.extended', 0, ({ body }) => (body.bidder = LIN), billedOnly), verdict: 'INVALID', code: 'not-allowed', i: at(billedOnly, 'pay.extended') },
  { row: 'freight that the sealed table does not know', text: () => changed('sale.paid', 1, ({ body }) => (body.freightFen = 900), billedOnly), verdict: 'INVALID', code: 'not-allowed', i: at(billedOnly, 'sale.paid', 1) },
  { row: 'freight taken twice from one buyer', text: () => changed('sale.paid', 0, ({ body }) => (body.freightFen = 800), billedOnly), verdict: 'INVALID', code: 'not-allowed', i: at(billedOnly, 'sale.paid', 1) },
  { row: 'freight in a show without freight', text: () => changed('sale.paid', 0, ({ body }) => (body.freightFen = 800)), verdict: 'INVALID', code: 'not-allowed', i: at(plain, 'sale.paid') },
  { row: 'more freight given back than came', text: () => changed('sale.refunded', 0, ({ body }) => (body.freightFen = 1_501), billedOnly), verdict: 'INVALID', code: 'not-allowed', i: at(billedOnly, 'sale.refunded') },
  { row: 'freight that the settlement leaves out', text: () => changed('show.settled', 0, ({ body }) => delete body.freightFen, billedOnly), verdict: 'INVALID', code: 'settled-miscounted', i: at(billedOnly, 'show.settled') },
  { row: 'an honest evening whose freight went back alone, or stayed until it had come over', text: () => textOf(aloneBooked), verdict: 'ALL_SOLD_AND_SETTLED' },
  { row: 'freight that never came over in the books', text: () => textOf({ ...aloneBooked, journal: aloneBooked.journal.slice(0, -1) }), verdict: 'INVALID', code: 'journal-differs' },
  { row: 'a refund of nothing', text: () => changed('sale.refunded', 1, ({ body }) => delete body.freightFen, aloneOnly), verdict: 'INVALID', code: 'not-allowed', i: at(aloneOnly, 'sale.refunded', 1) },
  { row: 'freight alone while its goods stay', text: () => changed('sale.refunded', 0, (leaf) => Object.assign(leaf.body, { amountFen: 0, freightFen: 800 }), aloneOnly), verdict: 'INVALID', code: 'not-allowed', i: at(aloneOnly, 'sale.refunded') },
  { row: 'freight that goes back alone twice', text: () => changed('sale.refunded', 0, ({ body }) => (body.freightFen = 800), aloneOnly), verdict: 'INVALID', code: 'not-allowed', i: at(aloneOnly, 'sale.refunded', 1) },
  // ------------------------------------------------------------ goods and claims
  { row: 'an honest evening whose goods travelled, and one was made good', text: () => digested(deliveredOnly), verdict: 'ALL_SOLD_AND_SETTLED' },
  ...([
    ['packed before it was paid', (leaves) => { const paid = find(leaves, 'sale.paid'); drop(leaves, paid); paid.t = 520_000; insertAfter(leaves, find(leaves, 'sale.packed'), paid); }],
    ['packed twice', (leaves) => insertAfter(leaves, find(leaves, 'sale.packed'), find(leaves, 'sale.packed'))],
    ['shipped before it was packed', (leaves) => drop(leaves, find(leaves, 'sale.packed'))],
    ['shipped twice', (leaves) => insertAfter(leaves, find(leaves, 'sale.shipped'), find(leaves, 'sale.shipped'))],
    ["two buyers' goods under one tracking number", (leaves) => (find(leaves, 'sale.shipped', 1).body.tracking = find(leaves, 'sale.shipped').body.tracking)],
    ['received before it was shipped', (leaves) => drop(leaves, find(leaves, 'sale.shipped'))],
    ['received by another', (leaves) => { const leaf = find(leaves, 'sale.received'); leaf.by = CHEN === leaf.by ? WU : CHEN; leaf.body.bidder = leaf.by; }],
    ['received twice', (leaves) => insertAfter(leaves, find(leaves, 'sale.received'), find(leaves, 'sale.received'))],
    ['taken along although it was shipped', (leaves) => (find(leaves, 'sale.received', 1).body.cause = 'pickup')],
    ['taken as received before its time', (leaves) => (find(leaves, 'sale.received', 3).t -= 1)],
    ['damage of what never came', (leaves) => drop(leaves, find(leaves, 'sale.received'))],
    ['damage without a photo', (leaves) => delete find(leaves, 'claim.filed').body.photo],
    ['damage of more than was bought', (leaves) => (find(leaves, 'claim.filed').body.units = 9)],
    ['living goods sent back', (leaves) => (find(leaves, 'claim.filed').body.kind = 'unwanted')],
    ["damage of another's goods", (leaves) => { const leaf = find(leaves, 'claim.filed'); leaf.by = leaf.body.bidder = CHEN === leaf.by ? WU : CHEN; }],
    ['a complaint without its category', (leaves) => delete find(leaves, 'claim.filed', 2).body.category],
    ['a proposal where one may grant alone', (leaves) => (find(leaves, 'claim.proposed').body.amountFen = 100)],
    ['granted by one person twice', (leaves) => (find(leaves, 'claim.granted').body.person = find(leaves, 'claim.proposed').body.person)],
    ['granted by one person above what he may', (leaves) => drop(leaves, find(leaves, 'claim.proposed'))],
    ['granted more than was proposed', (leaves) => (find(leaves, 'claim.granted').body.amountFen = 1_001)],
    ['granted more than came', (leaves) => (find(leaves, 'claim.proposed').body.amountFen = 999_999)],
    ['a claim answered twice', (leaves) => (find(leaves, 'claim.declined').body.claim = 'C1')],
    ['a complaint declined', (leaves) => (find(leaves, 'claim.declined').body.claim = 'C3')],
    ['damage closed without an answer', (leaves) => Object.assign(find(leaves, 'claim.declined'), { type: 'claim.closed', body: { claim: 'C2', person: 'p'.repeat(16) } })],
    ['less paid back than was granted', (leaves) => (find(leaves, 'sale.refunded').body.amountFen = 999)],
    ['paid back for a claim that was declined', (leaves) => (find(leaves, 'sale.refunded').body.claim = 'C2')],
    ['paid back for a claim twice', (leaves) => { const back = find(leaves, 'sale.refunded'); insertAfter(leaves, back, { ...back, body: { ...back.body, txn: `${'S'.repeat(43)}=` } }); }],
    ['settled while goods were on their way', (leaves) => drop(leaves, find(leaves, 'sale.received', 3))],
    ['settled while a complaint was open', (leaves) => drop(leaves, find(leaves, 'claim.closed'))],
    ['settled while a claim was open', (leaves) => drop(leaves, find(leaves, 'claim.declined'))],
    ['settled while what was granted was owed', (leaves) => { drop(leaves, find(leaves, 'sale.refunded')); delete find(leaves, 'show.settled').body.refundedFen; }],
    ['settled before the time to show damage was over', (leaves) => (find(leaves, 'show.settled').t -= 1)],
  ] as [string, (leaves: LooseLeaf[]) => unknown][]).map(([row, change]): Case => ({ row, text: () => operator((leaves) => void change(leaves), deliveredOnly), verdict: 'INVALID' })),
  ...['sale.packed', 'sale.shipped', 'claim.granted', 'claim.declined', 'claim.closed', 'claim.proposed'].map((type): Case => ({ row: `${type} by a buyer`, text: () => changed(type, 0, (leaf) => (leaf.by = CHEN), deliveredOnly), verdict: 'INVALID', code: 'author-wrong' })),
  { row: 'received by a word of the platform', text: () => changed('sale.received', 1, (leaf) => (leaf.by = 'platform'), deliveredOnly), verdict: 'INVALID', code: 'author-wrong' },
  { row: 'lapsed by a word of the host', text: () => changed('sale.received', 3, (leaf) => (leaf.by = 'host'), deliveredOnly), verdict: 'INVALID', code: 'author-wrong' },
  { row: 'received by the host in the name of the buyer', text: () => changed('sale.received', 0, (leaf) => (leaf.by = 'host'), deliveredOnly), verdict: 'INVALID', code: 'author-wrong' },
  { row: 'a claim filed by the house', text: () => changed('claim.filed', 0, (leaf) => (leaf.by = 'host'), deliveredOnly), verdict: 'INVALID', code: 'author-wrong' },
  // ------------------------------------------------------------ the recording
  { row: 'an honest evening that was filmed', text: () => digested(filmedOnly), verdict: 'ALL_SOLD_AND_SETTLED' },
  { row: 'a piece of the recording exchanged after the log was signed', text: () => digested({ ...filmedOnly, leaves: filmedOnly.leaves.map((leaf) => leaf.replace('b'.repeat(43), 'x'.repeat(43))) }), verdict: 'INVALID' },
  { row: 'a piece of the recording left out', text: () => operator((leaves) => drop(leaves, find(leaves, 'recording.kept', 1)), filmedOnly), verdict: 'INVALID', code: 'not-allowed', i: at(filmedOnly, 'recording.kept', 2) - 1 },
  { row: 'two pieces of the recording exchanged', text: () => operator((leaves) => { const [one, two] = [find(leaves, 'recording.kept'), find(leaves, 'recording.kept', 1)]; [one.body, two.body] = [{ ...two.body, segment: 1 }, { ...one.body, segment: 2 }]; }, filmedOnly), verdict: 'INVALID', code: 'not-allowed', i: at(filmedOnly, 'recording.kept') },
  { row: 'the same piece twice', text: () => changed('recording.kept', 1, ({ body }) => (body.sha256 = `${'b'.repeat(43)}=`), filmedOnly), verdict: 'INVALID', code: 'not-allowed', i: at(filmedOnly, 'recording.kept', 1) },
  { row: 'a piece that overlaps the one before', text: () => changed('recording.kept', 1, ({ body }) => (body.fromMs = 11_999), filmedOnly), verdict: 'INVALID', code: 'not-allowed', i: at(filmedOnly, 'recording.kept', 1) },
  { row: 'a piece that ends before it begins', text: () => changed('recording.kept', 1, ({ body }) => (body.toMs = 12_000), filmedOnly), verdict: 'INVALID', code: 'not-allowed', i: at(filmedOnly, 'recording.kept', 1) },
  { row: 'a piece that was not filmed yet', text: () => changed('recording.kept', 1, ({ body }) => (body.toMs = 200_101), filmedOnly), verdict: 'INVALID', code: 'not-allowed', i: at(filmedOnly, 'recording.kept', 1) },
  { row: 'a piece of the recording told by the host', text: () => changed('recording.kept', 0, (leaf) => (leaf.by = 'host'), filmedOnly), verdict: 'INVALID', code: 'author-wrong', i: at(filmedOnly, 'recording.kept') },
  { row: 'a piece of the recording after the settlement', text: () => operator((leaves) => { const last = find(leaves, 'recording.kept', 2); drop(leaves, last); last.t = find(leaves, 'show.settled').t; insertAfter(leaves, find(leaves, 'show.settled'), last); }, filmedOnly), verdict: 'INVALID', code: 'after-settled' },
  // ------------------------------------------------------------ growers' money
  { row: 'an honest evening whose growers were paid, with its books', text: () => textOf(paidBooked), verdict: 'ALL_SOLD_AND_SETTLED' },
  { row: 'a grower paid twice for one sale', text: () => operator((leaves) => { const out = find(leaves, 'payout.made'); insertAfter(leaves, find(leaves, 'payout.made', -1), { ...out, body: { ...out.body, payout: 'P2', txn: `${'H'.repeat(43)}=` } }); }, paid), verdict: 'INVALID', code: 'not-allowed', i: at(paid, 'payout.made', -1) + 1 },
  { row: 'a grower paid above what came in', text: () => changed('payout.made', 0, ({ body }) => (body.amountFen = Number(body.amountFen) + 100), paid), verdict: 'INVALID', code: 'not-allowed', i: at(paid, 'payout.made') },
  { row: 'a fee above the sealed rule', text: () => changed('payout.made', 0, ({ body }) => { body.amountFen = Number(body.amountFen) - 1; body.feeFen = Number(body.feeFen) + 1; }, paid), verdict: 'INVALID', code: 'not-allowed', i: at(paid, 'payout.made') },
  { row: 'a payout to another grower', text: () => changed('payout.made', 0, ({ body }) => (body.grower = 'friend-aaaaaaaaa'), paid), verdict: 'INVALID', code: 'not-allowed', i: at(paid, 'payout.made') },
  { row: 'a payout before the time for complaints was over', text: () => changed('payout.made', 0, (leaf) => (leaf.t = 86_899_999), paid), verdict: 'INVALID', code: 'not-allowed', i: at(paid, 'payout.made') },
  { row: 'a payout of what nobody paid', text: () => operator((leaves) => drop(leaves, find(leaves, 'sale.paid', 1)), paid), verdict: 'INVALID', code: 'not-allowed', i: at(paid, 'payout.made', 1) - 1 },
  { row: "a payout under a payment's reference", text: () => operator((leaves) => (find(leaves, 'payout.made').body.txn = find(leaves, 'sale.paid').body.txn), paid), verdict: 'INVALID', code: 'txn-reused', i: at(paid, 'payout.made') },
  { row: "a grower paid under the reference of a buyer's payment", text: () => changed('payout.made', 0, ({ body }) => (body.txn = `${'B'.repeat(43)}=`), paid), verdict: 'INVALID', code: 'txn-reused', i: at(paid, 'payout.made') },
  { row: 'one transfer told as two payouts', text: () => changed('payout.made', 1, ({ body }) => (body.payout = 'P2'), paid), verdict: 'INVALID', code: 'txn-reused', i: at(paid, 'payout.made', 1) },
  { row: 'two transfers told as one payout', text: () => changed('payout.made', 1, ({ body }) => (body.txn = `${'H'.repeat(43)}=`), paid), verdict: 'INVALID', code: 'not-allowed', i: at(paid, 'payout.made', 1) },
  { row: 'a payout by somebody who may not', text: () => changed('payout.made', 0, (leaf) => (leaf.by = 'platform'), paid), verdict: 'INVALID', code: 'author-wrong', i: at(paid, 'payout.made') },
  { row: 'a settlement while a grower waits for his money', text: () => operator((leaves) => drop(leaves, find(leaves, 'payout.made', 3)), paid), verdict: 'INVALID', code: 'journal-differs', i: at(paid, 'show.settled') - 1 },
  { row: 'a settlement that says nothing of the growers', text: () => changed('show.settled', 0, ({ body }) => ['payableFen', 'feeFen', 'books'].forEach((name) => delete body[name]), paid), verdict: 'INVALID', code: 'settled-miscounted', i: at(paid, 'show.settled') },
  { row: 'a settlement that takes more from the growers', text: () => changed('show.settled', 0, ({ body }) => (body.payableFen = Number(body.payableFen) - 100), paid), verdict: 'INVALID', code: 'settled-miscounted', i: at(paid, 'show.settled') },
  { row: 'a settlement over other books', text: () => changed('show.settled', 0, ({ body }) => (body.books = `${'B'.repeat(43)}=`), paid), verdict: 'INVALID', code: 'journal-differs', i: at(paid, 'show.settled') },
  { row: 'a clawback kept out of the books', text: () => textOf({ ...paidBooked, journal: paidBooked.journal.filter(({ kind }) => kind !== 'refunded') }), verdict: 'INVALID', code: 'journal-differs' },
  // ------------------------------------------------------------ after a default (顺位成交)
  { row: 'an honest show with two defaults, one sold again, one carried', text: () => textOf({ ...secondBooked, openings: [openingOf('L2', 3_900)] }), verdict: 'ALL_ACCOUNTED_NOT_ALL_SOLD', code: 'lot-unsold' },
  { row: 'a second chance for somebody else than the runner-up', text: () => changed('sale.offered', 0, ({ body }) => Object.assign(body, { bidder: CHEN, unitPriceFen: 3_800 }), second), verdict: 'INVALID', code: 'due-differs', i: at(second, 'sale.offered') },
  { row: 'a second chance at another price than his own bid', text: () => changed('sale.offered', 0, ({ body }) => (body.unitPriceFen = 3_800), second), verdict: 'INVALID', code: 'due-differs', i: at(second, 'sale.offered') },
  { row: 'a second chance before anybody is in default', text: () => operator((leaves) => { const { type, by, body } = find(leaves, 'sale.offered'); insertAfter(leaves, find(leaves, 'show.closed'), { type, by, body }); }, second), verdict: 'INVALID', code: 'due-early', i: at(second, 'show.closed') + 1 },
  { row: 'a second chance below the floor', text: () => operator((leaves) => { const carried = find(leaves, 'lot.carried'); const body = { ...find(leaves, 'sale.offered', 1).body, sale: 'S5', bidder: CHEN, unitPriceFen: 3_800, expiresAt: carried.t + 60_000 }; Object.assign(carried, { type: 'sale.offered', body }); }, second), verdict: 'INVALID', code: 'due-skipped', i: at(second, 'lot.carried') },
  { row: 'two living sales of one unit: offered again when it was taken', text: () => operator((leaves) => { const accepted = find(leaves, 'sale.accepted'); const { body, type, by } = find(leaves, 'sale.offered'); insertAfter(leaves, accepted, { type, by, body: { ...body, sale: 'S5', bidder: CHEN, unitPriceFen: 3_800, expiresAt: accepted.t + 60_000 } }); }, second), verdict: 'INVALID', code: 'due-early', i: at(second, 'sale.accepted') + 1 },
  { row: 'two living sales of one unit: accepted twice', text: () => operator((leaves) => { const accepted = find(leaves, 'sale.accepted'); leaves.splice(leaves.indexOf(accepted), 0, structuredClone(accepted)); }, second), verdict: 'INVALID', code: 'not-allowed', i: at(second, 'sale.accepted') + 1 },
  { row: 'two living sales of one unit: hammered after the close', text: () => operator((leaves) => insertAfter(leaves, find(leaves, 'sale.paid'), { type: 'lot.hammered', by: 'platform', body: { ...find(leaves, 'lot.hammered').body, sale: 'S5' } }), second), verdict: 'INVALID', code: 'after-closed', i: at(second, 'sale.paid') + 1 },
  { row: 'carried although somebody came next', text: () => changed('sale.offered', 0, (leaf) => Object.assign(leaf, { type: 'lot.carried', body: { lot: 'L1', units: 1, sale: 'S1' } }), second), verdict: 'INVALID', code: 'due-skipped', i: at(second, 'sale.offered') },
  { row: 'carried and paid for by who was in default', text: () => changed('sale.paid', 0, ({ body }) => Object.assign(body, { sale: 'S2', amountFen: 4_200 }), second), verdict: 'INVALID', code: 'not-allowed', i: at(second, 'sale.paid') },
  { row: 'a default that nothing follows', text: () => operator((leaves) => drop(leaves, find(leaves, 'lot.carried')), second), verdict: 'INVALID', code: 'due-skipped', i: at(second, 'lot.carried') },
  { row: 'a second chance accepted in the name of another', text: () => changed('sale.accepted', 0, (leaf) => { leaf.by = CHEN; leaf.body.bidder = CHEN; leaf.sig = signedBody(CHEN, leaf); }, second), verdict: 'INVALID', code: 'not-allowed', i: at(second, 'sale.accepted') },
  { row: 'a second chance accepted without a signature', text: () => changed('sale.accepted', 0, (leaf) => delete leaf.sig, second), verdict: 'INVALID', code: 'author-signature-missing', i: at(second, 'sale.accepted') },
  { row: 'a second chance accepted by the house for who can answer himself', text: () => changed('sale.accepted', 0, (leaf) => { leaf.by = 'host'; leaf.body.byModerator = true; delete leaf.sig; }, second), verdict: 'INVALID', code: 'not-allowed', i: at(second, 'sale.accepted') },
  { row: 'a second chance accepted when its time was over', text: () => operator((leaves) => leaves.slice(leaves.indexOf(find(leaves, 'sale.accepted'))).forEach((leaf) => (leaf.t += 60_000)), second), verdict: 'INVALID', code: 'due-skipped', i: at(second, 'sale.accepted') },
  { row: 'less time to think about a second chance than the rules give', text: () => changed('sale.offered', 0, ({ body }) => (body.expiresAt = 86_900_002), second), verdict: 'INVALID', code: 'due-differs', i: at(second, 'sale.offered') },
  { row: 'in default again before his own time to pay was over', text: () => changed('sale.paid', 0, (leaf) => Object.assign(leaf, { type: 'sale.defaulted', body: { sale: 'S3' } }), second), verdict: 'INVALID', code: 'not-allowed', i: at(second, 'sale.paid') },
  { row: 'a settlement that counts what was carried as sold', text: () => changed('show.settled', 0, ({ body }) => Object.assign(body, { soldUnits: 2, carriedUnits: 0 }), second), verdict: 'INVALID', code: 'settled-miscounted', i: at(second, 'show.settled') },
  { row: 'books in which who took a second chance owes nothing', text: () => textOf({ ...secondBooked, journal: secondBooked.journal.filter(({ sale, kind }) => sale !== 'S3' || kind !== 'hammered') }), verdict: 'INVALID', code: 'journal-differs' },

  // ------------------------------------------------------------ what growers are due, and owe
  { row: 'an honest show with a forfeited deposit paid out, and what a grower owed taken, repaid and carried on', text: () => textOf(dueBooked), verdict: 'ALL_SOLD_AND_SETTLED' },
  { row: 'more paid out of a default than was forfeited', text: () => changed('payout.made', 0, ({ body }) => (body.amountFen = 3_001), due), verdict: 'INVALID', code: 'not-allowed', i: at(due, 'payout.made') },
  { row: 'a fee on what was forfeited', text: () => changed('payout.made', 0, ({ body }) => Object.assign(body, { amountFen: 2_700, feeFen: 300 }), due), verdict: 'INVALID', code: 'not-allowed', i: at(due, 'payout.made') },
  { row: 'a settlement that keeps what was forfeited from the grower', text: () => operator((leaves) => drop(leaves, find(leaves, 'payout.made')), due), verdict: 'INVALID', code: 'not-allowed', i: at(due, 'clawback.carried') - 1 },
  { row: 'more taken off a payout than it comes to', text: () => changed('clawback.taken', 0, ({ body }) => (body.amountFen = 3_241), due), verdict: 'INVALID', code: 'not-allowed', i: at(due, 'clawback.taken') },
  { row: 'taken off for a sale that owes nothing', text: () => changed('clawback.taken', 0, ({ body }) => (body.sale = 'S3'), due), verdict: 'INVALID', code: 'not-allowed', i: at(due, 'clawback.taken') },
  { row: 'taken off a payout of another', text: () => changed('clawback.taken', 0, ({ body }) => (body.grower = 'friend-aaaaaaaaa'), due), verdict: 'INVALID', code: 'not-allowed', i: at(due, 'clawback.taken') },
  { row: 'taken off a payout that was made before', text: () => changed('clawback.taken', 0, (leaf) => (leaf.t = 87_300_003), due), verdict: 'INVALID', code: 'not-allowed', i: at(due, 'clawback.taken') },
  { row: 'taken off for another show that is this one', text: () => changed('clawback.taken', 0, ({ body }) => { delete body.sale; body.debt = `${due.origin}#S2`; }, due), verdict: 'INVALID', code: 'not-allowed', i: at(due, 'clawback.taken') },
  { row: 'more repaid than is owed', text: () => changed('clawback.repaid', 0, ({ body }) => (body.amountFen = 2_241), due), verdict: 'INVALID', code: 'not-allowed', i: at(due, 'clawback.repaid') },
  { row: 'repaid by another grower', text: () => changed('clawback.repaid', 0, ({ body }) => (body.grower = 'friend-aaaaaaaaa'), due), verdict: 'INVALID', code: 'not-allowed', i: at(due, 'clawback.repaid') },
  { row: "repaid under a payout's reference", text: () => operator((leaves) => (find(leaves, 'clawback.repaid').body.txn = find(leaves, 'payout.made').body.txn), due), verdict: 'INVALID', code: 'txn-reused', i: at(due, 'clawback.repaid') },
  { row: 'less carried on than is owed', text: () => changed('clawback.carried', 0, ({ body }) => (body.amountFen = 239), due), verdict: 'INVALID', code: 'not-allowed', i: at(due, 'clawback.carried') },
  { row: 'carried on while more is to come', text: () => operator((leaves) => { drop(leaves, find(leaves, 'payout.made', 2)); drop(leaves, find(leaves, 'clawback.taken')); find(leaves, 'clawback.carried').body.amountFen = 1_240; }, due), verdict: 'INVALID', code: 'not-allowed', i: at(due, 'clawback.carried') - 2 },
  { row: 'carried on by the host', text: () => changed('clawback.carried', 0, (leaf) => (leaf.by = 'host'), due), verdict: 'INVALID', code: 'author-wrong', i: at(due, 'clawback.carried') },
  { row: 'a settlement while a grower owes', text: () => operator((leaves) => drop(leaves, find(leaves, 'clawback.carried')), due), verdict: 'INVALID', i: at(due, 'show.settled') - 1 },
  { row: 'a settlement that says less was carried on', text: () => changed('show.settled', 0, ({ body }) => (body.carriedFen = 239), due), verdict: 'INVALID', code: 'settled-miscounted', i: at(due, 'show.settled') },
  { row: 'books that let a grower off', text: () => textOf({ ...dueBooked, journal: dueBooked.journal.map((entry) => (entry.kind === 'carried' ? { ...entry, lines: entry.lines.map((line) => ({ ...line, account: line.account.replace(/^clawbacks.*/, 'platform:fee') })) } : entry)) }), verdict: 'INVALID', code: 'journal-differs' },

  // ------------------------------------------------------------ deposits
  { row: 'an honest show with deposits, one forfeited', text: () => textOf(depositBooked), verdict: 'ALL_SOLD_AND_SETTLED' },
  { row: 'a bid accepted without the deposit that it needs', text: () => operator((leaves) => { const refused = find(leaves, 'bid.refused'); delete refused.body.reason; refused.type = 'bid.accepted'; }, deposit), verdict: 'INVALID', code: 'bid-not-acceptable', i: at(deposit, 'bid.refused') },
  { row: 'a bid refused for a deposit that is there', text: () => changed('bid.accepted', 0, (leaf) => Object.assign(leaf, { type: 'bid.refused', body: { ...leaf.body, reason: 'deposit-needed' } }), deposit), verdict: 'INVALID', code: 'good-bid-refused', i: at(deposit, 'bid.accepted') },
  { row: 'a deposit of another amount than was sealed', text: () => changed('deposit.held', 0, ({ body }) => (body.amountFen = 1), deposit), verdict: 'INVALID', code: 'not-allowed', i: at(deposit, 'deposit.held') },
  { row: 'two deposits on one transaction', text: () => operator((leaves) => (find(leaves, 'deposit.held', 1).body.txn = find(leaves, 'deposit.held').body.txn), deposit), verdict: 'INVALID', code: 'txn-reused', i: at(deposit, 'deposit.held', 1) },
  { row: 'a sale paid with the transaction of a deposit', text: () => operator((leaves) => (find(leaves, 'sale.paid').body.txn = find(leaves, 'deposit.held', 1).body.txn), deposit), verdict: 'INVALID', code: 'txn-reused', i: at(deposit, 'sale.paid') },
  { row: 'a default whose deposit is kept back', text: () => operator((leaves) => drop(leaves, find(leaves, 'deposit.forfeited')), deposit), verdict: 'INVALID', code: 'deposit-unforfeited', i: at(deposit, 'deposit.forfeited') },
  { row: 'more forfeited than the sale comes to', text: () => changed('deposit.forfeited', 0, ({ body }) => (body.amountFen = 5_000), deposit), verdict: 'INVALID', code: 'deposit-unforfeited', i: at(deposit, 'deposit.forfeited') },
  { row: 'a deposit forfeited by who paid', text: () => operator((leaves) => { const paid = find(leaves, 'sale.paid'); leaves.splice(leaves.indexOf(paid) + 1, 0, { ...paid, type: 'deposit.forfeited', by: 'platform', body: { deposit: 'D2', sale: 'S2', amountFen: 3_600 } }); }, deposit), verdict: 'INVALID', code: 'due-early', i: at(deposit, 'sale.paid') + 1 },
  { row: 'a deposit that is kept although nothing is owed', text: () => operator((leaves) => drop(leaves, find(leaves, 'deposit.released')), deposit), verdict: 'INVALID', code: 'due-skipped', i: at(deposit, 'deposit.released') },
  { row: 'a deposit let go by the host', text: () => operator((leaves) => insertAfter(leaves, find(leaves, 'show.opened'), { type: 'deposit.released', by: 'host', body: { deposit: 'D1', amountFen: 5_000, reason: 'other' } }), deposit), verdict: 'INVALID', code: 'author-wrong', i: at(deposit, 'show.opened') + 1 },
  { row: 'less given back than was let go', text: () => changed('deposit.returned', 0, ({ body }) => (body.amountFen = 100), deposit), verdict: 'INVALID', code: 'not-allowed', i: at(deposit, 'deposit.returned') },
  { row: 'settled before a deposit went back', text: () => operator((leaves) => drop(leaves, find(leaves, 'deposit.returned', 1)), deposit), verdict: 'INVALID', code: 'not-allowed' },
  { row: 'books that keep a forfeited deposit from the grower', text: () => textOf({ ...depositBooked, journal: depositBooked.journal.map((entry) => (entry.kind === 'forfeited' ? { ...entry, lines: entry.lines.map((line) => ({ ...line, account: line.account.replace(/^grower.*/, 'platform:fee') })) } : entry)) }), verdict: 'INVALID', code: 'journal-differs' },

  // ------------------------------------------------------------ several lots at once
  { row: 'an honest timed show', text: () => digested(timedOnly), verdict: 'ALL_SOLD_UNSETTLED' },
  { row: 'a lot open beside another in a live room', text: () => operator((leaves) => { const offered = find(leaves, 'lot.offered'); insertAfter(leaves, offered, { type: 'lot.offered', body: { ...offered.body, lot: 'L3', startFen: 0 } }); }), verdict: 'INVALID', code: 'not-allowed', i: at(plain, 'lot.offered') + 1 },
  { row: 'a timed show said to have been a live one', text: () => operator(() => undefined, timedOnly, { rules: { ...plain.rules } }), verdict: 'INVALID', code: 'rules-differ', i: at(timedOnly, 'show.sealed') },
  { row: 'a live show said to have been a timed one', text: () => operator(() => undefined, plain, { rules: { ...plain.rules, timed: { openMax: 2, staggerMs: 0 } } }), verdict: 'INVALID', code: 'rules-differ', i: at(plain, 'show.sealed') },
  { row: 'a lot offered beyond what may be open', text: () => operator((leaves) => { const offered = find(leaves, 'lot.offered', 1); insertAfter(leaves, offered, { type: 'lot.offered', body: { ...offered.body, lot: 'L3', closesAt: 110_000 } }); }, timedOnly), verdict: 'INVALID', code: 'not-allowed', i: at(timedOnly, 'lot.offered', 1) + 1 },
  { row: 'a clock beside a lot that is open', text: () => operator((leaves) => { const [offered, clock] = [find(leaves, 'lot.offered'), find(leaves, 'lot.offered', 3)]; const { body } = clock; insertAfter(leaves, offered, { type: 'lot.offered', body: { ...body, clock: { ...(body.clock as object), startsAt: 10_000 } } }); }, timedOnly), verdict: 'INVALID', code: 'not-allowed', i: at(timedOnly, 'lot.offered') + 1 },
  { row: 'a lot beside a clock', text: () => operator((leaves) => { const lot = leaves.filter(({ type, body }) => (type === 'lot.offered' || type === 'bid.accepted' || type === 'lot.hammered') && body.lot === 'L3'); for (const leaf of lot) drop(leaves, leaf); find(leaves, 'lot.hammered', 2).body.sale = 'S3'; insertAfter(leaves, find(leaves, 'lot.offered', 2), { ...lot[0]!, t: 200_000, body: { ...lot[0]!.body, closesAt: 260_000 } }); }, timedOnly), verdict: 'INVALID', code: 'not-allowed' },
  { row: 'two lots that close in one second', text: () => changed('lot.offered', 1, ({ body }) => (body.closesAt = 70_000), timedOnly), verdict: 'INVALID', code: 'differs', i: at(timedOnly, 'lot.offered', 1) },
  { row: 'a lot that stays open while another closes', text: () => operator((leaves) => drop(leaves, find(leaves, 'lot.hammered')), timedOnly), verdict: 'INVALID', code: 'due-skipped', i: at(timedOnly, 'lot.hammered') },
  { row: 'a lot that closes in place of another', text: () => changed('lot.hammered', 0, ({ body }) => Object.assign(body, { lot: 'L2', unitPriceFen: 3_600 }), timedOnly), verdict: 'INVALID', code: 'hammer-differs', i: at(timedOnly, 'lot.hammered') },
  { row: 'a late bid that extends another lot', text: () => changed('lot.extended', 0, ({ body }) => Object.assign(body, { lot: 'L2', closesAt: 95_000 }), timedOnly), verdict: 'INVALID', code: 'extension-missing', i: at(timedOnly, 'lot.extended') },
  { row: 'a hammer undone when another lot had been offered', text: () => operator((leaves) => insertAfter(leaves, find(leaves, 'lot.offered', 2), { type: 'sale.voided', body: { sale: 'S1', reason: 'technical' } }), timedOnly), verdict: 'INVALID', code: 'not-allowed', i: at(timedOnly, 'lot.offered', 2) + 1 },

  // ------------------------------------------------------------ acts on what is not there
  ...['L9', 'L3'].flatMap((lot) => [
    { type: 'lot.extended', by: 'platform', body: { lot, offering: 1, closesAt: 90_000, cause: 'dark' } },
    { type: 'lot.lastCall', by: 'host', body: { lot, offering: 1, closesAt: 21_000 } },
    { type: 'lot.frozen', by: 'host', body: { lot, offering: 1, left: 1_000 } },
    { type: 'lot.resumed', by: 'host', body: { lot, offering: 1, left: 1_000 } },
    { type: 'lot.setAside', by: 'host', body: { lot, offering: 1, units: 1 } },
    { type: 'lot.passed', by: 'host', body: { lot, offering: 1, units: 1 } },
    { type: 'sale.voided', by: 'host', body: { sale: 'S9', reason: 'technical' } },
  ]).map(({ type, by, body }): Case => ({ row: `${type} of ${'lot' in body ? body.lot : 'no sale'} out of nothing`, text: () => operator((leaves) => insertAfter(leaves, find(leaves, 'bid.accepted'), { type, by, body })), verdict: 'INVALID', i: at(plain, 'bid.accepted') + 1 })),
  ...['lot.withdrawn', 'lot.carried', 'lot.passed'].map((type): Case => ({ row: `${type} of a lot nobody knows`, text: () => operator((leaves) => insertAfter(leaves, find(leaves, 'show.opened'), { type, by: 'host', body: { lot: 'L9', units: 1, ...(type === 'lot.withdrawn' && { reason: 'other' }), ...(type === 'lot.passed' && { offering: 1 }) } })), verdict: 'INVALID', i: at(plain, 'show.opened') + 1 })),
]; // prettier-ignore
