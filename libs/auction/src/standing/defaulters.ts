import { randomUUID } from 'node:crypto';
import { type MembersService, rowsOf } from '@qingpai/members';
import { Refused } from '@qingpai/platform';
import { type BarredBuyer, type LiftReason, type LoggedEvent, type Reason } from '@qingpai/wire';
import { type DataSource } from 'typeorm';
import { type Desk } from '../desk/desk.js';
import { type Desks } from '../desk/desks.js';
import { entry } from '../rules/show.js';
import { type PostgresShowLog } from '../store/postgresShowLog.js';

/** Shows whose bill somebody left unpaid, and he bids no more in this township (RULES §5): a bill is one, however many its lots. */
const DEFAULTS_BAR = 2;

export interface DefaultersParts {
  db: DataSource;
  desks: Desks;
  members: Pick<MembersService, 'contactsOf'>;
  log: Pick<PostgresShowLog, 'onAppended'>;
  /** Milliseconds since 1970, UTC. */
  nowMs: () => number;
  warn: (event: string, details: Record<string, unknown>) => void;
}

/**
 * Two defaults: no more bidding. Who has left the bills of two shows of a township unpaid gets no paddle in its shows; where
 * he has one already the platform stops him, by the leaf with which a host stops a bidder. Watching stays free. An officer
 * lifts it, for a reason; from then on he begins anew.
 */
export class Defaulters {
  constructor(private readonly parts: DefaultersParts) {
    parts.log.onAppended(({ showId }, { events }) => {
      if (!events.some(({ type }) => type === 'sale.defaulted')) return;
      // After the batch is taken in: what follows waits its turn at the desks.
      this.stopThose(showId).catch((error: unknown) =>
        parts.warn('defaulters.not-stopped', { show: showId, error: String(error) }),
      );
    });
  }

  /** Why this member gets no paddle in this show; null: he may have one. */
  async refusalToSeat(showId: string, memberId: string): Promise<Reason | null> {
    const rows = await this.counted({ showId, memberId });
    return rows.length >= DEFAULTS_BAR ? 'two-defaults' : null;
  }

  /** Why a host cannot let this bidder bid again; null: he can. */
  async refusalToFree(showId: string, bidder: string): Promise<Reason | null> {
    const [seat] = await rowsOf<{ member_id: string }>(this.parts.db.manager, seatSql, [showId, bidder]);
    return seat ? this.refusalToSeat(showId, seat.member_id) : null;
  }

  /** Stops who should be stopped and is not: what a crash between a default and its leaf left out. */
  async catchUp(): Promise<void> {
    for (const { show_id } of await rowsOf<{ show_id: string }>(this.parts.db.manager, runningSql, [])) {
      await this.stopIn(show_id);
    }
  }

  /** Who has a default behind him in this township, and who lifted what. */
  async list(townshipId: string): Promise<BarredBuyer[]> {
    const { manager } = this.parts.db;
    const rows = await rowsOf<Defaulted>(manager, defaultedSql, [townshipId]);
    const lifts = await rowsOf<Lift>(manager, liftsSql, [townshipId]);
    const people = [...new Set(rows.map(({ member_id }) => member_id))];
    const contacts = await this.parts.members.contactsOf([
      ...new Set([...people, ...lifts.map(({ lifted_by }) => lifted_by)]),
    ]);
    const buyers = people.map((member): BarredBuyer => {
      const counting = rows.filter((row) => row.member_id === member && row.counts);
      return {
        ...{
          member,
          nickname: contacts.get(member)?.nickname ?? '',
          phone: contacts.get(member)?.phone ?? null,
        },
        shows: counting.map(({ show_id: showId, title }) => ({ showId, title })),
        isBarred: counting.length >= DEFAULTS_BAR,
        lifts: lifts
          .filter((one) => one.member_id === member)
          .map(({ reason, lifted_by, lifted_at }) => ({
            ...{ reason, by: contacts.get(lifted_by)?.nickname ?? '', atMs: lifted_at.getTime() },
          })),
      };
    });
    return buyers.sort((a, b) => Number(b.isBarred) - Number(a.isBarred));
  }

  /** What counted does not count any more; where the platform stopped him, he may bid again. Refuses: `not-found`. */
  async lift(townshipId: string, memberId: string, by: string, reason: LiftReason): Promise<void> {
    const { db, nowMs } = this.parts;
    const rows = await rowsOf<Defaulted>(db.manager, defaultedSql, [townshipId]);
    const shows = rows
      .filter((row) => row.member_id === memberId && row.counts)
      .map(({ show_id }) => show_id);
    if (shows.length < DEFAULTS_BAR) throw new Refused('not-found');
    const row = [randomUUID(), townshipId, memberId, shows, reason, by, new Date(nowMs())];
    await db.manager.query(insertLift, row);
    for (const seat of await rowsOf<Seated>(db.manager, seatsSql, [townshipId, memberId])) {
      await this.free(await this.parts.desks.of(seat.show_id), seat.bidder);
    }
  }

