import {
  type GoodsStep,
  type LotCard,
  type Parcel,
  type ParcelLine,
  type SaleState,
  type ShowState,
} from '@qingpai/wire';
import { saleTotalFen, soldLot } from '../rules/index.js';

/** What parcels are made of, besides the state of the show. */
export interface Packing {
  cards: readonly LotCard[];
  /** By bidder; phones masked. */
  people: ReadonlyMap<string, Pick<Parcel, 'nickname' | 'phone' | 'address'>>;
  /** Couriers' numbers in the clear, by their hash. */
  trackings: ReadonlyMap<string, string>;
}

/** One parcel per buyer who won something that stands, by paddle. */
export function parcelsOf(state: ShowState, packing: Packing): Parcel[] {
  const standing = Object.values(state.sales).filter(({ phase }) => phase !== 'voided');
  return Object.values(state.bidders)
    .sort((a, b) => a.paddle - b.paddle)
    .flatMap(({ bidder, paddle }) => {
      const sales = standing.filter((sale) => sale.bidder === bidder).sort((a, b) => a.i - b.i);
      if (sales.length === 0) return [];
      const lines = sales.map((sale) => lineOf(state, sale, packing));
      const person = packing.people.get(bidder) ?? { nickname: '现场', phone: null, address: null };
      return [{ bidder, paddle, ...person, step: stepOfParcel(lines), lines }];
    });
}

function lineOf(state: ShowState, sale: SaleState, { cards, trackings }: Packing): ParcelLine {
  const { number, title, unit, fresh } = soldLot(state, sale);
  const card = cards.find(({ lot }) => lot === sale.lot);
  const { goods } = sale;
  return {
    ...{ sale: sale.sale, number, title, unit, units: sale.units, fresh: fresh !== false },
    ...{ amountFen: saleTotalFen(sale), refundedFen: sale.refundedFen },
    ...{ village: card?.village ?? '', growerName: card?.growerName ?? '', grade: card?.grade ?? '' },
    step: stepOf(sale),
    ...{ shippedAtMs: goods?.shipped ?? null, receivedAtMs: goods?.received ?? null },
    courier: goods?.courier ?? null,
    tracking: trackings.get(goods?.tracking ?? '') ?? null,
  };
}

export function stepOf({ phase, goods }: SaleState): GoodsStep {
  if (goods?.received !== undefined) return 'received';
  if (goods?.shipped !== undefined) return 'shipped';
  if (phase !== 'paid') return 'unpaid';
  return goods?.packed === undefined ? 'paid' : 'packed';
}

const steps: readonly GoodsStep[] = ['paid', 'packed', 'shipped', 'received'];
/** Of what is paid for, what is farthest behind. */
function stepOfParcel(lines: readonly ParcelLine[]): GoodsStep {
  const behind = Math.min(...lines.map(({ step }) => steps.indexOf(step)).filter((at) => at >= 0));
  return steps[behind] ?? 'unpaid';
}

export interface PickingLot {
  number: string;
  title: string;
  unit: string;
  units: number;
  /** Who gets how many, by paddle. */
  takers: { paddle: number; units: number }[];
}

/** 拣货单: what is still to be fetched, village by village, grower by grower, lot by lot. */
export function pickingOf(
  parcels: readonly Parcel[],
): { village: string; growers: { growerName: string; lots: PickingLot[] }[] }[] {
  const villages = new Map<string, Map<string, Map<string, PickingLot>>>();
  for (const { paddle, lines } of parcels) {
    for (const { step, village, growerName, number, title, unit, units } of lines) {
      if (step !== 'paid' && step !== 'packed') continue;
      const growers = held(villages, village, () => new Map<string, Map<string, PickingLot>>());
      const lots = held(growers, growerName, () => new Map<string, PickingLot>());
      const lot = held(lots, number, () => ({ number, title, unit, units: 0, takers: [] }));
      lot.units += units;
      lot.takers.push({ paddle, units });
    }
  }
  return sorted(villages).map(([village, growers]) => ({
    village,
    growers: sorted(growers).map(([growerName, lots]) => ({
      growerName,
      lots: sorted(lots).map(([, lot]) => lot),
    })),
  }));
}

function held<V>(map: Map<string, V>, key: string, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

const sorted = <V>(map: ReadonlyMap<string, V>): [string, V][] =>
  [...map].sort(([a], [b]) => a.localeCompare(b, 'zh-CN'));
