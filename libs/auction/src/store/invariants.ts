import { type Ledger } from '@qingpai/ledger';
import { appendAll, emptyFrontier, equal, leafHash, rootOf } from '@qingpai/ledger/rules';
import { rowsOf } from '@qingpai/members';
import { type EntityManager } from 'typeorm';

/** A statement about the data that must return no row (RELIABILITY §5); a row names what breaks it. */
export interface Invariant {
  name: string;
  zh: string;
  sql: string;
}

/** The leaves as events, in SQL: slower than the rules, and independent of them. */
const events = `
  WITH parsed AS MATERIALIZED (
    SELECT l.log, origin, i, convert_from(bytes, 'UTF8')::jsonb AS leaf FROM leaves l JOIN logs USING (log)
  ), event AS MATERIALIZED (
    SELECT log, origin, i, leaf ->> 'type' AS type, (leaf ->> 't')::bigint AS t, leaf -> 'body' AS body, leaf,
      leaf #>> '{body,lot}' AS lot, (leaf #>> '{body,offering}')::int AS offering
    FROM parsed
  ), accepted AS (
    SELECT *, body ->> 'bidder' AS bidder, (body ->> 'amountFen')::bigint AS fen FROM event WHERE type = 'bid.accepted'
  ), rising AS (
    SELECT log, lot, offering FROM event WHERE type = 'lot.offered' AND body ->> 'format' = 'english'
  ), ended AS (
    SELECT log, lot, offering, i, type FROM event
    WHERE type IN ('lot.hammered', 'lot.setAside') AND NOT body ? 'offer' AND (log, lot, offering) IN (SELECT * FROM rising)
  )`;

