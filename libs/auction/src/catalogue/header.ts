import { type Column, columns } from './columns.js';
import { COLUMN_NAME_MAX, UNKNOWN_COLUMNS_MAX } from './limits.js';

/** Which cell of a row answers which column. */
export interface Header {
  /** Index of the header row. */
  at: number;
  places: ReadonlyMap<Column, number>;
  /** How many cells a row may fill. */
  width: number;
  missing: string[];
  unknown: string[];
}

/** The first row that is not blank. A name that comes twice counts once; the second is named as unknown. */
export function headerOf(cells: readonly string[][]): Header {
  const at = cells.findIndex((row) => !isBlank(row));
  const names = (cells[at] ?? []).map(plainName);
  const places = new Map<Column, number>();
  for (const column of columns) {
    const place = names.indexOf(column.name);
    if (place >= 0) places.set(column, place);
  }
  const taken = new Set(places.values());
  return {
    at,
    places,
    width: names.length,
    missing: columns.filter((column) => !column.seldom && !places.has(column)).map(({ name }) => name),
    unknown: names
      .filter((name, place) => name !== '' && !taken.has(place))
      .map((name) => name.slice(0, COLUMN_NAME_MAX))
      .slice(0, UNKNOWN_COLUMNS_MAX),
  };
}

export const isBlank = (row: readonly string[]): boolean => row.every((cell) => cell.trim() === '');

/** `起拍价（元）` is 起拍价. */
const plainName = (text: string): string =>
  text
    .normalize('NFKC')
    .replaceAll(/[\s\u200b\ufeff]/g, '')
    .replace(/\([^()]*\)$/, '');
