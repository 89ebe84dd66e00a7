import { type Desks } from '@qingpai/auction';
import { rowsOf } from '@qingpai/members';
import { Refused } from '@qingpai/platform';
import { dayReport, type DayReport } from '@qingpai/wire';
import { type DataSource } from 'typeorm';
import { KEPT_AFTERWARDS_DAYS } from '../limits.js';
import { type InvariantRuns } from '../invariants/invariantRuns.js';
import { type ShowVerdicts } from '../showVerdicts.js';
import { dayOf, dayOfShow, type DayOfShow, emptyDay, hoursOf, showLine, together } from './dayOfShow.js';

export interface DailyReportsParts {
  db: DataSource;
  desks: Desks;
  verdicts: ShowVerdicts;
  runs: Pick<InvariantRuns, 'last'>;
  /** Milliseconds since 1970, UTC. */
  nowMs: () => number;
}

interface ShowRow {
  show_id: string;
  title: string;
  phase: DayReport['shows'][number]['phase'];
  code: string | null;
  goes_on: boolean;
}

const DAY_MS = 86_400_000;

/** 一天一汇报: counted from the logs whenever it is asked for, and kept once a day is over, so that it stays what was told. */
export class DailyReports {
  constructor(private readonly parts: DailyReportsParts) {}

  nowMs(): number {
    return this.parts.nowMs();
  }

  /** Counted now. Refuses: `malformed` for a day that has not begun, or that no calendar has. */
  async of(townshipId: string, day: string): Promise<DayReport> {
    const { db, desks, runs, nowMs } = this.parts;
    const [hours, atMs] = [hoursOf(day), nowMs()];
    if (Number.isNaN(hours.fromMs) || dayOf(hours.fromMs) !== day || hours.fromMs > atMs) {
      throw new Refused('malformed');
    }
    const rows = await rowsOf<ShowRow>(db.manager, showsSql, [townshipId, new Date(hours.fromMs)]);
    const parts: DayOfShow[] = [emptyDay];
    const shows: DayReport['shows'] = [];
    for (const { show_id: showId, title, phase, code, goes_on: goesOn } of rows) {
      const desk = await desks.of(showId);
      const state = structuredClone(desk.state);
      const events = Array.from({ length: desk.head.size }, (_, i) => desk.leaf(i)!);
      parts.push(dayOfShow({ showId, state, events, goesOn }, hours, atMs));
      const said = await this.parts.verdicts.of(showId).catch(() => null);
      const { verdict = null } = said ?? {};
      shows.push({ show: showId, title, phase, ...showLine(state), verdict, code, leaves: events.length });
    }
    return { day, atMs, ...together(parts), checks: checksOf(await runs.last()), shows };
  }

  /** As it was told when the day was over; null: it was not kept. */
  async kept(townshipId: string, day: string): Promise<DayReport | null> {
    const [row] = await rowsOf<{ told: unknown }>(
      this.parts.db.manager,
      'SELECT told FROM daily_reports WHERE township_id = $1 AND day = $2',
      [townshipId, day],
    );
    return row ? dayReport.parse(row.told) : null;
  }

  /** Keeps the reports of the last days that were not kept yet, of every township. Twice changes nothing. */
  async keep(): Promise<void> {
    for (let back = KEPT_AFTERWARDS_DAYS; back > 0; back--)
      await this.keepDay(dayOf(this.nowMs() - back * DAY_MS));
  }

  private async keepDay(day: string): Promise<void> {
    const { db } = this.parts;
    const left = await rowsOf<{ id: string }>(db.manager, unkeptSql, [day, new Date(hoursOf(day).toMs)]);
    for (const { id } of left) {
      const told = await this.of(id, day);
      await db.query(
        `INSERT INTO daily_reports (township_id, day, at, told) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
        [id, day, new Date(told.atMs), JSON.stringify(told)],
      );
    }
  }
}

/** Townships that had a show by the end of the day, and no report of it. */
const unkeptSql = `
  SELECT id FROM townships WHERE EXISTS (SELECT FROM shows WHERE township_id = townships.id AND created_at < $2)
    AND NOT EXISTS (SELECT FROM daily_reports WHERE township_id = townships.id AND day = $1)`;
/** Sealed, and not settled before the day began. */
const showsSql = `
  SELECT show_id, title, phase, code, EXISTS (
      SELECT FROM ended_shows e WHERE e.show_id = shows.show_id AND how = 'continued') AS goes_on
  FROM shows WHERE township_id = $1 AND phase <> 'draft' AND (settled_at IS NULL OR settled_at >= $2)
  ORDER BY starts_at DESC, show_id DESC`;

function checksOf(run: Awaited<ReturnType<InvariantRuns['last']>>): DayReport['checks'] {
  if (!run) return null;
  const count = (holds: string) => run.invariants.filter((one) => one.holds === holds).length;
  return { atMs: run.atMs, holds: count('yes'), broken: count('no'), unknown: count('unknown') };
}
