import { type Stop } from '../verify/finding.js';
import { type VerifyNote } from '../verify/notes.js';
import { tookOverMoney } from '../takenOver.js';
import { continuedLog, worse } from '../verify/verify.js';
import { judgeContinued, verdictBefore } from './continued.js';
import { heldBy, type SeasonShow } from './shows.js';
import { seasonFinding, seasonNote } from './words.js';

/**
 * Judges logs that go on from others together with those: a show that was continued is over where the next one begins,
 * and is counted by what had an end there. Changes the shows in place, and answers them.
 */
export function linkContinued(shows: SeasonShow[]): SeasonShow[] {
  const continued = new Set<SeasonShow>();
  const stopped: [SeasonShow, Stop][] = [];
  for (const next of shows) {
    const [link, held] = [originBefore(next), heldBy(next)];
    if (link === null || !held) continue;
    const before = shows.find(({ registered }) => registered.origin === link);
    const heldBefore = before && heldBy(before);
    if (!before || !heldBefore) {
      stopped.push([next, { verdict: 'INCOMPLETE', findings: [] }]);
      next.notes.push(seasonNote('before-missing', `${link}:`));
      continue;
    }
    const where = { i: 0, by: 'platform', log: next.registered.origin, more: link };
    const stop = continued.has(before)
      ? { verdict: 'INVALID' as const, findings: [seasonFinding('continued-twice', where)] }
      : judgeContinued(heldBefore, held);
    continued.add(before);
    if (stop) stopped.push([next, stop]);
    else if (isByItself(before)) {
      const verdict = verdictBefore(heldBefore.state, tookOverMoney(held.read.events));
      Object.assign(before, { standing: 'continued', verdict });
      before.notes.push(continuedNote(before, next));
    }
  }
  // At last, since one that goes on from another may itself be continued.
  for (const [next, { verdict, findings }] of stopped) {
    next.verdict = worse(verdict, next.verdict);
    next.findings.push(...findings);
  }
  return shows;
}

/** Its verdict is that of its own log: the registry has nothing against it. */
const isByItself = ({ verdict, judged }: SeasonShow): boolean => verdict === judged?.verification.verdict;

const originBefore = ({ judged }: SeasonShow): string | null =>
  (judged?.read && continuedLog(judged.read)?.origin) ?? null;

const continuedNote = (before: SeasonShow, next: SeasonShow): VerifyNote =>
  seasonNote('show-continued', `${before.registered.show} → ${next.registered.show}:`);
