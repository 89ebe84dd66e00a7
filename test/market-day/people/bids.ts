import { amountAboveFen, clockPriceFen, leastBidFen } from '@qingpai/auction/rules';
import { type Bid, type LotState, type OfferingState, type ShowState } from '@qingpai/wire';
import { type Chance } from '../../tampering/chance.js';

/** What a buyer sees when he presses. */
export interface Sight {
  state: ShowState;
  lot: LotState;
  offering: OfferingState;
  chance: Chance;
  nowMs: number;
}
type Pressed = Partial<Bid> & { amountFen: number };
interface KindOfBid {
  name: string;
  often: number;
  /** Null: not on this lot. */
  press: (sight: Sight) => Pressed | null;
}

/** What the button offers, and some steps above it. */
function offeredFen({ state, lot, offering, nowMs }: Sight, steps = 0): number {
  if (offering.clock) return clockPriceFen(offering.clock, nowMs) + steps * offering.clock.stepFen;
  return amountAboveFen(state.rules, lot, leastBidFen(state.rules, lot, offering), steps);
}
const takes = ({ offering, chance }: Sight): Partial<Bid> =>
  offering.clock ? { units: 1 + chance.below(2), run: offering.clock.run } : {};
const off = (byFen: number) => (sight: Sight) => ({
  ...takes(sight),
  amountFen: Math.max(1, offeredFen(sight) + byFen),
});

/** Every way to bid or to take, honest ones and rude ones. Whoever adds a way to bid adds it here. */
export const kindsOfBid: readonly KindOfBid[] = [
  {
    name: 'what the button offers',
    often: 60,
    press: (sight) => ({ ...takes(sight), amountFen: offeredFen(sight) }),
  },
  {
    name: 'some steps more',
    often: 14,
    press: (sight) => ({ ...takes(sight), amountFen: offeredFen(sight, 1 + sight.chance.below(3)) }),
  },
  {
    name: 'many steps, confirmed or not',
    often: 6,
    press: (sight) => ({
      ...takes(sight),
      amountFen: offeredFen(sight, 6),
      ...(sight.chance.maybe(0.5) && { confirmed: true as const }),
    }),
  },
  {
    name: 'buy now',
    often: 4,
    press: ({ lot, chance }) =>
      lot.buyNowFen === null
        ? null
        : { amountFen: lot.buyNowFen - (chance.maybe(0.2) ? 100 : 0), buyNow: true },
  },
  { name: 'too little', often: 4, press: off(-100) },
  { name: 'a fen too little', often: 3, press: off(-1) },
  { name: 'between two steps', often: 4, press: off(50) },
  { name: 'far too much', often: 2, press: off(100_000) },
  {
    name: 'on an offering that is over',
    often: 3,
    press: (sight) =>
      sight.lot.offerings.length < 2 ? null : { ...off(0)(sight), offering: sight.lot.offerings.length - 1 },
  },
];

const oftenInAll = kindsOfBid.reduce((sum, { often }) => sum + often, 0);

/** One of them, by chance. */
export function press(sight: Sight): Pressed | null {
  let dice = sight.chance.next() * oftenInAll;
  const kind = kindsOfBid.find(({ often }) => (dice -= often) < 0) ?? kindsOfBid[0]!;
  return kind.press(sight);
}
