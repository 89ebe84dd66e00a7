import { comesBackBy, comingLots, inOrder, lastEnded, moved, totals, waitingLots } from './order';
import { resultOf } from './results';
import { bid, hammered, live, LIN, offered, setAside, WU } from './testing/show';

const ids = (lots: { lot: string }[]) => lots.map((lot) => lot.lot);

describe('the run of the show', () => {
  it('follows the numbers until the host puts it otherwise', () => {
    expect(ids(comingLots(live(), []))).toEqual(['L1', 'L2', 'L3']);
    expect(ids(comingLots(live(), ['L3']))).toEqual(['L3', 'L1', 'L2']);
    expect(ids(inOrder(Object.values(live().lots), ['L2', 'L9', 'L1']))).toEqual(['L2', 'L1', 'L3']);
  });

  it('moves a lot up, down, to the top and never past the ends', () => {
    expect(moved(['L1', 'L2', 'L3'], 'L3', 1)).toEqual(['L1', 'L3', 'L2']);
    expect(moved(['L1', 'L2', 'L3'], 'L1', 1)).toEqual(['L2', 'L1', 'L3']);
    expect(moved(['L1', 'L2', 'L3'], 'L2', -1)).toEqual(['L2', 'L1', 'L3']);
    expect(moved(['L1', 'L2', 'L3'], 'L1', 9)).toEqual(['L2', 'L3', 'L1']);
  });

  it('takes a lot out once it was offered, and keeps what waits apart', () => {
    const state = live(offered('L1', 3_600), setAside('L1'), offered('L2', 0));
    expect(ids(comingLots(state, []))).toEqual(['L3']);
    expect(ids(waitingLots(state))).toEqual(['L1']);
    expect(comesBackBy(state, state.lots.L1!)).toBe('reoffer');
  });

  it('knows which lot ended last', () => {
    expect(lastEnded(live())).toBeNull();
    const state = live(offered('L1', 3_600), setAside('L1'), offered('L2', 0), setAside('L2'));
    expect(lastEnded(state)?.lot).toBe('L2');
  });
});

describe('the running total', () => {
  const sold = () => live(offered('L1', 3_600), bid(WU, 5_800, true), hammered('L1', WU, 5_800));

  it('counts money, lots sold, waiting and passed', () => {
    expect(totals(sold())).toEqual({
      hammerFen: 5_800,
      soldLots: 1,
      waitingLots: 0,
      passedLots: 0,
      comingLots: 2,
    });
    const passed = live(offered('L2', 0), {
      type: 'lot.passed',
      body: { lot: 'L2', offering: 1, units: 1 },
    });
    expect(totals(passed)).toMatchObject({ soldLots: 0, passedLots: 1, comingLots: 2 });
  });

  it('forgets a sale whose hammer was undone', () => {
    const undone = live(offered('L1', 3_600), bid(WU, 5_800, true), hammered('L1', WU, 5_800), {
      type: 'sale.voided',
      body: { sale: 'S1', reason: 'wrong-lot' },
    });
    expect(totals(undone)).toMatchObject({ hammerFen: 0, soldLots: 0, waitingLots: 1 });
    expect(resultOf(undone, undone.lots.L1!).kind).toBe('waiting');
    expect(comesBackBy(undone, undone.lots.L1!)).toBe('offer');
  });

  it('tells how each lot ended', () => {
    const state = sold();
    expect(resultOf(state, state.lots.L1!)).toEqual({
      kind: 'sold',
      unitPriceFen: 5_800,
      units: 1,
      bidders: [WU],
    });
    expect(resultOf(state, state.lots.L2!)).toEqual({ kind: 'none' });
    const aside = live(offered('L1', 3_600), bid(LIN, 3_600), {
      type: 'lot.setAside',
      body: { lot: 'L1', offering: 1, units: 1, bestFen: 3_600 },
    });
    expect(resultOf(aside, aside.lots.L1!)).toEqual({ kind: 'waiting', bestFen: 3_600 });
  });
});
