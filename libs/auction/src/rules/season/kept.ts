import { type VerifyOptions } from '../verify/verify.js';

/**
 * Of what the auditor kept, what is about this log, so that no log is told of another's notes; what cannot be read at
 * all stays, and is said to be ignored.
 */
export function keptOf(origin: string, options: VerifyOptions): VerifyOptions {
  const { known = [], receipts = [], ...others } = options;
  return {
    ...others,
    known: known.filter((note) => isAbout(note.slice(0, note.indexOf('\n')), origin)),
    receipts: receipts.filter((file) => isAbout(originIn(file), origin)),
  };
}

const isAbout = (named: string | null, origin: string): boolean => named === null || named === origin;

function originIn(file: string): string | null {
  try {
    const { origin } = JSON.parse(file) as { origin?: unknown };
    return typeof origin === 'string' ? origin : null;
  } catch {
    return null;
  }
}
