import { parseEssence } from '@qingpai/ledger/rules';
import { parseJson } from '../verify/parse.js';
import { type VerifyOptions } from '../verify/verify.js';

/**
 * Of what the auditor kept, what is about this log, so that no log is told of another's notes; what cannot be read at
 * all stays, and is said to be ignored.
 */
export function keptOf(origin: string, options: VerifyOptions): VerifyOptions {
  const { known = [], receipts = [], ...others } = options;
  return {
    ...others,
    known: known.filter((note) => isAbout(firstLine(note), origin)),
    receipts: receipts.filter((file) => isAbout(originIn(file), origin)),
  };
}

const firstLine = (note: string): string => note.slice(0, note.indexOf('\n'));
const isAbout = (named: string | null, origin: string): boolean => named === null || named === origin;

function originIn(file: string): string | null {
  const essence = parseEssence(file);
  if (essence) return firstLine(essence.checkpoint);
  const raw = parseJson(file) as { origin?: unknown; evidence?: { origin?: unknown }[] } | null | undefined;
  const origin = raw?.origin ?? raw?.evidence?.[0]?.origin;
  return typeof origin === 'string' ? origin : null;
}
