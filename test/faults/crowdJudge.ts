/** What a crowd did to the server, and the server to the crowd. */
export interface CrowdEvidence {
  wanted: number;
  /** How many of them were let in; after a restart, once more. */
  isIn: number;
  /** Bids by others while the crowd was there. */
  bids: readonly { bidId: string; isSettled: boolean }[];
  /** What the server took more than before, for each of the crowd; null: not looked at. */
  bytesEach: number | null;
  bytesEachMax: number;
  /** Of those who read again after a pause, who neither caught up nor was cut. */
  lagging: number;
  /** Who never read again and is still connected. */
  deafStill: number;
}

export const crowdChecks: Record<string, (evidence: CrowdEvidence) => string[]> = {
  'everybody who comes is let in': ({ wanted, isIn }) =>
    isIn === wanted ? [] : [`${isIn} of ${wanted} are in`],

  'the others are answered': ({ bids }) =>
    bids.length === 0
      ? ['nobody bid']
      : bids.flatMap(({ bidId, isSettled }) => (isSettled ? [] : [`${bidId} has no answer`])),

  'memory is bounded for each of them': ({ bytesEach, bytesEachMax }) =>
    bytesEach === null || bytesEach <= bytesEachMax ? [] : [`${bytesEach} bytes, of ${bytesEachMax}`],

  'who reads again catches up or is cut': ({ lagging }) => (lagging === 0 ? [] : [`${lagging} do neither`]),

  'who never reads is cut': ({ deafStill }) => (deafStill === 0 ? [] : [`${deafStill} are still there`]),
};

export function crowdJudged(evidence: CrowdEvidence): Record<string, string[]> {
  return Object.fromEntries(Object.entries(crowdChecks).map(([name, check]) => [name, check(evidence)]));
}
