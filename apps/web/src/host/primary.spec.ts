import type { ShowState } from '@qingpai/wire';
import { offerAfterSilence, primaryOf, sidesOf, type Seen } from './primary';
import { bid, CLOSES_AT, falling, hammered, live, LIN, offered, setAside, WU } from './testing/show';

const seen = (state: ShowState, changed: Partial<Seen> = {}): Seen => ({
  state,
  link: 'hidden',
  pending: false,
  nowMs: 2_000,
  order: [],
  ended: null,
  ...changed,
});
const contested = () => live(offered('L1', 3_600), bid(WU, 5_800, true));
const sold = () => live(offered('L1', 3_600), bid(WU, 5_800, true), hammered('L1', WU, 5_800));
const frozen = () =>
  live(offered('L1', 3_600), { type: 'lot.frozen', body: { lot: 'L1', offering: 1, left: 9_000 } });

describe('the one changing button', () => {
  it('offers the first lot, then the one the host put first', () => {
    expect(primaryOf(seen(live()))).toEqual({ do: 'offer', lot: 'L1' });
    expect(primaryOf(seen(live(), { order: ['L3', 'L1'] }))).toEqual({ do: 'offer', lot: 'L3' });
  });

  it('is the last call while a rising lot is open', () => {
    expect(primaryOf(seen(contested()))).toEqual({ do: 'lastCall', lot: 'L1' });
  });

  it('waits when a last call would change nothing: called already, or the close is nearer', () => {
    const called = live(offered('L1', 3_600), {
      type: 'lot.lastCall',
      body: { lot: 'L1', offering: 1, closesAt: 12_000 },
    });
    expect(primaryOf(seen(called))).toEqual({ do: 'wait', for: 'lastCall' });
    expect(primaryOf(seen(contested(), { nowMs: CLOSES_AT - 9_000 }))).toEqual({
      do: 'wait',
      for: 'lastCall',
    });
  });

  it('can call last again after a bid extended the lot', () => {
    const extended = live(
      offered('L1', 3_600),
      { type: 'lot.lastCall', body: { lot: 'L1', offering: 1, closesAt: 12_000 } },
      bid(WU, 5_800, true),
      { type: 'lot.extended', body: { lot: 'L1', offering: 1, closesAt: 26_000, cause: 'bid' } },
    );
    expect(primaryOf(seen(extended, { nowMs: 11_000 }))).toEqual({ do: 'lastCall', lot: 'L1' });
  });

  it('never hammers itself: at the close it waits for the server', () => {
    expect(primaryOf(seen(contested(), { nowMs: CLOSES_AT }))).toEqual({ do: 'wait', for: 'hammer' });
  });

  it('stays with the lot that just ended until the host goes on', () => {
    expect(primaryOf(seen(sold(), { ended: 'L1' }))).toEqual({ do: 'next', lot: 'L2' });
    expect(primaryOf(seen(sold()))).toEqual({ do: 'offer', lot: 'L2' });
  });

  it('has no last call on a falling clock', () => {
    expect(primaryOf(seen(live(falling)))).toEqual({ do: 'wait', for: 'clock' });
  });

  it('resumes a frozen lot', () => {
    expect(primaryOf(seen(frozen()))).toEqual({ do: 'resume', lot: 'L1' });
  });

  it('brings waiting lots back when all were offered, and closes when none is left', () => {
    const carried = (lot: string, units: number) => ({ type: 'lot.carried' as const, body: { lot, units } });
    const waiting = live(offered('L1', 3_600), setAside('L1'), carried('L2', 1), carried('L3', 6));
    expect(primaryOf(seen(waiting))).toEqual({ do: 'reoffer', lot: 'L1' });
    const over = live(
      offered('L1', 3_600),
      setAside('L1'),
      carried('L1', 1),
      carried('L2', 1),
      carried('L3', 6),
    );
    expect(primaryOf(seen(over))).toEqual({ do: 'close' });
  });

  it('offers a lot anew as it was when its hammer was undone', () => {
    const undone = live(
      offered('L1', 3_600),
      bid(WU, 5_800, true),
      hammered('L1', WU, 5_800),
      { type: 'sale.voided', body: { sale: 'S1', reason: 'wrong-lot' } },
      { type: 'lot.carried', body: { lot: 'L2', units: 1 } },
      { type: 'lot.carried', body: { lot: 'L3', units: 6 } },
    );
    expect(primaryOf(seen(undone))).toEqual({ do: 'offer', lot: 'L1' });
  });

  it('leaves to the host what can come back no more', () => {
    const again = (offering: number) => [offered('L1', 3_600, offering), setAside('L1', offering)];
    const spent = live(
      ...again(1),
      ...again(2),
      ...again(3),
      { type: 'lot.carried', body: { lot: 'L2', units: 1 } },
      { type: 'lot.carried', body: { lot: 'L3', units: 6 } },
    );
    expect(primaryOf(seen(spent))).toEqual({ do: 'decide' });
  });

  it('does nothing while the line is broken or an answer is out', () => {
    expect(primaryOf(seen(contested(), { link: 'reconnecting' }))).toEqual({ do: 'wait', for: 'line' });
    expect(primaryOf(seen(contested(), { pending: true }))).toEqual({ do: 'wait', for: 'answer' });
  });
});

