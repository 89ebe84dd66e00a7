import { rowsOf } from '@qingpai/members';
import { Refused, safeInteger } from '@qingpai/platform';
import { type Format, type LotPhase, type TownshipFilter } from '@qingpai/wire';
import { type EntityManager } from 'typeorm';
import { type LotLine } from './rules/lotLine.js';

interface Row {
  show_id: string;
  day: string;
  lot: string;
  number: string;
  title: string;
  grower_name: string;
  village: string;
  grade: string;
  unit: string;
  units: number;
  format: Format;
  start_fen: string;
  phase: LotPhase;
  offerings: number;
  sold_units: number;
  floor_met: boolean | null;
  hammer_fen: string;
  paid_fen: string;
  refunded_fen: string;
  first_pass_units: string;
  paid_units: string;
  delivered_units: string;
}

/**
 * A show's day is that of its beginning, by the township's clock. Lots are in the books from their seal on, and
 * never leave them. A voided sale counts nowhere, nor does one in default whose units were
 * sold again or carried; what was sold again was not sold at the first offering. A sale that went on in another log after
 * a restore is counted with its lot, where it was hammered, as it stands now.
 */
const sql = `
  WITH RECURSIVE goes_on AS (
    SELECT show_id AS begun, show_id, 0 AS steps FROM shows
    UNION ALL
    SELECT begun, by_show, steps + 1 FROM goes_on JOIN ended_shows USING (show_id) WHERE by_show IS NOT NULL
  ), newest AS (
    SELECT DISTINCT ON (begun) begun, show_id FROM goes_on ORDER BY begun, steps DESC
  )
  SELECT s.show_id, to_char(s.starts_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD') AS day,
    l.lot, l.number, l.title, coalesce(c.grower_name, '') AS grower_name, coalesce(c.village, '') AS village,
    coalesce(c.grade, '') AS grade, l.unit, l.units, l.format, l.start_fen, l.phase, l.offerings, l.sold_units,
    l.floor_met, m.hammer_fen, m.paid_fen, m.refunded_fen, m.first_pass_units, m.paid_units,
    m.delivered_units
  FROM shows s
  JOIN lots l ON l.show_id = s.show_id AND l.phase NOT IN ('draft', 'struck')
  LEFT JOIN lot_cards c ON c.show_id = l.show_id AND c.lot = l.lot
  CROSS JOIN LATERAL (
    SELECT coalesce(sum(units * unit_price_fen), 0) AS hammer_fen,
      coalesce(sum(units * unit_price_fen) FILTER (WHERE phase IN ('paid', 'refunded')), 0) AS paid_fen,
      coalesce(sum(refunded_fen), 0) AS refunded_fen,
      coalesce(sum(units) FILTER (WHERE offering = 1 AND NOT second), 0) AS first_pass_units,
      coalesce(sum(units) FILTER (WHERE phase = 'paid'), 0) AS paid_units,
      coalesce(sum(units) FILTER (WHERE phase = 'paid' AND received_at_ms IS NOT NULL), 0) AS delivered_units
    FROM (
      SELECT h.show_id, h.lot, h.offering, h.units, h.unit_price_fen, h.followed_by,
        coalesce(now.phase, h.phase) AS phase, coalesce(now.refunded_fen, h.refunded_fen) AS refunded_fen,
        coalesce(now.received_at_ms, h.received_at_ms) AS received_at_ms,
        EXISTS (SELECT FROM sales b WHERE b.show_id = h.show_id AND b.followed_by = h.sale) AS second
      FROM sales h JOIN newest ON begun = h.show_id
        LEFT JOIN sales now ON now.show_id = newest.show_id AND now.sale = h.sale AND now.lot = h.lot AND h.phase <> 'voided'
    ) AS sales
    WHERE sales.show_id = l.show_id AND sales.lot = l.lot AND sales.phase <> 'voided' AND sales.followed_by IS NULL
  ) m
  WHERE s.township_id = $1
    AND ($2::text IS NULL OR s.show_id = $2)
    AND ($3::text IS NULL OR c.village = $3)
    AND ($4::text IS NULL OR c.grower_name = $4)
    AND ($5::text IS NULL OR l.phase = $5)
    AND ($6::text IS NULL OR position(lower($6) IN lower(l.title)) > 0 OR position($6 IN l.number) > 0)
    AND ($7::text IS NULL OR to_char(s.starts_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD') >= $7)
    AND ($8::text IS NULL OR to_char(s.starts_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD') <= $8)
  ORDER BY s.starts_at DESC, s.show_id DESC, l.number, l.lot`;

/**
 * The lots of a township's books that fit a filter: newest show first, then by lot number. Whatever the desk shows,
 * sums or exports is made of these lines. Refuses: `malformed`.
 */
export async function lotLines(
  manager: EntityManager,
  townshipId: string,
  filter: TownshipFilter,
): Promise<LotLine[]> {
  const { show, village, grower, phase, q, fromDay, toDay } = filter;
  const wanted = [show, village, grower, phase, q, fromDay, toDay];
  // Postgres keeps no NUL in its texts, so nothing can be called that.
  if (wanted.some((text) => text?.includes('\0'))) throw new Refused('malformed');
  const rows = await rowsOf<Row>(manager, sql, [townshipId, ...wanted.map((text) => text ?? null)]);
  return rows.map(lineOf);
}

function lineOf(row: Row): LotLine {
  return {
    showId: row.show_id,
    day: row.day,
    lot: row.lot,
    number: row.number,
    title: row.title,
    growerName: row.grower_name,
    village: row.village,
    grade: row.grade,
    unit: row.unit,
    units: row.units,
    format: row.format,
    startFen: safeInteger(row.start_fen),
    phase: row.phase,
    offerings: row.offerings,
    soldUnits: row.sold_units,
    hammerFen: safeInteger(row.hammer_fen),
    paidFen: safeInteger(row.paid_fen),
    refundedFen: safeInteger(row.refunded_fen),
    floorMet: row.floor_met,
    firstPassUnits: safeInteger(row.first_pass_units),
    paidUnits: safeInteger(row.paid_units),
    deliveredUnits: safeInteger(row.delivered_units),
  };
}
