import type { ChanceAnswer, ChanceState, OfferAnswer, OfferAnswered, OfferState } from '@qingpai/wire';
import { type MostPort, untilAnswered } from './most';

/**
 * The answer to what is offered to this phone's owner alone, signed, and asked until it is answered: the same answer
 * again gets the same answer. Null: nobody answered.
 */
export async function answerOffer(
  port: Pick<MostPort, 'show' | 'own' | 'post' | 'wait'>,
  lot: string,
  { offer, units, unitPriceFen }: OfferState,
  accept: boolean,
): Promise<OfferAnswered | null> {
  const body = { offer, lot, units, unitPriceFen };
  const signed = await port.own.signAct(accept ? 'offer.accepted' : 'offer.declined', body, false);
  const ask: OfferAnswer = { offer, accept, ...(signed && { sig: signed.sig }) };
  return untilAnswered<OfferAnswered>(port, 'offers/answer', ask);
}

/** The same to a second chance (顺位成交). */
export async function answerChance(
  port: Pick<MostPort, 'show' | 'own' | 'post' | 'wait'>,
  { sale, lot, units, unitPriceFen }: ChanceState,
  accept: boolean,
): Promise<OfferAnswered | null> {
  const body = { sale, lot, units, unitPriceFen };
  const signed = await port.own.signAct(accept ? 'sale.accepted' : 'sale.declined', body, false);
  const ask: ChanceAnswer = { sale, accept, ...(signed && { sig: signed.sig }) };
  return untilAnswered<OfferAnswered>(port, 'chances/answer', ask);
}
