import { type ShowState } from '@qingpai/wire';
import { type Command, type Decision } from './command.js';
import { happens, refuse } from './decision.js';
import { present } from './press.js';
import { bidderIn } from './show.js';

type Of<N extends Command['name']> = Extract<Command, { name: N }>;

/** Paddle numbers (号牌) are handed out in order, from 1; each bidder gets one for the whole show. */
export function register(state: ShowState, { by, bidder, id, kind, key }: Of<'register'>): Decision {
  if (bidderIn(state, bidder)) return refuse('already-decided');
  const paddle = Object.keys(state.bidders).length + 1;
  return happens(by, { type: 'bidder.registered', body: present({ bidder, key, id, kind, paddle }) });
}

/** A limit on the total of each bid, or no more bidding; from then on. Without either all is allowed again. */
export function limit(state: ShowState, { by, bidder, limitFen, banned }: Of<'limit'>): Decision {
  if (!bidderIn(state, bidder)) return refuse('no-paddle');
  return happens(by, { type: 'bidder.limited', body: present({ bidder, limitFen, banned }) });
}
