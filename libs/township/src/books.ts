import { cardOfLot, Show, ShowBidder } from '@qingpai/auction';
import { type Ledger } from '@qingpai/ledger';
import { shortCode } from '@qingpai/ledger/rules';
import { Refused } from '@qingpai/platform';
import {
  type LoggedEvent,
  type LotCard,
  type LotHistory,
  type TownshipFilter,
  type TownshipLot,
  type TownshipShow,
  type TownshipTotals,
} from '@qingpai/wire';
import { stringify } from 'csv-stringify/sync';
import { type DataSource, In } from 'typeorm';
import { brokenLeaf } from './brokenLeaf.js';
import { LOTS_LISTED_MAX } from './limits.js';
import { lotLines } from './lotLines.js';
import { type Badge, badgeOf } from './rules/badge.js';
import { csvTable, type ShowHeadLine } from './rules/csvTable.js';
import { historyOf } from './rules/history.js';
import { type LotLine } from './rules/lotLine.js';
import { countOf, gradesOf, groups, sum, totalsOf } from './rules/totals.js';
import { type ShowVerdicts } from './showVerdicts.js';

export interface BooksParts {
  db: DataSource;
  ledger: Pick<Ledger, 'headOf' | 'headsUpTo' | 'pages'>;
  verdicts: ShowVerdicts;
  /** Told when the verifier itself failed. */
  warn: (showId: string, error: unknown) => void;
  /** Milliseconds since 1970, UTC. */
  nowMs: () => number;
}

/** One township's books, read only: nothing of another township is ever in an answer. */
export class TownshipBooks {
  constructor(private readonly parts: BooksParts) {}

  async totals(townshipId: string, filter: TownshipFilter): Promise<TownshipTotals> {
    return totalsOf(await this.lines(townshipId, filter));
  }

  async lots(townshipId: string, filter: TownshipFilter): Promise<{ lots: TownshipLot[]; total: number }> {
    const lines = await this.lines(townshipId, filter);
    return { lots: lines.slice(0, LOTS_LISTED_MAX).map(lotOf), total: lines.length };
  }

  /** Shows that have a lot within the filter, newest first. */
  async shows(townshipId: string, filter: TownshipFilter): Promise<TownshipShow[]> {
    const byShow = groups(await this.lines(townshipId, filter), (line) => line.showId);
    const shows = await this.showsOf(byShow.map(([showId]) => showId));
    const listed: TownshipShow[] = [];
    // One after the other: a show that is verified for the first time takes its time and a core.
    for (const [showId, lines] of byShow) listed.push(await this.listed(shows.get(showId)!, lines));
    return listed;
  }

  /** A lot with all that the log says of it. Refuses: `unknown-show` (also another township's), `unknown-lot`. */
  async lot(townshipId: string, showId: string, lot: string): Promise<LotHistory> {
    const show = await this.parts.db.manager.findOneBy(Show, { showId, townshipId });
    if (!show) throw new Refused('unknown-show');
    const line = (await this.lines(townshipId, { show: showId })).find((one) => one.lot === lot);
    if (!line) throw new Refused('unknown-lot');
    const seats = await this.parts.db.manager.findBy(ShowBidder, { showId });
    const paddles = new Map(seats.map(({ bidder, paddle }) => [bidder, paddle]));
    return {
      lot: lotOf(line),
      card: (await cardOfLot(this.parts.db.manager, showId, lot)) ?? bareCard(line),
      rows: historyOf(await this.eventsAbout(show.origin, lot), lot, (bidder) => paddles.get(bidder) ?? null),
    };
  }

  /**
   * Exactly the lots within the filter, in the order of the list, as a spreadsheet opens it: UTF-8 with BOM, cells that
   * would run as formulas defused; then sums, filter, time and the heads of the logs the rows come from.
   */
  async csv(townshipId: string, filter: TownshipFilter): Promise<{ text: string; lots: number }> {
    const lines = await this.lines(townshipId, filter);
    const heads = await this.heads([...new Set(lines.map((line) => line.showId))]);
    const table = csvTable(lines, { filter, heads, atMs: this.parts.nowMs() });
    const text = stringify(table, { bom: true, escape_formulas: true, record_delimiter: 'windows' });
    return { text, lots: lines.length };
  }

  private lines(townshipId: string, filter: TownshipFilter): Promise<LotLine[]> {
    return lotLines(this.parts.db.manager, townshipId, filter);
  }

  private async showsOf(showIds: readonly string[]): Promise<Map<string, Show>> {
    const shows = await this.parts.db.manager.findBy(Show, { showId: In(showIds) });
    return new Map(shows.map((show) => [show.showId, show]));
  }

  private async listed(show: Show, lines: readonly LotLine[]): Promise<TownshipShow> {
    return {
      showId: show.showId,
      title: show.title,
      day: lines[0]!.day,
      hostTitle: show.card.hostTitle,
      phase: show.phase,
      lots: lines.length,
      units: sum(lines, (line) => line.units),
      hammerFen: sum(lines, (line) => line.hammerFen),
      paidFen: sum(lines, (line) => line.paidFen),
      grades: gradesOf(lines),
      passedLots: countOf(lines, 'passed'),
      code: show.code,
      ...(await this.badge(show)),
    };
  }

  /** A verifier that fails accuses nobody (LEDGER §4), and must not close the whole desk. */
  private async badge({ showId, origin, phase }: Show): Promise<Badge> {
    const verification = await this.parts.verdicts.of(showId).catch((error: unknown) => {
      this.parts.warn(showId, error);
      return null;
    });
    const badge = badgeOf(verification, phase);
    if (badge.badge !== 'mismatch' || badge.badgeLeaf !== null) return badge;
    return { ...badge, badgeLeaf: await brokenLeaf(this.parts.ledger, origin) };
  }

  private async heads(showIds: readonly string[]): Promise<ShowHeadLine[]> {
    const shows = await this.showsOf(showIds);
    return Promise.all(
      showIds.map(async (showId) => {
        const head = await this.parts.ledger.headOf(shows.get(showId)!.origin);
        if (!head) throw new Error(`bug: the log of ${showId} has no head`);
        return { showId, size: head.size, code: shortCode(head.root) };
      }),
    );
  }

  /** Leaves that name this lot, and all that name a sale: whose sale it is, the hammer tells. */
  private async eventsAbout(origin: string, lot: string): Promise<LoggedEvent[]> {
    const head = await this.parts.ledger.headOf(origin);
    if (!head) return [];
    const events: LoggedEvent[] = [];
    for await (const page of this.parts.ledger.pages(origin, head.size)) {
      // Leaves are canonical JSON, so a name is written in one way only; few of a long log need parsing.
      const named = page.filter((leaf) => leaf.includes(`"lot":"${lot}"`) || leaf.includes('"sale":"'));
      events.push(...named.map((leaf) => JSON.parse(leaf.toString('utf8')) as LoggedEvent));
    }
    return events;
  }
}

function lotOf({
  firstPassUnits: _first,
  paidUnits: _paid,
  deliveredUnits: _delivered,
  ...lot
}: LotLine): TownshipLot {
  return lot;
}

const bareCard = ({ lot, growerName, village, grade }: LotLine): LotCard => ({
  ...{ lot, growerName, village, grade },
  source: '',
  photos: [],
});
