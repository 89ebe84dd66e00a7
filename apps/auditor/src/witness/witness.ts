import {
  cosignNote,
  decideWitness,
  formatSignature,
  formatVkey,
  parseVkey,
  parseWitnessRequest,
  type Signer,
  type VerifierKey,
  type WitnessedLog,
} from '@qingpai/ledger/rules';
import { verifyWithNode } from '../ed25519.js';
import { type KnownLogs } from './knownLogs.js';
import { type StateFile } from './stateFile.js';

export interface WitnessParts {
  signer: Signer;
  state: Pick<StateFile, 'get' | 'headOf' | 'remember'>;
  logs: Pick<KnownLogs, 'keyOf'>;
  nowSeconds(): number;
  /** Told of a signed head that contradicts what was cosigned: evidence against the log. */
  onContradiction?(request: string): void;
}

/** As HTTP sends it. */
export interface WitnessAnswer {
  status: 200 | 400 | 403 | 404 | 409 | 422;
  type: 'text/plain; charset=utf-8' | 'text/x.tlog.size';
  /** 200: signature lines; 409: a size; else words. */
  body: string;
}

const words = {
  400: 'malformed request',
  403: 'not signed by the key this witness knows',
  404: 'this witness does not know the log: its operator adds it by `witness add`',
  422: 'the consistency proof does not hold',
};

/**
 * One witness. A request is answered from beginning to end without a pause, so no other can come between what was
 * checked and what is remembered; and the memory lasts before the cosignature leaves.
 */
export class Witness {
  constructor(private readonly parts: WitnessParts) {}

  get vkey(): string {
    return formatVkey(this.parts.signer.key);
  }

  /** C2SP tlog-witness, `add-checkpoint`. Throws when the memory cannot be written: then nothing was signed. */
  addCheckpoint(text: string): WitnessAnswer {
    const { signer, state, nowSeconds } = this.parts;
    const decision = decideWitness(text, (origin) => this.logOf(origin), verifyWithNode);
    if (decision.status === 409) {
      if (isContradiction(text, decision.size)) this.parts.onContradiction?.(text);
      return { status: 409, type: 'text/x.tlog.size', body: `${decision.size}\n` };
    }
    if (decision.status === 422) this.parts.onContradiction?.(text);
    if (decision.status !== 200) return plain(decision.status, `${words[decision.status]}\n`);
    const { origin, head, body } = decision;
    const vkey = formatVkey(this.logOf(origin)!.key);
    state.remember(origin, head, { vkey, note: noteIn(text) });
    // Stop here and nothing is lost: who asks again for the same head gets its cosignature.
    return plain(200, formatSignature(cosignNote(body, signer, nowSeconds())));
  }

  /** The key first cosigned under stays, whatever a list says later. */
  private logOf(origin: string): WitnessedLog | undefined {
    const { state, logs } = this.parts;
    const remembered = state.get(origin);
    const key = remembered ? keyOf(remembered.vkey) : logs.keyOf(origin);
    return key && { key, head: state.headOf(origin) };
  }
}

const plain = (status: WitnessAnswer['status'], body: string): WitnessAnswer => ({
  ...{ status, body },
  type: 'text/plain; charset=utf-8',
});

/** It began where we stand and was still refused: another root for the same size. */
function isContradiction(text: string, size: number): boolean {
  const request = parseWitnessRequest(text);
  return request.ok && request.value.oldSize === size;
}

function noteIn(text: string): string {
  const request = parseWitnessRequest(text);
  if (!request.ok) throw new Error('bug: what was cosigned could not be read');
  return request.value.checkpoint;
}

function keyOf(vkey: string): VerifierKey | undefined {
  const key = parseVkey(vkey);
  return key.ok ? key.value : undefined;
}
