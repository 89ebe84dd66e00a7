import { sha256 } from '@noble/hashes/sha2.js';
import { toBase64 } from '@qingpai/ledger/rules';
import { type LoggedEvent } from '@qingpai/wire';
import fc from 'fast-check';
import {
  amountAboveFen,
  bidBook,
  evolve,
  evolveBook,
  initialShow,
  judge,
  leastBidFen,
  stepsOfFen,
} from './index.js';
import { endsOnJump } from './replay.js';
import { CHEN, HASH, HOST, LIN, type PaperLot, PaperShow, WU } from './testing/paperShow.js';

/** Maximum bids (RULES §2.6) on a lot from ¥36 (steps of ¥2), on the block since 1 000. */
function onBlock(lot: PaperLot = {}, before: (show: PaperShow) => void = () => {}): PaperShow {
  const show = new PaperShow({ lots: { L1: lot, L2: {} } });
  before(show);
  show.does(1_000, { name: 'offer', lot: 'L1' });
  return show;
}
const stands = (show: PaperShow) => {
  const { leader, priceFen } = show.offering();
  return [leader, priceFen];
};
const autos = (show: PaperShow) =>
  show.said('bid.accepted').flatMap((body) => (body.auto ? [[body.bidder, body.amountFen]] : []));

describe('a maximum bid', () => {
  it('begins at the least bid, and answers others one step above them until it is reached', () => {
    const show = onBlock();
    expect(show.most(2_000, LIN, 4_200)).toBeNull();
    expect(stands(show)).toEqual([LIN, 3_600]);
    expect(show.bid(3_000, WU, 3_800)).toBeNull();
    expect(stands(show)).toEqual([LIN, 4_000]);
    expect(show.bid(4_000, WU, 4_400)).toBeNull();
    expect(stands(show)).toEqual([WU, 4_400]);
  });

  it('of two: the higher one leads, one step above the other; both prove it', () => {
    const show = onBlock();
    show.most(2_000, LIN, 5_000);
    show.most(3_000, WU, 8_000);
    expect(stands(show)).toEqual([WU, 5_200]);
    expect(autos(show)).toEqual([
      [LIN, 3_600],
      [LIN, 5_000],
      [WU, 5_200],
    ]);
    const third = onBlock();
    third.most(2_000, LIN, 8_000);
    third.most(3_000, WU, 5_000);
    expect(stands(third)).toEqual([LIN, 5_200]);
  });

  it('of equal ones the earlier wins, at that price', () => {
    const show = onBlock();
    show.most(2_000, LIN, 5_000);
    show.most(3_000, WU, 5_000);
    expect(stands(show)).toEqual([LIN, 5_000]);
    const close = onBlock();
    close.most(2_000, LIN, 3_800);
    close.most(3_000, WU, 3_800);
    expect(stands(close)).toEqual([LIN, 3_800]);
  });

  it('that is exactly what somebody bids by hand was earlier: it stands there, and the bid comes too late', () => {
    const show = onBlock();
    show.most(2_000, LIN, 4_000);
    expect(show.bid(3_000, WU, 4_000)).toBe('not-above-price');
    expect(stands(show)).toEqual([LIN, 4_000]);
    expect(show.said('bid.refused')).toMatchObject([{ bidder: WU, amountFen: 4_000 }]);
  });

  it('at or above the floor lifts the price to the floor at once, and not further', () => {
    const show = onBlock({ floorFen: 4_500 });
    show.most(2_000, LIN, 4_400);
    expect(stands(show)).toEqual([LIN, 3_600]);
    show.most(3_000, LIN, 9_000);
    expect(stands(show)).toEqual([LIN, 4_600]);
    expect(show.offering().floorMet).toBe(true);
  });

  it('reaches the cap: the hammer falls at once', () => {
    const show = onBlock({ capFen: 4_400 });
    expect(show.most(2_000, LIN, 4_600)).toBe('above-cap');
    show.most(2_000, LIN, 4_400);
    show.bid(3_000, WU, 4_200, { confirmed: true });
    expect(show.said('lot.hammered')).toMatchObject([{ bidder: LIN, unitPriceFen: 4_400 }]);
  });

  it('that reaches the cap yields to who bids the cap by hand, which buys at once', () => {
    const show = onBlock({ capFen: 4_400 });
    show.most(2_000, LIN, 4_400);
    expect(show.bid(3_000, WU, 4_400, { confirmed: true })).toBeNull();
    expect(show.said('lot.hammered')).toMatchObject([{ bidder: WU, unitPriceFen: 4_400 }]);
  });

  it('extends the lot in the last moments like any other bid', () => {
    const show = onBlock();
    show.most(59_000, LIN, 5_000);
    expect(show.offering().closesAt).toBe(74_000);
  });

  // Whether an automatic bid had its reason is judged by the leaves that follow: each of these three goes on to the hammer.
  it('answers a bid of the last moments although its extension comes between', () => {
    const show = onBlock();
    show.most(2_000, LIN, 5_000);
    show.bid(59_000, WU, 3_800);
    expect(show.types().slice(-3)).toEqual(['bid.accepted', 'lot.extended', 'bid.accepted']);
    show.pass(100_000);
    expect(show.said('lot.hammered')).toMatchObject([{ bidder: LIN, unitPriceFen: 4_000 }]);
  });

  it('tops another one in the last moments although the extension comes between', () => {
    const show = onBlock();
    show.most(2_000, LIN, 5_000);
    show.most(59_000, WU, 8_000);
    expect(show.types().slice(-4)).toEqual(['proxy.placed', 'bid.accepted', 'lot.extended', 'bid.accepted']);
    show.pass(100_000);
    expect(show.said('lot.hammered')).toMatchObject([{ bidder: WU, unitPriceFen: 5_200 }]);
  });

  it('stands before who bids just as much in the last moments although the extension comes between', () => {
    const show = onBlock();
    show.most(2_000, LIN, 4_000);
    expect(show.bid(59_000, WU, 4_000)).toBe('not-above-price');
    expect(show.types().slice(-3)).toEqual(['bid.accepted', 'lot.extended', 'bid.refused']);
    show.pass(100_000);
    expect(show.said('lot.hammered')).toMatchObject([{ bidder: LIN, unitPriceFen: 4_000 }]);
  });

  it('can be raised by who leads, without moving the price', () => {
    const show = onBlock();
    show.most(2_000, LIN, 4_000);
    expect(show.most(3_000, LIN, 6_000)).toBeNull();
    expect(stands(show)).toEqual([LIN, 3_600]);
    show.bid(4_000, WU, 5_000, { confirmed: true });
    expect(stands(show)).toEqual([LIN, 5_200]);
  });

  it('is taken back only while its bidder does not lead', () => {
    const show = onBlock();
    show.most(2_000, LIN, 4_000);
    const withdraw = () => show.ask(3_000, { name: 'withdrawProxy', bidder: LIN, lot: 'L1' }, LIN);
    expect(withdraw()).toMatchObject({ reason: 'already-leading' });
    show.bid(3_000, WU, 4_200, { confirmed: true });
    expect(withdraw()).toMatchObject({ ok: true });
    expect(withdraw()).toMatchObject({ reason: 'no-proxy' });
  });

  it('keeps to the limit of its bidder, and is silent when he is sent away', () => {
    const show = onBlock({ units: 2 });
    show.does(1_500, { name: 'limit', bidder: LIN, limitFen: 8_000 });
    expect(show.most(2_000, LIN, 4_200)).toBe('over-limit');
    show.most(2_000, LIN, 4_000);
    show.does(2_500, { name: 'limit', bidder: LIN, limitFen: 7_700 });
    show.bid(3_000, WU, 4_000);
    expect(stands(show)).toEqual([WU, 4_000]);
  });

  it('stays silent once its bidder is sent away, or may not go as high as the start any more', () => {
    const changes = [{ banned: true }, { limitFen: 3_000 }] as const;
    for (const change of changes) {
      const show = onBlock({}, (before) => void before.most(500, LIN, 5_000));
      expect(stands(show)).toEqual([LIN, 3_600]);
      show.does(1_500, { name: 'limit', bidder: LIN, ...change });
      expect(show.bid(2_000, WU, 3_800)).toBeNull();
      expect(stands(show)).toEqual([WU, 3_800]);
    }
  });

  it('is neither placed nor taken back on a lot that is not in the sealed list', () => {
    const show = onBlock({}, (early) => {
      early.describe(0, 'L3');
      early.describe(0, 'L4');
      early.does(0, { name: 'strike', lot: 'L4' });
    });
    for (const lot of ['L3', 'L4', 'L9']) expect(show.most(2_000, LIN, 5_000, lot)).toBe('unknown-lot');
    const withdraw = { name: 'withdrawProxy', bidder: LIN, lot: 'L9' } as const;
    expect(show.reason(2_000, withdraw, LIN)).toBe('unknown-lot');
  });

  it('is placed by nobody without a paddle, and not while the lot stands still', () => {
    const show = onBlock();
    expect(show.most(2_000, 'nobody-aaaaaaaaa', 5_000)).toBe('no-paddle');
    show.does(3_000, { name: 'freeze', lot: 'L1' });
    expect(show.most(4_000, LIN, 5_000)).toBe('frozen');
    show.does(5_000, { name: 'resume', lot: 'L1' });
    expect(show.most(6_000, LIN, 5_000)).toBeNull();
  });

  it('that goes further than a 一口价 does not answer it: the lot is sold', () => {
    const show = onBlock({ buyNowFen: 5_000 });
    show.most(2_000, WU, 8_000);
    expect(show.bid(3_000, LIN, 5_000, { buyNow: true })).toBeNull();
    expect(show.types().slice(-2)).toEqual(['bid.accepted', 'lot.hammered']);
    expect(show.said('lot.hammered')).toMatchObject([{ bidder: LIN, unitPriceFen: 5_000 }]);
  });

  it('is refused to the house, to the grower, below the price, off the grid, and on a falling clock', () => {
    const show = onBlock();
    expect(show.most(2_000, HOST, 5_000)).toBe('own-lot');
    expect(show.most(2_000, LIN, 3_500)).toBe('below-start');
    expect(show.most(2_000, LIN, 4_100)).toBe('off-grid');
    show.bid(2_500, WU, 4_000);
    expect(show.most(3_000, LIN, 4_000)).toBe('not-above-price');
    const clock = new PaperShow({ lots: { L1: { format: 'dutch' } } });
    expect(clock.most(1_000, LIN, 5_000)).toBe('no-proxy-here');
    clock.does(1_000, { name: 'offer', lot: 'L1' });
    expect(clock.most(2_000, LIN, 5_000)).toBe('no-proxy-here');
  });
});

