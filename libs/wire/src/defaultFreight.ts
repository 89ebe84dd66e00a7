import { type FreightRule } from './rules.js';

/** What a flower township in Fujian would charge, unless it says otherwise: by road, nothing to where plants would not arrive alive. */
export const defaultFreight: FreightRule = {
  zones: [
    { provinces: ['35'], feeFen: 800 },
    { provinces: ['31', '32', '33', '34', '36', '44'], feeFen: 1_200 },
    { provinces: ['15', '21', '22', '23', '62', '63', '64'], feeFen: 2_500 },
  ],
  elsewhereFen: 1_800,
  notServed: ['54', '65', '71', '81', '82'],
  freeFromFen: 20_000,
  pickUp: true,
};
