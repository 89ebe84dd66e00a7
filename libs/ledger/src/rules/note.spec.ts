import { Buffer } from 'node:buffer';
import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import fc from 'fast-check';
import {
  concat,
  COSIGNATURE_V1,
  cosignNote,
  ED25519,
  encodeNote,
  formatSignature,
  formatVkey,
  fromHex,
  openCheckpoint,
  parseCheckpoint,
  parseNote,
  parseProof,
  parseSignatures,
  parseVkey,
  publicKeyOf,
  rootOfLeaves,
  signCheckpoint,
  signEd25519,
  signNote,
  toBase64,
  toBase64url,
  u64be,
  utf8,
  verifierKey,
  verifyEd25519,
  verifyNote,
  type KeyType,
  type Signer,
} from './index.js';

const refused = (reason: string) => ({ ok: false, reason });

function signerOf(name: string, type: KeyType, seedByte: number): Signer {
  const seed = new Uint8Array(32).fill(seedByte);
  return { key: verifierKey(name, type, publicKeyOf(seed)), sign: (message) => signEd25519(seed, message) };
}

const origin = 'market.example/shows/20261124-01';
const log = signerOf(origin, ED25519, 1);
const witness = signerOf('township.example/audit', COSIGNATURE_V1, 2);
const stranger = signerOf('stranger.example', ED25519, 3);
const checkpoint = { origin, size: 0, root: rootOfLeaves([]) };
const note = signCheckpoint(checkpoint, log);
const body = note.slice(0, note.indexOf('\n\n') + 1);
const check = (text: string, signers: Signer[]) =>
  verifyNote(
    text,
    signers.map(({ key }) => key),
    verifyEd25519,
  );

