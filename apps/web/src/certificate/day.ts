import type { Certificate } from '@qingpai/wire';

const digits = '〇一二三四五六七八九';

/** 1..31 as a Chinese date says it: 二十四. */
function count(n: number): string {
  const tens = Math.floor(n / 10);
  const ones = n % 10;
  return `${tens > 1 ? digits[tens] : ''}${tens > 0 ? '十' : ''}${ones > 0 ? digits[ones] : ''}`;
}

/** Milliseconds since 1970 → '2026-11-24' by the township's clock, UTC+8. */
const dayAt = (atMs: number): string => new Date(atMs + 8 * 3_600_000).toISOString().slice(0, 10);

/** The evening itself: when the show was closed, else sealed, else made (its id). '2026-11-24' */
export function dayOf({ showId, checkpoints }: Pick<Certificate, 'showId' | 'checkpoints'>): string {
  const signedAt = (at: string) => checkpoints.find((one) => one.at === at)?.t ?? null;
  const atMs = signedAt('closed') ?? signedAt('sealed');
  return atMs === null ? showId.slice(0, 8).replace(/(....)(..)(..)/, '$1-$2-$3') : dayAt(atMs);
}

/** '2026-11-24' → '二〇二六年十一月二十四日'. */
export function dayInChinese(day: string): string {
  const [year = '', month, date] = day.split('-');
  const spoken = [...year].map((digit) => digits[Number(digit)]).join('');
  return `${spoken}年${count(Number(month))}月${count(Number(date))}日`;
}

/** '2026-11-24' → '24 November 2026'. */
export function dayInEnglish(isoDay: string): string {
  const day = new Date(`${isoDay}T00:00:00Z`);
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: 'UTC',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  }).format(day);
}
