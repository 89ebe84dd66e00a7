import { type Leaf } from '@qingpai/wire';
import { closingChecks, type ClosingEvidence, closingJudged } from './closingJudge.js';

const leaf = (i: number, type: string, body: object): Leaf =>
  ({ v: 2, show: 'show-1', i, t: 1_000 * i, by: 'platform', type, body: { lot: 'L1', ...body } }) as Leaf;

/** A small honest closing: two bids, time given back after a pause, the hammer. */
function honest(): ClosingEvidence & { log: Leaf[]; fair: ClosingEvidence['fair'][number][] } {
  return {
    lot: 'L1',
    cause: 'stall',
    closedLateMs: 20,
    fair: [
      {
        bidId: 'bid-0',
        answer: { ok: true, verdict: 'accepted', bidId: 'bid-0', i: 0, t: 1, amountFen: 100, nth: 2 },
      },
      {
        bidId: 'bid-9',
        answer: {
          ok: false,
          verdict: 'refused',
          bidId: 'bid-9',
          reason: 'not-above-price',
          message: { zh: '', en: '' },
        },
      },
    ],
    log: [
      leaf(0, 'bid.accepted', { bid: 'bid-0', amountFen: 100 }),
      leaf(1, 'lot.extended', { cause: 'stall', closesAt: 9_000 }),
      leaf(2, 'bid.accepted', { bid: 'bid-1', amountFen: 200 }),
      leaf(3, 'lot.extended', { cause: 'bid', closesAt: 9_500 }),
      leaf(4, 'lot.hammered', { unitPriceFen: 200 }),
    ],
  };
}

type Honest = ReturnType<typeof honest>;
const cause = 'more time is given with its cause, and only then';

const planted: [what: string, seenBy: string[], plant: (closing: Honest) => Partial<ClosingEvidence>][] = [
  [
    'a bid that waited in its socket and is called late',
    ['a bid sent in time is not called late'],
    ({ fair }) => ({
      fair: [...fair, { bidId: 'x', answer: { ...fair[1]!.answer, reason: 'too-late' } as never }],
    }),
  ],
  [
    'a second hammer',
    ['the lot closes once'],
    ({ log }) => ({ log: [...log, leaf(5, 'lot.hammered', { unitPriceFen: 200 })] }),
  ],
  ['a lot that never closes', ['the lot closes once'], ({ log }) => ({ log: log.slice(0, 4) })],
  [
    'a hammer below the highest bid',
    ['the lot goes to the highest bid that stands'],
    ({ log }) => ({ log: [...log.slice(0, 4), leaf(4, 'lot.hammered', { unitPriceFen: 100 })] }),
  ],
  [
    'a bid that is taken after the hammer',
    ['no bid stands after the close'],
    ({ log }) => ({ log: [...log, leaf(5, 'bid.accepted', { bid: 'bid-2', amountFen: 150 })] }),
  ],
  ['time given without its leaf', [cause], ({ log }) => ({ log: log.filter(({ i }) => i !== 1) })],
  [
    'time given for another cause',
    [cause],
    ({ log }) => ({
      log: log.map((one) => (one.i === 1 ? leaf(1, 'lot.extended', { cause: 'dark' }) : one)),
    }),
  ],
  ['time given for nothing', [cause], () => ({ cause: null })],
  [
    'a lot that closes early',
    ['the lot closes at the time that was told last'],
    () => ({ closedLateMs: -40 }),
  ],
  [
    'a lot that closes an hour late',
    ['the lot closes at the time that was told last'],
    () => ({ closedLateMs: 3_600_000 }),
  ],
];

const seers = (evidence: ClosingEvidence): string[] =>
  Object.entries(closingJudged(evidence)).flatMap(([name, found]) => (found.length > 0 ? [name] : []));

test('an honest closing breaks nothing', () => expect(seers(honest())).toEqual([]));

test.each(planted)('%s is seen, and by no other check than those', (_, seenBy, plant) => {
  const closing = honest();
  expect(seers({ ...closing, ...plant(closing) }).sort()).toEqual([...seenBy].sort());
});

test('every check of a closing has something planted for it', () => {
  const seen = planted.flatMap(([, seenBy]) => seenBy);
  expect(Object.keys(closingChecks).filter((name) => !seen.includes(name))).toEqual([]);
});
