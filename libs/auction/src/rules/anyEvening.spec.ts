import { defaultRules, type LoggedEvent, type LotState, showState, type ShowState } from '@qingpai/wire';
import fc from 'fast-check';
import {
  amountAboveFen,
  bidBook,
  certificateOf,
  clockPriceFen,
  evolve,
  evolveBook,
  initialShow,
  judge,
  leastBidFen,
  openUnits,
  sealedLots,
} from './index.js';
import { CHEN, GROWER, HASH, HOST, LIN, PaperShow, WU } from './testing/paperShow.js';

/** Whatever is asked of a show, in whatever order: what must always hold. fast-check plays host and buyers. */
const paper = fc.record({
  units: fc.integer({ min: 1, max: 4 }),
  startFen: fc.constantFrom(0, 900, 3_600),
  floorFen: fc.constantFrom(0, 800, 3_000, 5_000),
  format: fc.constantFrom('english' as const, 'dutch' as const),
  referenceFen: fc.constantFrom(undefined, 6_000),
  stepFen: fc.constantFrom(undefined, 300, 5_000),
});
/** Mostly the lot on the block, sometimes any other, sometimes none that exists. */
const target = fc.constantFrom('block', 'block', 'block', 'L1', 'L2', 'L3', 'L4', 'L9', '__proto__');
const onLot = fc.constantFrom(
  'lastCall',
  'setAside',
  'pass',
  'carry',
  'freeze',
  'resume',
  'offer',
  'reoffer',
  'strike',
);
const act = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      does: fc.constant('bid' as const),
      who: fc.constantFrom(LIN, LIN, WU, WU, CHEN, CHEN, HOST, GROWER, 'nobody-aaaaaaaaa'),
      overSteps: fc.constantFrom(0, 0, 0, 1, 2, 5, -1),
      units: fc.constantFrom(undefined, undefined, 1, 2, 4),
    }),
  },
  { weight: 5, arbitrary: fc.record({ does: fc.constant('next' as const) }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('onLot' as const), name: onLot, target }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('withdraw' as const), target }) },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constantFrom('undo' as const, 'pay' as const, 'payWrong' as const) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constantFrom('seal' as const, 'close' as const, 'settle' as const) }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('limit' as const), who: fc.constantFrom(LIN, WU) }) },
  {
    weight: 1,
    arbitrary: fc.record({ does: fc.constant('add' as const), lot: fc.constantFrom('L3', 'L4'), paper }),
  },
);
/** Bids come thick, sometimes a close passes, rarely two days do. */
const wait = fc.oneof(
  { weight: 60, arbitrary: fc.constantFrom(0, 100, 700, 700, 1_500, 4_000, 12_000, 60_000) },
  { weight: 1, arbitrary: fc.constant(200_000_000) },
);
const evening = fc.record({
  lots: fc.tuple(paper, paper, paper),
  acts: fc.array(fc.record({ afterMs: wait, act }), { minLength: 20, maxLength: 80, size: 'max' }),
}); // prettier-ignore
type Evening = typeof evening extends fc.Arbitrary<infer E> ? E : never;
type Act = Evening['acts'][number]['act'];

function play({ lots, acts }: Evening, watch: (show: PaperShow) => void = () => undefined): PaperShow {
  const [L1, L2, L3] = lots;
  const show = new PaperShow({ draft: true });
  for (const [lot, described] of Object.entries({ L1, L2, L3 })) show.describe(0, lot, allowed(described));
  show.does(0, { name: 'seal', catalogue: HASH });
  show.does(0, { name: 'open' });
  let t = 1_000;
  for (const { afterMs, act: next } of acts) {
    t += afterMs;
    show.pass(t);
    perform(show, t, next);
    watch(show);
  }
  return show;
}
/** The first three lots are such that the show can be sealed with them; what is added later is anything. */
const allowed = (lot: Evening['lots'][0]) => ({
  ...lot,
  floorFen:
    lot.startFen === 0 ? 0 : lot.format === 'dutch' ? Math.min(lot.floorFen, lot.startFen) : lot.floorFen,
  format: lot.startFen === 0 ? ('english' as const) : lot.format,
});

function perform(show: PaperShow, t: number, next: Act): void {
  const { state } = show;
  const sale = Object.keys(state.sales).at(-1) ?? 'S1';
  const lotOf = (name: string) => (name === 'block' ? (state.block ?? 'L1') : name);
  switch (next.does) {
    case 'bid':
      return bid(show, t, next);
    case 'next': {
      const lot = Object.values(state.lots).find(({ phase }) => phase === 'sealed' || phase === 'waiting');
      show.ask(t, { name: lot?.phase === 'waiting' ? 'reoffer' : 'offer', lot: lot?.lot ?? 'L1' });
      return;
    }
    case 'onLot':
      return void show.ask(t, { name: next.name as 'offer', lot: lotOf(next.target) });
    case 'withdraw':
      return void show.ask(t, { name: 'withdraw', lot: lotOf(next.target), reason: 'other' });
    case 'undo':
      return void show.ask(t, { name: 'undo', sale: state.undoable ?? sale, reason: 'technical' });
    case 'pay':
    case 'payWrong': {
      const { unitPriceFen = 1, units = 1 } = state.sales[sale] ?? {};
      const amountFen = unitPriceFen * units + (next.does === 'pay' ? 0 : 1);
      const txn = `${sale.charAt(1).repeat(43)}=`;
      return void show.ask(t, { name: 'paid', body: { sale, amountFen, channel: 'cash', txn } });
    }
    case 'seal':
      return void show.ask(t, { name: 'seal', catalogue: HASH });
    case 'close':
    case 'settle':
      return void show.ask(t, { name: next.does });
    case 'limit':
      return void show.ask(t, { name: 'limit', bidder: next.who, limitFen: 20_000 });
    case 'add':
      return void show.describe(t, next.lot, next.paper);
  }
}

