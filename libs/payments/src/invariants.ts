/**
 * What must always be true of payments and the log together; each answers the rows that break it. In SQL, so that they
 * are independent of the code that keeps them.
 */
/** Without what a log that goes on from another tells again before it is sealed: that moved in the log before. */
const leaf = `said AS MATERIALIZED (
    SELECT log, i, origin, convert_from(bytes, 'UTF8')::jsonb AS leaf FROM leaves JOIN logs USING (log)
  ), seal AS (
    SELECT log, min(i) AS i FROM said WHERE leaf ->> 'type' = 'show.sealed' GROUP BY log
  ), leaf AS (SELECT said.* FROM said JOIN seal ON seal.log = said.log AND said.i > seal.i)`;
const leaves = `
  WITH ${leaf}, charged AS (
    SELECT show_id, leaf #>> '{body,sale}' AS sale, (leaf #>> '{body,amountFen}')::bigint AS fen
    FROM leaf JOIN shows USING (origin)
    WHERE leaf ->> 'type' = 'sale.paid' AND leaf #>> '{body,channel}' IN ('transfer', 'cash', 'wechat', 'alipay')
  ), confirmed AS (
    SELECT ps.show_id, ps.sale, ps.amount_fen AS fen
    FROM payment_sales ps JOIN payments p ON p.id = ps.payment_id WHERE p.state = 'confirmed'
  )`;

/** What Stripe moved, as the log says it and as the orders say it. The hash in the log is of Stripe's own number. */
const moved = `
  WITH ${leaf}, logged AS (
    SELECT leaf ->> 'type' AS type, show_id, leaf #>> '{body,sale}' AS sale,
      (leaf #>> '{body,amountFen}')::bigint AS fen, leaf #>> '{body,txn}' AS txn
    FROM leaf JOIN shows USING (origin)
    WHERE leaf ->> 'type' IN ('sale.paid', 'sale.refunded') AND leaf #>> '{body,channel}' = 'stripe'
  ), charged AS (
    SELECT 'sale.paid' AS type, s.show_id, sale, s.amount_fen AS fen,
      encode(sha256(convert_to(charge, 'UTF8')), 'base64') AS txn
    FROM order_sales s JOIN orders o ON o.id = s.order_id WHERE o.state = 'paid'
  ), given AS (
    SELECT 'sale.refunded' AS type, show_id, sale, amount_fen AS fen,
      encode(sha256(convert_to(ref, 'UTF8')), 'base64') AS txn
    FROM order_refunds WHERE state = 'given' AND sale IS NOT NULL
  )`;
/** Both ways: nothing in one that is not in the other, nor there more often. */
const same = (type: string, told: string) => `${moved}
  (SELECT *, 'not in the log' AS what FROM (TABLE ${told} EXCEPT ALL SELECT * FROM logged WHERE type = '${type}') AS a)
  UNION ALL
  (SELECT *, 'in the log alone' FROM (SELECT * FROM logged WHERE type = '${type}' EXCEPT ALL TABLE ${told}) AS b)`;

