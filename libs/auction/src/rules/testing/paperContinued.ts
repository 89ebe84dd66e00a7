import { formatPolicy, toBase64 } from '@qingpai/ledger/rules';
import { type EventBody } from '@qingpai/wire';
import { booksRootOf, feeOfFen, growerOf, growersFen, keptFen, moneyFactsOf, rootsAt } from '../index.js';
import { bundleOf, leavesOf, sealedShow, signerOf } from './paperBundle.js';
import { originOf } from './paperSeason.js';
import { CHEN, LIN, type PaperLot, type PaperShow, WU } from './paperShow.js';

/** An evening on paper that went back to a backup in its middle, and goes on in a log of its own. */
const FIRST = '20261122-01';
const BEFORE = '20261123-01';
const AFTER = '20261124-01';
const signers = [signerOf(originOf(FIRST), 3), signerOf(originOf(BEFORE), 2), signerOf(originOf(AFTER))];
const pinning = (of: typeof signers) =>
  formatPolicy({ logs: of.map(({ key }) => key), ...{ witnesses: [], groups: [], quorum: 'none' } });
/** Pins the keys of both logs. */
export const policyOfBoth = pinning(signers.slice(1));
export const policyOfThree = pinning(signers);
export const letter = (of: string): string => `${of.repeat(43)}=`;
const HOUR = 3_600_000;

/** L1 is sold and paid, a part of it given back; two pots of L3 are taken by WU, who owes them; L2 stands on the block. */
export function interruptedShow(origin = originOf(BEFORE)): PaperShow {
  const show = sealedShow(
    { L1: {}, L2: {}, L3: { format: 'dutch', units: 5, startFen: 2_000, stepFen: 200 } },
    { opened: { origin }, rules: { payWithinMs: HOUR, complaintMs: HOUR } },
  );
  show.does(1_000, { name: 'offer', lot: 'L1' });
  show.bid(2_000, LIN, 3_600);
  show.pass(100_000);
  const money = { sale: 'S1', channel: 'cash' as const };
  show.does(100_000, { name: 'paid', body: { ...money, amountFen: 3_600, txn: letter('B') } });
  show.does(100_000, { name: 'refunded', body: { ...money, amountFen: 600, txn: letter('C') } });
  show.does(100_000, { name: 'pack', sale: 'S1' });
  show.does(100_000, { name: 'offer', lot: 'L3' });
  show.bid(100_000, WU, 2_000, { units: 2 });
  show.does(100_100, { name: 'setAside', lot: 'L3' });
  show.does(110_000, { name: 'offer', lot: 'L2' });
  show.bid(111_000, LIN, 3_600);
  return show;
}

const growerRules = {
  ...{ payWithinMs: HOUR, complaintMs: HOUR, feePercent: 10, growerDues: 'settled' as const },
  ...{ deposit: { amountFen: 3_000 } },
  secondChance: { answerWithinMs: HOUR, perSaleMax: 1, atLast: 'wait' as const },
};

/**
 * A closed evening most of whose money has moved. LIN left S1 unpaid, and his deposit went to its grower; WU came next and
 * paid S3. S2 was paid, paid out and given back, so its grower owes ¥32.40: ¥10 came off his payout of S3, ¥20 he gave
 * back, ¥2.40 is left. S4 is paid, and not paid out.
 */
export function paidOutShow(): PaperShow {
  const show = sealedShow(
    { L1: {}, L2: {}, L4: {} },
    { opened: { origin: originOf(BEFORE) }, rules: growerRules },
  );
  const later = () => show.state.t + 1_000;
  const cash = (of: string) => ({ channel: 'cash' as const, txn: letter(of) });
  for (const [k, bidder] of [LIN, WU, CHEN].entries()) {
    show.does(later(), { name: 'holdDeposit', body: { bidder, amountFen: 3_000, ...cash('DEF'.charAt(k)) } });
  }
  for (const [lot, ...bidders] of [
    ['L1', WU, LIN],
    ['L2', WU],
    ['L4', CHEN],
  ]) {
    show.does(later(), { name: 'offer', lot: lot! });
    for (const [k, bidder] of bidders.entries()) show.bid(later(), bidder, 3_600 + k * 200);
    show.pass(later() + 200_000);
  }
  show.does(later(), { name: 'close' });
  const pays = (sale: string, of: string) =>
    show.does(later(), { name: 'paid', body: { sale, amountFen: 3_600, ...cash(of) } });
  pays('S2', 'G');
  pays('S3', 'H');
  show.does(show.state.closedAt! + HOUR, { name: 'default', sale: 'S1' });
  show.pass(later());
  show.does(later(), { name: 'answerChance', sale: 'S4', accept: true }, WU);
  pays('S4', 'I');
  show.pass(later());
  const out = (sale: string, payout: string, of: string, atMs: number) => {
    const sold = show.state.sales[sale]!;
    const [feeFen, grower] = [feeOfFen(show.state.rules, keptFen(sold)), growerOf(show.state, sold)];
    const made = { payout, sale, grower, amountFen: growersFen(show.state.rules, sold), ...cash(of) };
    show.does(atMs, { name: 'payOut', body: { ...made, ...(feeFen > 0 && { feeFen }) } }, 'officer');
    return { payout, grower };
  };
  const first = later() + HOUR;
  out('S1', 'P1', 'K', first);
  out('S2', 'P1', 'K', first);
  show.does(later(), { name: 'refunded', body: { sale: 'S2', amountFen: 3_600, ...cash('L') } });
  const atMs = later();
  const made = out('S3', 'P2', 'M', atMs);
  show.does(atMs, { name: 'takeBack', body: { ...made, sale: 'S2', amountFen: 1_000 } }, 'officer');
  const { grower } = made;
  show.does(
    later(),
    { name: 'repayClawback', body: { sale: 'S2', grower, amountFen: 2_000, ...cash('N') } },
    'officer',
  );
  return show;
}

