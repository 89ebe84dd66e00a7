import fc from 'fast-check';
import {
  COSIGNATURE_V1,
  ED25519,
  faults,
  formatPolicy,
  formatVkey,
  parsePolicy,
  publicKeyOf,
  satisfies,
  verifierKey,
  type KeyType,
} from './index.js';

const vkeyOf = (name: string, type: KeyType, seedByte: number): string =>
  formatVkey(verifierKey(name, type, publicKeyOf(new Uint8Array(32).fill(seedByte))));

const log = `log ${vkeyOf('market.example/shows/20261124-01', ED25519, 1)}`;
const names = ['x1', 'x2', 'x3', 'y1', 'y2'];
const witnesses = names.map(
  (name, at) => `witness ${name} ${vkeyOf(`${name}.example`, COSIGNATURE_V1, 10 + at)}`,
);
const file = (...lines: string[]): string => [log, ...witnesses, ...lines].join('\n') + '\n';
const twoLevels = file('group X 2 x1 x2 x3', 'group Y any y1 y2', 'group XY all X Y', 'quorum XY');

function policyOf(text: string) {
  const policy = parsePolicy(text);
  if (!policy.ok) throw new Error(policy.reason);
  return policy.value;
}

describe('a policy', () => {
  it('is read back as written', () => {
    expect(formatPolicy(policyOf(twoLevels))).toBe(twoLevels);
  });

  it('is reached by two of X and one of Y, and by nothing less', () => {
    const policy = policyOf(twoLevels);
    fc.assert(
      fc.property(fc.subarray(names), (cosigned) => {
        const count = (letter: string) => cosigned.filter((name) => name.startsWith(letter)).length;
        expect(satisfies(policy, cosigned)).toBe(count('x') >= 2 && count('y') >= 1);
      }),
    );
  });

  it('is not reached by a signer who is called like a group', () => {
    expect(satisfies(policyOf(twoLevels), ['XY', 'X', 'Y', 'stranger'])).toBe(false);
  });

  it('may ask for one witness, or for none', () => {
    expect(satisfies(policyOf(file('quorum x1')), ['x1'])).toBe(true);
    expect(satisfies(policyOf(file('quorum x1')), ['x2'])).toBe(false);
    expect(satisfies(policyOf('quorum none'), [])).toBe(true);
  });

  it('may hold comments, blank lines, tabs and addresses', () => {
    const text = `# 审计名单\n\n \t# more\n\t${log}\thttps://market.example/ \n${witnesses[0]} https://x1.example\nquorum x1`;
    expect(policyOf(text)).toMatchObject({
      logs: [{ type: ED25519 }],
      witnesses: [{ name: 'x1' }],
      quorum: 'x1',
    });
  });

  it.each([
    ['policy-malformed', file('trust x1', 'quorum none')],
    ['policy-malformed', file('log', 'quorum none')],
    ['policy-malformed', file('witness x9', 'quorum none')],
    ['policy-malformed', file('group X any', 'quorum none')],
    ['policy-malformed', file('quorum x1 x2')],
    ['policy-malformed', file('quorum none').replaceAll('\n', '\r\n')],
    ['policy-malformed', file('quorum none\u0000')],
    ['policy-bad-key', file('log x+00000000+AQID', 'quorum none')],
    ['policy-bad-key', file(`log ${vkeyOf('w', COSIGNATURE_V1, 30)}`, 'quorum none')],
    ['policy-bad-key', file(`witness w ${vkeyOf('w', ED25519, 30)}`, 'quorum none')],
    ['policy-duplicate-key', file(log, 'quorum none')],
    ['policy-duplicate-key', file(`witness w ${vkeyOf('other', COSIGNATURE_V1, 10)}`, 'quorum none')],
    ['policy-duplicate-name', file(`witness x1 ${vkeyOf('w', COSIGNATURE_V1, 30)}`, 'quorum none')],
    ['policy-duplicate-name', file('group none any x1', 'quorum none')],
    ['policy-duplicate-name', file('group x1 any x2', 'quorum none')],
    ['policy-unknown-name', file('group X any x9', 'quorum none')],
    ['policy-unknown-name', file('group X any none', 'quorum X')],
    ['policy-unknown-name', file('group X any X', 'quorum X')],
    ['policy-unknown-name', file('quorum X', 'group X any x1')],
    ['policy-member-twice', file('group X any x1 x1', 'quorum X')],
    ['policy-member-twice', file('group X any x1', 'group Y any x1', 'quorum X')],
    ['policy-bad-threshold', file('group X 0 x1', 'quorum X')],
    ['policy-bad-threshold', file('group X 2 x1', 'quorum X')],
    ['policy-bad-threshold', file('group X 01 x1', 'quorum X')],
    ['policy-bad-threshold', file('group X some x1', 'quorum X')],
    ['policy-quorum-missing', file()],
    ['policy-quorum-missing', ''],
    ['policy-quorum-twice', file('quorum none', 'quorum none')],
    ['policy-too-large', `${'#'.repeat(70_000)}\nquorum none`],
  ])('is refused: %s', (reason, text) => {
    expect(parsePolicy(text)).toEqual({ ok: false, reason });
  });
});

describe('what can be wrong', () => {
  it('is said in Chinese and in English', () => {
    for (const { zh, en } of Object.values(faults)) {
      expect(zh).toMatch(/\p{Script=Han}/u);
      expect(en).toMatch(/^[a-zA-Z]/);
    }
  });
});
