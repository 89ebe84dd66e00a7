/** What must always be true of parcels and claims and the log together; each answers the rows that break it. */
const leaves = `
  WITH leaf AS MATERIALIZED (
    SELECT show_id, rules, i, convert_from(bytes, 'UTF8')::jsonb AS leaf
    FROM leaves JOIN logs USING (log) JOIN shows USING (origin)
  ), seal AS (
    SELECT show_id, min(i) AS i FROM leaf WHERE leaf ->> 'type' = 'show.sealed' GROUP BY show_id
  ), event AS (
    -- What a log that goes on from another tells again lies before its seal: it is on record with the show before.
    SELECT show_id, rules, leaf ->> 'type' AS type, (leaf ->> 't')::bigint AS t, leaf -> 'body' AS body
    FROM leaf JOIN seal USING (show_id) WHERE leaf.i > seal.i
  )`;

export const afterSaleInvariants = [
  {
    name: 'a parcel on record is in the log, and the other way round',
    zh: '快递单号都在账本里，账本里的都有单号',
    sql: `${leaves}, shipped AS (
        SELECT DISTINCT show_id, body ->> 'tracking' AS hash FROM event WHERE type = 'sale.shipped'
      ), kept AS (SELECT show_id, tracking_hash AS hash FROM shipments)
      (TABLE shipped EXCEPT TABLE kept) UNION ALL (TABLE kept EXCEPT TABLE shipped)`,
  },
  {
    name: 'a claim on record is in the log, and the other way round',
    zh: '售后申请都在账本里，账本里的都有记录',
    sql: `${leaves}, filed AS (
        SELECT show_id, body ->> 'claim' AS claim FROM event WHERE type = 'claim.filed'
      ), kept AS (SELECT show_id, claim FROM claims)
      (TABLE filed EXCEPT TABLE kept) UNION ALL (TABLE kept EXCEPT TABLE filed)`,
  },
  {
    name: 'every claim is answered in its time',
    zh: '每件售后申请都按时答复',
    sql: `${leaves}, answered AS (
        SELECT show_id, body ->> 'claim' AS claim FROM event
        WHERE type IN ('claim.granted', 'claim.declined', 'claim.closed')
      )
      SELECT show_id, body ->> 'claim' AS claim, t FROM event
      WHERE type = 'claim.filed' AND show_id NOT IN (SELECT show_id FROM ended_shows)
        AND t + (rules #>> '{afterSale,answerWithinMs}')::bigint < extract(epoch FROM now()) * 1000
        AND NOT EXISTS (SELECT FROM answered a WHERE a.show_id = event.show_id AND a.claim = body ->> 'claim')`,
  },
] as const;
