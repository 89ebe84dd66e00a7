import { formatPolicy, toBase64 } from '@qingpai/ledger/rules';
import { type EventBody } from '@qingpai/wire';
import { rootsAt } from '../index.js';
import { bundleOf, leavesOf, sealedShow, signerOf } from './paperBundle.js';
import { originOf } from './paperSeason.js';
import { LIN, type PaperLot, type PaperShow, WU } from './paperShow.js';

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
