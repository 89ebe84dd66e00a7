import { type MembersService, rowsOf, type Seal } from '@qingpai/members';
import { type Clock } from '@qingpai/platform';
import { type ChatLine, type Role } from '@qingpai/wire';
import { stringify } from 'csv-stringify/sync';
import { type DataSource } from 'typeorm';
import { CHAT_LINES_MAX } from '../room/limits.js';
import { type TalkAct } from './chat.js';
import { recordColumns, recordRow } from './record.js';

const AGAIN_MS = 1_000;
/** What waits for a database that is away; more is not kept, and said in the log. */
const WAITING_MAX = 5_000;

export interface KeptTalkParts {
  db: DataSource;
  members: Pick<MembersService, 'sealsOf' | 'contactsOf'>;
  clock: Pick<Clock, 'nowMs'>;
  warn(event: string, details: Record<string, unknown>): void;
}

/** An act as it lies in the database. */
export interface TalkRow {
  n: string;
  at: Date;
  member_id: string;
  act: TalkAct['act'];
  line: string | null;
  role: Role | null;
  paddle: number | null;
  bidder: string | null;
  slow_ms: number | null;
  sealed: Buffer | null;
}
interface Waiting {
  showId: string;
  memberId: string;
  atMs: number;
  act: TalkAct;
}

/**
 * The talk of all rooms, on the disk: beside the auction, so that nobody's word and no bid waits for it. A room begins
 * with it after a restart; who is asked for what was said finds it whole, lines that were taken away among them.
 */
export class KeptTalk {
  private waiting: Waiting[] = [];
  private writing: Promise<void> | null = null;
  private again: NodeJS.Timeout | null = null;

  constructor(private readonly parts: KeptTalkParts) {}

  /** What a room's talk is made of: its last lines, and all that was done to it. */
  async of(showId: string): Promise<TalkAct[]> {
    const rows = await rowsOf<TalkRow>(
      this.parts.db.manager,
      `SELECT * FROM talk WHERE show_id = $1 AND (act <> 'line' OR n >= coalesce(
         (SELECT n FROM talk WHERE show_id = $1 AND act = 'line' ORDER BY n DESC OFFSET $2 LIMIT 1), 0)) ORDER BY n`,
      [showId, CHAT_LINES_MAX - 1],
    );
    return this.read(showId, rows);
  }

  /** Everything said and done, for who is asked for it; text with a byte order mark, for spreadsheets. */
  async record(showId: string): Promise<{ text: string; rows: number }> {
    await this.flush();
    const rows = await rowsOf<TalkRow>(
      this.parts.db.manager,
      'SELECT * FROM talk WHERE show_id = $1 ORDER BY n',
      [showId],
    );
    const members = [...new Set(rows.map(({ member_id }) => member_id))];
    const [seals, contacts] = await Promise.all([
      this.parts.members.sealsOf(members),
      this.parts.members.contactsOf(members),
    ]);
    const gone = new Set(rows.flatMap(({ act, line }) => (act === 'remove' && line ? [line] : [])));
    const table = rows.map((row) =>
      recordRow(row, {
        nickname: contacts.get(row.member_id)?.nickname ?? null,
        text: textOf(showId, row, seals),
        isGone: row.act === 'line' && gone.has(row.line!),
      }),
    );
    return {
      text: stringify([recordColumns, ...table], { bom: true, escape_formulas: true }),
      rows: rows.length,
    };
  }

  /** Later, in order. A database that is away is waited for. */
  keep(showId: string, memberId: string, act: TalkAct): void {
    const atMs = act.act === 'line' ? act.line.atMs : this.parts.clock.nowMs();
    this.waiting.push({ showId, memberId, act, atMs });
    if (this.waiting.length > WAITING_MAX) {
      this.waiting.shift();
      this.parts.warn('talk.not-kept', { show: showId });
    }
    if (this.again === null) void this.flush();
  }

