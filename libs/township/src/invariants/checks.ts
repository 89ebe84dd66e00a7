import { firstUnreproduced, invariants, rowsAgainst } from '@qingpai/auction';
import { type Ledger } from '@qingpai/ledger';
import { rowsOf } from '@qingpai/members';
import { type DataSource, type EntityManager } from 'typeorm';
import { lotLines } from '../lotLines.js';
import { sum } from '../rules/totals.js';

/** One statement about the data; `against` answers what breaks it, and throws when it could not be looked at. */
export interface Check {
  name: string;
  zh: string;
  against(): Promise<readonly object[]>;
}

/** Those in SQL, and the two that SQL cannot say. @param more of libraries that this one does not know */
export function checksOn(
  db: DataSource,
  ledger: Pick<Ledger, 'headOf' | 'headsUpTo' | 'pages'>,
  more: readonly { name: string; zh: string; sql: string }[] = [],
): Check[] {
  return [
    ...[...invariants, ...more].map(({ name, zh, sql }) => ({
      ...{ name, zh },
      against: () => rowsAgainst(db.manager, { sql }),
    })),
    {
      name: 'every log recomputes to its signed heads',
      zh: '账本逐条重算，与签过名的状态一致',
      against: () => unreproduced(db, ledger),
    },
    {
      name: "the township's totals are the sales' totals",
      zh: '乡镇汇总等于各笔成交之和',
      against: () => db.transaction('REPEATABLE READ', (manager) => differingTotals(manager)),
    },
  ];
}

async function unreproduced(
  db: DataSource,
  ledger: Pick<Ledger, 'headOf' | 'headsUpTo' | 'pages'>,
): Promise<object[]> {
  const logs = await rowsOf<{ origin: string }>(db.manager, 'SELECT origin FROM logs ORDER BY log', []);
  const broken: object[] = [];
  // One log after the other: bids go on meanwhile.
  for (const { origin } of logs) {
    const size = await firstUnreproduced(ledger, origin);
    if (size !== null) broken.push({ origin, size });
  }
  return broken;
}

/**
 * The log's own words, added up by Postgres; a sale counts from its hammer until it is voided, replaced or carried, and in
 * the last log that took it over.
 */
const sold = `
  WITH leaf AS MATERIALIZED (
    SELECT log, convert_from(bytes, 'UTF8')::jsonb AS leaf FROM leaves
  ), hammered AS (
    SELECT log, leaf #>> '{body,sale}' AS sale,
      (leaf #>> '{body,units}')::bigint * (leaf #>> '{body,unitPriceFen}')::bigint AS fen
    FROM leaf WHERE leaf ->> 'type' IN ('lot.hammered', 'sale.accepted', 'sale.takenOver')
  ), gone_on AS (
    SELECT before.log, t.leaf #>> '{body,sale}' AS sale FROM leaf t JOIN leaf o USING (log)
      JOIN logs before ON before.origin = o.leaf #>> '{body,continues,origin}'
    WHERE t.leaf ->> 'type' = 'sale.takenOver' AND o.leaf ->> 'type' = 'log.opened'
  ), told AS (
    SELECT log, leaf #>> '{body,sale}' AS sale, bool_or(leaf ->> 'type' IN ('sale.voided', 'lot.carried')) AS gone,
      coalesce(sum((leaf #>> '{body,amountFen}')::bigint) FILTER (WHERE leaf ->> 'type' = 'sale.paid'), 0) AS paid
    FROM leaf WHERE leaf ->> 'type' IN ('sale.voided', 'sale.paid')
      OR (leaf ->> 'type' = 'lot.carried' AND leaf -> 'body' ? 'sale') GROUP BY 1, 2
  ), replaced AS (
    SELECT o.log, o.leaf #>> '{body,replaces}' AS sale FROM leaf o JOIN leaf a
      ON a.log = o.log AND a.leaf #>> '{body,sale}' = o.leaf #>> '{body,sale}'
    WHERE o.leaf ->> 'type' = 'sale.offered' AND a.leaf ->> 'type' = 'sale.accepted'
  )
  SELECT t.id AS township, coalesce(sum(fen), 0)::bigint AS hammer, coalesce(sum(told.paid), 0)::bigint AS paid
  FROM townships t LEFT JOIN shows s ON s.township_id = t.id LEFT JOIN logs USING (origin)
    LEFT JOIN hammered h USING (log) LEFT JOIN told USING (log, sale)
  WHERE told.gone IS NOT TRUE AND (log, sale) NOT IN (SELECT log, sale FROM replaced)
    AND NOT EXISTS (SELECT FROM gone_on g WHERE g.log = h.log AND g.sale = h.sale)
  GROUP BY 1`;

async function differingTotals(manager: EntityManager): Promise<object[]> {
  const townships = await rowsOf<{ township: string; hammer: string; paid: string }>(manager, sold, []);
  const differing: object[] = [];
  for (const { township, hammer, paid } of townships) {
    const lines = await lotLines(manager, township, {});
    const shown = { hammer: sum(lines, (line) => line.hammerFen), paid: sum(lines, (line) => line.paidFen) };
    if (shown.hammer !== Number(hammer) || shown.paid !== Number(paid))
      differing.push({ township, shown, hammer, paid });
  }
  return differing;
}
