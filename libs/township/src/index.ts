export { TownshipBooks } from './books.js';
export { type InvariantAlarm, InvariantRuns } from './invariants/invariantRuns.js';
export { DailyReports } from './report/dailyReports.js';
export { noVerdicts, SHOW_VERDICTS, type ShowVerdicts } from './showVerdicts.js';
export { TOWNSHIP_OPTIONS, TownshipModule, type TownshipOptions } from './township.module.js';
