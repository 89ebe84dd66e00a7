import { type Registry } from '@qingpai/auction';
import { reportMessage } from '@qingpai/auction/rules';
import { inTransaction } from '@qingpai/ledger';
import { canonicalHash, fromBase64, sha256, toBase64, verifyEd25519 } from '@qingpai/ledger/rules';
import { type MembersService, rowsOf } from '@qingpai/members';
import { Refused } from '@qingpai/platform';
import { type DayReport, dayReport, type ReportToSign, type SignedReport } from '@qingpai/wire';
import { type DataSource, type EntityManager } from 'typeorm';
import { MISSING_DAYS_MAX, REPORT_DUE_MS } from '../limits.js';
import { type DailyReports } from './dailyReports.js';
import { dayOf, hoursOf } from './dayOfShow.js';
import { assertImpersonal } from './impersonal.js';

export interface SignedReportsParts {
  db: DataSource;
  reports: DailyReports;
  registry: Registry;
  members: Pick<MembersService, 'contactsOf'>;
  /** Milliseconds since 1970, UTC. */
  nowMs: () => number;
}

interface Row {
  version: number;
  words: string;
  figures: unknown;
  at: Date;
  signed_by: string;
  key: string;
  sig: string;
  hash: string;
}

interface Signer {
  memberId: string;
  townshipId: string;
}

const DAY_MS = 86_400_000;

/** What officers signed of a day: words of theirs beside figures that are counted. A correction is a version of its own. */
export class SignedReports {
  constructor(private readonly parts: SignedReportsParts) {}

  /** All versions of a day, the newest first. */
  async of(townshipId: string, day: string): Promise<SignedReport[]> {
    const { db, members } = this.parts;
    const rows = await rowsOf<Row>(db.manager, versionsSql, [townshipId, day]);
    const contacts = await members.contactsOf([...new Set(rows.map((row) => row.signed_by))]);
    return rows.map(({ figures, at, signed_by: signer, ...row }) => ({
      ...row,
      figures: dayReport.parse(figures),
      atMs: at.getTime(),
      by: contacts.get(signer)?.nickname ?? '',
    }));
  }

  /**
   * Keeps it, and puts the hash of what was signed into the township's registry, for good.
   * Refuses: `day-not-over`, `personal-data`, `report-changed` (the figures are neither those that were kept nor those of
   * now, or another version is newer), `bad-signature`, `not-found` before the township's first show.
   */
  async sign(signer: Signer, asked: ReportToSign): Promise<void> {
    const { reports, registry, nowMs } = this.parts;
    const { townshipId } = signer;
    assertImpersonal(asked.words);
    if (hoursOf(asked.day).toMs > nowMs()) throw new Refused('day-not-over');
    const { code, origin } = await registry.rowOf({ townshipId });
    const told = [await reports.kept(townshipId, asked.day), await reports.of(townshipId, asked.day)];
    if (!told.some((one) => one && saysTheSame(one, asked.figures))) throw new Refused('report-changed');
    const message = reportMessage({ ...asked, township: code });
    if (!isSigned(asked, message)) throw new Refused('bad-signature');
    await registry.enrolOfficer(signer, asked.key, nowMs());
    const hash = toBase64(sha256(message));
    await inTransaction(this.parts.db, async (manager) => {
      await this.keep(manager, signer, asked, hash);
      await registry.appendIn(manager, origin, () => [{ type: 'report.filed', body: { hash } }], nowMs());
    });
    registry.tell(origin);
  }

  private async keep(
    manager: EntityManager,
    { townshipId, memberId }: Signer,
    asked: ReportToSign,
    hash: string,
  ) {
    const { day, version, words, figures, key, sig } = asked;
    const told = [JSON.stringify(figures), new Date(this.parts.nowMs())];
    const kept = await rowsOf(manager, keepSql, [
      ...[townshipId, day, version, words, ...told],
      ...[memberId, key, sig, hash],
    ]);
    if (kept.length === 0) throw new Refused('report-changed');
  }

  /** 缺报: days of the last month on which something happened, and whose report nobody signed by noon of the next. */
  async missing(townshipId: string): Promise<string[]> {
    const { db, nowMs } = this.parts;
    const since = dayOf(nowMs() - MISSING_DAYS_MAX * DAY_MS);
    const rows = await rowsOf<{ day: string; told: unknown }>(db.manager, unsignedSql, [townshipId, since]);
    return rows
      .filter(({ day }) => hoursOf(day).toMs + REPORT_DUE_MS <= nowMs())
      .filter(({ told }) => hasNews(dayReport.parse(told)))
      .map(({ day }) => day);
  }
}

const versionsSql = `
  SELECT version, words, figures, at, signed_by, key, sig, hash FROM signed_reports
  WHERE township_id = $1 AND day = $2 ORDER BY version DESC`;
const keepSql = `
  INSERT INTO signed_reports (township_id, day, version, words, figures, at, signed_by, key, sig, hash)
  SELECT $1, $2, $3::int, $4, $5, $6, $7, $8, $9, $10
  WHERE $3::int = 1 + (SELECT count(*) FROM signed_reports WHERE township_id = $1 AND day = $2)
  ON CONFLICT DO NOTHING RETURNING version`;
const unsignedSql = `
  SELECT day, told FROM daily_reports d WHERE township_id = $1 AND day >= $2 AND NOT EXISTS (
      SELECT FROM signed_reports s WHERE s.township_id = d.township_id AND s.day = d.day)
  ORDER BY day DESC`;

/** Nobody types figures: what is signed was counted here, if at another moment. */
const saysTheSame = (counted: DayReport, signed: DayReport): boolean =>
  canonicalHash({ ...counted, atMs: 0 }) === canonicalHash({ ...signed, atMs: 0 });

function isSigned({ key, sig }: ReportToSign, message: Uint8Array): boolean {
  const [publicKey, signature] = [fromBase64(key), fromBase64(sig)];
  return publicKey !== undefined && signature !== undefined && verifyEd25519(publicKey, message, signature);
}

/** A day on which nothing was sold, paid, given back, refused a buyer or complained of needs nobody's words. */
const hasNews = ({ sold, unsold, due, goods, claims, payouts }: DayReport): boolean =>
  [
    ...[sold.units, sold.paidFen, sold.backFen, unsold.length, due.defaultedSales],
    ...[goods.received, claims.filed, claims.answered, payouts.sales],
  ].some((count) => count > 0);
