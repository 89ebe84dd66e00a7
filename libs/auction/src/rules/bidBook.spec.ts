import { type Bid } from '@qingpai/wire';
import { answerOf, bidBook, evolveBook, nextNth, refusalsLogged } from './index.js';
import { LIN, PaperShow, WU } from './testing/paperShow.js';

function onBlock(): PaperShow {
  const show = new PaperShow({ lots: { L1: { format: 'dutch', units: 4, startFen: 2_000 }, L2: {} } });
  show.does(1_000, { name: 'offer', lot: 'L2' });
  return show;
}
const bid: Bid = { bidId: 'bid-mine-1', lot: 'L2', offering: 1, amountFen: 3_600 };

describe('the book of bids', () => {
  it('gives an accepted bid its answer again', () => {
    const show = onBlock();
    show.bid(2_000, LIN, 3_600, { id: bid.bidId });
    const i = show.state.next - 1;
    expect(answerOf(show.book, bid, LIN)).toEqual({
      ok: true,
      verdict: 'accepted',
      bidId: bid.bidId,
      i,
      t: 2_000,
      amountFen: 3_600,
      nth: 2,
    });
  });

  it('gives a refused bid its reason again', () => {
    const show = onBlock();
    show.bid(2_000, LIN, 3_500, { id: bid.bidId });
    expect(answerOf(show.book, { ...bid, amountFen: 3_500 }, LIN)).toMatchObject({
      ok: false,
      reason: 'below-start',
      message: { en: expect.stringContaining('start price') },
      i: show.state.next - 1,
      nth: 2,
    });
  });

  it('tells the sale of a take', () => {
    const show = onBlock();
    show.does(2_000, { name: 'setAside', lot: 'L2' });
    show.does(3_000, { name: 'offer', lot: 'L1' });
    show.bid(5_000, LIN, 2_000, { id: 'take-0001', units: 2, run: 0 });
    const take: Bid = { bidId: 'take-0001', lot: 'L1', offering: 1, amountFen: 2_000, units: 2, run: 0 };
    expect(answerOf(show.book, take, LIN)).toMatchObject({
      ok: true,
      sale: 'S1',
      amountFen: 1_900,
      units: 2,
    });
    expect(answerOf(show.book, { ...take, amountFen: 1_900 }, LIN)).toMatchObject({ reason: 'id-reused' });
    expect(answerOf(show.book, { ...take, units: 1 }, LIN)).toMatchObject({ reason: 'id-reused' });
  });

  it('sees that an id is used for another bid, or by another bidder, and does not know others', () => {
    const show = onBlock();
    show.bid(2_000, LIN, 3_600, { id: bid.bidId });
    expect(answerOf(show.book, { ...bid, amountFen: 3_800 }, LIN)).toMatchObject({ reason: 'id-reused' });
    expect(answerOf(show.book, { ...bid, confirmed: true }, LIN)).toMatchObject({ reason: 'id-reused' });
    expect(answerOf(show.book, bid, WU)).toMatchObject({ reason: 'id-reused' });
    expect(answerOf(show.book, { ...bid, bidId: '__proto__' }, LIN)).toBeNull();
  });

  it('counts the logged bids of each bidder, and the refusals on each offering', () => {
    const show = onBlock();
    expect(nextNth(show.book, LIN)).toBe(1);
    show.bid(2_000, LIN, 3_600);
    show.bid(2_000, LIN, 3_800);
    show.bid(2_000, LIN, 3_800);
    expect(nextNth(show.book, LIN)).toBe(4);
    expect(nextNth(show.book, WU)).toBe(1);
    expect(refusalsLogged(show.book, { bidder: LIN, lot: 'L2', offering: 1 })).toBe(2);
  });

  it('is folded from the leaves alone', () => {
    const show = onBlock();
    show.bid(2_000, LIN, 3_600);
    show.bid(2_000, WU, 3_600);
    expect(show.leaves.reduce(evolveBook, bidBook())).toEqual(show.book);
  });
});
