import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatVkey, readCosignatures } from '@qingpai/ledger/rules';
import { verifyWithNode } from '../ed25519.js';
import { paperLog } from '../testing/paperLog.js';
import { claim } from './claim.js';
import { keepEvidence } from './evidence.js';
import { formatKey, parseKey, witnessSigner } from './keyFile.js';
import { KnownLogs, tellOfLog } from './knownLogs.js';
import { Witness } from './witness.js';
import { logsFileIn, open, openOrMake } from './witnessFolder.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'qingpai-witness-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const name = 'township.example/witness';
const log = paperLog('market.example/shows/20261124-01');
const refusals: string[] = [];

/** As after every start: the folder is read anew. */
function witnessIn(place = folder, vkeys = [log.vkey]): Witness {
  const { signer, state, logsFile } = openOrMake(place, name);
  const logs = new KnownLogs(vkeys, [logsFile]);
  const onContradiction = (request: string) => void refusals.push(request);
  return new Witness({ signer, state, logs, nowSeconds: () => 1_764_000_000, onContradiction });
}

const bodyOf = (note: string) => note.slice(0, note.indexOf('\n\n') + 1);
const keyIn = (place: string) => open(place).signer.key;

describe('a witness', () => {
  it('cosigns what grows, also after a restart, with one and the same key', () => {
    for (const [from, to] of [[0, 4], [4, 4], [4, 9]] as const) {
      const answer = witnessIn().addCheckpoint(log.request(from, to));
      expect(answer.status).toBe(200);
      const read = readCosignatures(bodyOf(log.note(to)), answer.body, [keyIn(folder)], verifyWithNode);
      expect(read).toMatchObject({ ok: true, value: [{ timeSeconds: 1_764_000_000 }] });
    }
    expect(open(folder).state.headOf(log.origin)?.size).toBe(9);
    expect(open(folder).state.get(log.origin)?.note).toBe(log.note(9));
  }); // prettier-ignore

  it('tells its size to who begins elsewhere, as the specification says', () => {
    witnessIn().addCheckpoint(log.request(0, 4));
    expect(witnessIn().addCheckpoint(log.request(0, 9))).toEqual({
      status: 409,
      type: 'text/x.tlog.size',
      body: '4\n',
    });
  });

  it('never cosigns a second history, however it is offered, and hands over the evidence', () => {
    witnessIn().addCheckpoint(log.request(0, 6));
    refusals.length = 0;
    expect(witnessIn().addCheckpoint(log.request(6, 6, 'b')).status).toBe(409);
    expect(witnessIn().addCheckpoint(log.request(6, 9, 'b')).status).toBe(422);
    expect(witnessIn().addCheckpoint(log.request(0, 6, 'b')).status).toBe(409);
    expect(refusals).toEqual([log.request(6, 6, 'b'), log.request(6, 9, 'b')]);
  });

  it('knows no log until its operator tells it, and needs no restart to learn', () => {
    const witness = witnessIn(folder, []);
    expect(witness.addCheckpoint(log.request(0, 4)).status).toBe(404);
    tellOfLog(logsFileIn(folder), log.vkey);
    expect(witness.addCheckpoint(log.request(0, 4)).status).toBe(200);
  });

  it('learns from a policy file as well, and passes over what else stands there', () => {
    const policy = `# 清拍\nlog ${log.vkey}\nwitness w ${formatVkey(witnessSigner(name, new Uint8Array(32)).key)}\nquorum none\n`;
    openOrMake(folder, name);
    writeFileSync(logsFileIn(folder), policy);
    expect(witnessIn(folder, []).addCheckpoint(log.request(0, 4)).status).toBe(200);
  });

  it('keeps to the key it first cosigned under, whatever a list says later', () => {
    witnessIn().addCheckpoint(log.request(0, 4));
    const impostor = paperLog(log.origin, 9);
    expect(witnessIn(folder, [impostor.vkey]).addCheckpoint(impostor.request(4, 9)).status).toBe(403);
    expect(witnessIn(folder, [impostor.vkey]).addCheckpoint(log.request(4, 9)).status).toBe(200);
  });
});

describe("a witness's memory", () => {
  it('is for its owner’s eyes only, and so is the key', () => {
    witnessIn().addCheckpoint(log.request(0, 4));
    for (const file of ['state.json', 'witness.key'])
      expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
  });

  it('is never begun anew when it is lost: the key could sign a second history', () => {
    witnessIn().addCheckpoint(log.request(0, 4));
    rmSync(join(folder, 'state.json'));
    expect(() => witnessIn()).toThrow('could sign a second history');
  });

  it('is not used when it is damaged', () => {
    witnessIn().addCheckpoint(log.request(0, 4));
    const file = join(folder, 'state.json');
    writeFileSync(file, readFileSync(file, 'utf8').slice(0, 40));
    expect(() => witnessIn()).toThrow('is damaged');
  });

  it('stops the witness when another hand changed it', () => {
    const witness = witnessIn();
    witnessIn().addCheckpoint(log.request(0, 4));
    expect(() => witness.addCheckpoint(log.request(0, 6, 'b'))).toThrow('changed by another hand');
  });

  it('stands before the cosignature leaves: when it cannot be written, nothing is signed', () => {
    const { signer } = openOrMake(folder, name);
    const state = { get: () => undefined, headOf: () => null, remember: () => { throw new Error('disk full'); } }; // prettier-ignore
    const signed = jest.fn(signer.sign);
    const logs = new KnownLogs([log.vkey], []);
    const witness = new Witness({ signer: { ...signer, sign: signed }, state, logs, nowSeconds: () => 1 });
    expect(() => witness.addCheckpoint(log.request(0, 4))).toThrow('disk full');
    expect(signed).not.toHaveBeenCalled();
  });
});

describe('the folder of a witness', () => {
  it('belongs to one process at a time, and the second one is told where the first listens', async () => {
    const first = await claim(folder);
    if (!first.mine) throw new Error('bug: nobody else is here');
    first.note = 'http://127.0.0.1:8040';
    expect(await claim(folder)).toEqual({ mine: false, note: 'http://127.0.0.1:8040' });
    first.release();
    const second = await claim(folder);
    expect(second.mine).toBe(true);
    if (second.mine) second.release();
  });

  it('keeps a hundred contradictions and no more', () => {
    for (let i = 0; i < 120; i++) keepEvidence(folder, `request ${i}`, Date.UTC(2026, 10, 24) + i);
    expect(readdirSync(join(folder, 'refused'))).toHaveLength(100);
  });

  it('has a key that is read back as it was written, and only whole', () => {
    const seed = new Uint8Array(32).fill(5);
    const signer = witnessSigner(name, seed);
    const text = formatKey(signer, seed);
    expect(parseKey(text)?.key).toEqual(signer.key);
    expect(parseKey(text.slice(0, -2))).toBeUndefined();
    expect(parseKey(text.replace(/\+[0-9a-f]{8}\+/, '+00000000+'))).toBeUndefined();
  });
});
