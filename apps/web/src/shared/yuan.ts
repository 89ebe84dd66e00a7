/** What a person types as yuan, in whole fen, or null: '128', '¥1,280.5', '１２８．００'. No floats on the way. */
export function fenOf(text: string): number | null {
  const plain = text
    .normalize('NFKC')
    .replace(/[¥元,\s]/g, '')
    .trim();
  const match = /^(\d{1,10})(?:\.(\d{1,2}))?$/.exec(plain);
  if (!match) return null;
  return Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
}

/** 12800 → '128', 12850 → '128.50', for a field that will be read by `fenOf`. */
export function typed(amountFen: number): string {
  const rest = amountFen % 100;
  return `${Math.floor(amountFen / 100)}${rest ? `.${String(rest).padStart(2, '0')}` : ''}`;
}
