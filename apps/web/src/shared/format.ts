/** Money, times and counts as people read them. All amounts are whole fen (1 yuan = 100 fen). */

/** 5800 → '58', 5850 → '58.50', 123400 → '1,234': fen are shown only when there are some. */
export function yuan(amountFen: number): string {
  const sign = amountFen < 0 ? '-' : '';
  const fen = Math.abs(amountFen);
  const whole = String(Math.floor(fen / 100)).replace(/\B(?=(\d{3})+$)/g, ',');
  const rest = fen % 100;
  return rest ? `${sign}${whole}.${String(rest).padStart(2, '0')}` : `${sign}${whole}`;
}

/** 5800 → '¥58'. */
export const money = (amountFen: number): string => `¥${yuan(amountFen)}`;

/** A countdown: whole seconds, rounded up, so that 0 is shown only when the time is over. '07', '65' → '1:05'. */
export function countdown(leftMs: number): string {
  const seconds = Math.max(0, Math.ceil(leftMs / 1000));
  if (seconds < 60) return String(seconds).padStart(2, '0');
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** 1500 → '1.5', 2000 → '2': a duration in seconds. */
export const seconds = (ms: number): string => String(Math.round(ms / 100) / 10);

/** The township's wall clock (UTC+8 whatever the phone says): '20:41:07'. */
export function clockTime(atMs: number): string {
  return new Date(atMs + 8 * 3_600_000).toISOString().slice(11, 19);
}

/** '2026-11-24'; township's time. */
export const dayOf = (atMs: number): string => new Date(atMs + 8 * 3_600_000).toISOString().slice(0, 10);

/** '11月24日 19:30' in Chinese, 'Nov 24, 19:30' in English; township's time. */
export function dayAndTime(atMs: number, language: 'zh' | 'en'): string {
  return new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
    timeZone: 'Asia/Shanghai',
    month: language === 'zh' ? 'long' : 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hour12: false,
  }).format(atMs);
}

/** A lot's number as spoken: '023' → '23'. */
export const plainNumber = (number: string): string => number.replace(/^0+(?=\d)/, '');
