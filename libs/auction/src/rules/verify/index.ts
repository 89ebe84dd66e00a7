export { catalogueLeaves, catalogueRootOf } from './catalogue.js';
export { type VerifyFinding } from './finding.js';
export { bundleDigest } from './parse.js';
export { rootsAt } from './roots.js';
export {
  continuedLog,
  judgeBundle,
  type JudgedBundle,
  verifyBundle,
  type VerifyOptions,
  worse,
} from './verify.js';