describe('the four beside it', () => {
  it('set aside, freeze, withdraw the lot on the block', () => {
    const sides = sidesOf(seen(live(offered('L1', 3_600), bid(WU, 3_600))));
    expect(sides.aside).toEqual({ command: 'setAside', lot: 'L1', why: null });
    expect(sides.freeze).toEqual({ command: 'freeze', lot: 'L1', why: null });
    expect(sides.withdraw).toEqual({ command: 'withdraw', lot: 'L1', why: null });
    expect(sides.undo.why).toBe('nothingToUndo');
  });

  it('take no lot back from a valid bid', () => {
    const sides = sidesOf(seen(contested()));
    expect([sides.aside.why, sides.withdraw.why, sides.freeze.why]).toEqual(['validBid', 'validBid', null]);
    const withoutFloor = live(offered('L2', 0), bid(LIN, 100, false, 'L2'));
    expect(sidesOf(seen(withoutFloor)).aside.why).toBe('validBid');
  });

  it('turn freeze into resume, and aside into pass once the offerings are used up', () => {
    expect(sidesOf(seen(frozen())).freeze.command).toBe('resume');
    const last = live(
      offered('L1', 3_600),
      setAside('L1'),
      offered('L1', 3_600, 2),
      setAside('L1', 2),
      offered('L1', 3_600, 3),
    );
    expect(sidesOf(seen(last)).aside.command).toBe('pass');
  });

  it('undo the last hammer until the next lot is offered', () => {
    expect(sidesOf(seen(sold(), { ended: 'L1' })).undo.why).toBeNull();
    const next = live(
      offered('L1', 3_600),
      bid(WU, 5_800, true),
      hammered('L1', WU, 5_800),
      offered('L2', 0),
    );
    expect(sidesOf(seen(next)).undo.why).toBe('nothingToUndo');
  });

  it('between lots withdraw the one to come, or the one that just came to nothing, not one that is sold', () => {
    expect(sidesOf(seen(live())).withdraw.lot).toBe('L1');
    expect(sidesOf(seen(live(offered('L1', 3_600), setAside('L1')), { ended: 'L1' })).withdraw.lot).toBe(
      'L1',
    );
    expect(sidesOf(seen(sold(), { ended: 'L1' })).withdraw.why).toBe('noLot');
  });
});

describe('15 s without a bid', () => {
  it('offers to set a lot without a valid bid aside, and the last call with one', () => {
    const quiet = live(offered('L1', 3_600));
    expect(offerAfterSilence(seen(quiet, { nowMs: 15_000 }))).toBeNull();
    expect(offerAfterSilence(seen(quiet, { nowMs: 16_100 }))?.do).toBe('aside');
    expect(offerAfterSilence(seen(contested(), { nowMs: 16_100 }))?.do).toBe('lastCall');
  });

  it('says nothing on a clock or while the lot is frozen', () => {
    expect(offerAfterSilence(seen(live(falling), { nowMs: 30_000 }))).toBeNull();
    expect(offerAfterSilence(seen(frozen(), { nowMs: 30_000 }))).toBeNull();
  });
});
