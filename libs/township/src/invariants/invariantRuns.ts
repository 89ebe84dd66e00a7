import { rememberLogs } from '@qingpai/auction';
import { rowsOf } from '@qingpai/members';
import { invariantRun, type InvariantRun } from '@qingpai/wire';
import { type DataSource } from 'typeorm';
import { type Check } from './checks.js';

/** Runs kept: more than a quarter of nights. */
const RUNS_KEPT = 100;

/** Told of each statement that does not hold or could not be looked at, with some of the rows that say so. */
export type InvariantAlarm = (
  name: string,
  details: { holds: 'no' | 'unknown'; rows: readonly object[]; error?: string },
) => void;

export interface InvariantRunsParts {
  db: DataSource;
  checks: readonly Check[];
  alarm: InvariantAlarm;
  /** Milliseconds since 1970, UTC. */
  nowMs: () => number;
}

export type RunListener = (run: InvariantRun) => void;

/** Looks whether what must always be true of the data is true, and keeps what it found. */
export class InvariantRuns {
  private running: Promise<InvariantRun> | null = null;
  private readonly listeners = new Set<RunListener>();

  constructor(private readonly parts: InvariantRunsParts) {}

  onRun(listener: RunListener): void {
    this.listeners.add(listener);
  }

  /** Looks at everything now. Who asks while a look is under way gets that one. */
  run(): Promise<InvariantRun> {
    this.running ??= this.look().finally(() => (this.running = null));
    return this.running;
  }

  /** What the newest look found, also before a restart; null: nobody has looked. */
  async last(): Promise<InvariantRun | null> {
    const [row] = await rowsOf<{ at: Date; found: unknown }>(
      this.parts.db.manager,
      'SELECT at, found FROM invariant_runs ORDER BY run DESC LIMIT 1',
      [],
    );
    return row ? invariantRun.parse({ atMs: row.at.getTime(), invariants: row.found }) : null;
  }

  private async look(): Promise<InvariantRun> {
    const run: InvariantRun = { atMs: this.parts.nowMs(), invariants: [] };
    // One after the other: this is nobody's hurry, and bids need the connections.
    for (const check of this.parts.checks) run.invariants.push(await this.lookAt(check));
    await this.keep(run);
    for (const tell of this.listeners) tell(run);
    return run;
  }

  private async lookAt({ name, zh, against }: Check): Promise<InvariantRun['invariants'][number]> {
    try {
      const rows = await against();
      if (rows.length > 0) this.parts.alarm(name, { holds: 'no', rows: rows.slice(0, 10) });
      return { name, zh, holds: rows.length > 0 ? 'no' : 'yes', rows: rows.length };
    } catch (error) {
      // The server stops: that says nothing about the data.
      if (!this.parts.db.isInitialized) throw error;
      this.parts.alarm(name, { holds: 'unknown', rows: [], error: String(error) });
      return { name, zh, holds: 'unknown', rows: 0 };
    }
  }

  private async keep({ atMs, invariants }: InvariantRun): Promise<void> {
    const { manager } = this.parts.db;
    await manager.query('INSERT INTO invariant_runs (at, found) VALUES ($1, $2)', [
      new Date(atMs),
      JSON.stringify(invariants),
    ]);
    await manager.query(
      'DELETE FROM invariant_runs WHERE run <= (SELECT max(run) FROM invariant_runs) - $1',
      [RUNS_KEPT],
    );
    await rememberLogs(manager);
  }
}
