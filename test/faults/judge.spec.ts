import { type BidAnswer, type Leaf } from '@qingpai/wire';
import { checks, type Evidence, judged } from './judge.js';

const leaf = (i: number, bid: string, amountFen: number): Leaf => ({
  ...{ v: 2, show: 'show-1', i, t: 1_000 + i, by: 'bidder-1', type: 'bid.accepted' },
  body: { bid, bidder: 'bidder-1', lot: 'L1', offering: 1, amountFen, nth: i + 1 },
}) as Leaf; // prettier-ignore
const yes = (i: number, bidId: string, amountFen: number): BidAnswer => ({
  ...{ ok: true, verdict: 'accepted', bidId, i, t: 1_000 + i, amountFen, nth: i + 2 },
});
const no = (bidId: string): BidAnswer => ({
  ...{ ok: false, verdict: 'refused', bidId, reason: 'not-above-price', message: { zh: '', en: '' } },
});

/** A small honest round: three bids, the last of which was refused. */
function honest(): Evidence & { log: Leaf[]; told: { bidId: string; answer: BidAnswer }[] } {
  const log = [leaf(0, 'bid-0', 100), leaf(1, 'bid-1', 200)];
  const { i, t, by, type, body } = log[0]!;
  return {
    log,
    told: [
      { bidId: 'bid-0', answer: yes(0, 'bid-0', 100) },
      { bidId: 'bid-1', answer: yes(1, 'bid-1', 200) },
      { bidId: 'bid-2', answer: no('bid-2') },
    ],
    tries: [
      { bidId: 'bid-0', waitedMs: 5_200, isCut: false, told: 'not-ready' },
      { bidId: 'bid-0', waitedMs: 40_000, isCut: true, told: null },
      { bidId: 'bid-0', waitedMs: 8, isCut: false, told: null },
    ],
    announced: [{ i, t, by, type, body } as Evidence['announced'][number]],
    askedAgain: [
      { first: yes(0, 'bid-0', 100), again: yes(0, 'bid-0', 100) },
      { first: no('bid-2'), again: no('bid-2') },
    ],
    invariants: [{ name: 'no gap', zh: '', holds: 'yes', rows: 0 }],
  };
}

type Honest = ReturnType<typeof honest>;
const acknowledged = 'an acknowledged bid is in the log at the leaf that was named';
const again = 'the same bid gets the same answer';
const look = 'the look at the data finds nothing';

/** What is planted, the checks that must see it, and how. */
const planted: [what: string, seenBy: string[], plant: (round: Honest) => Partial<Evidence>][] = [
  [
    'an acknowledged bid that nobody stored',
    [acknowledged],
    ({ told }) => ({ told: [...told, { bidId: 'made-up', answer: yes(2, 'made-up', 300) }] }),
  ],
  [
    'an acknowledged bid at the leaf of another',
    [acknowledged],
    ({ told }) => ({ told: [...told, { bidId: 'made-up', answer: yes(1, 'made-up', 200) }] }),
  ],
  [
    'an acknowledged bid at another price than the stored one',
    [acknowledged],
    ({ told }) => ({ told: [...told, { bidId: 'bid-1', answer: yes(1, 'bid-1', 900) }] }),
  ],
  [
    'a bid that was told no and stands',
    ['a bid that was told no does not stand'],
    ({ told }) => ({ told: [...told, { bidId: 'bid-1', answer: no('bid-1') }] }),
  ],
  [
    'a bid that nobody answers although the line stands',
    ['who stays connected is answered in time'],
    () => ({ tries: [{ bidId: 'bid-0', waitedMs: 15_000, isCut: false, told: null }] }),
  ],
  [
    'an inner fault in place of the reason',
    ['a bid that is put off is told why'],
    () => ({ tries: [{ bidId: 'bid-0', waitedMs: 8, isCut: false, told: 'internal' }] }),
  ],
  [
    'an announced event beyond the end of the log',
    ['what is announced is in the log'],
    ({ announced }) => ({ announced: [...announced, { ...announced[0]!, i: 9 }] }),
  ],
  [
    'an announced price that is not the stored one',
    ['what is announced is in the log'],
    ({ log }) => ({ announced: [leaf(1, 'bid-1', 250), log[0]!] }),
  ],
  [
    'two accepted bids at one price',
    ['no two accepted bids of an offering have one price'],
    ({ log }) => ({ log: [...log, leaf(2, 'bid-3', 200)] }),
  ],
  [
    'a leaf that is missing',
    ['the log has no gap', acknowledged, 'what is announced is in the log'],
    ({ log }) => ({ log: log.slice(1) }),
  ],
  [
    'an accepted bid that gets another leaf the second time',
    [again],
    () => ({ askedAgain: [{ first: yes(0, 'bid-0', 100), again: yes(1, 'bid-0', 100) }] }),
  ],
  [
    'a refused bid that is accepted the second time',
    [again],
    () => ({ askedAgain: [{ first: no('bid-2'), again: yes(2, 'bid-2', 300) }] }),
  ],
  [
    'a statement about the data that does not hold',
    [look],
    () => ({ invariants: [{ name: 'no gap', zh: '', holds: 'no', rows: 1 }] }),
  ],
  [
    'a statement about the data that could not be looked at',
    [look],
    () => ({ invariants: [{ name: 'no gap', zh: '', holds: 'unknown', rows: 0 }] }),
  ],
  ['a look that did not take place', [look], () => ({ invariants: [] })],
];

const seers = (evidence: Evidence): string[] =>
  Object.entries(judged(evidence)).flatMap(([name, found]) => (found.length > 0 ? [name] : []));

test('an honest round breaks nothing', () => expect(seers(honest())).toEqual([]));

test.each(planted)('%s is seen, and by no other check than those', (_, seenBy, plant) => {
  const round = honest();
  expect(seers({ ...round, ...plant(round) }).sort()).toEqual([...seenBy].sort());
});

test('every check has something planted for it', () => {
  expect(Object.keys(checks).filter((name) => !planted.some(([, seenBy]) => seenBy.includes(name)))).toEqual(
    [],
  );
});
