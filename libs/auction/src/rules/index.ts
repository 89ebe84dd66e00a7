/** The rules of the auction, pure: the same code on the server, in the pages and in the offline verifier. */
export { moneyFactOf, moneyFactsOf } from './books.js';
export {
  answerOf,
  type BidBook,
  bidBook,
  evolveBook,
  isKnownId,
  isTxnReused,
  type LoggedProxy,
  type LoggedBid,
  nextNth,
  refusalsLogged,
} from './bidBook.js';
export { isCapFitting, lotsToSeal, rulesHash } from './catalogue.js';
export { certificateOf, type LeafCertificate } from './certificate.js';
export { complainUntilMs, isOpenClaim, owedFen } from './claims.js';
export { clockLeftMs, clockPriceFen, tickEndsAtMs } from './clock.js';
export { runningClock, silenceOnClockMs } from './dutch.js';
export {
  type BidCommand,
  type Command,
  type DecidedEvent,
  type Decision,
  type ProxyCommand,
  type ProxySecret,
  type SealCommand,
  type Secrets,
} from './command.js';
export { decide } from './decide.js';
export { decideDue, dueAtMs } from './due.js';
export { hammerTotalFen, paidTotalFen, unitsByEnd } from './ending.js';
export { lengthenedBy } from './elsewhere.js';
export { closeAfterBidMs, EXTENSION_MAX_MS, hardEndMs } from './english.js';
export { evolve, evolveFrame, HISTORY_MAX } from './evolve.js';
export { type Finding, findings, type RuleFindingCode } from './findings.js';
export { type Freight, freightDueOf, freightHeldFen, freightOf, type ParcelChoice } from './freight.js';
export { freightWords } from './freightWords.js';
export {
  amountAboveFen,
  gridBelowFen,
  leastBidFen,
  leastOnGridFen,
  stepAtFen,
  stepsBetween,
} from './increments.js';
export { clockStepFen, ladderStep, mayBeOfferedAgain, percentOf, reofferStartFen } from './ladder.js';
export { hasValidBid, isEnded, nextLotPhases, openUnits, unitsToOffer } from './lot.js';
export { PAY_EXTENSION_MS_MAX, payByOf } from './payBy.js';
export { BID_TOTAL_MAX_FEN, type BidReason, isLeaf } from './press.js';
export { INTEREST_MAX, offerCandidates, offerPriceFen, standingOffers } from './offers.js';
export { standingOffer } from './lot.js';
export {
  decideRegistry,
  emptyRegistry,
  evolveRegistry,
  type RegisteredShow,
  type RegistryFault,
  registryFaults,
  type RegistryState,
  type RegistryWish,
  vouchedBytes,
} from './registry.js';
export { isAutoBidId, proxyCommitment, PROXY_STEPS_MAX, reaches, stepsOfFen } from './proxy.js';
export { lapsedSales } from './parcels.js';
export { judge, type OpenedFloors } from './replay.js';
export {
  booksRootOf,
  clawbackFen,
  feeOfFen,
  freightShareFen,
  growerOf,
  growerSaleOf,
  growersFen,
  keptFen,
  nextPayoutStates,
  paysGrowers,
  payoutStateOf,
  releasedAtMs,
} from './payouts.js';
export { isStanding, isUndoable, saleTotalFen } from './sales.js';
export { depositOf, heldFen, lacksDeposit } from './deposits.js';
export { reportMessage, type ReportSaid } from './reportMessage.js';
export { isInDefault, nextChance, nextRunnerUp, RUNNERS_UP_MAX } from './secondChance.js';
export {
  actMessage,
  approvalNote,
  approvalStatement,
  bidMessage,
  keysToSign,
  type SignedBid,
  signedBid,
  signedBidOf,
} from './signedBid.js';
export {
  initialShow,
  nextShowPhases,
  type OnBlock,
  onBlock,
  openLots,
  phasesFor,
  sealedLots,
} from './show.js';
export {
  isOwnSale,
  isTakingOver,
  soldLot,
  type SoldLot,
  takenOverLeaves,
  toldAgainOf,
  tookOverMoney,
} from './takenOver.js';
export * from './season/index.js';
export * from './verify/index.js';
