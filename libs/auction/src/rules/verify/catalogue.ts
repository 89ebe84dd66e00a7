import { leafHash, rootOfLeaves, toBase64 } from '@qingpai/ledger/rules';
import { type ShowState } from '@qingpai/wire';

/** Leaves of a list's unstruck lots, each by its last description, in the order of their numbers (`show.sealed`). */
export const catalogueLeaves = (state: ShowState, list: number): number[] =>
  Object.values(state.lots)
    .filter((lot) => lot.list === list && lot.phase !== 'struck')
    .sort((a, b) => (a.number < b.number ? -1 : 1))
    .map((lot) => lot.i);

/** RFC 6962 root over these leaves' bytes, base64. */
export const catalogueRootOf = (leaves: readonly Uint8Array[]): string =>
  toBase64(rootOfLeaves(leaves.map(leafHash)));