  /** Whoever is in default in this show, in every show of the township where he may still bid. */
  private async stopThose(showId: string): Promise<void> {
    const rows = await rowsOf<Seated>(this.parts.db.manager, alsoSeatedSql, [showId]);
    for (const id of new Set(rows.map(({ show_id }) => show_id))) await this.stopIn(id);
  }

  private async stopIn(showId: string): Promise<void> {
    const seats = await rowsOf<Seated>(this.parts.db.manager, barredIn, [showId, DEFAULTS_BAR]);
    if (seats.length === 0) return;
    const desk = await this.parts.desks.of(showId);
    for (const { bidder } of seats) {
      const known = entry(desk.state.bidders, bidder);
      if (!known || known.banned) continue;
      const limit = known.limitFen !== null && { limitFen: known.limitFen };
      await desk.command({ by: 'platform', name: 'limit', bidder, banned: true, ...limit });
    }
  }

  private async free(desk: Desk, bidder: string): Promise<void> {
    const known = entry(desk.state.bidders, bidder);
    if (!known?.banned || lastLimit(desk, bidder)?.by !== 'platform') return;
    const limit = known.limitFen !== null && { limitFen: known.limitFen };
    await desk.command({ by: 'officer', name: 'limit', bidder, ...limit });
  }

  private counted({
    showId,
    memberId,
  }: {
    showId: string;
    memberId: string;
  }): Promise<{ show_id: string }[]> {
    return rowsOf(this.parts.db.manager, countedSql, [showId, memberId]);
  }
}

/** The last word on whether he may bid: a host's stays when an officer lifts ours. */
function lastLimit(desk: Desk, bidder: string): LoggedEvent | null {
  for (let i = desk.state.next - 1; i >= 0; i -= 1) {
    const leaf = desk.leaf(i);
    if (leaf?.type === 'bidder.limited' && leaf.body.bidder === bidder) return leaf;
  }
  return null;
}

interface Seated {
  show_id: string;
  bidder: string;
}
interface Defaulted {
  member_id: string;
  show_id: string;
  title: string;
  counts: boolean;
}
interface Lift {
  member_id: string;
  reason: LiftReason;
  lifted_by: string;
  lifted_at: Date;
}

/** Bills that somebody left unpaid: one per person and show. What an officer lifted does not count. */
const defaulted = `
  defaulted AS (
    SELECT DISTINCT township_id, member_id, show_id, title, NOT EXISTS (
      SELECT FROM bidding_lifts l WHERE l.member_id = b.member_id AND l.township_id = h.township_id
        AND s.show_id = ANY(l.shows)) AS counts
    FROM sales s JOIN show_bidders b USING (show_id, bidder) JOIN shows h USING (show_id)
    WHERE s.phase = 'defaulted' AND NOT EXISTS (SELECT FROM ended_shows e WHERE e.show_id = s.show_id)
  )`;
const countedSql = `
  WITH ${defaulted} SELECT d.show_id FROM defaulted d JOIN shows h USING (township_id)
  WHERE h.show_id = $1 AND d.member_id = $2 AND counts`;
const defaultedSql = `
  WITH ${defaulted} SELECT member_id, show_id, title, counts FROM defaulted WHERE township_id = $1 ORDER BY show_id`;
const liftsSql = `
  SELECT member_id, reason, lifted_by, lifted_at FROM bidding_lifts WHERE township_id = $1 ORDER BY lifted_at DESC`;
const insertLift = `
  INSERT INTO bidding_lifts (id, township_id, member_id, shows, reason, lifted_by, lifted_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7)`;
const seatSql = `SELECT member_id FROM show_bidders WHERE show_id = $1 AND bidder = $2`;
const running = `phase IN ('draft', 'sealed', 'open')
  AND NOT EXISTS (SELECT FROM ended_shows e WHERE e.show_id = h.show_id)`;
const runningSql = `SELECT show_id FROM shows h WHERE ${running} ORDER BY show_id`;
const seatsSql = `
  SELECT b.show_id, bidder FROM show_bidders b JOIN shows h USING (show_id)
  WHERE township_id = $1 AND member_id = $2 AND ${running}`;
/** Where else in the township somebody has a paddle who is in default in this show. */
const alsoSeatedSql = `
  SELECT DISTINCT b.show_id, b.bidder FROM sales s
    JOIN show_bidders own USING (show_id, bidder) JOIN shows here USING (show_id)
    JOIN show_bidders b ON b.member_id = own.member_id
    JOIN shows h ON h.show_id = b.show_id AND h.township_id = here.township_id
  WHERE s.show_id = $1 AND s.phase = 'defaulted' AND h.${running}`;
/** Who has a paddle in this show and too much behind him. */
const barredIn = `
  WITH ${defaulted} SELECT b.show_id, b.bidder FROM show_bidders b JOIN shows h USING (show_id)
  WHERE b.show_id = $1 AND (SELECT count(*) FROM defaulted d
    WHERE d.member_id = b.member_id AND d.township_id = h.township_id AND counts) >= $2`;
