import { type PlantedLine } from '../world.js';

const rules = 'libs/auction/src/rules';

/** Mistakes with what follows a default. */
export const defaultBugs: readonly PlantedLine[] = [
  {
    name: 'who came last is asked first when somebody does not pay',
    proves: 'a second chance follows a default, and goes to the best of the others at his own bid',
    file: `${rules}/secondChance.ts`,
    was: 'const next = runnersUp.findLast(',
    is: 'const next = runnersUp.find(',
  },
  {
    name: 'anybody takes the second chance of another',
    proves: 'a second chance is taken in time, by who was asked, for what he was told',
    file: `${rules}/secondChance.ts`,
    was: "if (byModerator ? !isHall : isHall || by !== bidder) return refuse('not-allowed');",
    is: '',
  },
  {
    name: 'what is in default is carried although somebody came next',
    proves: 'what is in default is carried when nobody is left to ask',
    file: `${rules}/secondChance.ts`,
    was: 'if (nextRunnerUp(state, sale)) return',
    is: "if (nextRunnerUp(state, sale) && secondChance.atLast === 'wait') return",
  },
  {
    name: 'a show is settled while somebody thinks about his second chance',
    proves: 'no default is left without what follows it',
    file: `${rules}/ending.ts`,
    was: "if (nextChance(state)) return refuse('sales-open');",
    is: '',
  },
  {
    name: 'a second chance below the floor',
    file: `${rules}/secondChance.ts`,
    was: '(lot.floor !== null && !floorMet)) return;',
    is: 'false) return;',
  },
  {
    name: 'who is in default is offered what another did not pay for',
    file: `${rules}/secondChance.ts`,
    was: "if (isInDefault(state, bidder)) return 'bidder-not-allowed';",
    is: '',
  },
];
