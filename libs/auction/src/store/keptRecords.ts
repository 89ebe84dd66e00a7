import { type KeptOfMember, type KeptRecord, rowsOf } from '@qingpai/members';
import { type EntityManager } from 'typeorm';

interface ShowRow {
  show_id: string;
  township_id: string;
  ended_at: Date | null;
}

interface DealRow {
  show_id: string;
  township_id: string;
  phase: string;
  completed_at_ms: string | null;
}

/**
 * What shows keep of a member: each auction from the day it closed, each deal from the day it was completed. One that
 * is not over has not begun to run.
 */
export async function keptOf(manager: EntityManager, memberId: string): Promise<KeptOfMember> {
  const [shows, deals] = [await showsOf(manager, memberId), await dealsOf(manager, memberId)];
  return {
    records: [...shows.map(auctionRecord), ...deals.map(dealRecord)],
    dealsOpen: deals.some(({ phase }) => phase === 'awaiting'),
  };
}

const showsOf = (manager: EntityManager, memberId: string): Promise<ShowRow[]> =>
  rowsOf<ShowRow>(
    manager,
    `SELECT show_id, township_id, closed_at AS ended_at FROM shows
     WHERE host_id = $1 OR show_id IN (SELECT show_id FROM show_bidders WHERE member_id = $1)
     ORDER BY show_id`,
    [memberId],
  );

/** A deal undone is over when it was struck: nothing came after it. */
const dealsOf = (manager: EntityManager, memberId: string): Promise<DealRow[]> =>
  rowsOf<DealRow>(
    manager,
    `SELECT s.show_id, w.township_id, s.phase,
       CASE WHEN s.phase <> 'awaiting' THEN coalesce(s.paid_at_ms, s.t_ms) END AS completed_at_ms
     FROM sales s JOIN shows w ON w.show_id = s.show_id
     WHERE (s.show_id, s.bidder) IN (SELECT show_id, bidder FROM show_bidders WHERE member_id = $1)
     ORDER BY s.show_id, s.i`,
    [memberId],
  );

const auctionRecord = ({ show_id, township_id, ended_at }: ShowRow): KeptRecord => ({
  kind: 'auction',
  endedAtMs: ended_at?.getTime() ?? null,
  showId: show_id,
  townshipId: township_id,
});

const dealRecord = ({ show_id, township_id, completed_at_ms }: DealRow): KeptRecord => ({
  kind: 'deal',
  endedAtMs: completed_at_ms === null ? null : Number(completed_at_ms),
  showId: show_id,
  townshipId: township_id,
});
