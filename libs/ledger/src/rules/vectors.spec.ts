import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '@noble/hashes/sha2.js';
import {
  appendAll,
  canonicalHash,
  concat,
  consistencyProof,
  COSIGNATURE_V1,
  cosignNote,
  ED25519,
  emptyFrontier,
  encodeNote,
  formatCheckpoint,
  formatPolicy,
  formatProof,
  formatVkey,
  fromBase64,
  inclusionProof,
  judgeCheckpoint,
  leafBytes,
  leafHash,
  parseCheckpoint,
  parseLeaf,
  parseNote,
  parsePolicy,
  parseProof,
  parseVkey,
  publicKeyOf,
  rootOf,
  rootOfLeaves,
  shortCode,
  signEd25519,
  signNote,
  toBase64,
  toHex,
  treeOf,
  utf8,
  verifierKey,
  verifyConsistency,
  verifyEd25519,
  verifyNote,
  verifyProof,
  type Policy,
  type Result,
  type Signer,
} from './index.js';

interface Vectors {
  origin: string;
  vkeys: Record<'log' | 'township' | 'coop', string>;
  leaf0: { bytes: string; leafHashHex: string };
  sizes: Record<Moment, number>;
  roots: Record<Moment, string>;
  rulesHash: string;
  hammeredL003: { index: number; leafHashHex: string };
  notes: Record<Moment, string>;
  leaves: string[];
  lotL003Proof: string;
  policy: string;
}
type Moment = 'open' | 'close' | 'settled';

const file = join(__dirname, '../../../../test/vectors/ledger-vectors.json');
const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vectors;
const leaves = vectors.leaves.map(utf8);
const hashes = leaves.map(leafHash);
const moments: Moment[] = ['open', 'close', 'settled'];
const keys = Object.values(vectors.vkeys).map((vkey) => valueOf(parseVkey(vkey)));

function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.reason);
  return result.value;
}