export const invariants: readonly Invariant[] = [
  {
    name: 'the guards of the log stand',
    zh: '账本的数据库守卫都在',
    sql: `
      SELECT guard FROM unnest(ARRAY['leaves.append_only', 'leaves.leaves_follow', 'checkpoints.append_only',
        'checkpoints.checkpoint_fits', 'logs.kept', 'logs.head_grows', 'logs.head_filled',
        'cosignatures.append_only', 'cosignatures.cosigned_is_signed',
        'journal_entries.append_only', 'journal_entries.entry_follows', 'journal_entries.balances',
        'journal_lines.append_only', 'journal_lines.line_follows', 'journal_lines.balances',
        'registries.append_only', 'ended_shows.append_only', 'show_bidders.append_only', 'sales.paid_out_once']) AS guard
      WHERE guard NOT IN (SELECT tgrelid::regclass || '.' || tgname FROM pg_trigger WHERE tgenabled = 'A')`,
  },
  {
    name: 'no gap in the log',
    zh: '账本序号没有空缺',
    sql: `
      SELECT log, i FROM (SELECT log, i, row_number() OVER (PARTITION BY log ORDER BY i) - 1 AS due FROM leaves) AS seq
      WHERE i <> due`,
  },
  {
    name: 'a head has exactly its leaves',
    zh: '账本长度与记录数相同',
    sql: `SELECT origin, size FROM logs WHERE size <> (SELECT count(*) FROM leaves WHERE leaves.log = logs.log)`,
  },
  {
    name: 'every head is signed',
    zh: '账本最新状态已签名',
    sql: `
      SELECT origin, size FROM logs
      WHERE size > 0 AND NOT EXISTS (
        SELECT FROM checkpoints c WHERE c.log = logs.log AND c.size = logs.size AND c.root = logs.root)`,
  },
  {
    name: 'a leaf says where it stands',
    zh: '每条记录写着自己的账本和序号',
    sql: `${events}
      SELECT origin, i FROM event WHERE leaf ->> 'show' <> origin OR (leaf ->> 'i')::bigint <> i`,
  },
  {
    name: 'time never goes back',
    zh: '时间从不倒退',
    sql: `${events}
      SELECT origin, i FROM (SELECT *, lag(t) OVER (PARTITION BY log ORDER BY i) AS before FROM event) AS e
      WHERE t < before`,
  },
  {
    name: 'a bid is applied once',
    zh: '同一出价编号只入账一次',
    sql: `${events}
      SELECT origin, body ->> 'bid' AS bid FROM event WHERE type IN ('bid.accepted', 'bid.refused')
      GROUP BY origin, body ->> 'bid' HAVING count(*) > 1`,
  },
  {
    name: "a bidder's bids are counted without gaps",
    zh: '每位买家的出价次序没有空缺',
    sql: `${events}
      SELECT origin, i FROM (
        SELECT *, row_number() OVER (PARTITION BY log, body ->> 'bidder' ORDER BY i) AS due
        FROM event WHERE type IN ('bid.accepted', 'bid.refused')
      ) AS b WHERE (body ->> 'nth')::bigint <> due`,
  },
  {
    name: 'the price rises',
    zh: '升价拍价格只升不降',
    sql: `${events}
      SELECT origin, i FROM (
        SELECT *, lag(fen) OVER (PARTITION BY log, lot, offering ORDER BY i) AS before FROM accepted
        WHERE (log, lot, offering) IN (SELECT * FROM rising)
      ) AS b WHERE fen <= before`,
  },
  {
    name: 'the price stands on the steps',
    zh: '升价拍每次加价都在阶梯上',
    sql: `${events}, described AS (
        SELECT DISTINCT ON (log, lot) log, lot, (body ->> 'stepFen')::bigint AS own FROM event
        WHERE type IN ('lot.catalogued', 'lot.amended') ORDER BY log, lot, i DESC
      ), begun AS (
        SELECT log, lot, offering, (body ->> 'startFen')::bigint AS start FROM event WHERE type = 'lot.offered'
      ), band AS (
        SELECT origin, lag(below, 1, 0::bigint) OVER (PARTITION BY origin ORDER BY below) AS above, below, step FROM (
          SELECT origin, (row ->> 'belowFen')::bigint AS below, (row ->> 'stepFen')::bigint AS step
          FROM shows, jsonb_array_elements(rules -> 'increments') AS row
          UNION ALL SELECT origin, 9223372036854775807, (rules ->> 'topStepFen')::bigint FROM shows
        ) AS b
      ), rise AS (
        SELECT origin, i, fen, start, own, body ? 'buyNow' AS bought, lag(fen) OVER w AS before
        FROM accepted JOIN begun USING (log, lot, offering) JOIN described USING (log, lot)
        WHERE (log, lot, offering) IN (SELECT * FROM rising) WINDOW w AS (PARTITION BY log, lot, offering ORDER BY i)
      ), stepped AS (
        SELECT r.*, coalesce(own, at.step) AS step, CASE WHEN own IS NULL THEN greatest(start, at.above) ELSE start END AS base,
          CASE
            WHEN before IS NULL AND start > 0 THEN start
            WHEN own IS NOT NULL THEN coalesce(before, 0) + own
            ELSE least(coalesce(before, 0) + was.step, was.below)
          END AS least
        FROM rise r JOIN band at ON at.origin = r.origin AND fen >= at.above AND fen < at.below
        JOIN band was ON was.origin = r.origin AND coalesce(before, 0) >= was.above AND coalesce(before, 0) < was.below
      ) SELECT origin, i, fen, least FROM stepped WHERE NOT bought AND (fen < least OR (fen - base) % step <> 0)`,
  },
  {
    name: 'no bid after the close',
    zh: '截拍之后没有出价',
    sql: `${events}
      SELECT origin, b.i FROM accepted b JOIN ended e USING (log, lot, offering) WHERE b.i > e.i
      UNION
      SELECT origin, i FROM (
        SELECT *, first_value(closes) OVER (PARTITION BY log, lot, offering, nth ORDER BY i) AS closes_at FROM (
          SELECT *, (body ->> 'closesAt')::bigint AS closes,
            count(body ->> 'closesAt') OVER (PARTITION BY log, lot, offering ORDER BY i) AS nth,
            bool_or(type = 'lot.frozen') OVER (PARTITION BY log, lot, offering) AS froze
          FROM event WHERE offering IS NOT NULL
        ) AS e
      ) AS e WHERE type = 'bid.accepted' AND t >= closes_at AND NOT froze`,
  },
  {
    name: 'nobody bids on his own',
    zh: '主播和花农不拍自己的东西',
    sql: `${events}
      SELECT b.origin, b.i FROM accepted b JOIN event l
        ON l.log = b.log AND l.lot = b.lot AND l.type IN ('lot.catalogued', 'lot.amended')
        AND l.body ->> 'grower' = b.bidder
      UNION
      SELECT b.origin, b.i FROM accepted b JOIN event r ON r.log = b.log AND r.type = 'bidder.registered'
        AND r.body ->> 'bidder' = b.bidder AND r.body ->> 'kind' = 'host'`,
  },
  {
    name: 'a lot closes once',
    zh: '每件每次开拍只截拍一次',
    sql: `${events}
      SELECT log, lot, offering FROM ended GROUP BY log, lot, offering HAVING count(*) > 1`,
  },
  {
    name: 'no more lots are open at once than the rules say',
    zh: '同时在拍的件数不超过规则',
    sql: `${events}, offered AS (
        SELECT log, origin, i, lot, offering, (body ->> 'units')::int AS units, body ? 'clock' AS alone FROM event
        WHERE type = 'lot.offered'
      ), over AS (
        SELECT log, i, lot, type, sum((body ->> 'units')::int) OVER (PARTITION BY log, lot, offering ORDER BY i) AS units
        FROM event WHERE type IN ('lot.hammered', 'lot.setAside', 'lot.passed', 'lot.withdrawn')
      ), run AS (
        SELECT o.*, coalesce((SELECT min(e.i) FROM over e WHERE e.log = o.log AND e.lot = o.lot AND e.i > o.i
            AND (e.type <> 'lot.hammered' OR e.units >= o.units)), 9223372036854775807) AS ended
        FROM offered o
      )
      SELECT a.origin, a.i FROM run a JOIN run b ON b.log = a.log AND b.i < a.i AND b.ended > a.i
        JOIN shows ON shows.origin = a.origin
      GROUP BY a.origin, a.i, a.alone, rules HAVING count(*) >=
        CASE WHEN a.alone OR bool_or(b.alone) THEN 1 ELSE coalesce((rules #>> '{timed,openMax}')::int, 1) END`,
  },
  {
    name: 'the hammer falls for the highest bid',
    zh: '落槌给最高的有效出价',
    sql: `${events}, highest AS (
        SELECT DISTINCT ON (log, lot, offering) log, lot, offering, bidder, fen FROM accepted
        ORDER BY log, lot, offering, fen DESC
      ), hammered AS (
        SELECT *, body ->> 'bidder' AS bidder, (body ->> 'unitPriceFen')::bigint AS fen FROM event
        WHERE type = 'lot.hammered' AND NOT body ? 'offer'
      )
      SELECT h.origin, h.i FROM hammered h JOIN rising USING (log, lot, offering)
        LEFT JOIN highest b USING (log, lot, offering) WHERE (h.bidder, h.fen) IS DISTINCT FROM (b.bidder, b.fen)
      UNION ALL
      SELECT h.origin, h.i FROM hammered h LEFT JOIN accepted a ON a.log = h.log AND a.i = h.i - 1
        AND (a.lot, a.offering, a.bidder, a.fen) = (h.lot, h.offering, h.bidder, h.fen)
        AND a.body ->> 'units' = h.body ->> 'units'
      WHERE (h.log, h.lot, h.offering) NOT IN (SELECT * FROM rising) AND a.i IS NULL`,
  },
  {
    name: 'what is sold by an offer was accepted by who was asked, in time',
    zh: '私下保留的成交都由被询问的买家按时接受',
    sql: `${events}, made AS (
        SELECT log, i, body ->> 'offer' AS offer, body - 'cause' - 'expiresAt' AS said, (body ->> 'expiresAt')::bigint AS until
        FROM event WHERE type = 'offer.made'
      ), answered AS (
        SELECT origin, log, i, t, type, body ->> 'offer' AS offer, body - 'form' - 'byModerator' AS said FROM event
        WHERE type IN ('offer.accepted', 'offer.declined')
      )
      SELECT origin, a.i FROM answered a LEFT JOIN made m USING (log, offer)
      WHERE m.i IS NULL OR a.i < m.i OR a.t >= m.until OR a.said <> m.said
      UNION
      SELECT h.origin, h.i FROM event h LEFT JOIN answered a
        ON a.log = h.log AND a.i = h.i - 1 AND a.type = 'offer.accepted'
      WHERE h.type = 'lot.hammered' AND ((a.i IS NULL) = (h.body ? 'offer')
        OR h.body - 'offering' - 'sale' - 'firstUnit' <> a.said)
      UNION
      SELECT a.origin, a.i FROM answered a LEFT JOIN event h ON h.log = a.log AND h.i = a.i + 1
      WHERE a.type = 'offer.accepted' AND (h.type = 'lot.hammered') IS NOT TRUE`,
  },
  {
    name: 'an offer is made once to a person, and of a lot one at a time',
    zh: '每件每人只问一次，同一件同时只问一人',
    sql: `${events}, made AS (SELECT *, body ->> 'bidder' AS bidder FROM event WHERE type = 'offer.made')
      SELECT origin, min(i) AS i FROM made GROUP BY origin, lot, bidder HAVING count(*) > 1
      UNION
      SELECT m.origin, m.i FROM made m JOIN made before ON before.log = m.log AND before.lot = m.lot AND before.i < m.i
      WHERE NOT EXISTS (
        SELECT FROM event e WHERE e.log = m.log AND e.i < m.i AND e.body ->> 'offer' = before.body ->> 'offer'
          AND e.type IN ('offer.accepted', 'offer.declined', 'offer.lapsed', 'offers.ended'))`,
  },
  {
    name: 'a second chance follows a default, at a bid of his own that met the floor',
    zh: '顺位成交只在逾期之后，按本人自己的有效出价',
    sql: `${events}, bid AS (
        SELECT log, event.lot, offering, body ->> 'bidder' AS bidder, (body ->> 'amountFen')::bigint AS fen
        FROM event JOIN lots ON lots.lot = event.lot JOIN shows USING (show_id)
        WHERE type = 'bid.accepted' AND shows.origin = event.origin AND (lots.floor IS NULL OR body ? 'floorMet')
      )
      SELECT o.origin, o.i FROM event o JOIN shows USING (origin)
        LEFT JOIN sales s ON s.show_id = shows.show_id AND s.sale = o.body ->> 'replaces'
      WHERE o.type = 'sale.offered' AND (s.sale IS NULL OR s.phase <> 'defaulted' OR s.lot <> o.lot
        OR s.units <> (o.body ->> 'units')::int OR s.bidder = o.body ->> 'bidder'
        OR s.unit_price_fen < (o.body ->> 'unitPriceFen')::bigint
        OR NOT EXISTS (SELECT FROM event d WHERE d.log = o.log AND d.i < o.i AND d.type = 'sale.defaulted'
          AND d.body ->> 'sale' = s.sale)
        OR NOT EXISTS (SELECT FROM bid WHERE bid.log = o.log AND bid.lot = o.lot AND bid.offering = s.offering
          AND bid.bidder = o.body ->> 'bidder' AND bid.fen = (o.body ->> 'unitPriceFen')::bigint))`,
  },
  {
    name: 'a second chance is taken by who was asked, in time, one at a time',
    zh: '顺位成交由被询问的买家按时接受，同时只问一人',
    sql: `${events}, offered AS (
        SELECT origin, log, i, body ->> 'sale' AS sale, body ->> 'replaces' AS replaces,
          body - 'replaces' - 'expiresAt' AS said, (body ->> 'expiresAt')::bigint AS until
        FROM event WHERE type = 'sale.offered'
      ), told AS (
        SELECT origin, log, i, t, type, body ->> 'sale' AS sale, body - 'byModerator' AS said FROM event
        WHERE type IN ('sale.accepted', 'sale.declined', 'sale.lapsed')
      )
      SELECT e.origin, e.i FROM told e LEFT JOIN offered o USING (log, sale)
      WHERE o.i IS NULL OR e.i < o.i
        OR CASE e.type WHEN 'sale.lapsed' THEN e.t < o.until ELSE e.t >= o.until OR e.said <> o.said END
      UNION
      SELECT origin, min(i) FROM told GROUP BY origin, sale HAVING count(*) > 1
      UNION
      SELECT o.origin, o.i FROM offered o JOIN offered before
        ON before.log = o.log AND before.replaces = o.replaces AND before.i < o.i
      WHERE NOT EXISTS (SELECT FROM told e WHERE e.log = o.log AND e.sale = before.sale AND e.i < o.i
        AND e.type <> 'sale.accepted')`,
  },
  {
    name: 'a deposit is held, forfeited or let go, once each fen, and only what was let go goes back',
    zh: '保证金每一分只有一个去处：在押、没收或退还',
    sql: `${events}, moved AS (
        SELECT log, min(origin) AS origin, body ->> 'deposit' AS deposit, min(i) AS i,
          coalesce(sum((body ->> 'amountFen')::bigint) FILTER (WHERE type = 'deposit.held'), 0) AS held,
          coalesce(sum((body ->> 'amountFen')::bigint) FILTER (WHERE type = 'deposit.forfeited'), 0) AS forfeited,
          coalesce(sum((body ->> 'amountFen')::bigint) FILTER (WHERE type = 'deposit.released'), 0) AS released,
          coalesce(sum((body ->> 'amountFen')::bigint) FILTER (WHERE type = 'deposit.returned'), 0) AS back,
          count(*) FILTER (WHERE type = 'deposit.held') AS times
        FROM event WHERE type LIKE 'deposit.%' GROUP BY log, body ->> 'deposit'
      ), booked AS (
        SELECT log, e.deposit, coalesce(sum(CASE side WHEN 'credit' THEN amount_fen ELSE -amount_fen END), 0) AS left_fen
        FROM journal_entries e JOIN journal_lines l USING (log, n)
        WHERE e.deposit IS NOT NULL AND account LIKE 'buyer:%:deposit' GROUP BY log, e.deposit
      )
      SELECT origin, i FROM moved LEFT JOIN booked USING (log, deposit)
      WHERE times <> 1 OR forfeited + released > held OR back > released
        OR coalesce(left_fen, -1) <> held - forfeited - released`,
  },
  {
    name: 'a deposit is forfeited right after a default of its holder',
    zh: '保证金只在本人逾期未付之后没收',
    sql: `${events}
      SELECT f.origin, f.i FROM event f
        LEFT JOIN event d ON d.log = f.log AND d.i = f.i - 1 AND d.type = 'sale.defaulted'
          AND d.body ->> 'sale' = f.body ->> 'sale'
        LEFT JOIN event h ON h.log = f.log AND h.type = 'deposit.held' AND h.body ->> 'deposit' = f.body ->> 'deposit'
        JOIN shows ON shows.origin = f.origin
        LEFT JOIN sales s ON s.show_id = shows.show_id AND s.sale = f.body ->> 'sale'
      WHERE f.type = 'deposit.forfeited' AND (d.i IS NULL OR s.bidder IS DISTINCT FROM h.body ->> 'bidder'
        OR (f.body ->> 'amountFen')::bigint > s.units * s.unit_price_fen)`,
  },
  {
    name: 'no lot vanished',
    zh: '登记过的拍品都在',
    sql: `${events}
      SELECT origin, i FROM event WHERE type = 'lot.catalogued' AND NOT EXISTS (
        SELECT FROM lots JOIN shows USING (show_id) WHERE shows.origin = event.origin AND lots.lot = event.lot)`,
  },
  {
    name: 'no lot slipped in',
    zh: '没有不经登记的拍品',
    sql: `${events}
      SELECT show_id, lots.lot FROM lots JOIN shows USING (show_id) WHERE NOT EXISTS (
        SELECT FROM event WHERE type = 'lot.catalogued' AND event.origin = shows.origin AND event.lot = lots.lot)`,
  },
  {
    name: 'a sale is what was hammered',
    zh: '成交与落槌记录一致',
    sql: `
      ${events}, hammered AS (
        SELECT origin, i, t, body ->> 'sale' AS sale, lot, offering, body ->> 'bidder' AS bidder,
          (body ->> 'firstUnit')::int AS first_unit, (body ->> 'units')::int AS units,
          (body ->> 'unitPriceFen')::bigint AS fen
        FROM event WHERE type IN ('lot.hammered', 'sale.takenOver')
        UNION ALL
        SELECT a.origin, a.i, a.t, a.body ->> 'sale', a.lot, before.offering, a.body ->> 'bidder', before.first_unit,
          (a.body ->> 'units')::int, (a.body ->> 'unitPriceFen')::bigint
        FROM event a JOIN event o ON o.log = a.log AND o.type = 'sale.offered' AND o.body ->> 'sale' = a.body ->> 'sale'
          JOIN shows ON shows.origin = a.origin
          JOIN sales before ON before.show_id = shows.show_id AND before.sale = o.body ->> 'replaces'
            AND before.followed_by = a.body ->> 'sale'
        WHERE a.type = 'sale.accepted'
      ), sold AS (
        SELECT origin, i, t_ms, sale, lot, offering, bidder, first_unit, units, unit_price_fen
        FROM sales JOIN shows USING (show_id)
      ) (TABLE hammered EXCEPT TABLE sold) UNION (TABLE sold EXCEPT TABLE hammered)`,
  },
  {
    name: 'sold units have exactly one live sale',
    zh: '成交份数等于有效成交之和',
    sql: `
      SELECT show_id, lot FROM lots WHERE sold_units <> (
        SELECT coalesce(sum(units), 0) FROM sales s
        WHERE s.show_id = lots.show_id AND s.lot = lots.lot AND s.phase <> 'voided' AND s.followed_by IS NULL)`,
  },
  {
    name: 'a unit is sold at most once',
    zh: '同一份不会卖给两人',
    sql: `
      SELECT a.show_id, a.sale, b.sale AS other FROM sales a JOIN sales b
        ON a.show_id = b.show_id AND a.lot = b.lot AND a.sale < b.sale AND a.phase <> 'voided' AND b.phase <> 'voided'
        AND a.followed_by IS NULL AND b.followed_by IS NULL
        AND int4range(a.first_unit, a.first_unit + a.units) && int4range(b.first_unit, b.first_unit + b.units)
      UNION ALL
      SELECT s.show_id, s.sale, NULL FROM sales s JOIN lots l USING (show_id, lot)
      WHERE s.first_unit + s.units - 1 > l.units`,
  },
  {
    name: 'a sale is paid once and exactly',
    zh: '每笔成交只付款一次，金额相符',
    sql: `
      ${events}, paid AS (
        SELECT origin, body ->> 'sale' AS sale, count(*) AS times, min((body ->> 'amountFen')::bigint) AS fen
        FROM event WHERE type = 'sale.paid' GROUP BY 1, 2
      )
      SELECT show_id, sale, times, fen FROM sales s JOIN shows USING (show_id) LEFT JOIN paid USING (origin, sale)
      WHERE (s.phase IN ('paid', 'refunded')) <> (times IS NOT NULL) OR times > 1 OR fen <> s.units * s.unit_price_fen`,
  },
  {
    name: 'no more goes back than came in',
    zh: '退款不超过已付',
    sql: `${events}, moved AS (
        SELECT origin, body ->> 'sale' AS sale,
          coalesce(sum((body ->> 'amountFen')::bigint) FILTER (WHERE type = 'sale.paid'), 0) AS paid,
          coalesce(sum((body ->> 'amountFen')::bigint) FILTER (WHERE type = 'sale.refunded'), 0) AS back
        FROM event WHERE type IN ('sale.paid', 'sale.refunded') GROUP BY 1, 2
      )
      SELECT show_id, sale, paid, back, refunded_fen FROM sales JOIN shows USING (show_id)
        LEFT JOIN moved USING (origin, sale) WHERE back > paid OR refunded_fen <> coalesce(back, 0)`,
  },
  {
    name: 'goods are where the log says, and only what was paid for left the house',
    zh: '货在哪一步与账本一致，没付款的不出门',
    sql: `${events}, way AS (
        SELECT origin, body ->> 'sale' AS sale, min(t) FILTER (WHERE type = 'sale.packed') AS packed,
          min(t) FILTER (WHERE type = 'sale.shipped') AS shipped, min(t) FILTER (WHERE type = 'sale.received') AS received,
          count(*) > count(DISTINCT type) AS twice
        FROM event WHERE type IN ('sale.packed', 'sale.shipped', 'sale.received') GROUP BY 1, 2
      )
      SELECT show_id, sale, packed, shipped, received FROM sales s JOIN shows USING (show_id)
        LEFT JOIN way USING (origin, sale)
      WHERE s.packed_at_ms IS DISTINCT FROM packed OR s.shipped_at_ms IS DISTINCT FROM shipped
        OR s.received_at_ms IS DISTINCT FROM received OR twice OR shipped < packed OR received < shipped
        OR (coalesce(packed, received) IS NOT NULL AND s.phase NOT IN ('paid', 'refunded'))`,
  },
  {
    name: 'a grower is paid for a sale once, himself, and never more than came in',
    zh: '货款只付一次、付给本人，且不超过实收',
    sql: `${events}, described AS (
        SELECT DISTINCT ON (log, lot) log, lot, body ->> 'grower' AS grower FROM event
        WHERE type IN ('lot.catalogued', 'lot.amended') ORDER BY log, lot, i DESC
      ), sold AS (
        SELECT log, body ->> 'sale' AS sale, grower FROM event JOIN described USING (log, lot) WHERE type IN ('lot.hammered', 'sale.accepted')
        UNION ALL SELECT log, body ->> 'sale', body ->> 'grower' FROM event WHERE type = 'sale.takenOver'
      ), out AS (
        SELECT origin, log, i, body ->> 'sale' AS sale, body ->> 'payout' AS payout, body ->> 'grower' AS grower,
          (body ->> 'amountFen')::bigint AS fen, coalesce((body ->> 'feeFen')::bigint, 0) AS fee,
          row_number() OVER (PARTITION BY log, body ->> 'sale' ORDER BY i) AS time
        FROM event WHERE type = 'payout.made'
      ), came AS (
        SELECT out.log, out.i, coalesce(sum(CASE event.type WHEN 'sale.refunded' THEN -(event.body ->> 'amountFen')::bigint
          ELSE (event.body ->> 'amountFen')::bigint END), 0) AS fen
        FROM out LEFT JOIN event ON event.log = out.log AND event.i < out.i AND event.body ->> 'sale' = out.sale
          AND event.type IN ('sale.paid', 'sale.refunded', 'deposit.forfeited')
        GROUP BY 1, 2
      )
      SELECT out.origin, out.i FROM out JOIN came USING (log, i) LEFT JOIN sold ON sold.log = out.log AND sold.sale = out.sale
      WHERE time > 1 OR out.fen + fee > came.fen OR sold.grower IS DISTINCT FROM out.grower
      UNION ALL
      SELECT origin, sales.i FROM sales JOIN shows USING (show_id) LEFT JOIN out USING (origin, sale)
      WHERE (sales.payout, paid_out_fen, payout_fee_fen) IS DISTINCT FROM (out.payout, out.fen, out.fee)`,
  },
  {
    name: 'a grower gives back no more than he owes, and the books say what is left',
    zh: '花农退回的不超过应退，余额与账簿一致',
    sql: `${events}, back AS (
        SELECT origin, body ->> 'sale' AS sale, sum((body ->> 'amountFen')::bigint) AS fen FROM event
        WHERE type LIKE 'clawback.%' AND body ? 'sale' GROUP BY 1, 2
      ), owed AS (
        SELECT show_id, s.sale, back.fen AS back_fen, paid_out_fen - (units * unit_price_fen - s.refunded_fen)
          + (units * unit_price_fen - s.refunded_fen) * coalesce((rules ->> 'feePercent')::bigint, 0) / 100 AS owed_fen
        FROM sales s JOIN shows USING (show_id) LEFT JOIN back USING (origin, sale)
        WHERE payout IS NOT NULL AND s.phase IN ('paid', 'refunded')
      ), booked AS (
        SELECT s.show_id, coalesce(sum(CASE side WHEN 'debit' THEN amount_fen ELSE -amount_fen END), 0) AS fen
        FROM shows s JOIN logs USING (origin) JOIN journal_lines l USING (log) WHERE account LIKE 'grower:%:clawback' GROUP BY 1
      ), left_over AS (SELECT show_id, sum(owed_fen - coalesce(back_fen, 0)) AS fen FROM owed GROUP BY 1)
      SELECT show_id, sale FROM owed WHERE coalesce(back_fen, 0) > owed_fen
      UNION ALL SELECT origin, sale FROM back WHERE NOT EXISTS (
        SELECT FROM owed JOIN shows USING (show_id) WHERE shows.origin = back.origin AND owed.sale = back.sale)
      UNION ALL SELECT show_id, NULL FROM left_over LEFT JOIN booked USING (show_id) WHERE left_over.fen <> coalesce(booked.fen, 0)`,
  },
  {
    name: 'every leaf about money is in the books',
    zh: '每条涉及金额的记录都已入账',
    sql: `
      ${events}, money AS (
        SELECT log, i, CASE type WHEN 'payout.made' THEN 'paidOut' WHEN 'sale.accepted' THEN 'hammered'
            WHEN 'sale.takenOver' THEN 'hammered' ELSE split_part(type, '.', 2) END AS kind, body ->> 'sale' AS sale FROM event
        WHERE type IN ('lot.hammered', 'sale.accepted', 'sale.takenOver', 'sale.voided', 'sale.paid', 'sale.defaulted', 'sale.refunded',
          'payout.made') OR type LIKE 'deposit.%' OR type LIKE 'clawback.%'
          -- Only where freight still lay at a provider.
          OR type = 'show.settled' AND EXISTS (SELECT FROM journal_entries e WHERE e.log = event.log AND e.i = event.i)
      ), booked AS (SELECT log, i, kind, sale FROM journal_entries)
      (TABLE money EXCEPT TABLE booked) UNION (TABLE booked EXCEPT TABLE money)`,
  },
  {
    name: 'entries balance',
    zh: '账簿每笔借贷相等',
    sql: `
      SELECT log, n FROM journal_entries e LEFT JOIN journal_lines l USING (log, n) GROUP BY log, n, e.lines
      HAVING count(line) <> e.lines OR coalesce(sum(CASE side WHEN 'debit' THEN amount_fen ELSE -amount_fen END), 1) <> 0`,
  },
  {
    name: 'an account goes on from its last balance',
    zh: '每个科目的余额前后相接',
    sql: `
      SELECT log, account, version FROM (
        SELECT *, row_number() OVER w AS due, lag(after_fen, 1, 0) OVER w AS carried FROM journal_lines
        WINDOW w AS (PARTITION BY log, account ORDER BY version)
      ) AS l
      WHERE version <> due OR before_fen <> carried
        OR after_fen - before_fen <> CASE side WHEN 'debit' THEN amount_fen ELSE -amount_fen END`,
  },
  {
    name: 'growers are owed what was hammered and is not paid out, and what was forfeited to them',
    zh: '应付花农等于有效成交中还没付出的，加没收的保证金',
    sql: `
      ${events}, forfeited AS (
        SELECT log, sum((body ->> 'amountFen')::bigint) AS fen FROM event f WHERE type = 'deposit.forfeited'
          AND NOT EXISTS (SELECT FROM event p WHERE p.log = f.log AND p.type = 'payout.made'
            AND p.body ->> 'sale' = f.body ->> 'sale') GROUP BY log
      )
      SELECT s.show_id, sold.fen AS sold_fen, f.fen AS forfeited_fen, booked.fen AS booked_fen
      FROM shows s JOIN logs USING (origin) LEFT JOIN forfeited f USING (log) CROSS JOIN LATERAL (
        SELECT coalesce(sum(units * unit_price_fen - refunded_fen)
          FILTER (WHERE phase NOT IN ('voided', 'defaulted') AND payout IS NULL), 0)
          AS fen FROM sales WHERE sales.show_id = s.show_id
      ) AS sold CROSS JOIN LATERAL (
        SELECT coalesce(sum(CASE side WHEN 'credit' THEN amount_fen ELSE -amount_fen END), 0) AS fen
        FROM journal_lines l WHERE l.log = logs.log AND account LIKE 'grower:%:payable'
      ) AS booked WHERE sold.fen + coalesce(f.fen, 0) <> booked.fen`,
  },
  {
    name: 'a closed show has no open unit',
    zh: '已结束的专场每份都有结局',
    sql: `
      SELECT show_id, lot FROM lots JOIN shows USING (show_id)
      WHERE shows.phase IN ('closed', 'settled') AND lots.phase NOT IN ('struck', 'draft')
        AND sold_units + passed_units + withdrawn_units + carried_units <> units`,
  },
  {
    name: 'an epoch never goes back',
    zh: '账本的写入权序号只增不减',
    sql: `SELECT log, seen_logs.epoch FROM seen_logs LEFT JOIN logs USING (log)
      WHERE logs.epoch < seen_logs.epoch OR logs.epoch IS NULL`,
  },
  {
    name: 'a log keeps what was seen of it',
    zh: '账本上次检查过的部分没有变',
    sql: `SELECT log, size FROM seen_logs WHERE size > 0 AND NOT EXISTS (
        SELECT FROM checkpoints c WHERE c.log = seen_logs.log AND c.size = seen_logs.size AND c.root = seen_logs.root)`,
  },
];

