import { canonicalHash, type Hash, opensFloor, toBase64, type VerifyEd25519 } from '@qingpai/ledger/rules';
import { endsWithCheckpoint, type LoggedEvent, type ShowState } from '@qingpai/wire';
import { bidBook, evolveBook } from '../bidBook.js';
import { moneyFactsOf } from '../books.js';
import { evolve } from '../evolve.js';
import { found } from '../findings.js';
import { booksRootOf } from '../payouts.js';
import { endsOnJump, judge } from '../replay.js';
import { initialShow } from '../show.js';
import { isByRightAuthor } from './authors.js';
import { catalogueLeaves, catalogueRootOf } from './catalogue.js';
import { finding, type Stop, type VerifyFinding } from './finding.js';
import { type ReadBundle } from './parse.js';
import { rootsAt } from './roots.js';
import { type Head } from './signatures.js';
import { faultOfAuthor } from './signed.js';

export interface Replayed {
  state: ShowState;
  /** Lots that have a floor which this bundle does not open: their floors were not checked. */
  floorsUnchecked: number;
}

/**
 * Gate 5: the rules are replayed over every leaf, both ways (an accepted bid must be acceptable, a refused one
 * refusable for exactly that reason); what was sealed is recomputed; checkpoints end where they must.
 */
export function replayLeaves(
  read: ReadBundle,
  heads: readonly Head[],
  verify: VerifyEd25519,
): Replayed | Stop {
  const sizes = new Set(heads.map((head) => head.size));
  const floors = openFloors(read);
  if ('verdict' in floors) return floors;
  const state = initialShow(read.bundle.rules);
  const book = bidBook();
  const roots = rootsAt(read.bytes, read.events.flatMap(seenSizes));
  for (const event of read.events) {
    const wrong =
      wrongOf(read, state, event, { roots, verify }) ?? told(judge(state, book, event, floors), event);
    if (wrong) return { verdict: 'INVALID', findings: [wrong] };
    if (endsWithCheckpoint(event) && !sizes.has(event.i + 1)) {
      return {
        verdict: 'INCOMPLETE',
        findings: [finding('checkpoint-missing', { i: event.i, by: event.by })],
      };
    }
    evolve(state, event);
    evolveBook(book, event);
  }
  const last = read.events.at(-1);
  if (last && endsOnJump(book)) {
    return { verdict: 'INVALID', findings: [told(found('auto-unfounded'), last)!] };
  }
  const withFloor = Object.values(state.lots).filter((lot) => lot.floor !== null && lot.phase !== 'struck');
  return { state, floorsUnchecked: withFloor.filter((lot) => !floors.has(lot.lot)).length };
}

/** What the leaves' own bytes must bear out, beside the auction's rules. */
function wrongOf(
  read: ReadBundle,
  state: ShowState,
  event: LoggedEvent,
  { roots, verify }: { roots: Map<number, Hash>; verify: VerifyEd25519 },
): VerifyFinding | undefined {
  const { i, by } = event;
  if (!isByRightAuthor(event)) return finding('author-wrong', { i, by });
  const unsigned = faultOfAuthor(state, event, verify);
  if (unsigned) return finding(unsigned, { i, by });
  if (!isSeenHere(event, roots)) return finding('seen-foreign', { i, by });
  if (event.type === 'log.opened' && event.body.origin !== read.bundle.origin) {
    return finding('leaf-elsewhere', { i, by });
  }
  if (event.type === 'show.settled' && event.body.books !== undefined) {
    const books = booksRootOf(moneyFactsOf(state, read.events.slice(0, i)));
    if (books !== event.body.books) return finding('journal-differs', { i, by });
  }
  if (event.type !== 'show.sealed') return undefined;
  if (event.body.rules !== canonicalHash(read.bundle.rules)) return finding('rules-differ', { i, by });
  const leaves = catalogueLeaves(state, event.body.list).map((at) => read.bytes[at]!);
  return catalogueRootOf(leaves) === event.body.catalogue
    ? undefined
    : finding('catalogue-differs', { i, by });
}

const seenIn = ({ body }: LoggedEvent): readonly [number, string] | undefined =>
  'seen' in body ? body.seen : undefined;
const seenSizes = (event: LoggedEvent): number[] => seenIn(event)?.slice(0, 1).map(Number) ?? [];

/** The head that a bidder had seen lies before the bid, and is one of this log. */
function isSeenHere(event: LoggedEvent, roots: Map<number, Hash>): boolean {
  const seen = seenIn(event);
  if (!seen) return true;
  const [size, root] = seen;
  const here = roots.get(size);
  return size <= event.i && here !== undefined && toBase64(here) === root;
}

/** The officer's bundle opens floors; each must be the one that was sealed. */
function openFloors(read: ReadBundle): Map<string, number> | Stop {
  const floors = new Map<string, number>();
  for (const opening of read.bundle.openings ?? []) {
    const last = read.events.findLast(
      (event) =>
        (event.type === 'lot.catalogued' || event.type === 'lot.amended') && event.body.lot === opening.lot,
    );
    const sealed = last && 'floor' in last.body ? last.body.floor : null;
    if (!last || sealed === null || !opensFloor(sealed, opening)) {
      return {
        verdict: 'INVALID',
        findings: [finding('opening-wrong', { i: last?.i, by: last?.by, more: opening.lot })],
      };
    }
    floors.set(opening.lot, opening.floorFen);
  }
  return floors;
}

const told = (
  wrong: { code: string; zh: string; en: string } | null,
  { i, by }: LoggedEvent,
): VerifyFinding | undefined => (wrong ? { code: wrong.code, zh: wrong.zh, en: wrong.en, i, by } : undefined);
