import { PRICE_FEN_MAX } from './limits.js';

const pattern = /^¥?(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?(?:元整?)?$/;

/**
 * Yuan as people write them, in whole fen: `134`, `134.5`, `¥1,200`, `１，２００．００元`. Digit by digit, no
 * floats. Null for what is no such price: negative, more than two decimals, above a million yuan.
 */
export function fenOfYuan(text: string): number | null {
  const found = pattern.exec(plainDigits(text));
  if (!found) return null;
  const yuan = found[1]!.replaceAll(',', '');
  const fen = (found[2] ?? '').padEnd(2, '0');
  if (yuan.length > 15) return null;
  const all = Number(yuan + fen);
  return Number.isSafeInteger(all) && all <= PRICE_FEN_MAX ? all : null;
}

/** Full-width digits, points, commas and ￥ as their plain forms; spaces gone. */
export function plainDigits(text: string): string {
  return text.normalize('NFKC').replaceAll(/\s/g, '');
}
