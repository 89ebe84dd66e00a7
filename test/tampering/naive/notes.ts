import { createPublicKey, verify } from 'node:crypto';
import { fromBase64, sha256 } from './json.js';

/** A public key as the auditor's policy names it. */
export interface Key {
  name: string;
  /** 1: Ed25519 of a log; 4: cosignature of a witness. */
  type: number;
  id: Buffer;
  bytes: Buffer;
}
export interface NaivePolicy {
  logs: Key[];
  witnesses: { name: string; key: Key }[];
  groups: { name: string; need: number; members: string[] }[];
  quorum: string;
}
export interface Head {
  origin: string;
  size: number;
  root: Buffer;
  note: string;
  /** Names of witnesses in the policy, and when they signed, in seconds. */
  cosigners: { name: string; timeS: number }[];
}

/** Ed25519 by OpenSSL. */
export function isSigned(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), publicKey]);
  try {
    return verify(null, message, createPublicKey({ key: der, format: 'der', type: 'spki' }), signature);
  } catch {
    return false;
  }
}

/** As a policy or a registry writes it: name, first four bytes of its hash, type and key. */
export function readKey(vkey: string): Key | undefined {
  const [name, hex, rest] = [vkey.split('+')[0]!, vkey.split('+')[1]!, vkey.split('+').slice(2).join('+')];
  const typed = fromBase64(rest);
  if (typed?.length !== 33) return undefined;
  const id = sha256(`${name}\n`, typed).subarray(0, 4);
  return id.toString('hex') === hex ? { name, type: typed[0]!, id, bytes: typed.subarray(1) } : undefined;
}

/** Whether this is the key of the log of that name. */
export const isVkeyOf = (vkey: string, log: string): boolean => {
  const key = readKey(vkey);
  return key?.name === log && key.type === 1;
};

/** c2sp.org/tlog-policy; undefined when a line cannot be read. */
export function readPolicy(text: string): NaivePolicy | undefined {
  const policy: NaivePolicy = { logs: [], witnesses: [], groups: [], quorum: '' };
  for (const line of text.split('\n')) {
    const [kind, a = '', b = '', ...more] = line.split(' ');
    if (kind === '' || kind!.startsWith('#')) continue;
    if (kind === 'log') {
      const key = readKey(a);
      if (!key) return undefined;
      policy.logs.push(key);
    } else if (kind === 'witness') {
      const key = readKey(b);
      if (!key) return undefined;
      policy.witnesses.push({ name: a, key });
    } else if (kind === 'group') {
      const need = b === 'all' ? more.length : b === 'any' ? 1 : Number(b);
      policy.groups.push({ name: a, need, members: more });
    } else if (kind === 'quorum') {
      policy.quorum = a;
    } else {
      return undefined;
    }
  }
  return policy.quorum === '' ? undefined : policy;
}

/** Whether these witnesses are as many as the policy asks for. */
export function isQuorum(policy: NaivePolicy, cosigners: readonly string[]): boolean {
  if (policy.quorum === 'none') return true;
  const there = [...cosigners];
  for (const { name, need, members } of policy.groups) {
    if (members.filter((member) => there.includes(member)).length >= need) there.push(name);
  }
  return there.includes(policy.quorum);
}

interface SignatureLine {
  name: string;
  id: Buffer;
  blob: Buffer;
}

/** c2sp.org/signed-note: a text, an empty line, signature lines; undefined when it is none. */
function readNote(text: string): { body: string; lines: SignatureLine[] } | undefined {
  if (Buffer.byteLength(text) > 65_536 || text.split('\n').length > 101) return undefined;
  if (Buffer.from(text, 'utf8').toString('utf8') !== text) return undefined;
  if (/[\u0000-\u0009\u000b-\u001f]/.test(text)) return undefined;
  const cut = text.lastIndexOf('\n\n');
  if (cut < 0 || !text.endsWith('\n')) return undefined;
  const lines: SignatureLine[] = [];
  for (const line of text.slice(cut + 2, -1).split('\n')) {
    const words = line.split(' ');
    const blob = fromBase64(words[2] ?? '');
    if (words.length !== 3 || words[0] !== '—' || !isName(words[1]!)) return undefined;
    if (!blob || blob.length < 5) return undefined;
    lines.push({ name: words[1]!, id: blob.subarray(0, 4), blob: blob.subarray(4) });
  }
  return { body: text.slice(0, cut + 1), lines };
}

/** c2sp.org/tlog-checkpoint: exactly three lines, never an extension line. */
function readHead(body: string): Pick<Head, 'origin' | 'size' | 'root'> | undefined {
  const [origin = '', digits = '', base64 = '', ...end] = body.split('\n');
  const root = fromBase64(base64);
  if (end.length !== 1 || end[0] !== '' || !isName(origin) || root?.length !== 32) return undefined;
  if (!/^(0|[1-9][0-9]*)$/.test(digits) || Number(digits) > 2 ** 53 - 1) return undefined;
  return { origin, size: Number(digits), root };
}

const isName = (name: string): boolean => name !== '' && !/[\s+\u0085]/.test(name);

/** What a note is worth to this auditor: a head; nothing, since it is broken; nothing, since strangers signed it. */
export type Judged = { head: Head } | { wrong: 'bad' | 'unknown' };

export function judgeNote(text: string, policy: NaivePolicy | null): Judged {
  const note = readNote(text);
  if (!note) return { wrong: 'bad' };
  const cosigners: Head['cosigners'] = [];
  const logs: string[] = [];
  for (const { name, id, blob } of policy ? note.lines : []) {
    for (const key of policy!.logs) {
      if (key.name !== name || !key.id.equals(id)) continue;
      if (blob.length !== 64 || !isSigned(key.bytes, Buffer.from(note.body), blob)) return { wrong: 'bad' };
      logs.push(name);
    }
    for (const witness of policy!.witnesses) {
      if (witness.key.name !== name || !witness.key.id.equals(id)) continue;
      if (blob.length !== 72) return { wrong: 'bad' };
      const timeS = Number(blob.readBigUInt64BE(0));
      const message = Buffer.from(`cosignature/v1\ntime ${timeS}\n${note.body}`);
      if (!isSigned(witness.key.bytes, message, blob.subarray(8))) return { wrong: 'bad' };
      cosigners.push({ name: witness.name, timeS });
    }
  }
  if (policy && logs.length + cosigners.length === 0) return { wrong: 'unknown' };
  const head = readHead(note.body);
  if (!head) return { wrong: 'bad' };
  if (policy && !logs.includes(head.origin)) return { wrong: 'unknown' };
  return { head: { ...head, note: text, cosigners } };
}
