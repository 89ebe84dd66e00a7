/**
 * An amount in capitals (人民币大写), as a receipt in China writes it (票据法, 支付结算办法 附一): 1 006 050 fen →
 * 壹万零陆拾元伍角整. 整 stands after 元 and 角, never after 分; one 零 stands for a row of noughts.
 */
const DIGITS = ['零', '壹', '贰', '叁', '肆', '伍', '陆', '柒', '捌', '玖'] as const;
const PLACES = ['', '拾', '佰', '仟'] as const;
const GROUPS = ['', '万', '亿', '万'] as const;

/** @param amountFen whole fen, not negative, at most 2^53 − 1 */
export function inCapitals(amountFen: number): string {
  if (!Number.isSafeInteger(amountFen) || amountFen < 0) throw new Error(`bug: ${amountFen} is no amount`);
  const [yuan, jiao, fen] = [Math.floor(amountFen / 100), Math.floor(amountFen / 10) % 10, amountFen % 10];
  if (amountFen === 0) return '零元整';
  const whole = yuan > 0 ? `${wholeInCapitals(yuan)}元` : '';
  if (jiao === 0 && fen === 0) return `${whole}整`;
  if (fen === 0) return `${whole}${DIGITS[jiao]}角整`;
  if (jiao === 0) return `${whole}${yuan > 0 ? '零' : ''}${DIGITS[fen]}分`;
  return `${whole}${DIGITS[jiao]}角${DIGITS[fen]}分`;
}

function wholeInCapitals(yuan: number): string {
  const groups: number[] = [];
  for (let rest = yuan; rest > 0; rest = Math.floor(rest / 10_000)) groups.push(rest % 10_000);
  let text = '';
  let isGap = false;
  for (let k = groups.length - 1; k >= 0; k--) {
    const group = groups[k]!;
    if (group === 0) {
      isGap = text !== '';
      continue;
    }
    if (text !== '' && (isGap || group < 1_000)) text += '零';
    text += fourInCapitals(group) + GROUPS[k]!;
    // 万 of 亿: the 亿 is said once, by the group below or here.
    if (k === 3 && groups[2] === 0) text += '亿';
    isGap = false;
  }
  return text;
}

function fourInCapitals(group: number): string {
  let text = '';
  let isGap = false;
  for (let place = 3; place >= 0; place--) {
    const digit = Math.floor(group / 10 ** place) % 10;
    if (digit === 0) {
      isGap = text !== '';
      continue;
    }
    if (isGap) text += '零';
    text += DIGITS[digit]! + PLACES[place]!;
    isGap = false;
  }
  return text;
}
