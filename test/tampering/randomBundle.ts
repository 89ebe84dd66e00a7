import { leavesOf, ORIGIN } from '../../libs/auction/src/rules/testing/paperBundle.js';
import { Chance } from './chance.js';
import { mutate, notesOver } from './mutations.js';
import { openingsOf, randomShow } from './randomShow.js';

/** The bundle of this seed: of a random show, tampered with or not, and how. */
export function randomBundle(seed: number): { text: string; how: string } {
  const chance = new Chance(seed);
  const show = randomShow(chance);
  const leaves = leavesOf(show.leaves).map((leaf) => new TextDecoder().decode(leaf));
  const openings = chance.maybe(0.4) ? openingsOf(show) : undefined;
  return mutate(chance, {
    format: 'qingpai/bundle/v1',
    origin: ORIGIN,
    rules: show.state.rules,
    leaves,
    checkpoints: notesOver(leaves),
    ...(openings && { openings }),
  });
}
