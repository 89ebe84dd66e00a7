import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { ED25519, parseVkey, type VerifierKey } from '@qingpai/ledger/rules';
import { Failure } from './failure.js';

/**
 * The logs a witness was told of. A request carries no key, and a witness that took whichever key came with the first
 * one would vouch for anybody; so its operator tells it each log, by flag or in a file. The files are read again when
 * an unknown log asks: a show that was made this morning needs no restart.
 */
export class KnownLogs {
  private readonly byOrigin = new Map<string, VerifierKey>();

  /** @param vkeys given by flag @param files one vkey a line, or policy files with `log` lines */
  constructor(
    vkeys: readonly string[],
    private readonly files: readonly string[],
  ) {
    for (const vkey of vkeys) this.add(logKey(vkey));
    this.read();
  }

  keyOf(origin: string): VerifierKey | undefined {
    if (!this.byOrigin.has(origin)) this.read();
    return this.byOrigin.get(origin);
  }

  private read(): void {
    for (const file of this.files) if (existsSync(file)) logKeysIn(file).forEach((key) => this.add(key));
  }

  /** The first key of a log stays: a second one under its name would be another log. */
  private add(key: VerifierKey): void {
    if (!this.byOrigin.has(key.name)) this.byOrigin.set(key.name, key);
  }
}

/** Every log key of a file; lines that are none (comments, other lines of a policy) are passed over. */
export function logKeysIn(file: string): VerifierKey[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const words = line.trim().split(/[ \t]+/);
      const key = parseVkey((words[0] === 'log' ? words[1] : words[0]) ?? '');
      return key.ok && key.value.type === ED25519 ? [key.value] : [];
    });
}

export function logKey(vkey: string): VerifierKey {
  const key = parseVkey(vkey);
  if (key.ok && key.value.type === ED25519) return key.value;
  throw new Failure(`不是账本公钥：${vkey}`, `no log's vkey: ${vkey}`);
}

/** One whole line at the end of the file. */
export function tellOfLog(file: string, vkey: string): void {
  appendFileSync(file, `${vkey}\n`, { mode: 0o600 });
}
