import type {
  Bid,
  BidAnswer,
  ChanceState,
  LotState,
  OfferAnswered,
  OfferState,
  ProxyAnswer,
  Receipt,
  SignedHead,
  ShowCode,
} from '@qingpai/wire';
import { get } from '../../shared/api';
import type { Mendable, RoomView } from '../../shared/client';
import { drawer } from '../../shared/drawer';
import { joinShow } from './joinShow';
import type { Elsewhere } from './judge';
import { judging } from './judging';
import { keeper } from './keeper';
import { type MostPort, placeMost, withdrawMost } from './most';
import { answerChance, answerOffer } from './offers';
import { signer } from './signer';
import type { Evidence, ProofView } from './view';

/** Signing bids and watching the log, tied to this browser. It comes after the bid button, in one piece. */
export interface Proof {
  /** Registers this phone's key for whoever has a paddle. */
  enter(): Promise<void>;
  sign(bid: Bid, trouble: Mendable | null): Promise<Bid>;
  handleAnswer(bid: Bid, answer: BidAnswer): Promise<void>;
  handleHead(head: SignedHead): Promise<void>;
  /** A maximum bid of this phone's owner; null: no answer came. */
  placeMost(lot: LotState, maxFen: number): Promise<ProxyAnswer | null>;
  withdrawMost(of: { lot: string; bid: string }): ReturnType<typeof withdrawMost>;
  answerOffer(lot: LotState, offer: OfferState, accept: boolean): Promise<OfferAnswered | null>;
  answerChance(chance: ChanceState, accept: boolean): Promise<OfferAnswered | null>;
  /** The sealed code, as the server tells it now; null: not yet, or no answer. */
  code(): Promise<string | null>;
}

/** A bid that has waited so long goes out unsigned: better refused and sent anew than stuck. */
const KEY_WAIT_MS = 4_000;

/** @param view of the room, joined already: the log's name is known */
export function openProof(view: RoomView, proof: ProofView, onAlarm: (evidence: Evidence) => void): Proof {
  const { showId: show, state } = view;
  if (!state) throw new Error('bug: a proof before the room was entered');
  const kept = keeper(
    {
      show,
      origin: state.origin,
      shows: drawer('shows'),
      receipts: drawer('receipts'),
      evidence: drawer('evidence'),
      judging: judging(),
      policy: () => policyOf(show),
      receipt: (i, from) => receiptOf(show, i, from),
      nowMs: () => Date.now(),
      onAlarm,
      onTrouble: (error) => console.warn('proof', error),
    },
    proof,
  );
  const own = signer({
    state: () => view.state,
    me: () => view.me,
    seen: kept.seen,
    join: () => joinShow(show),
    patience: () => new Promise((resolve) => setTimeout(resolve, KEY_WAIT_MS, null)),
  });
  const most: MostPort = {
    ...{ show, own },
    state: () => view.state,
    newId: () => crypto.randomUUID(),
    random: () => crypto.getRandomValues(new Uint8Array(32)),
    post: postPlain,
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
  return {
    placeMost: (lot, maxFen) => placeMost(most, lot, maxFen),
    withdrawMost: (of) => withdrawMost(most, of),
    answerOffer: ({ lot }, offer, accept) => answerOffer(most, lot, offer, accept),
    answerChance: (chance, accept) => answerChance(most, chance, accept),
    enter: own.enter,
    sign: own.sign,
    async handleHead(head) {
      await kept.handleHead(head);
      await kept.adopt(mineIn(view));
    },
    async code() {
      const asked = await get<ShowCode>(`/api/shows/${show}/code`);
      return asked.ok ? asked.value.code : null;
    },
    async handleAnswer(bid, answer) {
      const sent = own.sentAs(bid);
      if (!sent) return;
      if (!answer.ok && answer.reason === 'unknown-head') await kept.handleUnknownHead(sent, answer);
      else await kept.handleAnswer(sent, answer);
    },
  };
}

/** Accepted bids of mine that the state still holds, oldest first. */
function mineIn({ state, me }: RoomView): Elsewhere[] {
  const bidder = me.bidder === null ? undefined : state?.bidders[me.bidder];
  if (!state || !bidder) return [];
  const offerings = Object.values(state.lots).flatMap((lot) => lot.offerings);
  return (
    offerings
      .flatMap(({ history, clock }) => history.map((mark) => ({ ...mark, isClock: clock !== null })))
      // What the platform bid for me I did not sign: it proves itself by its reach.
      .filter((mark) => mark.bidder === bidder.bidder && !mark.auto)
      .sort((a, b) => a.i - b.i)
      .map(({ i, bid, amountFen, isClock }) => ({
        ...{ bidder: bidder.bidder, keys: bidder.keys, bidId: bid },
        ...{ i, amountFen, isClock },
      }))
  );
}

/** As it stands, refusals too: their body is the answer. */
async function postPlain(path: string, body: object): Promise<object | null> {
  try {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
    return (await response.json()) as object;
  } catch {
    return null;
  }
}

async function policyOf(show: string): Promise<string | null> {
  try {
    const response = await fetch(`/api/shows/${show}/policy`, { cache: 'no-store' });
    return response.ok ? await response.text() : null;
  } catch {
    return null;
  }
}

async function receiptOf(show: string, i: number, from?: number): Promise<Receipt | 'none' | null> {
  const asked = await get<Receipt>(
    `/api/shows/${show}/receipts/${i}${from === undefined ? '' : `?from=${from}`}`,
  );
  if (asked.ok) return asked.value;
  return asked.problem.status === 404 && asked.problem.code === 'not-found' ? 'none' : null;
}
