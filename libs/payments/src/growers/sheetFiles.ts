import { type Content, type TableCell } from 'pdfmake/interfaces.js';
import writeXlsxFile from 'write-excel-file/node';
import { defused } from '../paper/defused.js';
import { pdfOf } from '../paper/pdf.js';
import { type Sheet, sheetColumns, sheetRows } from '../rules/sheet.js';

const RIGHT = new Set([3, 4, 5, 6]);
/** Points of an A4 sheet on its side; the last is where people sign. */
const WIDTHS = [54, 46, 62, 52, 50, 46, 54, 136, 108, 88];
/** High enough for a thumb. */
const ROW_PT = 24;

/** A4 on its side; the head of the table on every page, page numbers and the head of the log below. */
export function sheetPdf(sheet: Sheet): Promise<Buffer> {
  const cell = (text: string, column: number, more: object = {}): TableCell => ({
    text,
    alignment: RIGHT.has(column) ? 'right' : 'left',
    ...more,
  });
  const rows = sheetRows(sheet).map(({ kind, cells }) =>
    // The number of an account stays in one line.
    cells.map((text, column) =>
      cell(text.replace('**** ', '****\u00a0'), column, kind === 'sum' ? { fillColor: '#f1ede2' } : {}),
    ),
  );
  const table: Content = {
    table: {
      headerRows: 1,
      dontBreakRows: true,
      widths: WIDTHS,
      heights: (row) => (row === 0 ? 16 : ROW_PT),
      body: [sheetColumns.map((name, column) => cell(name, column, { fillColor: '#e3dcc8' })), ...rows],
    },
    layout: {
      hLineWidth: () => 0.5,
      vLineWidth: () => 0.5,
      hLineColor: () => '#555',
      vLineColor: () => '#999',
    },
  };
  return pdfOf({
    pageSize: 'A4',
    pageOrientation: 'landscape',
    pageMargins: [28, 30, 28, 44],
    info: { title: sheet.title },
    content: [{ text: sheet.title, fontSize: 14, alignment: 'center', margin: [0, 0, 0, 8] }, table, signers],
    footer: (page, pages) => ({
      margin: [28, 8, 28, 0],
      fontSize: 8,
      columns: [
        { text: sheet.foot },
        { text: `第 ${page} 页 / 共 ${pages} 页`, alignment: 'right', width: 100 },
      ],
    }),
  });
}

const signers: Content = {
  margin: [0, 16, 0, 0],
  columns: ['经办人：', '复核人：', '村监督委员：', '日期：'].map((text) => ({ text })),
};

/** Amounts as numbers, so that a spreadsheet adds them up. */
export function sheetXlsx(sheet: Sheet): Promise<Buffer> {
  const rows = sheetRows(sheet).map(({ kind, cells }) =>
    cells.map((text, column) => ({
      ...(RIGHT.has(column) ? { value: Number(text), format: '0.00' } : { value: defused(text) }),
      ...(kind === 'sum' && { fontWeight: 'bold' as const }),
    })),
  );
  const head = sheetColumns.map((value) => ({ value, fontWeight: 'bold' as const }));
  return writeXlsxFile([[{ value: sheet.title }], head, ...rows, [], [{ value: sheet.foot }]], {
    columns: [10, 10, 18, 12, 12, 12, 12, 36, 30, 20].map((width) => ({ width })),
    orientation: 'landscape',
    sheet: '签字表',
  }).toBuffer();
}
