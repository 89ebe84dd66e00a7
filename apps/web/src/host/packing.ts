import type { PackingList } from '@qingpai/wire';

/** A cell that a spreadsheet takes as text, never as a formula. */
const cell = (text: string): string =>
  `"${(/^[=+\-@\t\r]/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;

/** For the printer or the courier: UTF-8 with its mark, so that every spreadsheet reads Chinese. */
export function packingCsv({ parcels }: PackingList, head: readonly string[], pickUp: string): Blob {
  const rows = parcels.map(({ paddle, how, name, phone, city, address, lots, place }) =>
    [
      String(paddle),
      name,
      phone,
      how === 'pick-up' ? pickUp : `${place} ${city} ${address}`,
      lots.join(' '),
    ].map(cell),
  );
  return new Blob([`\ufeff${[head.map(cell), ...rows].map((row) => row.join()).join('\r\n')}\r\n`], {
    type: 'text/csv',
  });
}
