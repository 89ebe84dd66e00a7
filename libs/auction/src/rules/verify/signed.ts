import { fromBase64, type VerifyEd25519 } from '@qingpai/ledger/rules';
import { type EventOf, type LoggedEvent, type ShowState } from '@qingpai/wire';
import {
  approvalNote,
  approvalStatement,
  actMessage,
  bidMessage,
  keysToSign,
  signedBidOf,
} from '../signedBid.js';
import { entry } from '../show.js';
import { type FindingCode } from './finding.js';

type BidLeaf = Extract<LoggedEvent, { type: 'bid.accepted' | 'bid.refused' }>;
type Fault = FindingCode | null;

/**
 * Whether a leaf bears the signature its author owes it (LEDGER §2), given the state before it: nobody speaks for
 * another. Who has registered no key owes none; the certificate counts what goes unsigned.
 */
export function faultOfAuthor(state: ShowState, event: LoggedEvent, verify: VerifyEd25519): Fault {
  if (event.type === 'bid.accepted' || event.type === 'bid.refused') return faultOfBid(state, event, verify);
  const keys = keysToSign(state, event);
  if (keys.length === 0) return event.sig === undefined ? null : 'author-signature-stray';
  const fault = faultOfSignature(event, keys, () => actMessage(event, state.origin), verify);
  return fault ?? (event.type === 'show.approved' ? faultOfApproval(state, event.body) : null);
}

function faultOfBid(state: ShowState, event: BidLeaf, verify: VerifyEd25519): Fault {
  const { bidder, lot, offering, form } = event.body;
  const keys = entry(state.bidders, bidder)?.keys ?? [];
  const isAuto = event.type === 'bid.accepted' && event.body.auto === true;
  if (form || isAuto || keys.length === 0) return event.sig === undefined ? null : 'author-signature-stray';
  const isClock = (entry(state.lots, lot)?.offerings[offering - 1]?.clock ?? null) !== null;
  return faultOfSignature(event, keys, () => bidMessage(signedBidOf(event, isClock), state.origin), verify);
}

function faultOfSignature(
  { sig }: LoggedEvent,
  keys: readonly string[],
  message: () => Uint8Array,
  verify: VerifyEd25519,
): Fault {
  if (sig === undefined) return 'author-signature-missing';
  const [signed, signature] = [message(), fromBase64(sig)];
  const isGood = keys.some((key) => signature && verify(fromBase64(key)!, signed, signature));
  return isGood ? null : 'author-signature-wrong';
}

/** What was approved must be this very list, as it was sealed. */
function faultOfApproval(
  { origin, seals }: ShowState,
  { list, note }: EventOf<'show.approved'>['body'],
): Fault {
  const seal = seals.find((one) => one.list === list);
  return seal && approvalNote(approvalStatement({ origin, ...seal })) === note ? null : 'approval-differs';
}