function bid(show: PaperShow, t: number, { who, overSteps, units }: Extract<Act, { does: 'bid' }>): void {
  const lot = show.state.block === null ? undefined : show.state.lots[show.state.block];
  const offering = lot?.offerings.at(-1);
  const { rules } = show.state;
  const askFen = !lot || !offering
    ? 3_600
    : offering.clock ? clockPriceFen(offering.clock, t) : leastBidFen(rules, lot, offering);
  const amountFen = !lot || overSteps < 0 ? askFen - 1 : amountAboveFen(rules, lot, askFen, overSteps);
  show.press(t, who, Math.max(1, amountFen), { units });
} // prettier-ignore

const fold = (leaves: readonly LoggedEvent[], from: ShowState = initialShow(defaultRules)) =>
  leaves.reduce(evolve, from);

/** Each unit of the lot has exactly one end, or is open; and the sales that stand hold exactly the sold ones. */
function isConserved(state: ShowState, lot: LotState): boolean {
  const ends = [lot.soldUnits, lot.passedUnits, lot.withdrawnUnits, lot.carriedUnits, openUnits(lot)];
  const sold = Object.values(state.sales)
    .filter((sale) => sale.lot === lot.lot && sale.phase !== 'voided')
    .flatMap((sale) => Array.from({ length: sale.units }, (_, k) => sale.firstUnit + k));
  return (
    ends.every((units) => units >= 0) &&
    ends.reduce((sum, units) => sum + units, 0) === lot.units &&
    new Set(sold).size === sold.length &&
    sold.length === lot.soldUnits
  );
}

describe('whatever is asked of a show', () => {
  it('every sealed unit is in exactly one place, always, and no unit is sold twice', () => {
    fc.assert(
      fc.property(evening, (asked) => {
        play(asked, ({ state }) => {
          const wrong = sealedLots(state).filter((lot) => !isConserved(state, lot));
          expect(wrong).toEqual([]);
        });
      }),
      { numRuns: 150 },
    );
  });

  it('what is sold is never below its floor', () => {
    fc.assert(
      fc.property(evening, (asked) => {
        const show = play(asked);
        for (const { lot, unitPriceFen } of Object.values(show.state.sales)) {
          expect(unitPriceFen).toBeGreaterThanOrEqual(Math.max(1, show.floors.get(lot) ?? 0));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('the state is plain JSON of its schema, and a snapshot with the events since is the later state', () => {
    fc.assert(
      fc.property(evening, fc.double({ min: 0, max: 1, noNaN: true }), (asked, part) => {
        const { leaves, state } = play(asked);
        expect(showState.parse(state)).toEqual(state);
        const cut = Math.floor(leaves.length * part);
        const snapshot = JSON.parse(JSON.stringify(fold(leaves.slice(0, cut)))) as ShowState;
        expect(fold(leaves.slice(cut), snapshot)).toEqual(state);
      }),
      { numRuns: 60 },
    );
  });

  it('refusals may be left out of what a page folds', () => {
    fc.assert(
      fc.property(evening, (asked) => {
        const { leaves, state } = play(asked);
        const told = fold(leaves.filter(({ type }) => type !== 'bid.refused'));
        expect({ ...told, next: state.next, t: state.t }).toEqual(state);
      }),
      { numRuns: 60 },
    );
  });

  it('the certificate counts what the state counts', () => {
    fc.assert(
      fc.property(evening, (asked) => {
        const { leaves, state } = play(asked);
        const certificate = certificateOf(state.rules, leaves);
        const { soldUnits, passedUnits, withdrawnUnits, carriedUnits, openUnits: open } = certificate;
        expect(soldUnits + passedUnits + withdrawnUnits + carriedUnits + open).toBe(certificate.sealedUnits);
        expect(certificate.afterReoffer.units).toBe(soldUnits);
        expect(certificate.firstPass.units).toBeLessThanOrEqual(soldUnits);
        for (const lot of certificate.lots) {
          const sold = lot.attempts.reduce((sum, attempt) => sum + attempt.soldUnits, 0);
          expect(sold).toBe(state.lots[lot.lot]?.soldUnits);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('whatever a forger writes', () => {
  const slip = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    from: fc.double({ min: 0, max: 1, noNaN: true }),
    how: fc.constantFrom('drop' as const, 'repeat' as const, 'move' as const, 'hurry' as const),
  });

  it('the judge answers and never throws, and what it lets pass can be folded', () => {
    fc.assert(
      fc.property(evening, slip, (asked, { at, from, how }) => {
        const { leaves } = play(asked);
        const forged = structuredClone(leaves);
        const i = Math.floor(at * (leaves.length - 1));
        const other = structuredClone(leaves[Math.floor(from * (leaves.length - 1))]!);
        if (how === 'drop') forged.splice(i, 1);
        if (how === 'repeat') forged.splice(i, 0, structuredClone(forged[i]!));
        if (how === 'move') forged.splice(i, 0, { ...other, t: forged[i]!.t });
        if (how === 'hurry') forged[i]!.t = forged[Math.max(0, i - 1)]!.t;
        const state = initialShow(defaultRules);
        const book = bidBook();
        for (const [index, leaf] of forged.entries()) {
          const event = { ...leaf, i: index };
          if (judge(state, book, event)) return;
          evolve(state, event);
          evolveBook(book, event);
        }
      }),
      { numRuns: 300 },
    );
  });
});
