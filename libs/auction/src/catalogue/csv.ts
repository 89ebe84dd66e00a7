import { Refused } from '@qingpai/platform';
import { parse } from 'csv-parse/sync';
import { IMPORT_LINE_BYTES_MAX, IMPORT_LINES_MAX } from './limits.js';
import { type Table } from './table.js';

const BOM = Buffer.from([0xef, 0xbb, 0xbf]);
const delimiters = [',', '\t', ';'];

/** A text table in UTF-8 or GB18030 (what Excel writes in China). Throws `bad-file`. */
export function tableOfCsv(file: Buffer): Table {
  const { encoding, text } = decoded(file);
  try {
    const cells: string[][] = parse(text, {
      delimiter: delimiterOf(text),
      relax_column_count: true,
      relax_quotes: true,
      trim: true,
      max_record_size: IMPORT_LINE_BYTES_MAX,
      to: IMPORT_LINES_MAX + 1,
    });
    return { encoding, cells };
  } catch {
    throw new Refused('bad-file');
  }
}

function decoded(file: Buffer): { encoding: Table['encoding']; text: string } {
  if (file.subarray(0, 3).equals(BOM)) return { encoding: 'utf-8-bom', text: textOf(file, 'utf-8') };
  try {
    return { encoding: 'utf-8', text: textOf(file, 'utf-8') };
  } catch {
    return { encoding: 'gb18030', text: textOf(file, 'gb18030') };
  }
}

/** Throws `bad-file` where bytes are no text of this encoding. */
function textOf(file: Buffer, encoding: string): string {
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(file);
  } catch {
    throw new Refused('bad-file');
  }
  if (text.includes('\0')) throw new Refused('bad-file');
  return text;
}

/** The one that the first line has most of. */
function delimiterOf(text: string): string {
  const first = text.slice(0, 4096).split(/\r?\n/, 1)[0]!;
  const counted = delimiters.map((delimiter) => ({ delimiter, count: first.split(delimiter).length }));
  return counted.reduce((most, one) => (one.count > most.count ? one : most)).delimiter;
}
