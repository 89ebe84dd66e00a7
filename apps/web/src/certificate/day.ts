const digits = '〇一二三四五六七八九';

/** 1..31 as a Chinese date says it: 二十四. */
function count(n: number): string {
  const tens = Math.floor(n / 10);
  const ones = n % 10;
  return `${tens > 1 ? digits[tens] : ''}${tens > 0 ? '十' : ''}${ones > 0 ? digits[ones] : ''}`;
}

/** '20261124-01' → '二〇二六年十一月二十四日'. */
export function dayInChinese(showId: string): string {
  const year = [...showId.slice(0, 4)].map((digit) => digits[Number(digit)]).join('');
  return `${year}年${count(Number(showId.slice(4, 6)))}月${count(Number(showId.slice(6, 8)))}日`;
}

/** '20261124-01' → '24 November 2026'. */
export function dayInEnglish(showId: string): string {
  const day = new Date(`${showId.slice(0, 4)}-${showId.slice(4, 6)}-${showId.slice(6, 8)}T00:00:00Z`);
  return new Intl.DateTimeFormat('en-GB', {
    timeZone: 'UTC',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
  }).format(day);
}