export const paymentsInvariants = [
  {
    name: 'a sale is under one payment at most',
    zh: '每笔成交最多在一笔有效收款里',
    sql: `SELECT show_id, sale FROM payment_sales WHERE NOT rejected GROUP BY 1, 2 HAVING count(*) > 1`,
  },
  {
    name: 'a payment is the sum of its sales',
    zh: '每笔收款等于所付各件之和',
    sql: `
      SELECT id FROM payments p WHERE amount_fen - freight_fen <> (SELECT coalesce(sum(amount_fen), 0) FROM payment_sales s
        WHERE s.payment_id = p.id) OR EXISTS (SELECT FROM payment_sales s WHERE s.payment_id = p.id
        AND (s.show_id <> p.show_id OR s.rejected <> (p.state = 'rejected')))`,
  },
  {
    name: 'two persons decided every payment',
    zh: '每笔收款由两个人经手',
    sql: `SELECT id FROM payments WHERE (state = 'recorded') <> (decided_by IS NULL) OR decided_by = recorded_by`,
  },
  {
    name: 'what was confirmed is in the log, and nothing else',
    zh: '确认的收款都在账本里，账本里的都确认过',
    sql: `${leaves} (SELECT *, 'not in the log' AS what FROM (TABLE confirmed EXCEPT ALL TABLE charged) AS a)
      UNION ALL (SELECT *, 'never confirmed' FROM (TABLE charged EXCEPT ALL TABLE confirmed) AS b)`,
  },
  {
    name: 'a sale is paid by one means at most',
    zh: '每笔成交只走一种付款方式',
    sql: `SELECT show_id, sale FROM payment_sales p JOIN order_sales o USING (show_id, sale)
      WHERE NOT p.rejected AND NOT o.let_go`,
  },
  {
    name: 'an order is the sum of its sales, and holds them while it may be paid',
    zh: '每张在线订单等于所付各件之和',
    sql: `
      SELECT id FROM orders o WHERE amount_fen - freight_fen <> (SELECT coalesce(sum(amount_fen), 0) FROM order_sales s
        WHERE s.order_id = o.id) OR EXISTS (SELECT FROM order_sales s WHERE s.order_id = o.id
        AND (s.show_id <> o.show_id OR s.let_go = (o.state IN ('open', 'processing', 'paid'))))`,
  },
  {
    name: 'an order is charged at most once, and exactly',
    zh: '每张在线订单最多扣款一次，分文不差',
    sql: same('sale.paid', 'charged'),
  },
  {
    name: 'what went back online is in the log, and nothing else',
    zh: '在线退款都在账本里，账本里的都退过',
    sql: same('sale.refunded', 'given'),
  },
  {
    name: 'freight that moved is in the log, and nothing else',
    zh: '运费的收和退都在账本里，账本里的都收过退过',
    sql: `
      WITH told AS (
        SELECT show_id, bidder, 'sale.paid' AS type, freight_fen AS fen FROM payments
        WHERE state = 'confirmed' AND freight_fen > 0
        UNION ALL SELECT show_id, bidder, 'sale.paid', freight_fen FROM orders WHERE state = 'paid' AND freight_fen > 0
        UNION ALL SELECT o.show_id, bidder, 'sale.refunded', r.freight_fen FROM order_refunds r
          JOIN orders o ON o.id = r.order_id WHERE r.state = 'given' AND r.freight_fen > 0
        UNION ALL SELECT show_id, bidder, 'sale.refunded', freight_fen FROM hand_refunds
        WHERE state = 'given' AND freight_fen > 0
      ), ${leaf}, logged AS (
        SELECT show_id, bidder, leaf ->> 'type' AS type, (leaf #>> '{body,freightFen}')::bigint AS fen
        FROM leaf JOIN shows USING (origin) JOIN sales USING (show_id)
        WHERE leaf #> '{body,freightFen}' IS NOT NULL AND sale = leaf #>> '{body,sale}'
          AND leaf ->> 'type' IN ('sale.paid', 'sale.refunded')
      )
      (SELECT *, 'not in the log' AS what FROM (TABLE told EXCEPT ALL TABLE logged) AS a)
      UNION ALL (SELECT *, 'in the log alone' FROM (TABLE logged EXCEPT ALL TABLE told) AS b)`,
  },
  {
    name: 'what went back by hand is in the log, and nothing else',
    zh: '线下退款都在账本里，账本里的都退过',
    sql: `
      WITH ${leaf}, logged AS (
        SELECT show_id, leaf #>> '{body,sale}' AS sale, (leaf #>> '{body,amountFen}')::bigint AS fen,
          leaf #>> '{body,txn}' AS txn, leaf #>> '{body,claim}' AS claim
        FROM leaf JOIN shows USING (origin)
        WHERE leaf ->> 'type' = 'sale.refunded' AND leaf #>> '{body,channel}' <> 'stripe'
      ), given AS (
        SELECT show_id, sale, amount_fen AS fen, encode(reference_hash, 'base64') AS txn, claim
        FROM hand_refunds WHERE state = 'given'
      )
      (SELECT *, 'not in the log' AS what FROM (TABLE given EXCEPT ALL TABLE logged) AS a)
      UNION ALL (SELECT *, 'never written down' FROM (TABLE logged EXCEPT ALL TABLE given) AS b)`,
  },
  {
    name: 'nobody gives back more than he may alone',
    zh: '超过限额的退款由两个人经手',
    sql: `
      WITH alone AS (
        SELECT id, show_id, amount_fen + freight_fen AS fen FROM hand_refunds
        WHERE state = 'given' AND claim IS NULL AND decided_by = asked_by
        UNION ALL SELECT id, show_id, amount_fen + freight_fen FROM order_refunds
        WHERE state IN ('asked', 'given') AND claim IS NULL AND asked_by IS NOT NULL AND decided_by IS NULL
      )
      SELECT id FROM alone JOIN shows USING (show_id)
      WHERE fen > coalesce((rules #>> '{afterSale,grantAloneMaxFen}')::bigint, 0)`,
  },
  {
    name: 'a deposit that moved is in the log, and nothing else',
    zh: '保证金的收和退都在账本里，账本里的都收过退过',
    sql: `
      WITH told AS (
        SELECT CASE kind WHEN 'in' THEN 'deposit.held' ELSE 'deposit.returned' END AS type, amount_fen AS fen,
          encode(reference_hash, 'base64') AS txn FROM deposit_moves WHERE state = 'confirmed'
        UNION ALL SELECT 'deposit.held', amount_fen, encode(sha256(convert_to(charge, 'UTF8')), 'base64')
          FROM deposit_orders WHERE state IN ('paid', 'forfeited', 'returned')
        UNION ALL SELECT 'deposit.returned', r.amount_fen, encode(sha256(convert_to(r.ref, 'UTF8')), 'base64')
          FROM deposit_refunds r JOIN deposit_orders o ON o.id = r.order_id
          WHERE r.state = 'given' AND o.state = 'returned'
      ), ${leaf}, logged AS (
        SELECT leaf ->> 'type' AS type, (leaf #>> '{body,amountFen}')::bigint AS fen, leaf #>> '{body,txn}' AS txn
        FROM leaf WHERE leaf ->> 'type' IN ('deposit.held', 'deposit.returned')
      )
      (SELECT *, 'not in the log' AS what FROM (TABLE told EXCEPT ALL TABLE logged) AS a)
      UNION ALL (SELECT *, 'never written down' FROM (TABLE logged EXCEPT ALL TABLE told) AS b)`,
  },
  {
    name: 'a deposit paid online goes back once, and what could not be held goes back whole',
    zh: '在线交的保证金只退一次；收不下的原样退回',
    sql: `
      SELECT o.id FROM deposit_orders o LEFT JOIN deposit_refunds r ON r.order_id = o.id AND r.state = 'given'
      WHERE (o.state IN ('returned', 'sent-back')) <> (r.id IS NOT NULL) OR r.amount_fen > o.amount_fen
        OR (o.state = 'sent-back' AND r.amount_fen <> o.amount_fen)`,
  },
  {
    name: 'what growers gave back, or carry on, is in the log, and nothing else',
    zh: '花农扣回、退回、转下场的款都在账本里，账本里的都有记录',
    sql: `
      WITH ${leaf}, logged AS (
        SELECT show_id, leaf ->> 'type' AS type, coalesce(leaf #>> '{body,sale}', leaf #>> '{body,debt}') AS of,
          sum((leaf #>> '{body,amountFen}')::bigint) AS fen
        FROM leaf JOIN shows USING (origin) WHERE leaf ->> 'type' LIKE 'clawback.%' GROUP BY 1, 2, 3
      ), told AS (
        SELECT show_id, 'clawback.taken' AS type, of, sum(c.amount_fen) AS fen FROM payout_clawbacks c
          JOIN payout_rows r USING (show_id, payout) WHERE r.state = 'paid' GROUP BY 1, 2, 3
        UNION ALL SELECT show_id, 'clawback.repaid', sale, sum(amount_fen) FROM clawback_repayments
          WHERE state = 'confirmed' GROUP BY 1, 2, 3
        UNION ALL SELECT show_id, 'clawback.carried', sale, amount_fen FROM clawbacks_carried
      ), carried AS (
        SELECT of, sum(c.amount_fen) AS fen FROM payout_clawbacks c JOIN payout_rows r USING (show_id, payout)
        WHERE is_carried AND r.state <> 'failed' GROUP BY 1
      )
      (SELECT *, 'not in the log' AS what FROM (TABLE told EXCEPT ALL TABLE logged) AS a)
      UNION ALL (SELECT *, 'in the log alone' FROM (TABLE logged EXCEPT ALL TABLE told) AS b)
      UNION ALL SELECT show_id, 'taken', from_sale, taken_fen, 'not what payouts take' FROM clawbacks_carried
        LEFT JOIN carried ON of = from_sale WHERE taken_fen <> coalesce(carried.fen, 0)`,
  },
  {
    name: 'never more goes back than came',
    zh: '退款不超过实付',
    sql: `
      SELECT order_id, sale FROM order_refunds r JOIN orders o ON o.id = r.order_id
      WHERE r.state NOT IN ('failed', 'dropped') GROUP BY order_id, sale, o.state, o.amount_fen
      HAVING o.state NOT IN ('paid', 'stray', 'returned') OR sum(r.amount_fen) > coalesce((SELECT amount_fen
        FROM order_sales s WHERE s.order_id = r.order_id AND s.sale = r.sale),
        CASE WHEN r.sale IS NULL AND o.state <> 'paid' THEN o.amount_fen ELSE 0 END)`,
  },
  {
    name: 'each webhook is applied once, and none is stuck',
    zh: '支付通知各处理一次，没有卡住的',
    sql: `
      SELECT id FROM provider_events WHERE times > 1 OR (times = 0) <> (applied_at IS NULL)
        OR applied_at IS NULL AND received_at < now() - interval '1 hour'`,
  },
  {
    name: 'two persons saw every case',
    zh: '每件异议由两个人经手',
    sql: `SELECT id FROM payment_cases WHERE settled_by = raised_by OR (settled_by IS NULL) <> (settled_at IS NULL)`,
  },
] as const;
