import { CHEN, LIN, type PaperLot, PaperShow, WU } from './testing/paperShow.js';

/** Prices that sell at once: 封顶价 and 一口价 (RULES §2.8). A lot from ¥36, on the block since 1 000. */
function onBlock(lot: PaperLot): PaperShow {
  const show = new PaperShow({ lots: { L1: lot, L2: {} } });
  show.does(1_000, { name: 'offer', lot: 'L1' });
  return show;
}
const sales = (show: PaperShow) =>
  show.said('lot.hammered').map(({ bidder, units, unitPriceFen }) => ({ bidder, units, unitPriceFen }));

describe('the cap', () => {
  it('sells the lot at once to whoever reaches it, all of its units', () => {
    const show = onBlock({ capFen: 4_200, units: 3 });
    expect(show.bid(2_000, LIN, 3_600)).toBeNull();
    expect(show.bid(3_000, WU, 4_200, { confirmed: true })).toBeNull();
    expect(sales(show)).toEqual([{ bidder: WU, units: 3, unitPriceFen: 4_200 }]);
    expect(show.bid(4_000, LIN, 4_400)).toBe('too-late');
  });

  it('can be reached with the first bid, and nothing goes above it', () => {
    const show = onBlock({ capFen: 4_000 });
    expect(show.bid(2_000, LIN, 4_200, { confirmed: true })).toBe('above-cap');
    expect(show.bid(3_000, LIN, 4_000)).toBeNull();
    expect(sales(show)).toEqual([{ bidder: LIN, units: 1, unitPriceFen: 4_000 }]);
  });

  it('is no extension in the last moments but the hammer', () => {
    const show = onBlock({ capFen: 4_000 });
    expect(show.bid(60_999, LIN, 4_000)).toBeNull();
    expect(show.said('lot.extended')).toEqual([]);
    expect(show.state.block).toBeNull();
  });
});

describe('the buy-now price', () => {
  it('buys at once without climbing there, until the first bid reaches it', () => {
    const show = onBlock({ buyNowFen: 5_000 });
    expect(show.bid(2_000, LIN, 3_600)).toBeNull();
    expect(show.bid(3_000, WU, 5_000, { buyNow: true })).toBeNull();
    expect(sales(show)).toEqual([{ bidder: WU, units: 1, unitPriceFen: 5_000 }]);
    const gone = onBlock({ buyNowFen: 5_000 });
    expect(gone.bid(2_000, LIN, 5_000, { confirmed: true })).toBeNull();
    expect(gone.bid(3_000, WU, 5_000, { buyNow: true })).toBe('buy-now-gone');
    expect(sales(gone)).toEqual([]);
  });

  it('is one price, and only where the lot has it', () => {
    expect(onBlock({ buyNowFen: 5_000 }).bid(2_000, WU, 4_800, { buyNow: true })).toBe('buy-now-gone');
    expect(onBlock({}).bid(2_000, WU, 5_000, { buyNow: true })).toBe('buy-now-gone');
  });

  it('also buys for who leads already, and not beyond his limit', () => {
    const show = onBlock({ buyNowFen: 5_000, units: 2 });
    show.does(1_500, { name: 'limit', bidder: LIN, limitFen: 9_999 });
    show.bid(2_000, LIN, 3_600);
    expect(show.bid(3_000, LIN, 5_000, { buyNow: true })).toBe('over-limit');
    show.does(3_500, { name: 'limit', bidder: LIN, limitFen: 10_000 });
    expect(show.bid(4_000, LIN, 5_000, { buyNow: true })).toBeNull();
    expect(sales(show)).toEqual([{ bidder: LIN, units: 2, unitPriceFen: 5_000 }]);
  });

  it('race: of two who press, one buys and the other is told', () => {
    const show = onBlock({ buyNowFen: 5_000 });
    expect(show.bid(2_000, WU, 5_000, { buyNow: true })).toBeNull();
    expect(show.bid(2_000, CHEN, 5_000, { buyNow: true })).toBe('too-late');
    expect(sales(show)).toHaveLength(1);
  });
});

describe('describing them', () => {
  const reasonOf = (lot: PaperLot) => {
    const decision = new PaperShow({ draft: true }).describe(0, 'L1', lot);
    return decision.ok ? null : decision.reason;
  };
  it('wants them on the grid of a rising lot, above its start, not below its floor, the buy-now not above the cap', () => {
    for (const lot of [
      { capFen: 4_100 },
      { capFen: 3_600 },
      { buyNowFen: 3_400 },
      { capFen: 9_000, format: 'dutch' as const },
    ]) {
      expect(reasonOf(lot)).toBe('cap-not-fitting');
    }
    expect(reasonOf({ capFen: 4_000, buyNowFen: 4_200 })).toBe('cap-not-fitting');
    expect(reasonOf({ capFen: 4_000, floorFen: 4_001 })).toBe('cap-not-fitting');
    expect(reasonOf({ capFen: 4_200, buyNowFen: 4_000, floorFen: 4_000 })).toBeNull();
    expect(reasonOf({ startFen: 0, capFen: 500 })).toBeNull();
  });
});