export const headOf = (show: PaperShow): NonNullable<EventBody<'log.opened'>['continues']> => {
  const [{ origin }, size] = [show.state, show.leaves.length];
  const bytes = leavesOf(show.leaves, origin);
  return { origin, size, root: toBase64(rootsAt(bytes, [size]).get(size)!) };
};

const restOf = (origin: string): Record<string, PaperLot> => ({
  L4: { number: '002', from: `${origin}#L2` },
  L5: { number: '003', from: `${origin}#L3`, units: 3 },
});

/** The log that goes on: what was left is sold, then the show is closed. */
export function goesOnWith(before: PaperShow, lots = restOf(before.state.origin)): PaperShow {
  const next = sealedShow(lots, {
    opened: { origin: originOf(AFTER), continues: headOf(before) },
    ...{ rules: before.state.rules, takesOver: before },
  });
  for (const lot of Object.keys(lots)) {
    const atMs = next.state.t + 1_000;
    next.does(atMs, { name: 'offer', lot });
    next.bid(atMs + 1_000, WU, 3_600);
    next.pass(atMs + 200_000);
  }
  next.does(next.state.t, { name: 'close' });
  return next;
}

/** Everything that is still owed is paid, the goods of S1 are sent and come, and the show is settled. */
export function endedWith(next: PaperShow): PaperShow {
  for (const [k, sale] of Object.values(next.state.sales).entries()) {
    if (sale.phase !== 'awaiting') continue;
    const amountFen = sale.unitPriceFen * sale.units;
    const body = { sale: sale.sale, amountFen, channel: 'cash' as const, txn: letter('DEFGHI'.charAt(k)) };
    next.does(next.state.t, { name: 'paid', body });
  }
  const parcel = { sale: 'S1', courier: 'zto', tracking: letter('k') } as const;
  next.does(next.state.t, { name: 'ship', body: parcel });
  next.does(next.state.t, { name: 'receive', body: { sale: 'S1', cause: 'courier' } });
  next.does(next.state.t + 30 * 24 * HOUR, { name: 'settle' });
  return next;
}

/** Where growers are paid: the last sale is paid out, what is owed comes off, deposits go back, and it is settled. */
export function restPaidIn(next: PaperShow): PaperShow {
  const [atMs, grower] = [next.state.t + HOUR, 'grower-aaaaaaaaa'];
  const out = { payout: 'P3', grower, channel: 'cash' as const, txn: letter('Q') };
  const made = { ...out, sale: 'S4', amountFen: 3_240, feeFen: 360 };
  next.does(atMs, { name: 'payOut', body: made }, 'officer');
  next.does(
    atMs,
    { name: 'takeBack', body: { payout: 'P3', grower, sale: 'S2', amountFen: 240 } },
    'officer',
  );
  for (const { deposit, releasedFen, returnedFen } of Object.values(next.state.deposits)) {
    const amountFen = releasedFen - returnedFen;
    const txn = letter('RST'.charAt(Number(deposit.slice(1)) - 1));
    const body = { deposit, amountFen, channel: 'cash' as const, txn };
    if (amountFen > 0) next.does(next.state.t + 1_000, { name: 'returnDeposit', body });
  }
  const books = booksRootOf(moneyFactsOf(next.state, next.leaves));
  next.does(next.state.t + 1_000, { name: 'settle', books });
  return next;
}

/** An evening that went back to a backup twice, oldest first: in the second log L4 is sold and L5 is still to come. */
export function threeLogs(): [PaperShow, PaperShow, PaperShow] {
  const first = interruptedShow(originOf(FIRST));
  const second = sealedShow(restOf(originOf(FIRST)), {
    opened: { origin: originOf(BEFORE), continues: headOf(first) },
    ...{ rules: first.state.rules, takesOver: first },
  });
  const atMs = second.state.t + 1_000;
  second.does(atMs, { name: 'offer', lot: 'L4' });
  second.bid(atMs + 1_000, WU, 3_600);
  second.pass(atMs + 200_000);
  const third = goesOnWith(second, { L6: { number: '003', from: `${originOf(BEFORE)}#L5`, units: 3 } });
  return [first, second, endedWith(third)];
}
/** Their bundles, without their digests. */
export const threeBundles = (shows = threeLogs()) =>
  shows.map((show, at) => bundleOf(show, undefined, signers[at])) as [
    ReturnType<typeof bundleOf>,
    ReturnType<typeof bundleOf>,
    ReturnType<typeof bundleOf>,
  ];

/** The bundles of both, without their digests. */
export const bothBundles = (before: PaperShow, next: PaperShow) =>
  [before, next].map((show, at) => bundleOf(show, undefined, signers[at + 1])) as [
    ReturnType<typeof bundleOf>,
    ReturnType<typeof bundleOf>,
  ];
