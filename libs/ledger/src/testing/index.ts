export { breakingAt, type Breakage, LostConnection } from './breaking.js';
