import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isKeyName, type Signer } from '@qingpai/ledger/rules';
import { writeDurably } from './durable.js';
import { Failure } from './failure.js';
import { formatKey, parseKey, witnessSigner } from './keyFile.js';
import { StateFile } from './stateFile.js';

/** All that a witness has: a folder with its key, what it cosigned, and the logs its operator told it. */
export interface WitnessFolder {
  signer: Signer;
  state: StateFile;
  /** One vkey a line; read again when an unknown log asks. */
  logsFile: string;
}

const keyFileIn = (folder: string) => join(folder, 'witness.key');
const stateFileIn = (folder: string) => join(folder, 'state.json');
export const logsFileIn = (folder: string) => join(folder, 'logs.txt');

/**
 * Opens the folder, or makes it with a fresh key. The state is made before the key: a key without a state is one
 * whose past was lost, and is never used again.
 */
export function openOrMake(folder: string, name: string): WitnessFolder {
  if (!existsSync(keyFileIn(folder))) make(folder, name);
  return open(folder);
}

/** Throws `Failure` when there is no witness here, or not a whole one. */
export function open(folder: string): WitnessFolder {
  if (!existsSync(keyFileIn(folder)))
    throw new Failure(`${folder} 里没有见证机`, `there is no witness in ${folder}`);
  const signer = parseKey(readFileSync(keyFileIn(folder), 'utf8'));
  if (!signer) throw new Failure('witness.key 已损坏', 'witness.key is damaged');
  return { signer, state: StateFile.open(stateFileIn(folder)), logsFile: logsFileIn(folder) };
}

function make(folder: string, name: string): void {
  if (!isKeyName(name))
    throw new Failure(`名称不能含空格或加号：${name}`, `no blank or plus in a name: ${name}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const seed = new Uint8Array(randomBytes(32));
  StateFile.make(stateFileIn(folder));
  writeDurably(keyFileIn(folder), formatKey(witnessSigner(name, seed), seed));
}
