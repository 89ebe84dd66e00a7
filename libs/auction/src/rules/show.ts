import {
  type BidderState,
  type LotState,
  type OfferingState,
  type Reason,
  type ShowPhase,
  type ShowRules,
  type ShowState,
} from '@qingpai/wire';
import { type Command } from './command.js';

/** A show before its first leaf. */
export const initialShow = (rules: ShowRules): ShowState => ({
  origin: '',
  phase: 'draft',
  demo: false,
  rules,
  next: 0,
  t: 0,
  block: null,
  open: [],
  undoable: null,
  lots: {},
  bidders: {},
  sales: {},
  payBys: {},
  chances: [],
  deposits: {},
  seals: [],
  staff: [],
  approvals: [],
  coHosts: [],
  openedAt: null,
  witnessed: null,
  closedAt: null,
  settledAt: null,
});

/** Show: draft → sealed → open → closed → settled. */
export const nextShowPhases: Record<ShowPhase, readonly ShowPhase[]> = {
  draft: ['sealed'],
  sealed: ['open'],
  open: ['closed'],
  closed: ['settled'],
  settled: [],
};

/** In which phases of the show a command has a meaning; anywhere else it is refused with `wrong-phase`. */
export const phasesFor: Record<Exclude<Command['name'], 'bid'>, readonly ShowPhase[]> = {
  openLog: ['draft'],
  register: ['draft', 'sealed', 'open'],
  limit: ['draft', 'sealed', 'open'],
  enrol: ['draft', 'sealed', 'open'],
  approve: ['sealed', 'open'],
  catalogue: ['draft', 'sealed', 'open'],
  amend: ['draft', 'sealed', 'open'],
  strike: ['draft', 'sealed', 'open'],
  seal: ['draft', 'open'],
  open: ['sealed'],
  proxy: ['sealed', 'open'],
  withdrawProxy: ['sealed', 'open'],
  offer: ['open'],
  reoffer: ['open'],
  lastCall: ['open'],
  shift: ['open'],
  extend: ['open'],
  freeze: ['open'],
  resume: ['open'],
  setAside: ['open'],
  pass: ['open'],
  withdraw: ['sealed', 'open'],
  carry: ['open'],
  endOffers: ['open'],
  answerOffer: ['open'],
  undo: ['open'],
  takeOver: ['sealed', 'open'],
  takeOverSale: ['draft'],
  paid: ['open', 'closed'],
  default: ['closed'],
  extendPay: ['closed'],
  answerChance: ['closed'],
  holdDeposit: ['sealed', 'open'],
  releaseDeposit: ['sealed', 'open', 'closed'],
  returnDeposit: ['sealed', 'open', 'closed'],
  refunded: ['open', 'closed'],
  pack: ['open', 'closed'],
  ship: ['open', 'closed'],
  receive: ['open', 'closed'],
  fileClaim: ['open', 'closed'],
  grantClaim: ['open', 'closed'],
  declineClaim: ['open', 'closed'],
  closeClaim: ['open', 'closed'],
  payOut: ['closed'],
  // Also after the close: the last piece is finished when the camera is put out.
  keepRecording: ['draft', 'sealed', 'open', 'closed'],
  takeBack: ['closed'],
  repayClawback: ['closed'],
  carryClawback: ['closed'],
  close: ['open'],
  settle: ['closed'],
};

/** The own entry of a record whose keys come from outside: `__defineGetter__` is a well-formed pseudonym. */
export const entry = <T>(record: Record<string, T>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;

export const bidderIn = (state: ShowState, bidder: string): BidderState | undefined =>
  entry(state.bidders, bidder);

/** The list that gathers drafts now: 1 before sealing, then one supplementary list after the other. */
export const openList = (state: ShowState): number => state.seals.length + 1;

/** Lots of the sealed lists: the denominator of the certificate. */
export const sealedLots = (state: ShowState): LotState[] =>
  Object.values(state.lots).filter(({ phase }) => phase !== 'draft' && phase !== 'struck');

/** A lot that is open, with the offering that runs. */
export interface OnBlock {
  lot: LotState;
  offering: OfferingState;
}

/** What is open, in the order of the offerings: one lot at most in a live room (RULES §6). */
export const openLots = (state: ShowState): OnBlock[] => state.open.map((id) => offered(state, id));

function offered(state: ShowState, id: string): OnBlock {
  const lot = entry(state.lots, id);
  const offering = lot?.offerings.at(-1);
  if (!lot || !offering) throw new Error('bug: a lot on the block was never offered');
  return { lot, offering };
}

/** What is on the block, or null; in a timed show the first lot of those that are open. A falling clock is always alone. */
export const onBlock = (state: ShowState): OnBlock | null =>
  state.block === null ? null : offered(state, state.block);

/** This lot, on the block; or why it is not. */
export function thisOnBlock(state: ShowState, lot: string): OnBlock | Reason {
  if (state.open.includes(lot)) return offered(state, lot);
  return entry(state.lots, lot) ? 'lot-not-on-block' : 'unknown-lot';
}
