import { type ShowState } from '@qingpai/wire';
import { type Command, type Decision } from './command.js';
import { happens, refuse } from './decision.js';
import { present } from './press.js';
import { freeze } from './lots.js';
import { bidderIn, openLots } from './show.js';

type Of<N extends Command['name']> = Extract<Command, { name: N }>;

/** Devices of one bidder that sign: each is a leaf, so there is a bound. */
export const KEYS_PER_BIDDER_MAX = 5;

/**
 * Paddle numbers (号牌) are handed out in order, from 1; each bidder gets one for the whole show. Who comes back with
 * another device adds its key and keeps the paddle.
 */
export function register(state: ShowState, { by, ...newcomer }: Of<'register'>): Decision {
  const { bidder, id, kind, key, device } = newcomer;
  const known = bidderIn(state, bidder);
  if (key !== undefined && isKeyTaken(state, key)) {
    return refuse(known?.keys.includes(key) ? 'already-decided' : 'key-taken');
  }
  if (known && (key === undefined || known.kind !== kind)) return refuse('already-decided');
  if (known && known.keys.length >= KEYS_PER_BIDDER_MAX) return refuse('slow-down');
  const paddle = known?.paddle ?? Object.keys(state.bidders).length + 1;
  return happens(by, { type: 'bidder.registered', body: present({ bidder, key, device, id, kind, paddle }) });
}

/** A key belongs to one person, in whatever role. */
const isKeyTaken = (state: ShowState, key: string): boolean =>
  Object.values(state.bidders).some(({ keys }) => keys.includes(key)) ||
  state.staff.some((one) => one.key === key);

/** Someone who holds an office brings a key of his own; from then on the office signs. */
export function enrol(state: ShowState, { by, person, office, key }: Of<'enrol'>): Decision {
  const his = state.staff.filter((one) => one.person === person);
  if (his.some((one) => one.key === key && one.office === office)) return refuse('already-decided');
  if (isKeyTaken(state, key)) return refuse('key-taken');
  if (his.length >= KEYS_PER_BIDDER_MAX) return refuse('slow-down');
  return happens(by, { type: 'staff.registered', body: { person, office, key } });
}

/** An officer has compared a sealed list with the floor, and says so under a key of his own. */
export function approve(state: ShowState, { by, list, note, key }: Of<'approve'>): Decision {
  if (!state.seals.some((seal) => seal.list === list)) return refuse('not-sealed');
  if (!state.staff.some((one) => one.office === 'officer' && one.key === key)) return refuse('bad-signature');
  if (state.approvals.some((one) => one.list === list && one.key === key)) return refuse('already-decided');
  return happens(by, { type: 'show.approved', body: { list, note, key } });
}

/** Somebody else takes the console: all that is open stands still until he lets it go on (RULES §4). */
export function takeOver(state: ShowState, { by, person, reason }: Of<'takeOver'>, nowMs: number): Decision {
  const frozen = openLots(state)
    .filter(({ offering }) => offering.frozenAt === null)
    .flatMap(({ lot: { lot } }) => freeze(state, { by, name: 'freeze', lot }, nowMs).events);
  const took = happens(by, { type: 'show.tookOver', body: { by: person, reason } });
  return { ok: true, events: [...frozen, ...took.events] };
}

/** A limit on the total of each bid, or no more bidding; from then on. Without either all is allowed again. */
export function limit(state: ShowState, { by, bidder, limitFen, banned }: Of<'limit'>): Decision {
  if (!bidderIn(state, bidder)) return refuse('no-paddle');
  return happens(by, { type: 'bidder.limited', body: present({ bidder, limitFen, banned }) });
}
