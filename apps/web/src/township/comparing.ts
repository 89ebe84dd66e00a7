import {
  actMessage,
  approvalNote,
  approvalStatement,
  catalogueLeaves,
  catalogueRootOf,
} from '@qingpai/auction/rules';
import { ED25519, formatVkey, fromBase64, utf8, verifierKey } from '@qingpai/ledger/rules';
import type { EventBody, LotCard, LotState, ShowState } from '@qingpai/wire';

/** What an officer compares with the floor, one row per sealed lot, and what she signs when all of it was right. */
export interface Row {
  lot: LotState;
  card: LotCard | null;
  /** Per unit; 0: no floor; null: not told. */
  floorFen: number | null;
}

type Seal = ShowState['seals'][number];

/** The lots of a sealed list by number, with their cards and floors. */
export function rowsOf(
  state: ShowState,
  list: number,
  cards: readonly LotCard[],
  floors: ReadonlyMap<string, number> | null,
): Row[] {
  return Object.values(state.lots)
    .filter((lot) => lot.list === list && lot.phase !== 'draft' && lot.phase !== 'struck')
    .sort((a, b) => (a.number < b.number ? -1 : 1))
    .map((lot) => ({
      lot,
      card: cards.find((card) => card.lot === lot.lot) ?? null,
      floorFen: lot.floor === null ? 0 : (floors?.get(lot.lot) ?? null),
    }));
}

/**
 * Whether what the page shows is what was sealed: the leaves hash to the sealed root, and say of each lot what stands
 * in its row.
 * @param leaves of the public bundle, each as its text
 */
export function isAsSealed(leaves: readonly string[], state: ShowState, seal: Seal): boolean {
  const described = catalogueLeaves(state, seal.list).map((i) => leaves[i]);
  if (!described.every((leaf) => leaf !== undefined)) return false;
  const isRoot = catalogueRootOf(described.map(utf8)) === seal.catalogue;
  return isRoot && described.every((leaf) => saysTheSame(leaf, state));
}

const shown = ['number', 'title', 'unit', 'units', 'format', 'startFen', 'floor'] as const;

function saysTheSame(leaf: string, state: ShowState): boolean {
  const { body } = JSON.parse(leaf) as { body: EventBody<'lot.catalogued'> };
  const lot = state.lots[body.lot];
  return lot !== undefined && shown.every((field) => lot[field] === body[field]);
}

/** The leaf that approving a list makes; its `note` is the hash of the statement that was read. */
export function approvalOf(origin: string, seal: Seal, key: string) {
  const statement = approvalStatement({ origin, ...seal });
  const body = { list: seal.list, note: approvalNote(statement), key };
  return { statement, body, message: actMessage({ type: 'show.approved', body }, origin) };
}

/**
 * The officer's key as auditors pin it: a line of their policy file. It carries the name of the township's registry,
 * since officers belong to the township, not to one show.
 * @param origin of the show
 * @param code of the township
 */
export function pinnedLine(origin: string, code: string, key: string): string {
  const host = origin.split('/')[0] ?? origin;
  const bytes = fromBase64(key);
  if (!bytes) throw new Error('bug: a key that is not base64');
  return `log ${formatVkey(verifierKey(`${host}/township/${code}/officer`, ED25519, bytes))}`;
}
