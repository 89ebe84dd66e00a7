import { Refused } from '@qingpai/platform';
import { tableOfCsv } from './csv.js';
import { isBlank } from './header.js';
import { IMPORT_BYTES_MAX, IMPORT_LINES_MAX, IMPORT_ROWS_MAX } from './limits.js';
import { isZip, tableOfXlsx } from './xlsx.js';

/** What a file holds before anybody asks what it means: trimmed text, row by row, blank rows included. */
export interface Table {
  encoding: 'utf-8' | 'utf-8-bom' | 'gb18030' | 'xlsx';
  cells: string[][];
}

/** Known by its first bytes, never by its name. Throws `bad-file` or `too-large`. */
export async function tableOf(file: Buffer): Promise<Table> {
  if (file.length > IMPORT_BYTES_MAX) throw new Refused('too-large');
  const table = isZip(file) ? await tableOfXlsx(file) : tableOfCsv(file);
  if (isTooLong(table.cells)) throw new Refused('too-large');
  return table;
}

function isTooLong(cells: readonly string[][]): boolean {
  if (cells.length > IMPORT_LINES_MAX) return true;
  return cells.filter((row) => !isBlank(row)).length > IMPORT_ROWS_MAX + 1;
}