/** Remembers how far every log has got, for the next look: a later one that knows less has lost something. */
export async function rememberLogs(manager: EntityManager): Promise<void> {
  await manager.query(
    `INSERT INTO seen_logs (log, epoch, size, root) SELECT log, epoch, size, root FROM logs
     ON CONFLICT (log) DO UPDATE SET epoch = excluded.epoch, size = excluded.size, root = excluded.root
     WHERE excluded.epoch >= seen_logs.epoch AND excluded.size >= seen_logs.size`,
  );
}

export interface BrokenInvariant {
  name: string;
  zh: string;
  /** What breaks it; the first hundred. */
  rows: unknown[];
}

/** What breaks this one, the first hundred rows; none when it holds. */
export const rowsAgainst = (manager: EntityManager, { sql }: Pick<Invariant, 'sql'>): Promise<object[]> =>
  rowsOf<object>(manager, `SELECT * FROM (${sql}) AS broken LIMIT 100`, []);

/** The invariants that do not hold; empty when all is well. */
export async function brokenInvariants(manager: EntityManager): Promise<BrokenInvariant[]> {
  const broken: BrokenInvariant[] = [];
  for (const { name, zh, sql } of invariants) {
    const rows = await rowsAgainst(manager, { sql });
    if (rows.length > 0) broken.push({ name, zh, rows });
  }
  return broken;
}

/**
 * The one that SQL cannot say: every signed root follows from the leaves' bytes, by our own hashing. Answers the
 * size of the first signed head that does not, or null.
 */
export async function firstUnreproduced(
  ledger: Pick<Ledger, 'headOf' | 'headsUpTo' | 'pages'>,
  origin: string,
): Promise<number | null> {
  const size = (await ledger.headOf(origin))?.size ?? 0;
  const signed = new Map((await ledger.headsUpTo(origin, size)).map((head) => [head.size, head.root]));
  let frontier = emptyFrontier;
  for await (const page of ledger.pages(origin, size)) {
    for (const bytes of page) {
      frontier = appendAll(frontier, [leafHash(bytes)]);
      const root = signed.get(frontier.size);
      if (root && !equal(root, rootOf(frontier))) return frontier.size;
    }
  }
  return frontier.size === size ? null : size;
}
