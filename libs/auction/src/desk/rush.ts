import { type EventsFrame, type LoggedEvent } from '@qingpai/wire';
import { HISTORY_MAX, RUNNERS_UP_MAX } from '../rules/index.js';

/** A bid on a rising lot; one on a clock is a sale. */
type Rise = Extract<LoggedEvent, { type: 'bid.accepted' }>;
const isRise = (event: LoggedEvent): event is Rise =>
  event.type === 'bid.accepted' && event.body.pressedFen === undefined;

/** Of one offering: what is told of bids that are newer than the one looked at. */
interface Newer {
  count: number;
  bidders: Set<string>;
  floorMet: true | undefined;
}
type LeftOut = NonNullable<EventsFrame['leftOut']>[number];

/**
 * Frames of a rush. Bids that newer ones have made past are left out of them: those that are listed nowhere any more,
 * neither as a bid nor as somebody's best, and that are nobody's first. Whoever folds what is left, and adds up the
 * number of bids, has the very state of who folds them all.
 */
export class Rush {
  /** Whose first bid was told, by offering. */
  private readonly known = new Map<string, Set<string>>();

  shorten(frame: EventsFrame): EventsFrame {
    const firsts = this.firstsAmong(frame.events);
    if (frame.events.length <= HISTORY_MAX) return frame;
    const newer = new Map<string, Newer>();
    const leftOut = new Map<string, LeftOut>();
    const told: LoggedEvent[] = [];
    for (const event of frame.events.toReversed()) {
      if (isRise(event) && !firsts.has(event) && isPast(event, newer)) leave(event, leftOut);
      else told.push(event);
      if (isRise(event)) note(event, newer);
    }
    if (leftOut.size === 0) return frame;
    return { ...frame, events: told.toReversed(), leftOut: [...leftOut.values()] };
  }

  private firstsAmong(events: readonly LoggedEvent[]): Set<Rise> {
    const firsts = new Set<Rise>();
    for (const event of events) {
      if (!isRise(event)) continue;
      const bidders = entryOf(this.known, offeringOf(event), () => new Set<string>());
      if (!bidders.has(event.body.bidder)) firsts.add(event);
      bidders.add(event.body.bidder);
    }
    return firsts;
  }
}

function isPast(event: Rise, newerOf: ReadonlyMap<string, Newer>): boolean {
  const newer = newerOf.get(offeringOf(event));
  if (!newer || newer.count < HISTORY_MAX || newer.floorMet !== event.body.floorMet) return false;
  return newer.bidders.has(event.body.bidder) || newer.bidders.size > RUNNERS_UP_MAX;
}

function note(event: Rise, newerOf: Map<string, Newer>): void {
  const none = (): Newer => ({ count: 0, bidders: new Set(), floorMet: undefined });
  const newer = entryOf(newerOf, offeringOf(event), none);
  newer.count += 1;
  newer.bidders.add(event.body.bidder);
  newer.floorMet = event.body.floorMet;
}

function leave(event: Rise, leftOut: Map<string, LeftOut>): void {
  const { lot, offering } = event.body;
  entryOf(leftOut, offeringOf(event), () => ({ lot, offering, leaves: [] })).leaves.unshift(event.i);
}

const offeringOf = ({ body: { lot, offering } }: Rise): string => `${lot} ${offering}`;

function entryOf<V>(map: Map<string, V>, key: string, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
