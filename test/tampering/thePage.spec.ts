import { verifyBundle, verifySeason } from '@qingpai/auction/rules';
import { type verifyEd25519 } from '@qingpai/ledger/rules';
import {
  bundleOf,
  digested,
  noteAt,
  policyOf,
  sealedShow,
  signerOf,
} from '../../libs/auction/src/rules/testing/paperBundle.js';
import { policyOfThree, threeBundles } from '../../libs/auction/src/rules/testing/paperContinued.js';
import { originOf, PaperSeason, registryPolicy } from '../../libs/auction/src/rules/testing/paperSeason.js';
import { cases, plain, plainShow, policy, signed } from './cases.js';
import { verifyWithNode } from '../../apps/auditor/src/ed25519.js';
import { kindOf, materialOf, type NamedFile } from '../../apps/auditor/page/files.js';
import { judgeMaterial } from '../../apps/auditor/page/judging.js';
import { signatureChecker } from '../../apps/auditor/page/signatures.js';
import { type CheckSignature, judgeTwice } from '../../apps/auditor/page/twoPass.js';

/** Signed by the key of the first of three logs. */
const notesOver3 = (leaves: readonly string[]): string[] => {
  const bytes = leaves.map((leaf) => new TextEncoder().encode(leaf));
  const sealed = leaves.findIndex((leaf) => leaf.includes('"type":"show.sealed"')) + 1;
  const signer = signerOf(originOf('20261122-01'), 3);
  return [sealed, leaves.length].map((size) => noteAt(bytes, size, signer));
};
const byNode: CheckSignature = (asked) =>
  Promise.resolve(verifyWithNode(asked.publicKey, asked.message, asked.signature));
const material = (...texts: string[]) =>
  materialOf(texts.map((text, k): NamedFile => ({ name: `file ${k}`, kind: kindOf(text)!, text })));

describe('the page judges as the command does', () => {
  it.each([
    ['an honest evening', digested(plain), policyOf()],
    ['a signed one', digested(signed), policyOf()],
    ['one that nobody vouches for', digested(signed), undefined],
    ['a damaged copy', digested(signed).replace('绣球', '绿球'), policyOf()],
  ])('%s', async (_, text, policy) => {
    const { verification } = await judgeMaterial(material(text, ...(policy ? [policy] : [])), byNode);
    expect(verification).toEqual(verifyBundle(text, { policy, verify: verifyWithNode }));
  });

  it('every case of tampering, also where a signature is bad and the replay goes another way', async () => {
    for (const { row, text, options = {} } of cases) {
      const given = { ...material(text(), policy), known: [], receipts: [] };
      const kept = (texts: readonly string[] = [], kind: 'known' | 'receipts') =>
        texts.map((one) => ({ name: kind, kind, text: one }));
      const asked = {
        ...given,
        ...('policy' in options && {
          policy: options.policy ? { name: 'p', kind: 'policy' as const, text: options.policy } : null,
        }),
        known: kept(options.known, 'known'),
        receipts: kept(options.receipts, 'receipts'),
        bundles: [{ name: 'b', kind: 'bundle' as const, text: text() }],
        season: null,
      };
      const { verification } = await judgeMaterial(asked, byNode);
      const said = verifyBundle(text(), { policy, verify: verifyWithNode, ...options });
      expect([row, verification]).toEqual([row, said]);
    }
  });

  it('a season, by its registry', async () => {
    const text = new PaperSeason().text();
    const { verification } = await judgeMaterial(material(text, registryPolicy), byNode);
    expect(verification).toEqual(verifySeason(text, { policy: registryPolicy, verify: verifyWithNode }));
  });

  it('shows the very bytes of the leaf that does not hold, and counts only what holds', async () => {
    const changed = cases.find(({ code, i }) => code !== undefined && i !== undefined && i > 5)!;
    const text = changed.text();
    const { broken, facts, verification } = await judgeMaterial(material(text, policy), byNode);
    const i = verification.findings[0]!.i!;
    const leaf = (JSON.parse(text) as { leaves: string[] }).leaves[i]!;
    const { type } = JSON.parse(leaf) as { type: string };
    expect(broken).toMatchObject([{ i, text: leaf, type, findings: [{ i }], log: null }]);
    expect(facts).toBeNull();
    const honest = await judgeMaterial(material(digested(plain), policy), byNode);
    expect(honest).toMatchObject({ broken: [], facts: { sealedUnits: 4, soldUnits: 4 } });
  });
});

