import { amountAboveFen, leastBidFen, proxyCommitment, stepsOfFen } from '@qingpai/auction/rules';
import { toBase64 } from '@qingpai/ledger/rules';
import type { LotState, ProxyAnswer, ProxyAsk, ShowState } from '@qingpai/wire';
import type { Signer } from './signer';

/** A maximum bid (最高出到) from this phone: its secret, its commitment, its signature, and asking until it is answered. */
export interface MostPort {
  show: string;
  state(): ShowState | null;
  own: Pick<Signer, 'signAct'>;
  newId(): string;
  random(): Uint8Array;
  /** Null: no answer came. */
  post(path: string, body: object): Promise<object | null>;
  wait(ms: number): Promise<void>;
}

const ASK_AGAIN_MS = 2_000;
const TRIES_MAX = 5;
/** Refusals of the envelope: signed anew, under a new id, it may pass. */
const mendable = ['wrong-nth', 'bad-signature', 'signature-missing'];
const retryable = ['not-ready', 'too-busy', 'internal'];

/** Null: nobody answered. It may have been placed all the same; `me` tells when the connection is back. */
export async function placeMost(port: MostPort, lot: LotState, maxFen: number): Promise<ProxyAnswer | null> {
  const answer = await placeOnce(port, lot, maxFen);
  const isMendable = answer && !answer.ok && mendable.includes(answer.reason);
  return isMendable ? placeOnce(port, lot, maxFen) : answer;
}

async function placeOnce(port: MostPort, lot: LotState, maxFen: number): Promise<ProxyAnswer | null> {
  const state = port.state();
  const steps = state && stepsOfFen(state.rules, lot, maxFen);
  if (steps === null) return null;
  const [bidId, secret] = [port.newId(), port.random()];
  const max = proxyCommitment(secret, steps);
  const signed = await port.own.signAct('proxy.placed', { bid: bidId, lot: lot.lot, max });
  const ask: ProxyAsk = { bidId, lot: lot.lot, maxFen, secret: toBase64(secret), ...signed };
  // The same id again: it is placed once, however often it is asked.
  return untilAnswered<ProxyAnswer>(port, 'proxies', ask);
}

/** Asks for what changes nothing when it is asked again. Null: no answer came. */
export async function untilAnswered<A extends { ok: true } | { ok: false; reason: string }>(
  { show, post, wait }: Pick<MostPort, 'show' | 'post' | 'wait'>,
  path: string,
  ask: object,
): Promise<A | null> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const answer = (await post(`/api/shows/${show}/${path}`, ask)) as A | null;
    if (answer && (answer.ok || !retryable.includes(answer.reason))) return answer;
    await wait(ASK_AGAIN_MS);
  }
  return null;
}

export async function withdrawMost(
  port: MostPort,
  { lot, bid }: { lot: string; bid: string },
): Promise<{ ok: boolean; message?: { zh: string; en: string } } | null> {
  const signed = await port.own.signAct('proxy.withdrawn', { bid, lot }, false);
  const sig = signed && { sig: signed.sig };
  return (await port.post(`/api/shows/${port.show}/proxies/withdraw`, { lot, ...sig })) as {
    ok: boolean;
  } | null;
}

/** The amounts that can be chosen as a maximum now, lowest first: the least bid and what lies above it. */
export function amountsOf(state: ShowState, lot: LotState, count: number): number[] {
  const offering = lot.phase === 'onBlock' ? lot.offerings.at(-1) : undefined;
  const least = leastBidFen(state.rules, lot, offering ?? { startFen: lot.startFen, priceFen: null });
  const amounts = [least];
  while (amounts.length < count) {
    const next = amountAboveFen(state.rules, lot, amounts.at(-1)!, 1);
    if (lot.capFen !== null && next > lot.capFen) break;
    amounts.push(next);
  }
  return amounts;
}
