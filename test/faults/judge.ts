import { isDeepStrictEqual } from 'node:util';
import { type BidAnswer, type InvariantRun, type Leaf, type LoggedEvent, type Reason } from '@qingpai/wire';

/** The database may be silent, the server must not be: within its patience it says that it is not ready. */
const ANSWER_MS_MAX = 10_000;
/** What may be said to a bid whose outcome is open. An inner fault is neither what happened nor of use to anybody. */
const trueReasons: ReadonlySet<Reason> = new Set<Reason>(['not-ready', 'too-busy']);

/** A bid that was sent once; asked again under its id it is another try. */
export interface Try {
  bidId: string;
  waitedMs: number;
  /** The connection was lost meanwhile, so that no answer could come. */
  isCut: boolean;
  /** The reason of an answer that settles nothing. */
  told: Reason | null;
}

/** An answer that settles a bid, as a client kept it. */
export interface Told {
  bidId: string;
  answer: BidAnswer;
}

/** All that was told to anybody, and what the database holds. */
export interface Evidence {
  /** Of every round so far: the ack journal. */
  told: readonly Told[];
  tries: readonly Try[];
  /** Events that came in frames, to whoever was in the room. */
  announced: readonly LoggedEvent[];
  /** The show's log, read from the database and not from the server. */
  log: readonly Leaf[];
  /** Bids that were asked once more with the same id. */
  askedAgain: readonly { first: BidAnswer; again: BidAnswer }[];
  invariants: InvariantRun['invariants'];
}

type AcceptedLeaf = Extract<Leaf, { type: 'bid.accepted' }>;
const isAccepted = (leaf: Leaf): leaf is AcceptedLeaf & Leaf => leaf.type === 'bid.accepted';

/** What each promise says, and who breaks it. */
export const checks: Record<string, (evidence: Evidence) => string[]> = {
  'an acknowledged bid is in the log at the leaf that was named': ({ told, log }) =>
    told.flatMap(({ bidId, answer }) => {
      if (!answer.ok) return [];
      const leaf = log[answer.i];
      const isThere = leaf && isAccepted(leaf) && leaf.body.bid === bidId;
      return isThere && leaf.body.amountFen === answer.amountFen
        ? []
        : [`${bidId} was told leaf ${answer.i}, which is ${leaf?.type}`];
    }),

  'a bid that was told no does not stand': ({ told, log }) => {
    const standing = new Set(log.filter(isAccepted).map(({ body }) => body.bid));
    return told.flatMap(({ bidId, answer }) =>
      !answer.ok && standing.has(bidId) ? [`${bidId} was told ${answer.reason} and is in the log`] : [],
    );
  },

  'who stays connected is answered in time': ({ tries }) =>
    tries.flatMap(({ bidId, waitedMs, isCut }) =>
      isCut || waitedMs <= ANSWER_MS_MAX ? [] : [`${bidId} waited ${waitedMs} ms`],
    ),

  'a bid that is put off is told why': ({ tries }) =>
    tries.flatMap(({ bidId, told }) =>
      told === null || trueReasons.has(told) ? [] : [`${bidId} was told ${told}`],
    ),

  'what is announced is in the log': ({ announced, log }) =>
    announced.flatMap((event) => {
      const leaf = log[event.i] as Record<string, unknown> | undefined;
      // A frame says less than the leaf, and nothing else.
      const isStored =
        leaf && Object.entries(event).every(([key, said]) => isDeepStrictEqual(leaf[key], said));
      return isStored ? [] : [`${event.type} was announced as leaf ${event.i}`];
    }),

  'no two accepted bids of an offering have one price': ({ log }) => {
    const seen = new Map<string, number>();
    return log.filter(isAccepted).flatMap(({ i, body: { lot, offering, amountFen } }) => {
      const price = `${lot}, offering ${offering}, ${amountFen} fen`;
      const before = seen.get(price);
      seen.set(price, i);
      return before === undefined ? [] : [`${price}: leaves ${before} and ${i}`];
    });
  },

  'the same bid gets the same answer': ({ askedAgain }) =>
    askedAgain.flatMap(({ first, again }) => {
      // A refusal without a leaf is one process's word: another may give another reason, but it stays a refusal.
      const isLogged = first.i !== undefined;
      const isSame = isLogged ? word(first) === word(again) : first.ok === again.ok;
      return isSame ? [] : [`${first.bidId}: ${word(first)}, then ${word(again)}`];
    }),

  'the log has no gap': ({ log }) =>
    log.flatMap((leaf, n) => (leaf.i === n ? [] : [`leaf ${leaf.i} stands at ${n}`])),

  'the look at the data finds nothing': ({ invariants }) =>
    invariants.length === 0
      ? ['nobody looked']
      : invariants.flatMap(({ name, holds, rows }) =>
          holds === 'yes' ? [] : [`${name}: ${holds}, ${rows} rows`],
        ),
};

const word = (answer: BidAnswer): string =>
  JSON.stringify([answer.ok ? 'accepted' : answer.reason, answer.i, answer.receipt?.leaf]);

/** By check, what breaks it; a clean round gives empty lists. */
export function judged(evidence: Evidence): Record<string, string[]> {
  return Object.fromEntries(Object.entries(checks).map(([name, check]) => [name, check(evidence)]));
}