  /** Writes what waits; what cannot be written is tried again. */
  async close(): Promise<void> {
    await this.flush();
    if (this.again) clearTimeout(this.again);
  }

  private async flush(): Promise<void> {
    while (this.writing) await this.writing;
    if (this.waiting.length === 0) return;
    this.writing = this.write().finally(() => (this.writing = null));
    await this.writing;
  }

  private async write(): Promise<void> {
    if (this.again) clearTimeout(this.again);
    this.again = null;
    const batch = this.waiting;
    this.waiting = [];
    try {
      await this.insert(batch);
    } catch (error) {
      this.waiting = [...batch, ...this.waiting];
      this.parts.warn('talk.waits', { acts: this.waiting.length, error: String(error) });
      this.again = setTimeout(() => void this.flush(), AGAIN_MS).unref();
      return;
    }
    if (this.waiting.length > 0) await this.write();
  }

  private async insert(batch: readonly Waiting[]): Promise<void> {
    const seals = await this.parts.members.sealsOf([...new Set(batch.map(({ memberId }) => memberId))]);
    const rows = batch.flatMap((one) => rowOf(one, seals) ?? []);
    if (rows.length === 0) return;
    await this.parts.db.query(
      `INSERT INTO talk (show_id, at, member_id, act, line, role, paddle, bidder, slow_ms, sealed)
       SELECT show_id, at, member_id, act, line, role, paddle, bidder, slow_ms, decode(sealed, 'base64')
       FROM jsonb_to_recordset($1::jsonb) AS t(nth int, show_id text, at timestamptz, member_id uuid, act text,
         line text, role text, paddle int, bidder text, slow_ms int, sealed text) ORDER BY nth`,
      [JSON.stringify(rows.map((row, nth) => ({ nth, ...row })))],
    );
  }

  private async read(showId: string, rows: readonly TalkRow[]): Promise<TalkAct[]> {
    const speakers = rows.flatMap(({ act, member_id }) => (act === 'line' ? [member_id] : []));
    const seals = await this.parts.members.sealsOf([...new Set(speakers)]);
    return rows.flatMap((row) => actOf(row, textOf(showId, row, seals)) ?? []);
  }
}

/** Null: whoever said it has no key any more, and leaves nothing behind. */
function rowOf({ showId, memberId, atMs, act }: Waiting, seals: ReadonlyMap<string, Seal>): object | null {
  const row = { show_id: showId, at: new Date(atMs).toISOString(), member_id: memberId, act: act.act };
  if (act.act === 'slow') return { ...row, slow_ms: act.everyMs };
  if (act.act === 'remove') return { ...row, line: act.id };
  if (act.act !== 'line') return { ...row, bidder: act.bidder };
  const { id, role, paddle, bidder, text } = act.line;
  const sealed = seals.get(memberId)?.seal(Buffer.from(text), ownerOf(showId, id)).toString('base64');
  return sealed === undefined ? null : { ...row, line: id, role, paddle, bidder, sealed };
}

const ownerOf = (showId: string, line: string): string => `talk/${showId}/${line}`;

/** Null: not a line, or its speaker's key is destroyed or locked. */
function textOf(showId: string, row: TalkRow, seals: ReadonlyMap<string, Seal>): string | null {
  const seal = seals.get(row.member_id);
  return row.sealed && row.line && seal ? seal.open(row.sealed, ownerOf(showId, row.line)).toString() : null;
}

function actOf(row: TalkRow, text: string | null): TalkAct | null {
  const { act, line: id, role, bidder, paddle, slow_ms } = row;
  if (act === 'slow') return { act, everyMs: slow_ms! };
  if (act === 'remove') return { act, id: id! };
  if (act !== 'line') return { act, bidder: bidder! };
  if (text === null) return null;
  const line: ChatLine = { ...{ id: id!, atMs: row.at.getTime(), role: role!, bidder, paddle }, text };
  return { act, line };
}
