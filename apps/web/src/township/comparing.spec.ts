import { canonicalBytes, leafHash, rootOfLeaves, toBase64 } from '@qingpai/ledger/rules';
import { fold, HASH, live, sealed } from '../host/testing/show';
import { approvalOf, isAsSealed, pinnedLine, rowsOf } from './comparing';

const key = toBase64(new Uint8Array(32).fill(7));

describe('the list to compare', () => {
  it('names every sealed lot by number, with card and floor side by side', () => {
    const state = live();
    const card = {
      lot: 'L1',
      growerName: '林家',
      village: '泗桥村',
      grade: 'A',
      source: '人工培植',
      photos: [],
    };
    const rows = rowsOf(state, 1, [card], new Map([['L1', 5_000]]));
    expect(rows.map(({ lot, floorFen }) => [lot.number, floorFen])).toEqual([
      ['001', 5_000],
      ['002', 0],
      ['003', null],
    ]);
    expect(rows.map((row) => row.card?.growerName ?? null)).toEqual(['林家', null, null]);
  });

  it('is the one that was sealed only when its leaves hash to the sealed root', () => {
    const leaves = sealed.map((event, i) => new TextDecoder().decode(canonicalBytes({ ...event, i })));
    const described = [3, 4, 5].map((i) => leafHash(new TextEncoder().encode(leaves[i]!)));
    const state = fold(sealed);
    const seal = { ...state.seals[0]!, catalogue: toBase64(rootOfLeaves(described)) };
    expect(isAsSealed(leaves, state, seal)).toBe(true);
    expect(isAsSealed(leaves, state, { ...seal, catalogue: HASH })).toBe(false);
    expect(
      isAsSealed(
        leaves.map((leaf) => leaf.replace('长寿花', '兰花')),
        state,
        seal,
      ),
    ).toBe(false);
    expect(isAsSealed(leaves.slice(0, 4), state, seal)).toBe(false);
  });

  it('is not when a row shows another price than its leaf', () => {
    const leaves = sealed.map((event, i) => new TextDecoder().decode(canonicalBytes({ ...event, i })));
    const state = fold(sealed);
    const described = [3, 4, 5].map((i) => leafHash(new TextEncoder().encode(leaves[i]!)));
    const seal = { ...state.seals[0]!, catalogue: toBase64(rootOfLeaves(described)) };
    state.lots.L1!.startFen = 3_700;
    expect(isAsSealed(leaves, state, seal)).toBe(false);
  });
});

describe('what the officer signs', () => {
  it('is the leaf about exactly this list of this show', () => {
    const state = fold(sealed);
    const { statement, body, message } = approvalOf(state.origin, state.seals[0]!, key);
    expect(statement).toContain(state.origin);
    expect(statement).toContain(state.seals[0]!.catalogue);
    expect(body).toMatchObject({ list: 1, key });
    expect(new TextDecoder().decode(message)).toContain('"type":"show.approved"');
  });

  it('comes with a line that an auditor can pin', () => {
    expect(pinnedLine('market.example/shows/20261124-01', 'siqiao', key)).toMatch(
      /^log market\.example\/township\/siqiao\/officer\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{44}$/,
    );
  });
});