describe('a pre-bid', () => {
  it('waits for the call of its lot and counts with it', () => {
    const show = onBlock({}, (early) => {
      early.most(100, LIN, 5_000, 'L1');
      early.most(200, WU, 4_400, 'L1');
      early.most(300, CHEN, 3_600, 'L1');
      expect(early.said('bid.accepted')).toEqual([]);
    });
    expect(stands(show)).toEqual([LIN, 4_600]);
  });

  it('alone begins at the start price; at 0元起拍 at one step', () => {
    expect(stands(onBlock({}, (early) => void early.most(100, LIN, 5_000, 'L1')))).toEqual([LIN, 3_600]);
    expect(stands(onBlock({ startFen: 0 }, (early) => void early.most(100, LIN, 1_000, 'L1')))).toEqual([
      LIN,
      100,
    ]);
  });

  it('counts for nothing once its bidder may not go as high as the start any more', () => {
    const show = onBlock({}, (before) => {
      before.most(500, LIN, 5_000);
      before.does(600, { name: 'limit', bidder: LIN, limitFen: 3_000 });
    });
    expect(stands(show)).toEqual([null, null]);
  });

  it('can be taken back before', () => {
    const show = onBlock({}, (early) => {
      early.most(100, LIN, 5_000, 'L1');
      early.does(200, { name: 'withdrawProxy', bidder: LIN, lot: 'L1' }, LIN);
    });
    expect(stands(show)).toEqual([null, null]);
  });
});

