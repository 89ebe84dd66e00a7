import { type ShowState } from '@qingpai/wire';
import { decideBid } from './bids.js';
import { amend, catalogue, seal, strike } from './catalogue.js';
import { type Command, type Decision, type Secrets } from './command.js';
import { holdDeposit, releaseDeposit, returnDeposit } from './deposits.js';
import { happens, refuse } from './decision.js';
import { close, settle } from './ending.js';
import { extend, lastCall } from './english.js';
import { carry, freeze, offer, pass, reoffer, resume, setAside, withdraw } from './lots.js';
import { answerOffer, endOffers } from './offers.js';
import { approve, enrol, limit, register, takeOver } from './people.js';
import { carryClawback, repayClawback, takeBack } from './clawbacks.js';
import { payOut } from './payouts.js';
import { defaulted, paid, refunded, undo } from './sales.js';
import { open } from './opening.js';
import { extendPay } from './payBy.js';
import { closeClaim, declineClaim, fileClaim, grantClaim } from './claims.js';
import { pack, receive, ship } from './parcels.js';
import { keepRecording } from './recordings.js';
import { placeProxy, withdrawProxy } from './proxy.js';
import { phasesFor } from './show.js';
import { answerChance } from './secondChance.js';
import { shift } from './dutch.js';
import { isTakingOver, takeOverSale, takesOver } from './takenOver.js';

type Decide<C extends Command> = (state: ShowState, command: C, nowMs: number, secrets: Secrets) => Decision;

/**
 * What a command does to a show: the events that happen, or why it is refused. Pure: nothing has happened yet.
 * What is merely due (`decideDue`) comes before the command and is not decided here.
 * @param nowMs the command's stamp, ms UTC, not before `state.t`
 */
export function decide(state: ShowState, command: Command, nowMs: number, secrets: Secrets): Decision {
  if ((command.name === 'openLog') !== (state.next === 0)) return refuse('wrong-phase');
  if (command.name !== 'bid' && !phasesFor[command.name].includes(state.phase)) {
    if (!takesOver.has(command.name) || !isTakingOver(state)) return refuse('wrong-phase');
  }
  return (decisions[command.name] as Decide<Command>)(state, command, nowMs, secrets);
}

const decisions: { [N in Command['name']]: Decide<Extract<Command, { name: N }>> } = {
  openLog: (_state, { by, body }) => happens(by, { type: 'log.opened', body }),
  register,
  limit,
  enrol,
  approve,
  takeOver,
  catalogue,
  amend,
  strike,
  seal,
  open,
  offer,
  reoffer,
  bid: decideBid,
  proxy: placeProxy,
  withdrawProxy,
  lastCall,
  extend,
  shift,
  freeze,
  resume,
  setAside,
  pass,
  withdraw,
  carry,
  endOffers,
  answerOffer,
  undo,
  takeOverSale,
  paid,
  default: defaulted,
  extendPay,
  answerChance,
  holdDeposit,
  releaseDeposit,
  returnDeposit,
  refunded,
  pack,
  ship,
  receive,
  fileClaim,
  grantClaim,
  declineClaim,
  closeClaim,
  payOut,
  keepRecording,
  takeBack,
  repayClawback,
  carryClawback,
  close,
  settle,
};
