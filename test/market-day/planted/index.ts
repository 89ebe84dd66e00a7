import { type Planted } from '../world.js';
import { afterSaleBugs } from './afterSale.js';
import { aroundBugs } from './around.js';
import { defaultBugs } from './defaults.js';
import { depositBugs } from './deposits.js';
import { deskBugs } from './desk.js';
import { fallingBugs } from './falling.js';
import { lotsBugs } from './lots.js';
import { moneyBugs } from './money.js';
import { offersBugs } from './offers.js';
import { peopleBugs } from './people.js';
import { risingBugs } from './rising.js';

/** Mistakes that somebody might make. The simulator finds every one. */
export const planted: readonly Planted[] = [
  ...aroundBugs,
  ...deskBugs,
  ...risingBugs,
  ...fallingBugs,
  ...lotsBugs,
  ...offersBugs,
  ...moneyBugs,
  ...defaultBugs,
  ...depositBugs,
  ...afterSaleBugs,
  ...peopleBugs,
];
