import { type SessionMember } from '@qingpai/members';
import { type Bid, type BidAnswer, type RoomMe, type showSummary, type Snapshot } from '@qingpai/wire';
import { type z } from 'zod';

/** What the pages need of the auction. Whatever a show is unknown for is refused as `unknown-show`. */
export interface RoomDoor {
  shows(member: SessionMember | null): Promise<z.infer<typeof showSummary>[]>;
  snapshot(showId: string): Promise<Snapshot>;
  me(showId: string, member: SessionMember | null): Promise<RoomMe>;
  /** A bid by plain form; takes a paddle first where there is none. */
  bid(showId: string, member: SessionMember, bid: Bid): Promise<BidAnswer>;
  /** The clock that stamps bids. */
  nowMs(): number;
}
export const ROOM_DOOR = Symbol('room door');