describe('a signed note', () => {
  it('ignores keys it does not know, even under a known name', () => {
    const impostor = signerOf(origin, ED25519, 9);
    const text = encodeNote({
      body,
      signatures: [signNote(body, impostor), signNote(body, stranger), signNote(body, log)],
    });
    const opened = check(text, [log, witness]);
    expect(opened.ok && opened.value.verified).toEqual([{ key: log.key }]);
  });

  it('is refused when nobody known signed it', () => {
    expect(check(note, [witness, stranger])).toEqual(refused('note-not-signed'));
    expect(check(note, [])).toEqual(refused('note-not-signed'));
  });

  it('is refused for one bad signature of a known key, whatever else is good', () => {
    const bad = signNote('another body\n', stranger);
    const text = encodeNote({ body, signatures: [signNote(body, log), bad] });
    expect(check(text, [log, stranger])).toEqual(refused('note-bad-signature'));
    expect(check(text, [log])).toMatchObject({ ok: true });
  });

  it('counts a key once, however often it signed', () => {
    const twice = [cosignNote(body, witness, 5), cosignNote(body, witness, 6)];
    const opened = check(encodeNote({ body, signatures: twice }), [witness]);
    expect(opened.ok && opened.value.verified).toEqual([{ key: witness.key, timeSeconds: 5 }]);
  });

  it('tells when the witness signed, and that time is signed too', () => {
    const signature = cosignNote(body, witness, 1_792_202_411);
    const opened = check(encodeNote({ body, signatures: [signature] }), [witness]);
    expect(opened.ok && opened.value.verified[0]?.timeSeconds).toBe(1_792_202_411);
    const later = { ...signature, blob: concat(u64be(1_792_202_412), signature.blob.slice(8)) };
    expect(check(encodeNote({ body, signatures: [later] }), [witness])).toEqual(
      refused('note-bad-signature'),
    );
    const endless = { ...signature, blob: concat(fromHex('ffffffffffffffff')!, signature.blob.slice(8)) };
    expect(check(encodeNote({ body, signatures: [endless] }), [witness])).toEqual(
      refused('note-bad-signature'),
    );
  });

  it('bears no time that is none, although its witness signed just that', () => {
    const signed = witness.sign(utf8(`cosignature/v1\ntime undefined\n${body}`));
    const blob = concat(new Uint8Array(8).fill(0xff), signed);
    const text = note + formatSignature({ name: witness.key.name, keyId: witness.key.keyId, blob });
    expect(check(text, [log, witness])).toEqual(refused('note-bad-signature'));
  });

  it('ends its last line, too', () => {
    const lines = formatSignature(cosignNote(body, witness, 1));
    expect(parseSignatures(lines).ok).toBe(true);
    for (const end of ['', 'x', '=']) {
      expect(parseSignatures(lines.slice(0, -1) + end)).toEqual(refused('note-malformed'));
    }
  });

  it('keeps a log signature from passing as a cosignature', () => {
    const asWitness = signerOf(origin, COSIGNATURE_V1, 1);
    expect(check(note, [asWitness])).toEqual(refused('note-not-signed'));
    expect(() => cosignNote(body, log, 1)).toThrow(/^bug: /);
    expect(() => signNote(body, witness)).toThrow(/^bug: /);
  });

  it('may hold blank lines: the last one parts text and signatures', () => {
    const text = encodeNote({ body: 'a\n\nb\n', signatures: [signNote('a\n\nb\n', log)] });
    const opened = check(text, [log]);
    expect(opened.ok && opened.value.note.body).toBe('a\n\nb\n');
  });

  const line = formatSignature(signNote(body, log));
  it.each([
    ['nothing', ''],
    ['no signature', `${body}\n`],
    ['no blank line', `${body}${line}`],
    ['no last newline', note.slice(0, -1)],
    ['something behind', `${note}x`],
    ['a carriage return', note.replace('\n', '\r\n')],
    ['a tab', note.replace('market', 'mar\tket')],
    ['half a character', note.replace('market', '\ud800')],
    ['a hyphen for the dash', note.replace('— ', '- ')],
    ['two spaces', note.replace('— ', '—  ')],
    ['a space behind', note.replace(/\n$/, ' \n')],
    ['a plus in a name', `${body}\n${line.replace(origin, 'a+b')}`],
    ['a wide space in a name', `${body}\n${line.replace(origin, 'a\u3000b')}`],
    ['a signature of four bytes', `${body}\n— ${origin} ${toBase64(log.key.keyId)}\n`],
    ['unpadded base64', note.replace(/=+\n$/, '\n')],
    ['stray bits in base64', `${body}\n— ${origin} AAAAAAB=\n`],
  ])('is malformed with %s', (_name, text) => {
    expect(parseNote(text)).toEqual(refused('note-malformed'));
  });

  it('has at most 64 KiB and a hundred lines', () => {
    const wide = (bytes: number) => `${'x'.repeat(bytes - line.length - 2)}\n\n${line}`;
    // The dash of the signature line is three bytes.
    expect(parseNote(wide(65_536 - 2)).ok).toBe(true);
    expect(parseNote(wide(65_536 - 1))).toEqual(refused('note-too-large'));
    const long = (lines: number) => `${'x\n'.repeat(lines - 2)}\n${line}`;
    expect(parseNote(long(100)).ok).toBe(true);
    expect(parseNote(long(101))).toEqual(refused('note-too-large'));
  });

  it('takes more signatures from the lines a witness answers', () => {
    const answer = formatSignature(cosignNote(body, witness, 7));
    const more = parseSignatures(answer);
    const first = parseNote(note);
    if (!more.ok || !first.ok) throw new Error('not read');
    const cosigned = encodeNote({ body, signatures: [...first.value.signatures, ...more.value] });
    expect(cosigned).toBe(note + answer);
    expect(parseSignatures('')).toEqual(refused('note-malformed'));
    expect(parseSignatures('\n')).toEqual(refused('note-malformed'));
  });

  it('never makes its reader throw', () => {
    const cut = fc.tuple(fc.nat(note.length), fc.nat(note.length), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(cut, ([from, to, inserted]) => {
        const text = note.slice(0, from) + inserted + note.slice(to);
        const opened = check(text, [log]);
        if (opened.ok) expect(opened.value.note.body).toBe(body);
      }),
    );
  });
});

describe('a verifier key', () => {
  it('is read back as written', () => {
    const text = formatVkey(log.key);
    expect(text).toMatch(/^market\.example\/shows\/20261124-01\+[0-9a-f]{8}\+A[A-Za-z0-9+/]{43}$/);
    expect(parseVkey(text)).toEqual({ ok: true, value: log.key });
    expect(parseVkey(formatVkey(witness.key))).toEqual({ ok: true, value: witness.key });
  });

  const [name, id] = formatVkey(log.key).split('+');
  const encode = (...bytes: number[]) => toBase64(concat(Uint8Array.from(bytes), log.key.publicKey));
  it.each([
    ['vkey-malformed', ''],
    ['vkey-malformed', `${name}+${id}`],
    ['vkey-malformed', `${name}+${id}+`],
    ['vkey-malformed', `${name}+${id}+${encode(1, 1)}`],
    ['vkey-malformed', `+${id}+${encode(1)}`],
    ['vkey-malformed', `a b+${id}+${encode(1)}`],
    ['vkey-malformed', `${name}+${id?.toUpperCase()}X+${encode(1)}`],
    ['vkey-wrong-id', `other+${id}+${encode(1)}`],
    ['vkey-wrong-id', `${name}+${id}+${encode(4)}`],
    ['vkey-unknown-type', `${name}+${id}+${encode(2)}`],
  ])('is refused as %s: %s', (reason, text) => {
    expect(parseVkey(text)).toEqual(refused(reason));
  });
});

