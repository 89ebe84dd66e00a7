import {
  consistencyProof,
  COSIGNATURE_V1,
  cosignNote,
  decideWitness,
  ED25519,
  formatCheckpoint,
  formatSignature,
  formatWitnessRequest,
  leafHash,
  openCheckpoint,
  parseWitnessRequest,
  publicKeyOf,
  readCosignatures,
  rootOfLeaves,
  signCheckpoint,
  signEd25519,
  utf8,
  verifierKey,
  verifyEd25519,
  withSignatures,
  type KeyType,
  type Signer,
  type WitnessedHead,
} from './index.js';

function signerOf(name: string, type: KeyType, seedByte: number): Signer {
  const seed = new Uint8Array(32).fill(seedByte);
  return { key: verifierKey(name, type, publicKeyOf(seed)), sign: (message) => signEd25519(seed, message) };
}
const origin = 'market.example/shows/20261124-01';
const log = signerOf(origin, ED25519, 1);
const witness = signerOf('township.example/witness', COSIGNATURE_V1, 2);
const second = signerOf('county.example/witness', COSIGNATURE_V1, 3);

const hashes = Array.from({ length: 40 }, (_, i) => leafHash(utf8(`leaf ${i}`)));
const other = hashes.map((hash, i) => (i < 5 ? hash : leafHash(utf8(`another ${i}`))));
const rootAt = (size: number, leaves = hashes) => rootOfLeaves(leaves.slice(0, size));
const headAt = (size: number, leaves = hashes): WitnessedHead => ({ size, root: rootAt(size, leaves) });
const noteAt = (size: number, signer = log, leaves = hashes) =>
  signCheckpoint({ origin: signer.key.name, ...headAt(size, leaves) }, signer);

interface Ask {
  from?: number;
  to: number;
  leaves?: typeof hashes;
  note?: string;
}
const ask = ({ from = 0, to, leaves = hashes, note = noteAt(to, log, leaves) }: Ask) =>
  formatWitnessRequest({
    oldSize: from,
    proof: from < to ? consistencyProof(leaves, from, to) : [],
    checkpoint: note,
  });
const decide = (text: string, head: WitnessedHead | null = null) =>
  decideWitness(text, (name) => (name === origin ? { key: log.key, head } : undefined), verifyEd25519);

describe('the request to a witness', () => {
  it('is read as it was written', () => {
    const request = { oldSize: 7, proof: consistencyProof(hashes, 7, 20), checkpoint: noteAt(20) };
    expect(parseWitnessRequest(formatWitnessRequest(request))).toEqual({ ok: true, value: request });
  });

  it.each([
    ['nothing', ''],
    ['no old size', `\n${noteAt(3)}`],
    ['an old size with a leading zero', ask({ to: 3 }).replace('old 0', 'old 00')],
    ['a negative old size', ask({ to: 3 }).replace('old 0', 'old -1')],
    ['a proof line that is no hash', ask({ to: 3 }).replace('old 0\n', 'old 0\nAAAA\n')],
    [
      'more than 63 proof lines',
      ask({ to: 3 }).replace('old 0\n', `old 0\n${`${'A'.repeat(43)}=\n`.repeat(64)}`),
    ],
    ['no empty line', 'old 0\n'],
    ['no signature', `old 0\n\n${formatCheckpoint({ origin, ...headAt(3) })}`],
    ['an extension line', ask({ to: 3 }).replace('=\n\n—', '=\nmore\n\n—')],
    ['half a megabyte', ask({ to: 3 }) + 'x'.repeat(500_000)],
  ])('is refused with 400 when it has %s', (_what, text) => {
    expect(decide(text)).toEqual({ status: 400 });
  });
});

