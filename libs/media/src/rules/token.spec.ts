import { claimOf, type MediaClaim, refusalOfToken, signToken } from './token.js';

const key = new Uint8Array(32).fill(7);
const claim: MediaClaim = { show: '20261101-01', may: 'watch', person: '阿芳', untilMs: 2_000 };
const door = { show: '20261101-01', may: 'watch', nowMs: 1_000 } as const;

it('a token says what was signed', () => {
  expect(claimOf(signToken(claim, key), key)).toEqual(claim);
});

it('whoever changes one character of it, or signs with another key, has none', () => {
  const token = signToken(claim, key);
  for (let k = 0; k < token.length; k += 1) {
    const other = token[k] === 'A' ? 'B' : 'A';
    expect(claimOf(token.slice(0, k) + other + token.slice(k + 1), key)).toBeNull();
  }
  expect(claimOf(signToken(claim, new Uint8Array(32)), key)).toBeNull();
  for (const none of ['', '.', 'a', 'a.b', `${token}.`, 'x'.repeat(10_000)])
    expect(claimOf(none, key)).toBeNull();
});

it.each([
  ['for its show, role and time', claim, door, null],
  ['of another show', { ...claim, show: '20261101-02' }, door, 'not-allowed'],
  ['of a viewer at the door of the camera', claim, { ...door, may: 'publish' as const }, 'not-allowed'],
  ['whose time is over', claim, { ...door, nowMs: 2_000 }, 'wrong-token'],
  ['whose time is over, by who leaves', claim, { ...door, nowMs: 'leaving' as const }, null],
  ['that is none', null, door, 'wrong-token'],
] as const)('a token %s', (_, held, at, refusal) => {
  expect(refusalOfToken(held, at)).toBe(refusal);
});
