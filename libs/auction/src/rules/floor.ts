import { type LotState } from '@qingpai/wire';
import { type Secrets } from './command.js';

/** The grower's floor, fen per unit; 0 where the lot has none. */
export const floorOf = ({ floors }: Secrets, lot: LotState): number =>
  lot.floor === null ? 0 : (floors.get(lot.lot) ?? 0);

/** 已达 as a leaf says it: only lots that have a floor say that it is met. */
export const floorMetAt = (secrets: Secrets, lot: LotState, amountFen: number): true | undefined =>
  lot.floor !== null && amountFen >= floorOf(secrets, lot) ? true : undefined;