describe('whatever is bid', () => {
  /** The price as RULES §2.6 says it, over all that was placed so far: nothing here knows how the rules do it. */
  it('the price is the second-highest and one step, not above the highest; the earlier of equals wins', () => {
    const act = fc.record({
      who: fc.constantFrom(LIN, WU, CHEN),
      steps: fc.integer({ min: 0, max: 30 }),
      isMost: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 12 }), fc.constantFrom(0, 3_600), (acts, startFen) => {
        const show = onBlock({ startFen });
        const { rules, lots } = show.state;
        const lot = lots['L1']!;
        const firstFen = leastBidFen(rules, lot, { startFen, priceFen: null });
        const upTo = new Map<string, number>();
        let at = 2_000;
        for (const { who, steps, isMost } of acts) {
          const fen = amountAboveFen(rules, lot, firstFen, steps);
          const [leader, priceFen] = stands(show) as [string | null, number | null];
          const reason = isMost
            ? show.most((at += 10), who, fen)
            : show.bid((at += 10), who, fen, { confirmed: true });
          if (reason === 'already-leading') expect(leader).toBe(who);
          if (reason) {
            if (reason === 'not-above-price' && priceFen !== null && fen > priceFen) {
              expect(show.offering().priceFen).toBe(fen);
              continue;
            }
            expect(stands(show)).toEqual([leader, priceFen]);
            continue;
          }
          const known = upTo.get(who) ?? 0;
          upTo.set(who, isMost ? fen : Math.max(known, fen));
          const [nowLeads, nowFen] = stands(show) as [string, number];
          const others = [...upTo].filter(([id]) => id !== nowLeads).map(([, max]) => max);
          const best = upTo.get(nowLeads)!;
          const second = Math.max(0, ...others.filter((max) => max <= best));
          expect(others.every((max) => max <= best || max < nowFen)).toBe(true);
          if (isMost && leader !== who && second > 0) {
            const least = Math.min(best, amountAboveFen(rules, lot, second, 1));
            expect(nowFen).toBe(Math.max(least, priceFen ?? 0));
          }
        }
        show.pass(at + 100_000);
        const [sale] = show.said('lot.hammered');
        if (sale) expect([sale.bidder, sale.unitPriceFen]).toEqual(stands(show));
      }),
      { numRuns: 400 },
    );
  });
});

