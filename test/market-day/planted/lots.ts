import { type PlantedLine } from '../world.js';

const rules = 'libs/auction/src/rules';
const desk = 'libs/auction/src/desk';

/** Mistakes with lots, the ladder and the end of the show. */
export const lotsBugs: readonly PlantedLine[] = [
  {
    name: 'the ladder does not wait',
    file: `${rules}/ladder.ts`,
    was: 'atMs: endedAtMs + ladder.pauseMs,',
    is: 'atMs: endedAtMs + ladder.pauseMs / 2,',
  },
  {
    name: 'a lot that is on the block is offered beside another',
    file: `${rules}/lots.ts`,
    was: "if (state.block !== null) return refuse('lot-on-block');",
    is: '',
  },
  {
    name: 'a lot comes back as often as one likes',
    proves: 'one lot at a time, as often as the rules say',
    file: `${rules}/ladder.ts`,
    was: 'lot.offerings.length <= rules.furtherOfferings;',
    is: 'lot.offerings.length <= rules.furtherOfferings + 1;',
  },
  {
    name: 'a lot with a valid bid is set aside',
    proves: 'a standing bid at the floor is not set aside',
    file: `${rules}/lots.ts`,
    was: "if (hasValidBid(block.lot, block.offering)) return refuse('has-valid-bid');",
    is: '',
  },
  {
    name: 'a lot vanishes',
    proves: 'a show closes when no lot is left',
    file: `${rules}/ending.ts`,
    was: "if (left.length > 0) return refuse('lots-left', { lots: left });",
    is: '',
  },
  {
    name: 'a unit of a lot vanishes when it passes',
    proves: 'units that end are those that are open',
    file: `${rules}/lots.ts`,
    was: 'const body = { ...unsoldBody({ lot, offering }), units: openUnits(lot) };',
    is: 'const body = { ...unsoldBody({ lot, offering }), units: Math.max(1, openUnits(lot) - 1) };',
  },
  {
    name: 'what is sealed is described anew',
    proves: 'what is sealed is not described again',
    file: `${rules}/catalogue.ts`,
    was: "return lot.phase === 'draft' ? null : 'wrong-phase';",
    is: 'return null;',
  },
  {
    name: 'a closed show takes limits',
    proves: 'a closed show sells nothing more',
    file: `${rules}/show.ts`,
    was: "limit: ['draft', 'sealed', 'open'],",
    is: "limit: ['draft', 'sealed', 'open', 'closed'],",
  },
  {
    name: 'another catalogue is sealed than was described',
    file: `${desk}/deciding.ts`,
    was: 'export const leavesToSeal = (state: ShowState): number[] => catalogueLeaves(state, state.seals.length + 1);',
    is: 'export const leavesToSeal = (state: ShowState): number[] => catalogueLeaves(state, state.seals.length + 1).reverse();',
  },
];
