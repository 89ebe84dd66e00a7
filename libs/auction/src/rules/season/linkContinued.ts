import { verdicts } from '@qingpai/wire';
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
  for (const next of shows) {
    const [link, held] = [originBefore(next), heldBy(next)];
    if (link === null || !held) continue;
    const before = shows.find(({ registered }) => registered.origin === link);
    const heldBefore = before && heldBy(before);
    if (!before || !heldBefore) {
      next.verdict = worse('INCOMPLETE', next.verdict);
      next.notes.push(seasonNote('before-missing', `${link}:`));
      continue;
    }
    const where = { i: 0, by: 'platform', more: link };
    const stop = continued.has(before)
      ? { verdict: 'INVALID' as const, findings: [seasonFinding('continued-twice', where)] }
      : judgeContinued(heldBefore, held);
    continued.add(before);
    if (stop) {
      next.verdict = worse(stop.verdict, next.verdict);
      next.findings.push(...stop.findings);
    } else if (heldBefore.state.closedAt === null && verdicts[before.verdict] <= verdicts.INCOMPLETE) {
      Object.assign(before, {
        standing: 'continued',
        verdict: verdictBefore(heldBefore.state, tookOverMoney(held.read.events)),
      });
      before.notes.push(continuedNote(before, next));
    }
  }
  return shows;
}

const originBefore = ({ judged }: SeasonShow): string | null =>
  (judged?.read && continuedLog(judged.read)?.origin) ?? null;

const continuedNote = (before: SeasonShow, next: SeasonShow): VerifyNote =>
  seasonNote('show-continued', `${before.registered.show} → ${next.registered.show}:`);
