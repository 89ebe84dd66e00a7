import { type TownshipLot } from '@qingpai/wire';

/** A sealed lot in the township's books: what is shown of it, and what the grades count. */
export interface LotLine extends TownshipLot {
  /** Units sold when the lot was offered for the first time. */
  firstPassUnits: number;
  /** Units whose sale is paid. */
  paidUnits: number;
  /** Units that were received and stay paid. */
  deliveredUnits: number;
}
