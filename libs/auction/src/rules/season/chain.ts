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

/** The lots of a show that take up those of another (`from`), by their last descriptions: those of a sealed list. */
export function takenLots({ read, state }: HeldShow): TakenLot[] {
  return Object.values(state.lots).flatMap((lot) => {
    const described = read.events[lot.i]!;
    const from =
      described.type === 'lot.catalogued' || described.type === 'lot.amended'
        ? described.body.from
        : undefined;
    if (from === undefined || lot.phase === 'struck' || lot.phase === 'draft') return [];
    const at = from.lastIndexOf('#');
    return [{ lot, origin: from.slice(0, at), source: from.slice(at + 1), t: described.t }];
  });
}

/**
 * The carried lots of a season form one chain: what a lot says it was carried from was carried there, before, in that
 * many units, and no unit is taken up twice. Units that still wait are named.
 * @param elsewhere origins of logs that are not among these and are judged elsewhere
 */
export function judgeChain(
  shows: readonly HeldShow[],
  elsewhere: Pick<ReadonlySet<string>, 'has'>,
): { findings: VerifyFinding[]; notes: Verification['notes'] } {
  const findings: VerifyFinding[] = [];
  const used = new Map<string, number>();
  const byOrigin = new Map(shows.map((show) => [show.read.bundle.origin, show]));
  const all = shows.flatMap((show) => takenLots(show).map((taken) => ({ show, taken })));
  // By time: what was carried in parts is taken up in parts.
  for (const { show, taken } of all.sort((a, b) => a.taken.t - b.taken.t)) {
    const source = byOrigin.get(taken.origin);
    if (!source && elsewhere.has(taken.origin)) continue;
    if (source && isContinued(source, show, taken)) continue;
    const key = `${taken.origin}#${taken.source}`;
    const before = used.get(key) ?? 0;
    used.set(key, before + taken.lot.units);
    const fault = faultOf(source, taken, before);
    const where = { i: taken.lot.i, by: 'host', log: show.read.bundle.origin, more: key };
    if (fault) findings.push(seasonFinding(fault, where));
  }
  return { findings, notes: shows.flatMap((show) => waiting(show, used)) };
}

/** Units that had no end when their log was continued, or of a copy that is too short to tell: judged with that link. */
function isContinued(source: HeldShow, { read }: HeldShow, taken: TakenLot): boolean {
  const link = continuedLog(read);
  if (link?.origin !== taken.origin) return false;
  const lot = entry(source.state.lots, taken.source);
  return source.read.bytes.length < link.size || (lot !== undefined && openUnits(lot) > 0);
}

function faultOf(source: HeldShow | undefined, taken: TakenLot, before: number) {
  const units = before + taken.lot.units;
  const carried = (byMs: number) =>
    (source?.read.events ?? []).reduce((sum, { type, t, body }) => {
      const isIts = type === 'lot.carried' && body.lot === taken.source && t <= byMs;
      return isIts ? sum + body.units : sum;
    }, 0);
  if (units > carried(Infinity)) return before > 0 ? 'carried-twice' : 'carried-unfounded';
  return units > carried(taken.t) ? 'carried-early' : null;
}

function waiting({ read, state }: HeldShow, used: ReadonlyMap<string, number>): Verification['notes'] {
  const { origin } = read.bundle;
  return Object.values(state.lots).flatMap(({ lot, number, title, carriedUnits }) => {
    const left = carriedUnits - (used.get(`${origin}#${lot}`) ?? 0);
    return left > 0 ? [seasonNote('carried-waiting', `${origin} ${number} ${title}: ${left}`)] : [];
  });
}
