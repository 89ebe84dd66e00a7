import { type BidAnswer, type Leaf, type Reason } from '@qingpai/wire';

/** A lot that was to close while something went wrong, and what became of it. */
export interface ClosingEvidence {
  lot: string;
  /** Bids that were sent before the lot was to close. */
  fair: readonly { bidId: string; answer: BidAnswer }[];
  log: readonly Leaf[];
  /** What the log must give as the reason for more time; null: none was needed. */
  cause: 'stall' | 'dark' | null;
  /** How long after the time that was told last the lot closed, by a clock that nobody touched; null: not measured. */
  closedLateMs: number | null;
}

/** The loop's turn, the commit, and a busy machine. */
const CLOSED_LATE_MS_MAX = 1_500;
const late: ReadonlySet<Reason> = new Set<Reason>(['too-late', 'not-open']);

type Of<T extends Leaf['type']> = Leaf & Extract<Leaf, { type: T }>;
const leavesOf = <T extends Leaf['type']>({ log, lot }: ClosingEvidence, type: T): Of<T>[] =>
  log.filter((leaf): leaf is Of<T> => leaf.type === type && (leaf.body as { lot?: string }).lot === lot);
const endsOf = (evidence: ClosingEvidence) => [
  ...leavesOf(evidence, 'lot.hammered'),
  ...leavesOf(evidence, 'lot.setAside'),
];

export const closingChecks: Record<string, (evidence: ClosingEvidence) => string[]> = {
  'a bid sent in time is not called late': ({ fair }) =>
    fair.flatMap(({ bidId, answer }) =>
      !answer.ok && late.has(answer.reason) ? [`${bidId} was told ${answer.reason}`] : [],
    ),

  'the lot closes once': (evidence) => {
    const ends = endsOf(evidence).length;
    return ends === 1 ? [] : [`${evidence.lot} closed ${ends} times`];
  },

  'the lot goes to the highest bid that stands': (evidence) => {
    const most = Math.max(0, ...leavesOf(evidence, 'bid.accepted').map(({ body }) => body.amountFen));
    return leavesOf(evidence, 'lot.hammered').flatMap(({ i, body }) =>
      body.unitPriceFen === most ? [] : [`leaf ${i} hammers ${body.unitPriceFen}, the most was ${most}`],
    );
  },

  'no bid stands after the close': (evidence) => {
    const end = Math.min(...endsOf(evidence).map(({ i }) => i));
    return leavesOf(evidence, 'bid.accepted').flatMap(({ i }) => (i < end ? [] : [`leaf ${i} after ${end}`]));
  },

  'more time is given with its cause, and only then': (evidence) => {
    const causes = leavesOf(evidence, 'lot.extended')
      .map(({ body }) => body.cause)
      .filter((cause) => cause !== 'bid');
    const wanted = evidence.cause === null ? [] : [evidence.cause];
    const isSo = causes.every((cause) => wanted.includes(cause as 'stall')) && causes.length >= wanted.length;
    return isSo ? [] : [`${evidence.lot}: ${causes.join() || 'none'} in place of ${wanted.join() || 'none'}`];
  },

  'the lot closes at the time that was told last': ({ lot, closedLateMs }) =>
    closedLateMs === null || (closedLateMs >= 0 && closedLateMs <= CLOSED_LATE_MS_MAX)
      ? []
      : [`${lot} closed ${closedLateMs} ms after its time`],
};

export function closingJudged(evidence: ClosingEvidence): Record<string, string[]> {
  return Object.fromEntries(Object.entries(closingChecks).map(([name, check]) => [name, check(evidence)]));
}
