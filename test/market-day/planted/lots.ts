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
    was: "if (!timed) return 'lot-on-block';",
    is: 'if (!timed) return null;',
  },
  {
    name: 'one lot more is open than the rules say',
    proves: 'no more lots are open at once than the rules say',
    file: `${rules}/lots.ts`,
    was: "return state.open.length < timed.openMax ? null : 'too-many-open';",
    is: "return state.open.length <= timed.openMax ? null : 'too-many-open';",
  },
  {
    name: 'a clock runs beside other lots',
    file: `${rules}/lots.ts`,
    was: "if (format === 'dutch' || first.offering.clock) return 'clock-alone';",
    is: '',
  },
  {
    name: 'lots of a timed show close all at once',
    proves: 'closes are as far apart as the rules say',
    file: `${rules}/ladder.ts`,
    was: 'atMs + (timed?.staggerMs ?? 0)',
    is: 'atMs',
  },
  {
    name: 'of several lots the one that was offered first closes first, whatever its close',
    proves: 'lots close in the order of their closes',
    file: `${rules}/due.ts`,
    was: 'if (atMs !== null && (first === null || atMs < first.atMs)) first = { atMs, block };',
    is: 'if (atMs !== null) first ??= { atMs, block };',
  },
  {
    name: 'a take-over leaves the second lot running',
    proves: 'a take-over finds all that is open frozen',
    file: `${rules}/people.ts`,
    was: '.filter(({ offering }) => offering.frozenAt === null)',
    is: '.filter(({ offering }) => offering.frozenAt === null).slice(0, 1)',
  },
  {
    name: 'a lot comes back as often as one likes',
    proves: 'an offered lot is sealed, as often as the rules say',
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
