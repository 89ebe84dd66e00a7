import { createHash } from 'node:crypto';
import { type ShowState } from '@qingpai/wire';
import { openList } from '../rules/show.js';

/** Changes with every lot that is added, amended, struck or sealed, and with nothing else. */
export function catalogueMark(state: ShowState): string {
  const list = openList(state);
  const lots = Object.values(state.lots)
    .filter((lot) => lot.list === list)
    .map(({ lot, i, phase }) => `${lot}:${i}:${phase}`)
    .sort();
  return createHash('sha256')
    .update([list, ...lots].join(' '))
    .digest('hex');
}
