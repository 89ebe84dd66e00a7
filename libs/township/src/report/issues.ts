import { type MembersService, rowsOf } from '@qingpai/members';
import { Refused, safeInteger } from '@qingpai/platform';
import { type Issue, type NewIssue } from '@qingpai/wire';
import { type DataSource } from 'typeorm';
import { ISSUES_OPEN_MAX, ISSUES_SHOWN_MAX } from '../limits.js';
import { assertImpersonal } from './impersonal.js';

export interface IssuesParts {
  db: DataSource;
  members: Pick<MembersService, 'contactsOf'>;
  /** Milliseconds since 1970, UTC. */
  nowMs: () => number;
}

interface Row {
  issue: string;
  opened_by: string;
  opened_at: Date;
  text: string;
  owner: string | null;
  due_day: string | null;
  show_id: string | null;
  lot: string | null;
  closed_by: string | null;
  closed_at: Date | null;
  outcome: string | null;
}

/** 问题清单: rows that are added and never changed; closing one out (销号) is a row of its own, once. */
export class Issues {
  constructor(private readonly parts: IssuesParts) {}

  /** Open ones, and those closed since; newest first. @param sinceMs milliseconds since 1970, UTC */
  async list(townshipId: string, sinceMs: number): Promise<Issue[]> {
    const { db, members } = this.parts;
    const rows = await rowsOf<Row>(db.manager, listSql, [townshipId, new Date(sinceMs), ISSUES_SHOWN_MAX]);
    const people = rows.flatMap((row) => [row.opened_by, ...(row.closed_by ? [row.closed_by] : [])]);
    const contacts = await members.contactsOf([...new Set(people)]);
    const nameOf = (id: string) => contacts.get(id)?.nickname ?? '';
    return rows.map((row) => ({
      ...{ id: safeInteger(row.issue), openedAtMs: row.opened_at.getTime() },
      ...{ openedBy: nameOf(row.opened_by), text: row.text, owner: row.owner },
      ...{ dueDay: row.due_day, show: row.show_id, lot: row.lot },
      closed: row.closed_by && {
        ...{ atMs: row.closed_at!.getTime(), by: nameOf(row.closed_by), text: row.outcome! },
      },
    })) as Issue[];
  }

  /** Refuses: `personal-data`, `unknown-show`, `too-busy` when so many are open that nobody reads them. */
  async open(townshipId: string, memberId: string, asked: NewIssue): Promise<void> {
    const { text, owner = null, dueDay = null, show = null, lot = null } = asked;
    assertImpersonal(text, owner ?? '');
    const { db, nowMs } = this.parts;
    const [row] = await rowsOf<{ open: string; known: boolean }>(db.manager, openSql, [townshipId, show]);
    if (show !== null && !row!.known) throw new Refused('unknown-show');
    if (Number(row!.open) >= ISSUES_OPEN_MAX) throw new Refused('too-busy');
    await db.query(
      `INSERT INTO issues (township_id, opened_by, opened_at, text, owner, due_day, show_id, lot)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [townshipId, memberId, new Date(nowMs()), text, owner, dueDay, show, show && lot],
    );
  }

  /** Refuses: `not-found`, also for another township's, `already-decided`, `personal-data`. */
  async close(townshipId: string, memberId: string, id: number, text: string): Promise<void> {
    assertImpersonal(text);
    const { db, nowMs } = this.parts;
    const known = await rowsOf(db.manager, 'SELECT FROM issues WHERE issue = $1 AND township_id = $2', [
      id,
      townshipId,
    ]);
    if (known.length === 0) throw new Refused('not-found');
    const closed = await rowsOf<{ issue: string }>(
      db.manager,
      `INSERT INTO issue_ends (issue, closed_by, closed_at, text) VALUES ($1, $2, $3, $4)
       ON CONFLICT DO NOTHING RETURNING issue`,
      [id, memberId, new Date(nowMs()), text],
    );
    if (closed.length === 0) throw new Refused('already-decided');
  }
}

const listSql = `
  SELECT i.issue, opened_by, opened_at, i.text, owner, due_day, show_id, lot, closed_by, closed_at, e.text AS outcome
  FROM issues i LEFT JOIN issue_ends e USING (issue)
  WHERE township_id = $1 AND (closed_at IS NULL OR closed_at >= $2)
  ORDER BY (closed_at IS NOT NULL), due_day, i.issue DESC LIMIT $3`;
const openSql = `
  SELECT count(*) AS open, EXISTS (SELECT FROM shows WHERE township_id = $1 AND show_id = $2) AS known
  FROM issues i WHERE township_id = $1 AND NOT EXISTS (SELECT FROM issue_ends e WHERE e.issue = i.issue)`;