describe('a forger', () => {
  type Auto = Extract<LoggedEvent, { type: 'bid.accepted' }>;
  /** LIN up to ¥50, then WU up to ¥80: LIN goes to 50, WU tops it at 52. Then CHEN bids 56 by hand, WU answers 58. */
  function forged(change: (leaves: LoggedEvent[], autos: Auto[], show: PaperShow) => void): string | null {
    const show = onBlock();
    show.most(2_000, LIN, 5_000);
    show.most(3_000, WU, 8_000);
    show.bid(4_000, CHEN, 5_600);
    const leaves = structuredClone(show.leaves);
    const isAuto = (leaf: LoggedEvent): leaf is Auto =>
      leaf.type === 'bid.accepted' && leaf.body.auto === true;
    change(leaves, leaves.filter(isAuto), show);
    return foundIn(leaves, show);
  }
  /** What is found in these leaves by who knows no maximum; null: nothing. */
  function foundIn(leaves: readonly LoggedEvent[], show: PaperShow): string | null {
    const state = initialShow(show.state.rules);
    const book = bidBook();
    for (const [i, leaf] of leaves.entries()) {
      const finding = judge(state, book, { ...leaf, i });
      if (finding) return finding.code;
      evolve(state, { ...leaf, i });
      evolveBook(book, { ...leaf, i });
    }
    return endsOnJump(book) ? 'auto-unfounded' : null;
  }
  /** The same automatic bid at another amount, with what proves it: the operator holds the secret. */
  function movedTo(auto: Auto, amountFen: number, show: PaperShow): void {
    const lot = show.state.lots['L1']!;
    const placed = show.said('proxy.placed').find(({ bidder }) => bidder === auto.body.bidder)!;
    const { secret, maxFen } = show.proxies.get(placed.bid)!;
    const [at, most] = [amountFen, maxFen].map((fen) => stepsOfFen(show.state.rules, lot, fen)!);
    let reach = secret;
    for (let n = 0; n < most! - at!; n += 1) reach = sha256(reach);
    const bid = `${auto.body.bid.split('-').slice(0, 2).join('-')}-${at}`;
    Object.assign(auto.body, { amountFen, reach: toBase64(reach), bid });
  }
  /** What the house decides of WU before CHEN's bid: the log is told as if it had. */
  function limited(leaves: LoggedEvent[], change: { banned: true } | { limitFen: number }): void {
    const at = leaves.findIndex(isOfChen);
    leaves.splice(at, 0, {
      i: at,
      t: 3_500,
      by: 'host',
      type: 'bidder.limited',
      body: { bidder: WU, ...change },
    });
  }
  const isOfChen = ({ type, body }: LoggedEvent) => type === 'bid.accepted' && body.bidder === CHEN;
  const endBeforeChen = (leaves: LoggedEvent[]) => void leaves.splice(leaves.findIndex(isOfChen));
  const cases: [what: string, change: Parameters<typeof forged>[0], code: string][] = [
    ['a proof of something else', (_, [auto]) => void (auto!.body.reach = HASH), 'reach-wrong'],
    ['a step more than it needs', (_, autos, show) => movedTo(autos[2]!, 5_400, show), 'auto-unfounded'],
    ['the first price not the least one', (_, autos, show) => movedTo(autos[0]!, 3_800, show), 'auto-unfounded'],
    ['two steps above who bid by hand', (_, autos, show) => movedTo(autos[3]!, 6_000, show), 'auto-unfounded'],
    ['a bid that goes up and nobody tops it', (leaves, autos) => void leaves.splice(leaves.indexOf(autos[2]!), 1), 'auto-unfounded'],
    ['a bid out of the blue', (_, autos) => autos.slice(3).forEach((auto) => (auto.t += 1)), 'auto-unfounded'],
    ['a bid for who placed no maximum', (_, autos) => void (autos[3]!.body.bidder = CHEN), 'auto-unfounded'],
    ['another id', (_, autos) => void (autos[3]!.body.bid = 'auto-1-1'), 'bid-differs'],
    ['a bid counted as the device’s', (_, autos) => void (autos[3]!.body.nth = 2), 'bid-differs'],
    ['a maximum that is counted past another one', (leaves) => leaves.forEach((leaf) => leaf.type === 'proxy.placed' && leaf.body.bidder === WU && (leaf.body.nth += 1)), 'nth-gap'],
    ['a maximum placed twice under one id', (leaves) => void leaves.push({ ...leaves.find(({ type }) => type === 'proxy.placed')!, t: 5_000 }), 'bid-id-twice'],
    ['a bid for who was sent away', (leaves) => limited(leaves, { banned: true }), 'auto-unfounded'],
    ['a bid above the limit of its bidder', (leaves) => limited(leaves, { limitFen: 5_700 }), 'auto-unfounded'],
    ['a bid on a lot that is not called yet', (_, autos) => void (autos[3]!.body.lot = 'L2'), 'auto-unfounded'],
    ['a bid on a lot that there is not', (_, autos) => void (autos[3]!.body.lot = 'L9'), 'auto-unfounded'],
  ]; // prettier-ignore

  it('finds nothing to forge in what was played', () => {
    expect(forged(() => {})).toBeNull();
    expect(forged((leaves) => limited(leaves, { limitFen: 5_800 }))).toBeNull();
  });
  for (const [what, change, code] of cases) {
    it(`is found out: ${what}`, () => {
      expect(forged(change)).toBe(code);
    });
  }

  // These two are cut off where more would be wrong.
  it('is found out: a bid below the least one, topped by another maximum', () => {
    const again = forged((leaves, [, second, third], show) => {
      endBeforeChen(leaves);
      movedTo(second!, 3_600, show);
      movedTo(third!, 3_800, show);
    });
    expect(again).toBe('auto-unfounded');
  });

  it('is found out: two maxima that fight above the cap', () => {
    const above = forged((leaves) => {
      endBeforeChen(leaves);
      leaves.forEach(({ type, body }) => type === 'lot.catalogued' && (body.capFen = 4_400));
    });
    expect(above).toBe('auto-unfounded');
  });

  it('is found out: an amount that is reached in two bids', () => {
    const twice = forged((leaves, [, second], show) => {
      const before = structuredClone(second!);
      movedTo(before, 4_800, show);
      leaves.splice(leaves.indexOf(second!), 0, before);
    });
    expect(twice).toBe('auto-unfounded');
  });

  it('is found out: time given back, as what a bid went so far for or what let it act', () => {
    const givesBack = (t: number): LoggedEvent => {
      const body = { lot: 'L1', offering: 1, closesAt: 70_000, cause: 'dark' as const };
      return { i: 0, t, by: 'platform', type: 'lot.extended', body };
    };
    expect(forged((leaves) => void leaves.push(givesBack(4_000)))).toBeNull();
    const tooFar = forged((leaves, [, , , last], show) => {
      movedTo(last!, 6_000, show);
      leaves.push(givesBack(4_000));
    });
    expect(tooFar).toBe('auto-unfounded');
    const tooLate = forged((leaves, [, , , last]) => {
      last!.t = 5_000;
      leaves.splice(leaves.indexOf(last!), 0, givesBack(5_000));
    });
    expect(tooLate).toBe('auto-unfounded');
  });

  // LIN's maximum stands before WU, who bids just as much by hand: only that lets it act.
  const tied = (show: PaperShow) => {
    show.most(2_000, LIN, 4_000, 'L1');
    show.bid(3_000, WU, 4_000, { lot: 'L1' });
    const leaves = structuredClone(show.leaves);
    return { leaves, refusal: leaves.find((leaf) => leaf.type === 'bid.refused')! };
  };

  it('is found out: a bid that stands before somebody who had not bid yet', () => {
    const show = onBlock();
    const { leaves, refusal } = tied(show);
    expect(foundIn(leaves, show)).toBeNull();
    refusal.t += 1;
    expect(foundIn(leaves, show)).toBe('auto-unfounded');
  });

  it('is found out: a bid that stands before somebody who bid on another lot', () => {
    const show = new PaperShow({ lots: { L1: {}, L2: {} }, rules: { timed: { openMax: 2, staggerMs: 0 } } });
    for (const lot of ['L1', 'L2']) show.does(1_000, { name: 'offer', lot });
    show.bid(1_500, CHEN, 4_000, { lot: 'L2' });
    const { leaves, refusal } = tied(show);
    expect(foundIn(leaves, show)).toBeNull();
    refusal.body.lot = 'L2';
    expect(foundIn(leaves, show)).toBe('auto-unfounded');
  });
});
