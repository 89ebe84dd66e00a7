import { type LotDraft, type Reason, reasons, type ShowRules } from '@qingpai/wire';
import { isCapFitting } from '../rules/index.js';

/** Why a lot cannot be catalogued: the field, by its name in `lotDraft`, and the reason. */
export interface DraftProblem {
  field: keyof LotDraft;
  reason: Reason;
}

const wildDug = /下山|野生|野采|采挖|挖/;
const grownAndSaysSo = /非(下山|野生|野采|采挖)/g;
const digitRun = /[0-9〇零一二三四五六七八九幺]{7,}/;

/** What a lot must not be, whether it came in a file or was typed in (RULES §2.2, §3, §5; LEDGER §2, privacy). */
export function problemsOf(draft: LotDraft, rules: ShowRules): DraftProblem[] {
  const found: [boolean, keyof LotDraft, Reason][] = [
    [holdsPhone(draft.title), 'title', 'personal-data'],
    [isWildDug(draft.title), 'title', 'wild-dug'],
    [isWildDug(draft.source), 'source', 'wild-dug'],
    [draft.startFen === 0 && draft.format === 'dutch', 'startFen', 'clock-without-start'],
    [draft.startFen === 0 && draft.floorFen > 0, 'floorFen', 'floor-with-zero-start'],
    [isClockBelowFloor(draft), 'floorFen', 'start-below-floor'],
    [
      !isCapFitting(rules, draft, draft.floorFen),
      draft.capFen === undefined ? 'buyNowFen' : 'capFen',
      'cap-not-fitting',
    ],
  ];
  return found.filter(([is]) => is).map(([, field, reason]) => ({ field, reason }));
}

export const wordsOf = (reason: Reason): { zh: string; en: string } => ({
  zh: reasons[reason].zh,
  en: reasons[reason].en,
});

function isWildDug(text: string): boolean {
  return wildDug.test(text.replaceAll(grownAndSaysSo, ''));
}

function isClockBelowFloor({ format, startFen, floorFen }: LotDraft): boolean {
  return format === 'dutch' && startFen > 0 && startFen < floorFen;
}

/** Seven digits in a row, however they are spaced or written. A title goes into the log and stays there. */
function holdsPhone(title: string): boolean {
  return digitRun.test(title.normalize('NFKC').replaceAll(/[\s\-–—_.·•*/,、]/g, ''));
}
