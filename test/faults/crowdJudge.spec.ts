import { crowdChecks, type CrowdEvidence, crowdJudged } from './crowdJudge.js';

const honest: CrowdEvidence = {
  ...{ wanted: 100, isIn: 100, bytesEach: 20_000, bytesEachMax: 65_536, lagging: 0, deafStill: 0 },
  bids: [{ bidId: 'bid-0', isSettled: true }],
};

const planted: [what: string, seenBy: string, plant: Partial<CrowdEvidence>][] = [
  ['somebody who is left outside', 'everybody who comes is let in', { isIn: 99 }],
  [
    'a bid without an answer',
    'the others are answered',
    { bids: [...honest.bids, { bidId: 'bid-1', isSettled: false }] },
  ],
  ['a crowd during which nobody bid', 'the others are answered', { bids: [] }],
  [
    'a queue that grows with what is not read',
    'memory is bounded for each of them',
    { bytesEach: 5_000_000 },
  ],
  ['a reader who came back and is told nothing', 'who reads again catches up or is cut', { lagging: 1 }],
  ['a deaf one who keeps his place', 'who never reads is cut', { deafStill: 1 }],
];

const seers = (evidence: CrowdEvidence): string[] =>
  Object.entries(crowdJudged(evidence)).flatMap(([name, found]) => (found.length > 0 ? [name] : []));

test('an honest crowd breaks nothing', () => expect(seers(honest)).toEqual([]));

test.each(planted)('%s is seen, and by no other check', (_, seenBy, plant) =>
  expect(seers({ ...honest, ...plant })).toEqual([seenBy]),
);

test('every check of a crowd has something planted for it', () =>
  expect(Object.keys(crowdChecks).filter((name) => !planted.some(([, seenBy]) => seenBy === name))).toEqual(
    [],
  ));