describe('a witness', () => {
  it('cosigns the first head it sees of a log it knows', () => {
    const decision = decide(ask({ to: 7 }));
    expect(decision).toMatchObject({ status: 200, origin, head: headAt(7) });
  });

  it('cosigns whatever extends what it has', () => {
    for (let from = 1; from <= 20; from++) {
      for (let to = from; to <= 40; to += 3)
        expect(decide(ask({ from, to }), headAt(from))).toMatchObject({ status: 200, head: headAt(to) });
    }
  });

  it('cosigns the same head again, for who lost the answer', () => {
    expect(decide(ask({ from: 7, to: 7 }), headAt(7))).toMatchObject({ status: 200, head: headAt(7) });
  });

  it('answers 404 for a log it does not know', () => {
    const stranger = signerOf('market.example/shows/20261124-02', ED25519, 1);
    expect(decide(ask({ to: 3, note: noteAt(3, stranger) }))).toEqual({ status: 404 });
  });

  it('answers 403 for a head that the key it knows has not signed', () => {
    expect(decide(ask({ to: 3, note: noteAt(3, signerOf(origin, ED25519, 9)) }))).toEqual({ status: 403 });
    const forged = noteAt(3).replace(/\n3\n/, '\n4\n');
    expect(decide(ask({ to: 3, note: forged }))).toEqual({ status: 403 });
  });

  it('ignores signatures of others under the head', () => {
    const body = formatCheckpoint({ origin, ...headAt(3) });
    const note = withSignatures(noteAt(3), [formatSignature(cosignNote(body, second, 5))]);
    expect(decide(ask({ to: 3, note }))).toMatchObject({ status: 200 });
  });

  it('answers 400 for a head smaller than what it is said to extend', () => {
    expect(decide(ask({ from: 8, to: 7 }), headAt(8))).toEqual({ status: 400 });
  });

  it('answers 409 with its own size to who does not begin there, be it behind or ahead', () => {
    expect(decide(ask({ from: 0, to: 9 }), headAt(7))).toEqual({ status: 409, size: 7 });
    expect(decide(ask({ from: 8, to: 9 }), headAt(7))).toEqual({ status: 409, size: 7 });
    expect(decide(ask({ from: 7, to: 9 }))).toEqual({ status: 409, size: 0 });
  });

  it('answers 409 to another root of the size it has', () => {
    expect(decide(ask({ from: 9, to: 9, leaves: other }), headAt(9))).toEqual({ status: 409, size: 9 });
  });

  it('answers 422 when the proof does not lead from what it has to the new head', () => {
    expect(decide(ask({ from: 9, to: 12, leaves: other }), headAt(9))).toEqual({ status: 422 });
    const none = formatWitnessRequest({ oldSize: 9, proof: [], checkpoint: noteAt(12) });
    expect(decide(none, headAt(9))).toEqual({ status: 422 });
    const needless = formatWitnessRequest({ oldSize: 9, proof: [hashes[0]!], checkpoint: noteAt(9) });
    expect(decide(needless, headAt(9))).toEqual({ status: 422 });
    const fromNothing = formatWitnessRequest({ oldSize: 0, proof: [hashes[0]!], checkpoint: noteAt(9) });
    expect(decide(fromNothing)).toEqual({ status: 422 });
  });

  it('gives a cosignature that stands under the note beside the log’s own signature', () => {
    const decision = decide(ask({ to: 7 }));
    if (decision.status !== 200) throw new Error('bug: refused');
    const line = formatSignature(cosignNote(decision.body, witness, 1_764_000_000));
    const opened = openCheckpoint(withSignatures(noteAt(7), [line]), [log.key, witness.key], verifyEd25519);
    expect(opened).toMatchObject({ ok: true, value: { checkpoint: { origin, size: 7 } } });
    expect(opened.ok && opened.value.signatures.map(({ key }) => key.name)).toEqual([
      origin,
      witness.key.name,
    ]);
  });
});

describe('reading what a witness answered', () => {
  const body = formatCheckpoint({ origin, ...headAt(7) });
  const line = formatSignature(cosignNote(body, witness, 1_764_000_000));
  const secondLine = formatSignature(cosignNote(body, second, 1_764_000_001));
  const read = (lines: string, keys = [witness.key]) => readCosignatures(body, lines, keys, verifyEd25519);

  it('keeps the cosignatures of the witnesses one knows, with their times', () => {
    expect(read(line + secondLine)).toEqual({
      ok: true,
      value: [{ key: witness.key, timeSeconds: 1_764_000_000, line }],
    });
    expect(read(line + secondLine, [witness.key, second.key])).toMatchObject({
      ok: true,
      value: [{ timeSeconds: 1_764_000_000 }, { timeSeconds: 1_764_000_001 }],
    });
  });

  it('refuses them all when a known one is bad: it is for another head', () => {
    const elsewhere = formatCheckpoint({ origin, ...headAt(8) });
    const wrong = formatSignature(cosignNote(elsewhere, witness, 1_764_000_000));
    expect(read(secondLine + wrong)).toEqual({ ok: false, reason: 'note-bad-signature' });
  });

  it('does not take the log’s own signature for a witness', () => {
    const own = noteAt(7).split('\n\n')[1]!;
    expect(read(own, [witness.key, log.key])).toEqual({ ok: true, value: [] });
  });

  it('refuses what is no signature line', () => {
    expect(read('hello\n')).toEqual({ ok: false, reason: 'note-malformed' });
  });
});
