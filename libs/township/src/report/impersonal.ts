import { Refused } from '@qingpai/platform';

/** What is printed and passed on has no numbers in it by which somebody can be called. Refuses: `personal-data`. */
export function assertImpersonal(...texts: string[]): void {
  for (const text of texts) {
    const run = text.normalize('NFKC').replaceAll(/[\s\-–—_.·•*/,、]/g, '');
    if (/\d{7}/.test(run)) throw new Refused('personal-data');
  }
}
