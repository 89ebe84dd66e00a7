export { TownshipBooks } from './books.js';
export { noVerdicts, SHOW_VERDICTS, type ShowVerdicts } from './showVerdicts.js';
export { TOWNSHIP_OPTIONS, TownshipModule, type TownshipOptions } from './township.module.js';
