/** '10.5' → 1050, digit by digit; null: no amount above nothing, or more than two decimals. */
export function fenOfYuan(text: string): number | null {
  const found = /^(\d{1,7})(?:\.(\d{1,2}))?$/.exec(text.trim());
  const fen = found ? Number(found[1]! + (found[2] ?? '').padEnd(2, '0')) : 0;
  return fen > 0 ? fen : null;
}
