import { type LotState, type ShowState, type Verification } from '@qingpai/wire';
import { openUnits } from '../lot.js';
import { entry } from '../show.js';
import { type VerifyFinding } from '../verify/finding.js';
import { type ReadBundle } from '../verify/parse.js';
import { continuedLog } from '../verify/verify.js';
import { seasonFinding, seasonNote } from './words.js';

/** A show whose own log holds. */
export interface HeldShow {
  read: ReadBundle;
  state: ShowState;
}

/** A lot that says where its units come from. */
export interface TakenLot {
  lot: LotState;
  /** Log and lot they were carried in. */
  origin: string;
  source: string;
  /** Time of the description, ms UTC. */
  t: number;
}

/** The lots of a show that take up those of another (`from`), by their last descriptions; struck ones take up nothing. */
export function takenLots({ read, state }: HeldShow): TakenLot[] {
  return Object.values(state.lots).flatMap((lot) => {
    const described = read.events[lot.i]!;
    const from =
      described.type === 'lot.catalogued' || described.type === 'lot.amended'
        ? described.body.from
        : undefined;
    if (from === undefined || lot.phase === 'struck') return [];
    const at = from.lastIndexOf('#');
    return [{ lot, origin: from.slice(0, at), source: from.slice(at + 1), t: described.t }];
  });
}

/**
 * The carried lots of a season form one chain: what a lot says it was carried from was carried there, before, in that
 * many units, and no unit is taken up twice. Units that still wait are named.
 * @param registered origins of all shows of the season; one that is registered and does not hold is judged elsewhere
 */
export function judgeChain(
  shows: readonly HeldShow[],
  registered: ReadonlySet<string>,
): { findings: VerifyFinding[]; notes: Verification['notes'] } {
  const findings: VerifyFinding[] = [];
  const used = new Map<string, number>();
  const byOrigin = new Map(shows.map((show) => [show.read.bundle.origin, show]));
  for (const show of shows) {
    for (const taken of takenLots(show)) {
      const source = byOrigin.get(taken.origin);
      if (!source && registered.has(taken.origin)) continue;
      if (source && isContinued(source, show, taken)) continue;
      const key = `${taken.origin}#${taken.source}`;
      const before = used.get(key) ?? 0;
      used.set(key, before + taken.lot.units);
      const fault = faultOf(source, taken, before);
      const where = { i: taken.lot.i, by: 'host', more: `${show.read.bundle.origin}: ${key}` };
      if (fault) findings.push(seasonFinding(fault, where));
    }
  }
  return { findings, notes: shows.flatMap((show) => waiting(show, used)) };
}

/** Units that had no end when their log was continued: the two logs are judged together. */
function isContinued(source: HeldShow, { read }: HeldShow, taken: TakenLot): boolean {
  const lot = entry(source.state.lots, taken.source);
  return continuedLog(read)?.origin === taken.origin && lot !== undefined && openUnits(lot) > 0;
}

function faultOf(source: HeldShow | undefined, taken: TakenLot, before: number) {
  const carried = source?.read.events.find(
    (event) => event.type === 'lot.carried' && event.body.lot === taken.source,
  );
  const units = (source && entry(source.state.lots, taken.source)?.carriedUnits) ?? 0;
  if (before + taken.lot.units > units) return before > 0 ? 'carried-twice' : 'carried-unfounded';
  return carried && taken.t < carried.t ? 'carried-early' : null;
}

function waiting({ read, state }: HeldShow, used: ReadonlyMap<string, number>): Verification['notes'] {
  const { origin } = read.bundle;
  return Object.values(state.lots).flatMap(({ lot, number, title, carriedUnits }) => {
    const left = carriedUnits - (used.get(`${origin}#${lot}`) ?? 0);
    return left > 0 ? [seasonNote('carried-waiting', `${origin} ${number} ${title}: ${left}`)] : [];
  });
}
