import { type ImportReport, type ImportRow, type LotDraft, lotDraft, type ShowRules } from '@qingpai/wire';
import { type Column, columns, type Words } from './columns.js';
import { problemsOf, wordsOf } from './draftProblems.js';
import { type Header, headerOf, isBlank } from './header.js';

type RowProblem = ImportRow['problems'][number];
export type ReadRows = Omit<ImportReport, 'importId' | 'encoding'>;

/**
 * Says of each row of a catalogue whether it can be sold as it stands, and if not, what is wrong in which column.
 * Nothing is repaired by guessing. `taken`: the numbers of the lots the show already has.
 */
export function reportOf(cells: readonly string[][], taken: ReadonlySet<string>, rules: ShowRules): ReadRows {
  const header = headerOf(cells);
  const readable = columns.every((column) => !column.required || header.places.has(column));
  const rows = readable ? readRows(cells, header, taken, rules) : [];
  const lots = rows.flatMap(({ lot }) => (lot ? [lot] : []));
  return {
    rows,
    accepted: lots.length,
    refused: rows.length - lots.length,
    units: lots.reduce((sum, { units }) => sum + units, 0),
    missingColumns: header.missing,
    unknownColumns: header.unknown,
  };
}

/** Whether it may be confirmed: all or nothing. */
export const isWhole = ({ accepted, refused }: ReadRows): boolean => accepted > 0 && refused === 0;

function readRows(
  cells: readonly string[][],
  header: Header,
  taken: ReadonlySet<string>,
  rules: ShowRules,
): ImportRow[] {
  const seen = new Map<string, number>();
  const rows: ImportRow[] = [];
  for (let at = header.at + 1; at < cells.length; at += 1) {
    const row = cells[at]!;
    if (!isBlank(row)) rows.push(readRow(row, at + 1, header, { taken, seen, rules }));
  }
  return rows;
}

/** What a row is held against. */
interface Numbers {
  taken: ReadonlySet<string>;
  /** Number → row that has it. */
  seen: Map<string, number>;
  rules: ShowRules;
}

function readRow(cells: readonly string[], row: number, header: Header, numbers: Numbers): ImportRow {
  const { fields, problems } = readCells(cells, header);
  const number = typeof fields.number === 'string' ? fields.number : null;
  if (number !== null) problems.push(...numberProblems(number, row, numbers));
  const draft = lotDraft.safeParse(fields);
  if (draft.success) problems.push(...draftProblems(draft.data, numbers.rules));
  if (!draft.success && problems.length === 0) throw new Error(`bug: row ${row} reads well and is no lot`);
  const lot = draft.success && problems.length === 0 ? draft.data : null;
  const title = typeof fields.title === 'string' ? fields.title : null;
  return { row, number, title, accepted: lot !== null, problems, lot };
}

function readCells(cells: readonly string[], header: Header) {
  const fields: Partial<Record<keyof LotDraft, unknown>> = {};
  const problems: RowProblem[] = [];
  for (const [column, place] of header.places) {
    const reading = column.read(cells[place] ?? '');
    if (reading.ok) fields[column.field] = reading.value;
    else problems.push(inColumn(column.name, reading.problem));
  }
  if (!isBlank(cells.slice(header.width))) problems.push(inColumn('', tooManyCells));
  return { fields, problems };
}

/** Most often a price like 1,200 that was not put in quotes: everything after it stands one column too far. */
const tooManyCells: Words = {
  zh: '这一行比表头多出几格；价格里有逗号要加引号',
  en: 'has more cells than the header; a price with a comma needs quotes',
};

function numberProblems(number: string, row: number, { taken, seen }: Numbers): RowProblem[] {
  const twin = seen.get(number);
  if (twin === undefined) seen.set(number, row);
  if (taken.has(number)) return [inColumn('拍品号', wordsOf('number-taken'))];
  if (twin === undefined) return [];
  return [inColumn('拍品号', { zh: `和第 ${twin} 行重复`, en: `is the same as in row ${twin}` })];
}

function draftProblems(draft: LotDraft, rules: ShowRules): RowProblem[] {
  return problemsOf(draft, rules).map(({ field, reason }) => inColumn(columnOf(field).name, wordsOf(reason)));
}

function columnOf(field: keyof LotDraft): Column {
  const found = columns.find((column) => column.field === field);
  if (!found) throw new Error(`bug: no column for ${field}`);
  return found;
}

const inColumn = (column: string, { zh, en }: Words): RowProblem => ({ column, zh, en });
