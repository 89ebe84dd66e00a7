import { signerOf, verifyByNode } from '@qingpai/ledger';
import {
  COSIGNATURE_V1,
  cosignNote,
  decideWitness,
  formatSignature,
  formatVkey,
  parseVkey,
  verifierKey,
  type Signer,
  type WitnessedHead,
} from '@qingpai/ledger/rules';
import { type AskWitness, type WitnessReply } from '../witness/askWitness.js';
import { type ConfiguredWitness } from '../witness/configured.js';

/** A witness in memory, by the rules of the real one; it can be away, and forget. */
export class PaperWitness {
  readonly signer: Signer;
  readonly heads = new Map<string, WitnessedHead>();
  /** Sizes it cosigned, in order. */
  readonly cosigned: number[] = [];
  away = false;
  /** By its own clock; null: the machine's. */
  nowSeconds: number | null = null;
  private readonly keys = new Map<string, string>();

  constructor(name: string, seedByte: number) {
    const { key, sign } = signerOf(name, Buffer.alloc(32, seedByte));
    this.signer = { key: verifierKey(name, COSIGNATURE_V1, key.publicKey), sign };
  }

  get vkey(): string {
    return formatVkey(this.signer.key);
  }
  get configured(): ConfiguredWitness {
    return { key: this.signer.key, url: `http://${this.signer.key.name}` };
  }

  readonly learn = (vkey: string): void => {
    const key = parseVkey(vkey);
    if (key.ok) this.keys.set(key.value.name, vkey);
  };

  answer(request: string): WitnessReply {
    const logOf = (origin: string) => {
      const key = parseVkey(this.keys.get(origin) ?? '');
      return key.ok ? { key: key.value, head: this.heads.get(origin) ?? null } : undefined;
    };
    const decision = decideWitness(request, logOf, verifyByNode);
    if (decision.status === 409) return { said: 'size', size: decision.size };
    if (decision.status !== 200) return { said: 'no', status: decision.status };
    this.heads.set(decision.origin, decision.head);
    this.cosigned.push(decision.head.size);
    const seconds = this.nowSeconds ?? Math.floor(Date.now() / 1_000);
    return { said: 'lines', lines: formatSignature(cosignNote(decision.body, this.signer, seconds)) };
  }
}

/** The network between a market and its witnesses. */
export const networkOf =
  (witnesses: readonly PaperWitness[]): AskWitness =>
  async (url, request) => {
    const asked = witnesses.find(({ configured }) => configured.url === url);
    if (!asked || asked.away) throw new Error('connect ECONNREFUSED');
    return asked.answer(request);
  };
