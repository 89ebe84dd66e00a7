import { canonicalHash } from '@qingpai/ledger/rules';
import { type EventBody, type LotState, type Reason, type ShowState } from '@qingpai/wire';
import { type Command, type Decision } from './command.js';
import { happens, refuse } from './decision.js';
import { stepsBetween } from './increments.js';
import { BID_TOTAL_MAX_FEN } from './press.js';
import { entry, openList } from './show.js';
import { isLotOfBefore } from './takenOver.js';

/** Describing lots and sealing them. What is sealed is never described again, only withdrawn with a reason. */
type Of<N extends Command['name']> = Extract<Command, { name: N }>;
type Described = EventBody<'lot.catalogued'>;

/** SHA-256 of the canonical JSON of the rules, base64: `show.sealed` fixes them. */
export const rulesHash = (rules: ShowState['rules']): string => canonicalHash(rules);

/** The lots a seal would take in now, by number. */
export const lotsToSeal = (state: ShowState): LotState[] =>
  Object.values(state.lots)
    .filter(({ phase, list }) => phase === 'draft' && list === openList(state))
    .sort((a, b) => (a.number < b.number ? -1 : 1));

export function catalogue(state: ShowState, { by, lot, floorFen }: Of<'catalogue'>): Decision {
  const isKnown = entry(state.lots, lot.lot) !== undefined || isLotOfBefore(state, lot.lot);
  const reason = isKnown ? 'malformed' : checkLot(state, lot, floorFen);
  return reason ? refuse(reason) : happens(by, { type: 'lot.catalogued', body: lot });
}

export function amend(state: ShowState, { by, lot, floorFen }: Of<'amend'>): Decision {
  const reason = checkDraft(state, lot.lot) ?? checkLot(state, lot, floorFen);
  return reason ? refuse(reason) : happens(by, { type: 'lot.amended', body: lot });
}

export function strike(state: ShowState, { by, lot }: Of<'strike'>): Decision {
  const reason = checkDraft(state, lot);
  return reason ? refuse(reason) : happens(by, { type: 'lot.struck', body: { lot } });
}

/** The main list before the show opens, supplementary lists (加拍) while it runs. */
export function seal(state: ShowState, { by, catalogue }: Of<'seal'>): Decision {
  const lots = lotsToSeal(state);
  // Where every lot had its end before, only its sales go on: an empty list is sealed, once.
  const isForSales = state.seals.length === 0 && Object.keys(state.sales).length > 0;
  if (lots.length === 0 && !isForSales) return refuse('nothing-to-seal');
  const body = {
    list: openList(state),
    lots: lots.length,
    units: lots.reduce((sum, { units }) => sum + units, 0),
    catalogue,
    rules: rulesHash(state.rules),
  };
  return happens(by, { type: 'show.sealed', body });
}

function checkDraft(state: ShowState, id: string): Reason | null {
  const lot = entry(state.lots, id);
  if (!lot) return 'unknown-lot';
  return lot.phase === 'draft' ? null : 'wrong-phase';
}

/** @param floorFen what the lot's commitment hides; 0: no floor, and no commitment */
function checkLot(state: ShowState, lot: Described, floorFen: number): Reason | null {
  if (lot.list !== openList(state) || (lot.floor === null) !== (floorFen === 0)) return 'malformed';
  if (!isWithinBounds(lot, floorFen)) return 'malformed';
  if (!isCapFitting(state.rules, lot, floorFen)) return 'cap-not-fitting';
  if (isNumberTaken(state, lot)) return 'number-taken';
  if (lot.format === 'dutch' && lot.startFen === 0) return 'clock-without-start';
  if (lot.startFen === 0 && floorFen > 0) return 'floor-with-zero-start';
  if (lot.format === 'dutch' && lot.startFen < floorFen) return 'start-below-floor';
  return null;
}

const isWithinBounds = (lot: Described, floorFen: number): boolean => {
  const { units, startFen, stepFen = 0, referenceFen = 0, capFen = 0, buyNowFen = 0 } = lot;
  return Math.max(startFen, stepFen, referenceFen, capFen, buyNowFen, floorFen) * units <= BID_TOTAL_MAX_FEN;
};

type Priced = Pick<Described, 'capFen' | 'buyNowFen' | 'startFen' | 'stepFen' | 'format'>;

/** Prices that sell at once lie on the lot's own grid, and are worth the grower's word. */
export function isCapFitting(rules: ShowState['rules'], lot: Priced, floorFen: number): boolean {
  const { capFen, buyNowFen, startFen, stepFen = null, format } = lot;
  const prices = [buyNowFen, capFen].filter((fen) => fen !== undefined);
  if (prices.length === 0) return true;
  const isFitting = (fen: number) =>
    fen >= floorFen && fen > startFen && stepsBetween(rules, { stepFen }, startFen, fen) !== null;
  return format === 'english' && prices.every(isFitting) && (buyNowFen ?? 0) <= (capFen ?? Infinity);
}

/** A struck lot gives its number back. */
const isNumberTaken = (state: ShowState, { lot: id, number }: Described): boolean =>
  Object.values(state.lots).some(
    (other) => other.number === number && other.lot !== id && other.phase !== 'struck',
  );
