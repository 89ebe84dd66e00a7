/** Columns by display width: a Chinese character is two wide. */
const width = (text) => [...text].reduce((sum, sign) => sum + (sign.codePointAt(0) > 0x2e7f ? 2 : 1), 0);
const pad = (text, to) => text + ' '.repeat(Math.max(0, to - width(text)));

export const yuan = (fen) => `¥${(fen / 100).toLocaleString('en-US', { minimumFractionDigits: 2 })}`;
const percent = ({ units, of }) =>
  `${units} / ${of} = ${of === 0 ? '—' : `${((100 * units) / of).toFixed(1)}%`}`;

/** The evening in one table, from the server's own certificate. */
export function eveningTable(certificate, { bids, buyers, seconds }) {
  const rows = [
    ['拍品 / 份 lots / units', `${certificate.sealedLots} / ${certificate.sealedUnits}`],
    ['买家 / 出价 buyers / bids', `${buyers} / ${bids}`],
    ['未成交的开拍 passed attempts', String(certificate.passedAttempts)],
    ['返场 re-offers', String(certificate.reoffers)],
    ['落槌总额 hammer total', yuan(certificate.hammerFen)],
    ['实收 paid', yuan(certificate.paidFen)],
    ['首拍成交率 first-pass', percent(certificate.firstPass)],
    ['返场后成交率 after re-offer', percent(certificate.afterReoffer)],
    ['付款率 paid', percent(certificate.paid)],
    ['已签收 delivered', percent(certificate.delivered)],
    ['流拍 / 撤拍 / 转下场 passed / withdrawn / carried',
      `${certificate.passedUnits} / ${certificate.withdrawnUnits} / ${certificate.carriedUnits}`],
    ['核验码 code', certificate.code ?? '—'],
    ['账本 leaves', String(certificate.head.size)],
    ['用时 seconds', String(seconds)],
  ]; // prettier-ignore
  const wide = Math.max(...rows.map(([name]) => width(name)));
  return [
    ...rows.map(([name, value]) => `  ${pad(name, wide)}  ${value}`),
    ...certificate.unsold.map(
      (lot) => `  没有成交 unsold: ${lot.number} ${lot.title} (${lot.phase}, ${lot.units})`,
    ),
  ].join('\n');
}
