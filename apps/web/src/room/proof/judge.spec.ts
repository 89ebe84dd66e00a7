import type { BidAnswer, Receipt } from '@qingpai/wire';
import { judgeHead, judgeLink, judgeReceipt, logKey, type Pin, type Sent } from './judge';
import { ORIGIN, sent, TestLog } from './testing/log';

const log = new TestLog().fill(6);
const pin: Pin = { origin: ORIGIN, vkey: log.vkey };
const head = log.head();
const asked = sent({ seen: [head.size, head.root] });
const answer = log.takes(asked);
const judged = (differs: { sent?: Sent; answer?: BidAnswer; receipt?: Receipt; pin?: Pin } = {}) =>
  judgeReceipt(
    differs.pin ?? pin,
    differs.sent ?? asked,
    differs.answer ?? answer,
    differs.receipt ?? answer.receipt,
  );
const fault = (of: string) => ({ ok: false, fault: of });

test('the receipt of a signed bid holds, and names the head it rests on', () => {
  expect(judged()).toEqual({ ok: true, head: log.head() });
});

test('a bid that was not signed has a receipt too', () => {
  const { sig: _sig, nth: _nth, ...bid } = sent().bid;
  const plain = { ...asked, bid };
  const taken = log.takes(plain);
  expect(judgeReceipt(pin, plain, taken, taken.receipt)).toMatchObject({ ok: true });
});

test('a leaf with another amount, count, author or signature is not ours', () => {
  const { leaf } = answer.receipt;
  const altered = [
    leaf.replace('"amountFen":3600', '"amountFen":3800'),
    leaf.replace('"nth":1', '"nth":2'),
    leaf.replace(asked.bidder, 'wu-aaaaaaaaaaaaa'),
    leaf.replace(/"sig":"./, '"sig":"B'),
    leaf.replace(/"sig":"[^"]+",/, ''),
    leaf.replace('"show":"market', '"show":"narket'),
    leaf.replace('bid.accepted', 'bid.refused'),
    'not a leaf',
  ];
  for (const one of altered) {
    expect(judged({ receipt: { ...answer.receipt, leaf: one } })).toEqual(fault('not-ours'));
  }
});

test('an answer that says otherwise than its leaf is not ours', () => {
  expect(judged({ answer: { ...answer, amountFen: 3_500 } as BidAnswer })).toEqual(fault('not-ours'));
  expect(judged({ answer: { ...answer, i: 0 } })).toEqual(fault('not-ours'));
  const refused: BidAnswer = {
    ...{ ok: false, verdict: 'refused', bidId: asked.bid.bidId, i: answer.i! },
    ...{ reason: 'too-late', message: { zh: '', en: '' } },
  };
  expect(judged({ answer: refused })).toEqual(fault('not-ours'));
});

test('a take from a clock may be sold below what was pressed, never above', () => {
  const take = sent({ amountFen: 9_200, units: 2, run: 1 }, true);
  const { bidId: bid, sig } = take.bid;
  const body = { bid, bidder: take.bidder, lot: 'L1', offering: 1, nth: 1, units: 2, run: 1 };
  const taken = (amountFen: number, pressedFen: number) => {
    const i = log.add('bid.accepted', { ...body, amountFen, pressedFen }, sig);
    const told: BidAnswer = {
      ...{ ok: true, verdict: 'accepted', bidId: bid, i, t: 1_000 + i, amountFen, units: 2, nth: 2 },
    };
    return judgeReceipt(pin, take, told, log.receipt(i));
  };
  expect(taken(9_000, 9_200)).toMatchObject({ ok: true });
  expect(taken(9_400, 9_400)).toEqual(fault('not-ours'));
  expect(taken(9_400, 9_200)).toEqual(fault('not-ours'));
});

test('a refusal has a receipt too, for the reason that was told', () => {
  const asked = sent();
  const { bidId: bid, sig } = asked.bid;
  const body = { bid, bidder: asked.bidder, lot: 'L1', offering: 1, amountFen: 3_600, nth: 1 };
  const i = log.add('bid.refused', { ...body, reason: 'too-late' }, sig);
  const told = (reason: 'too-late' | 'off-grid'): BidAnswer => ({
    ...{ ok: false, verdict: 'refused', bidId: bid, i, reason, message: { zh: '', en: '' } },
  });
  expect(judgeReceipt(pin, asked, told('too-late'), log.receipt(i))).toMatchObject({ ok: true });
  expect(judgeReceipt(pin, asked, told('off-grid'), log.receipt(i))).toEqual(fault('not-ours'));
});

test('a leaf that does not lead to the signed root is not in the log', () => {
  const { proof } = answer.receipt;
  const [lines, note] = proof.split('\n\n') as [string, string];
  const shortened = `${lines.split('\n').slice(0, -1).join('\n')}\n\n${proof.slice(lines.length + 2)}`;
  for (const wrong of [proof.replace('index 6', 'index 5'), shortened, note, '']) {
    expect(judged({ receipt: { ...answer.receipt, proof: wrong } })).toEqual(fault('not-in-log'));
  }
});

test('a root that another key signed is not signed, however well the leaf leads there', () => {
  const other = new TestLog(2).fill(6);
  const taken = other.takes(asked);
  expect(judged({ answer: taken, receipt: taken.receipt })).toEqual(fault('not-signed'));
});

test('a log that does not extend the head we named was rewritten', () => {
  const other = new TestLog().fill(5);
  other.add('lot.lastCall', { lot: 'L1', offering: 1, closesAt: 99 });
  const taken = other.takes(asked);
  expect(judged({ answer: taken, receipt: taken.receipt })).toEqual(fault('rewritten'));
  const { consistency: _none, ...without } = answer.receipt;
  expect(judged({ receipt: without })).toEqual(fault('rewritten'));
});

test('a head must be what its note says, and its note be by the pinned key', () => {
  expect(judgeHead(pin, head)).toEqual({ ok: true, head });
  expect(judgeHead(pin, { ...head, size: head.size + 1 })).toEqual(fault('not-signed'));
  expect(judgeHead(pin, new TestLog(2).fill(3).head())).toEqual(fault('not-signed'));
  expect(judgeHead(pin, { ...head, note: '' })).toEqual(fault('not-signed'));
});

test('two heads are linked by the receipt of the last leaf under the newer one', () => {
  const newer = log.head();
  const link = log.receipt(newer.size - 1, head.size, newer.size);
  expect(judgeLink(pin, head, newer, link)).toEqual({ ok: true, head: newer });
  expect(judgeLink(pin, { ...head, root: newer.root }, newer, link)).toEqual(fault('rewritten'));
  expect(judgeLink(pin, head, { ...newer, root: head.root }, link)).toEqual(fault('rewritten'));
});

test('the log’s own key is found in a policy file, and no other', () => {
  expect(logKey(log.policy, ORIGIN)).toBe(log.vkey);
  expect(logKey(log.policy, 'other.example/shows/20261124-01')).toBeNull();
  expect(logKey('<html>', ORIGIN)).toBeNull();
});
