import { generateKeyPairSync, sign, verify } from 'node:crypto';
import pg from 'pg';

/** What the machine and the database give without us, measured in the same run (PERF §1). */

const LEAF = Buffer.alloc(300, 7);

async function withTable(url, work) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('DROP TABLE IF EXISTS bench_bids');
    await client.query(
      'CREATE TABLE bench_bids (i bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, bytes bytea NOT NULL)',
    );
    return await work(client);
  } finally {
    await client.query('DROP TABLE IF EXISTS bench_bids');
    await client.end();
  }
}

/** One writer, so many rows per commit (BEGIN, INSERT, COMMIT). Answers rows per second, and commits' ms. */
export const groupCommit = (url, batch, forMs) =>
  withTable(url, async (client) => {
    const rows = Array.from({ length: batch }, () => LEAF);
    const took = [];
    const untilMs = performance.now() + forMs;
    while (performance.now() < untilMs) {
      const began = performance.now();
      await client.query('BEGIN');
      await client.query('INSERT INTO bench_bids (bytes) SELECT * FROM unnest($1::bytea[])', [rows]);
      await client.query('COMMIT');
      took.push(performance.now() - began);
    }
    return {
      perSecond: (took.length * batch * 1_000) / forMs,
      commitMs: median(took),
      commitP99Ms: percentile(took, 0.99),
    };
  });

/** Ed25519 on one core: verifications per second. */
export function verifies(forMs) {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const signature = sign(null, LEAF, privateKey);
  let done = 0;
  const untilMs = performance.now() + forMs;
  while (performance.now() < untilMs) {
    verify(null, LEAF, publicKey, signature);
    done += 1;
  }
  return (done * 1_000) / forMs;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const [below, above] = [Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2)];
  return sorted.length === 0 ? 0 : (sorted[below] + sorted[above]) / 2;
}
export function percentile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
