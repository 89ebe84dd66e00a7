import { existsSync, readFileSync } from 'node:fs';
import { fromBase64, toBase64, type WitnessedHead } from '@qingpai/ledger/rules';
import { writeDurably } from './durable.js';
import { Failure } from './failure.js';

/** What is remembered of a log, as JSON. */
export interface RememberedLog {
  /** The key under which it was first cosigned; it stays. */
  vkey: string;
  size: number;
  /** Base64. */
  root: string;
  /** The log's signed note, so that the auditor can hold it against a bundle (`verify --known`). */
  note: string;
}

const FORMAT = 'qingpai/witness/v1';

/**
 * The witness's memory: the newest head it cosigned of each log. All its worth hangs on this file. Without it, or with
 * an older copy of it, the same key could sign a second history; so a lost one is never begun anew.
 */
export class StateFile {
  private constructor(
    private readonly path: string,
    /** What stands in the file, to see when another hand changed it. */
    private text: string,
    private readonly logs: Map<string, RememberedLog>,
  ) {}

  static make(path: string): void {
    writeDurably(path, textOf(new Map()));
  }

  static open(path: string): StateFile {
    if (!existsSync(path)) throw lost(path);
    const text = readFileSync(path, 'utf8');
    return new StateFile(path, text, logsIn(text, path));
  }

  get origins(): string[] {
    return [...this.logs.keys()].sort();
  }

  get(origin: string): RememberedLog | undefined {
    return this.logs.get(origin);
  }

  headOf(origin: string): WitnessedHead | null {
    const log = this.logs.get(origin);
    return log ? { size: log.size, root: fromBase64(log.root)! } : null;
  }

  /** It lasts when this returns; only then may the cosignature leave. */
  remember(origin: string, head: WitnessedHead, { vkey, note }: Pick<RememberedLog, 'vkey' | 'note'>): void {
    if (readFileSync(this.path, 'utf8') !== this.text) throw otherHand(this.path);
    const logs = new Map(this.logs).set(origin, { vkey, size: head.size, root: toBase64(head.root), note });
    const text = textOf(logs);
    writeDurably(this.path, text);
    this.text = text;
    this.logs.set(origin, logs.get(origin)!);
  }
}

const textOf = (logs: ReadonlyMap<string, RememberedLog>): string =>
  `${JSON.stringify({ format: FORMAT, logs: Object.fromEntries(logs) }, null, 1)}\n`;

function logsIn(text: string, path: string): Map<string, RememberedLog> {
  try {
    const { format, logs } = JSON.parse(text) as { format: string; logs: Record<string, RememberedLog> };
    const entries = Object.entries(logs);
    if (format === FORMAT && entries.every(([, log]) => isWhole(log))) return new Map(entries);
  } catch {
    // Said below.
  }
  throw new Failure(
    `${path} 已损坏，不能再用这把密钥签名`,
    `${path} is damaged: this key must not sign any more`,
  );
}

const isWhole = ({ vkey, size, root, note }: RememberedLog): boolean =>
  typeof vkey === 'string' &&
  typeof note === 'string' &&
  Number.isSafeInteger(size) &&
  fromBase64(root)?.length === 32;

const lost = (path: string) =>
  new Failure(
    `${path} 不见了：没有它，这把密钥可能签出第二份历史。请找回最新的一份，或另建一个见证机（新密钥）`,
    `${path} is lost: without it this key could sign a second history. Bring back the newest copy, or make another witness with a new key`,
  );

const otherHand = (path: string) =>
  new Failure(
    `${path} 被别的程序改过：已停止签名`,
    `${path} was changed by another hand: signing has stopped`,
  );
