import { type AuctionEvent, type Author, type Reason } from '@qingpai/wire';
import { type Decision } from './command.js';

type Refused = Extract<Decision, { ok: false }>;

/** The command is granted: these events happen, written by this author. */
export const happens = (by: Author, ...events: AuctionEvent[]): Decision => ({
  ok: true,
  events: events.map((event) => ({ ...event, by })),
});

/** The command is refused, and the log says nothing about it. */
export const refuse = (reason: Reason, more: Partial<Pick<Refused, 'lots'>> = {}): Decision => ({
  ok: false,
  reason,
  events: [],
  ...more,
});