describe('the worked vectors', () => {
  it('hash leaves as written', () => {
    expect(vectors.leaves[0]).toBe(vectors.leaf0.bytes);
    expect(toHex(hashes[0]!)).toBe(vectors.leaf0.leafHashHex);
    expect(toHex(hashes[vectors.hammeredL003.index]!)).toBe(vectors.hammeredL003.leafHashHex);
  });

  it('read every leaf and write it back byte for byte', () => {
    vectors.leaves.forEach((text, i) => {
      const leaf = valueOf(parseLeaf(utf8(text)));
      expect(leaf).toMatchObject({ i, show: vectors.origin, v: 1 });
      expect(leafBytes(leaf)).toEqual(utf8(text));
    });
  });

  it.each(moments)('have the root of %s', (moment) => {
    const size = vectors.sizes[moment];
    expect(toBase64(rootOfLeaves(hashes.slice(0, size)))).toBe(vectors.roots[moment]);
    expect(toBase64(rootOf(appendAll(emptyFrontier, hashes.slice(0, size))))).toBe(vectors.roots[moment]);
  });

  it('carry the hashes the opening leaf sealed', () => {
    const { body } = valueOf(parseLeaf(leaves[10]!));
    expect(body['rules']).toBe(vectors.rulesHash);
    expect(body['catalogue']).toBe(toBase64(rootOfLeaves(hashes.slice(4, 10))));
    expect(canonicalHash({ b: 1, a: '价' })).toBe(toBase64(sha256(utf8('{"a":"价","b":1}'))));
  });

  it.each(moments)('verify the note of %s with the log and both witnesses', (moment) => {
    const { note, verified } = valueOf(verifyNote(vectors.notes[moment], keys, verifyEd25519));
    expect(verified.map(({ key }) => formatVkey(key))).toEqual(Object.values(vectors.vkeys));
    expect(verified.map(({ timeSeconds }) => typeof timeSeconds)).toEqual(['undefined', 'number', 'number']);
    const checkpoint = valueOf(parseCheckpoint(note.body));
    expect({ ...checkpoint, root: toBase64(checkpoint.root) }).toEqual({
      origin: vectors.origin,
      size: vectors.sizes[moment],
      root: vectors.roots[moment],
    });
    expect(formatCheckpoint(checkpoint)).toBe(note.body);
    expect(encodeNote(valueOf(parseNote(vectors.notes[moment])))).toBe(vectors.notes[moment]);
  });

  it.each(moments)('sign the note of %s again, byte for byte', (moment) => {
    const seedOf = (name: string) => sha256(utf8(`nongpai-demo-seed/${name}`));
    const signerOf = (name: 'log' | 'township' | 'coop'): Signer => {
      const known = valueOf(parseVkey(vectors.vkeys[name]));
      const key = verifierKey(known.name, known.type, publicKeyOf(seedOf(name)));
      expect(formatVkey(key)).toBe(vectors.vkeys[name]);
      return { key, sign: (message) => signEd25519(seedOf(name), message) };
    };
    const { note, verified } = valueOf(verifyNote(vectors.notes[moment], keys, verifyEd25519));
    const [, township, coop] = verified.map(({ timeSeconds }) => timeSeconds);
    const signatures = [
      signNote(note.body, signerOf('log')),
      cosignNote(note.body, signerOf('township'), township!),
      cosignNote(note.body, signerOf('coop'), coop!),
    ];
    expect(encodeNote({ body: note.body, signatures })).toBe(vectors.notes[moment]);
  });

  it('verify the receipt of lot 3, and write it back byte for byte', () => {
    const { index } = vectors.hammeredL003;
    const receipt = valueOf(verifyProof(vectors.lotL003Proof, leaves[index]!, keys, verifyEd25519));
    expect(receipt.index).toBe(index);
    const proof = valueOf(parseProof(vectors.lotL003Proof));
    expect(formatProof(proof)).toBe(vectors.lotL003Proof);
    expect(proof.path).toEqual(inclusionProof(treeOf(hashes), index, vectors.sizes.close));
    const another = verifyProof(vectors.lotL003Proof, leaves[index + 1]!, keys, verifyEd25519);
    expect(another).toEqual({ ok: false, reason: 'proof-wrong' });
  });

  it('show that each head continues the one before', () => {
    const { open, close } = vectors.sizes;
    const proof = consistencyProof(hashes.slice(0, close), open);
    const [before, after] = [fromBase64(vectors.roots.open)!, fromBase64(vectors.roots.close)!];
    expect(verifyConsistency(open, close, proof, before, after)).toBe(true);
    expect(verifyConsistency(open, close, proof, after, before)).toBe(false);
  });

  it('satisfy the policy by the township alone', () => {
    const policy: Policy = valueOf(parsePolicy(vectors.policy));
    expect(formatPolicy(policy)).toBe(vectors.policy);
    const judged = valueOf(judgeCheckpoint(vectors.notes.settled, policy, verifyEd25519));
    expect(judged).toMatchObject({ cosigners: ['township', 'coop'], hasQuorum: true });
    const withoutTownship = vectors.notes.settled.replace(/— township.*\n/, '');
    expect(valueOf(judgeCheckpoint(withoutTownship, policy, verifyEd25519))).toMatchObject({
      cosigners: ['coop'],
      hasQuorum: false,
    });
  });

  it('name their keys by the rule', () => {
    expect(keys.map(({ type }) => type)).toEqual([ED25519, COSIGNATURE_V1, COSIGNATURE_V1]);
    const [log] = keys;
    const id = sha256(concat(utf8(`${vectors.origin}\n`), Uint8Array.of(1), log!.publicKey)).slice(0, 4);
    expect(toHex(log!.keyId)).toBe(toHex(id));
  });

  it('have a short code that people can read out', () => {
    expect(shortCode(fromBase64(vectors.roots.settled)!)).toBe('E679·487A·D43E');
  });
});
