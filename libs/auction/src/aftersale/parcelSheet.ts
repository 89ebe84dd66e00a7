import { defused } from '@qingpai/payments';
import { type Parcel } from '@qingpai/wire';
import { stringify } from 'csv-stringify/sync';
import writeXlsxFile from 'write-excel-file/node';
import { type Address } from './addresses.js';
import { sheetColumns } from './tracking.js';

/** Of every column of the sheet, in characters. */
const WIDTHS: Record<(typeof sheetColumns)[number], number> = {
  ...{ 号牌: 8, 收件人: 12, 电话: 16, 地址: 44 },
  ...{ 物品: 36, 份数: 8, 快递公司: 14, 快递单号: 24 },
};

/** What is still to be sent, a row per parcel: addresses and phones in the clear, the courier's columns empty. */
export function sheetRows(parcels: readonly Parcel[], places: ReadonlyMap<string, Address>): string[][] {
  return parcels
    .filter(({ step }) => isToSend(step))
    .map((parcel) => sheetRow(parcel, places.get(parcel.bidder)));
}

const isToSend = (step: Parcel['step']): boolean => step === 'paid' || step === 'packed';

function sheetRow({ paddle, nickname, phone, lines }: Parcel, address: Address | undefined): string[] {
  const going = lines.filter(({ step }) => isToSend(step));
  const goods = going.map(
    ({ number, title, units }) => `${Number(number)} ${title}${units > 1 ? `×${units}` : ''}`,
  );
  const units = going.reduce((sum, line) => sum + line.units, 0);
  return [
    ...[String(paddle), address?.name ?? nickname, address?.phone ?? phone ?? '', address?.text ?? ''],
    ...[goods.join('；'), String(units), '', ''],
  ];
}

export const sheetCsv = (rows: readonly string[][]): string =>
  stringify([[...sheetColumns], ...rows], { bom: true, escape_formulas: true });

/**
 * Every cell is text, those too that the courier fills: a spreadsheet makes 1.23457E+19 of a long number that is
 * typed into any other, and drops the noughts before it.
 */
export function sheetXlsx(rows: readonly string[][]): Promise<Buffer> {
  const head = sheetColumns.map((value) => ({ value, fontWeight: 'bold' as const }));
  const cells = rows.map((row) => row.map((text) => ({ type: String, format: '@', value: defused(text) })));
  return writeXlsxFile([head, ...cells], {
    columns: sheetColumns.map((name) => ({ width: WIDTHS[name] })),
    ...{ sheet: '包裹', stickyRowsCount: 1, orientation: 'landscape' },
  }).toBuffer();
}