it('accuses no leaf of a lot that found no buyer', async () => {
  const show = sealedShow({ L1: {} });
  show.does(1_000, { name: 'withdraw', lot: 'L1', reason: 'damaged' });
  show.does(2_000, { name: 'close' });
  const { broken, verification } = await judgeMaterial(material(digested(bundleOf(show)), policy), byNode);
  expect(verification.findings).toMatchObject([{ code: 'lot-unsold', i: expect.any(Number) }]);
  expect(broken).toEqual([]);
});

it('finds the leaf that broke in a show of a season, as that show has it', async () => {
  const season = new PaperSeason();
  season.registers('20261124-01');
  season.holds(plainShow);
  const changed = cases.find(({ code, i }) => code !== undefined && i !== undefined && i > 5)!;
  season.bundles.set('20261124-01', changed.text());
  const { broken, verification } = await judgeMaterial(material(season.text(), registryPolicy), byNode);
  expect(verification.verdict).toBe('INVALID');
  const leaf = (JSON.parse(changed.text()) as { leaves: string[] }).leaves[changed.i!]!;
  expect(broken).toMatchObject([{ i: changed.i, text: leaf, log: 'market.example/shows/20261124-01' }]);
});

describe('of logs that went on from each other', () => {
  const [first, second, third] = threeBundles().map(digested);

  it('all are judged, whatever the order in which they were dropped; another is named and left aside', async () => {
    const dropped = material(first!, third!, digested(plain), second!, policyOfThree);
    const { verification, broken } = await judgeMaterial(dropped, byNode);
    expect([verification.verdict, broken]).toEqual(['ALL_SOLD_AND_SETTLED', []]);
    expect(verification.notes).toContainEqual(
      expect.objectContaining({ code: 'bundle-aside', en: expect.stringContaining('file 2:') }),
    );
  });

  it('the leaf that broke is shown out of the log in which it stands', async () => {
    const [before] = threeBundles();
    const leaves = before.leaves.map((leaf) => leaf.replace('"units":5', '"units":4'));
    const changed = digested({ ...before, leaves, checkpoints: notesOver3(leaves) });
    const { broken, verification } = await judgeMaterial(
      material(changed, second!, third!, policyOfThree),
      byNode,
    );
    expect(verification.verdict).toBe('INVALID');
    const { i } = verification.findings[0]!;
    expect(broken).toMatchObject([{ i, text: leaves[i!], log: before.origin }]);
  });
});

describe('signatures are checked once each', () => {
  it('all at the end of the first pass, and those that a bad one brings up after it', async () => {
    const asked: string[] = [];
    const one = (name: string) =>
      [new Uint8Array([1]), new TextEncoder().encode(name), new Uint8Array([2])] as const;
    const judge = (verify: typeof verifyEd25519) =>
      verify(...one('a')) && verify(...one('a')) ? 'good' : verify(...one('b')) ? 'second' : 'bad';
    const verdict = await judgeTwice(judge, ({ message }) => {
      asked.push(new TextDecoder().decode(message));
      return Promise.resolve(false);
    });
    expect([verdict, asked]).toEqual(['bad', ['a', 'b']]);
  });

  it('by the browser or in script, with the same answers', async () => {
    const native = await signatureChecker();
    const own = globalThis.crypto;
    Object.defineProperty(globalThis, 'crypto', { value: undefined, configurable: true });
    const script = await signatureChecker();
    Object.defineProperty(globalThis, 'crypto', { value: own, configurable: true });
    expect(script).not.toBe(native);
    const { verification } = await judgeMaterial(material(digested(signed), policyOf()), native);
    expect(verification.verdict).toBe('ALL_SOLD_AND_SETTLED');
    const weak = new Uint8Array(64);
    weak[0] = 1;
    const forged = { publicKey: weak.subarray(0, 32), message: weak.subarray(0, 4), signature: weak };
    for (const check of [native, script]) expect(await check(forged)).toBe(false);
  });
});
