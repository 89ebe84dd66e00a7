import { inflateRawSync } from 'node:zlib';
import { tableOf } from '../catalogue/table.js';
import { sheetCsv, sheetXlsx } from './parcelSheet.js';
import { readTracking, sheetColumns } from './tracking.js';

const row = (paddle: string, name: string, phone: string): string[] => [
  ...[paddle, name, phone, '福建宁德市蕉城区某路1号 & <后门>', '1 绣球；2 君子兰×3', '4', '', ''],
];
const rows = [row('1', '陈梅', '05935555123'), row('2', '=HYPERLINK("http://x")', '+8613900000003')];

/** What a part of the file holds: the packed bytes behind its local header. */
function partOf(file: Buffer, name: string): string {
  const at = file.indexOf(name);
  const extraBytes = file.readUInt16LE(at - 2);
  return inflateRawSync(file.subarray(at + name.length + extraBytes)).toString();
}

it('reads back cell by cell as it went out, noughts before a number and all, as CSV and as XLSX', async () => {
  const [xlsx, csv] = [await tableOf(await sheetXlsx(rows)), await tableOf(Buffer.from(sheetCsv(rows)))];
  expect(xlsx.cells[0]).toEqual([...sheetColumns]);
  expect(xlsx.cells[1]!.slice(0, 6)).toEqual(rows[0]!.slice(0, 6));
  const padded = xlsx.cells.map((cells) => sheetColumns.map((_, k) => cells[k] ?? ''));
  expect(padded).toEqual(csv.cells);
});

it('runs nothing that a buyer wrote, opened as it is or saved as CSV', async () => {
  const { cells } = await tableOf(await sheetXlsx(rows));
  expect(cells[2]!.slice(1, 3)).toEqual([`'=HYPERLINK("http://x")`, `'+8613900000003`]);
  expect(partOf(await sheetXlsx(rows), 'xl/worksheets/sheet1.xml')).not.toMatch(/<f[ >]/);
});

it('keeps as text the cells into which a courier types his numbers, and the names of the columns in sight', async () => {
  const file = await sheetXlsx(rows);
  const [sheet, styles] = [partOf(file, 'xl/worksheets/sheet1.xml'), partOf(file, 'xl/styles.xml')];
  const textFormat = /<numFmt numFmtId="(\d+)" formatCode="@"/.exec(styles)![1]!;
  const cellStyles = [...styles.split('<cellXfs')[1]!.matchAll(/<xf ([^>]*)>/g)].map(([, xf]) => xf!);
  for (const cell of ['C2', 'G2', 'H2', 'G3', 'H3']) {
    const [, style] = new RegExp(`<c r="${cell}" s="(\\d+)"`).exec(sheet)!;
    expect([cell, cellStyles[Number(style)]]).toEqual([cell, expect.stringContaining(`"${textFormat}"`)]);
  }
  expect(sheet).toMatch(/<pane [^>]*ySplit="1"[^>]*state="frozen"/);
});

it('of nobody’s parcels is a sheet of names alone, and one without numbers ships nothing', async () => {
  const { cells } = await tableOf(await sheetXlsx([]));
  expect(cells).toEqual([[...sheetColumns]]);
  expect(readTracking((await tableOf(await sheetXlsx(rows))).cells, [])).toMatchObject({
    rows: [],
    missingColumns: [],
  });
});
