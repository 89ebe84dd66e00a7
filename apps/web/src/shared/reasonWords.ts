import { reasons, type Reason } from '@qingpai/wire/reasons';
import type { Language } from './language';

/** A reason's words; an unknown code (a newer server) is shown as it is. */
export function reasonWords(code: string, language: Language): string {
  return reasons[code as Reason]?.[language] ?? code;
}
