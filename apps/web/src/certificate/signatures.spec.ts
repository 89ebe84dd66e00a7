import {
  ED25519,
  COSIGNATURE_V1,
  cosignNote,
  encodeNote,
  signNote,
  verifierKey,
} from '@qingpai/ledger/rules';
import { cosignersOf, signedAt, witnessingOf } from './signatures';

const origin = 'market.example/shows/20261124-01';
const body = `${origin}\n5\n${'A'.repeat(43)}=\n`;
const sign = () => new Uint8Array(64);
const log = { key: verifierKey(origin, ED25519, new Uint8Array(32)), sign };
const witness = { key: verifierKey('witness.siqiao', COSIGNATURE_V1, new Uint8Array(32)), sign };
const checkpoint = (at: string, cosigned: boolean) => ({
  at,
  size: 5,
  root: `${'A'.repeat(43)}=`,
  t: 1_000,
  note: encodeNote({
    body,
    signatures: [signNote(body, log), ...(cosigned ? [cosignNote(body, witness, 1_764_000_000)] : [])],
  }),
});

describe('who signed', () => {
  it('is read from the note: the witness with its own time, the log itself left out', () => {
    expect(cosignersOf(checkpoint('sealed', true))).toEqual([
      { name: 'witness.siqiao', atMs: 1_764_000_000_000 },
    ]);
    expect(cosignersOf(checkpoint('sealed', false))).toEqual([]);
    expect(cosignersOf({ note: 'no note' })).toEqual([]);
  });

  it('is listed moment by moment, also the moments that are still to come', () => {
    const lines = signedAt([checkpoint('sealed', true), checkpoint('closed', false)]);
    expect(lines.map((line) => [line.at, line.checkpoint !== null, line.witnesses.length])).toEqual([
      ['sealed', true, 1],
      ['closed', true, 0],
      ['settled', false, 0],
    ]);
  });
});

it('says whether a witness came before the bidding, afterwards, or never', () => {
  const state = (witnessed: boolean | null, names: string[]) =>
    witnessingOf({ witnessed, witness: { names, sealed: null, closed: null, newest: null } });
  expect([state(null, []), state(true, ['w']), state(false, ['w']), state(false, [])]).toEqual([
    'notOpened',
    'before',
    'late',
    'nobody',
  ]);
});
