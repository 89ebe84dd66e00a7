import { createHash } from 'node:crypto';
import { canonical } from '@qingpai/ledger/rules';
import { type Bundle, type LotState, type Opening, type ShowState } from '@qingpai/wire';

export type BundleParts = Pick<Bundle, 'origin' | 'rules' | 'checkpoints' | 'openings' | 'journal'> & {
  /** The leaves' exact bytes, in order, page by page. */
  pages: AsyncIterable<readonly Buffer[]>;
};

/**
 * The text of a bundle, piece by piece: a show of a hundred thousand bids is some 40 MB, which should neither stand
 * in memory nor keep the bids of other rooms waiting. All but the digest is written in canonical order (RFC 8785), so
 * that the digest, which comes last, is taken from the pieces as they pass.
 */
export async function* bundleText({
  origin,
  rules,
  checkpoints,
  openings,
  journal,
  pages,
}: BundleParts): AsyncGenerator<string> {
  const hash = createHash('sha256');
  const passing = (piece: string): string => {
    hash.update(piece);
    return piece;
  };
  const books = journal ? `"journal":${canonical(journal)},` : '';
  yield passing(`{"checkpoints":${canonical(checkpoints)},"format":"qingpai/bundle/v1",${books}"leaves":[`);
  let comma = '';
  for await (const page of pages) {
    yield passing(comma + page.map((bytes) => JSON.stringify(bytes.toString('utf8'))).join(','));
    comma = ',';
  }
  const opened = openings ? `"openings":${canonical(openings)},` : '';
  yield passing(`],${opened}"origin":${canonical(origin)},"rules":${canonical(rules)}`);
  hash.update('}');
  yield `,"digest":"${hash.digest('hex')}"}`;
}

/**
 * Whether the last unit of the lot has met its end for good, so that its floor may be opened: a passed lot may come
 * back, and a hammer may be undone, while the show is open.
 */
export function isTerminal(state: ShowState, lot: LotState): boolean {
  const ended = lot.soldUnits + lot.passedUnits + lot.withdrawnUnits + lot.carriedUnits === lot.units;
  if (state.closedAt !== null) return ended;
  const undoable = state.undoable !== null && state.sales[state.undoable]?.lot === lot.lot;
  return ended && lot.passedUnits === 0 && !undoable;
}

/** In the order of the lots' numbers. */
export function openingsOf(state: ShowState, floors: ReadonlyMap<string, Opening>): Opening[] {
  return Object.values(state.lots)
    .filter((lot) => lot.floor !== null && isTerminal(state, lot))
    .sort((a, b) => (a.number < b.number ? -1 : 1))
    .flatMap((lot) => floors.get(lot.lot) ?? []);
}