describe('a checkpoint', () => {
  const root = toBase64(checkpoint.root);
  it.each([
    ['an extension line', `${body}more\n`],
    ['leading zeros', `${origin}\n00\n${root}\n`],
    ['a sign', `${origin}\n+1\n${root}\n`],
    ['an unsafe size', `${origin}\n9007199254740992\n${root}\n`],
    ['no size', `${origin}\n\n${root}\n`],
    ['a short root', `${origin}\n0\n${toBase64(checkpoint.root.slice(1))}\n`],
    ['a base64url root', `${origin}\n0\n${toBase64url(checkpoint.root)}\n`],
    ['no origin', `\n0\n${root}\n`],
    ['a space in its origin', `a b\n0\n${root}\n`],
    ['two lines', `${origin}\n0\n`],
    ['no last newline', body.slice(0, -1)],
  ])('is malformed with %s', (_name, text) => {
    expect(parseCheckpoint(text)).toEqual(refused('checkpoint-malformed'));
  });

  it('counts only with the signature of its own log', () => {
    const keys = [log.key, witness.key, stranger.key];
    const signatures = [signNote(body, stranger), cosignNote(body, witness, 1)];
    const foreign = encodeNote({ body, signatures });
    expect(openCheckpoint(foreign, keys, verifyEd25519)).toEqual(refused('checkpoint-not-by-log'));
    const own = openCheckpoint(note, keys, verifyEd25519);
    expect(own.ok && own.value.checkpoint).toEqual(checkpoint);
    expect(() => signCheckpoint(checkpoint, stranger)).toThrow(/^bug: /);
  });
});

describe('a receipt', () => {
  const hash = toBase64(checkpoint.root);
  const head = 'c2sp.org/tlog-proof@v1\n';
  it('may carry extra data, and of one leaf has no path', () => {
    const proof = parseProof(`${head}extra AQID\nindex 0\n\n${note}`);
    expect(proof).toEqual({
      ok: true,
      value: { extra: Uint8Array.of(1, 2, 3), index: 0, path: [], checkpoint: note },
    });
  });

  it.each([
    ['nothing', ''],
    ['another version', `c2sp.org/tlog-proof@v2\nindex 0\n\n${note}`],
    ['no index', `${head}${hash}\n\n${note}`],
    ['leading zeros', `${head}index 01\n\n${note}`],
    ['a short hash', `${head}index 0\nAQID\n\n${note}`],
    ['bad extra data', `${head}extra AQI\nindex 0\n\n${note}`],
    ['extra data behind the index', `${head}index 0\nextra AQID\n\n${note}`],
    ['no checkpoint', `${head}index 0\n${hash}\n`],
    ['too many hashes', `${head}index 0\n${`${hash}\n`.repeat(64)}\n${note}`],
  ])('is malformed with %s', (_name, text) => {
    expect(parseProof(text)).toEqual(refused('proof-malformed'));
  });
});

describe('Ed25519', () => {
  it('has the answers of RFC 8032 §7.1', () => {
    const seed = fromHex('4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb')!;
    const publicKey = fromHex('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c')!;
    const signature = fromHex(
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da' +
        '085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
    )!;
    expect(publicKeyOf(seed)).toEqual(publicKey);
    expect(signEd25519(seed, Uint8Array.of(0x72))).toEqual(signature);
    expect(verifyEd25519(publicKey, Uint8Array.of(0x72), signature)).toBe(true);
    expect(verifyEd25519(publicKey, Uint8Array.of(0x73), signature)).toBe(false);
    expect(verifyEd25519(publicKey, Uint8Array.of(0x72), signature.slice(1))).toBe(false);
    expect(verifyEd25519(new Uint8Array(32).fill(255), Uint8Array.of(0x72), signature)).toBe(false);
  });

  it('agrees with the one of Node', () => {
    const pkcs8 = fromHex('302e020100300506032b657004220420')!;
    const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(bytes32, fc.uint8Array(), (seed, message) => {
        const der = Buffer.from(concat(pkcs8, seed));
        const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
        const signature = Uint8Array.from(sign(null, message, privateKey));
        expect(signEd25519(seed, message)).toEqual(signature);
        expect(verifyEd25519(publicKeyOf(seed), message, signature)).toBe(true);
        expect(verify(null, utf8('other'), createPublicKey(privateKey), signature)).toBe(false);
      }),
      { numRuns: 20 },
    );
  });
});
