/**
 * What must always be true of payments and the log together; each answers the rows that break it. In SQL, so that they
 * are independent of the code that keeps them.
 */
const leaves = `
  WITH leaf AS MATERIALIZED (
    SELECT origin, convert_from(bytes, 'UTF8')::jsonb AS leaf FROM leaves JOIN logs USING (log)
  ), charged AS (
    SELECT show_id, leaf #>> '{body,sale}' AS sale, (leaf #>> '{body,amountFen}')::bigint AS fen
    FROM leaf JOIN shows USING (origin)
    WHERE leaf ->> 'type' = 'sale.paid' AND leaf #>> '{body,channel}' IN ('transfer', 'cash', 'wechat', 'alipay')
  ), confirmed AS (
    SELECT ps.show_id, ps.sale, ps.amount_fen AS fen
    FROM payment_sales ps JOIN payments p ON p.id = ps.payment_id WHERE p.state = 'confirmed'
  )`;

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
      SELECT id FROM payments p WHERE amount_fen <> (SELECT coalesce(sum(amount_fen), 0) FROM payment_sales s
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
] as const;
