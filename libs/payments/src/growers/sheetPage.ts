import { type Sheet, sheetColumns, sheetRows } from '../rules/sheet.js';

/** The sheet as a page to print: A4 on its side, the head of the table on every page. HTML of the body. */
export function sheetPage(sheet: Sheet): string {
  const rows = sheetRows(sheet).map(
    ({ kind, cells }) =>
      `<tr class="${kind}">${cells.map((text, k) => `<td${k >= 3 && k <= 5 ? ' class="n"' : ''}>${escaped(text)}</td>`).join('')}</tr>`,
  );
  const head = sheetColumns.map((name) => `<th>${name}</th>`).join('');
  const signers = ['经办人', '复核人', '村监督委员', '日期'].map((one) => `<span>${one}：</span>`).join('');
  return [
    `<main class="sheet"><h1>${escaped(sheet.title)}</h1>`,
    sheet.villages.length === 0
      ? '<p class="empty">没有符合条件的货款 · Nothing to pay within this filter</p>'
      : `<table><thead><tr>${head}</tr></thead><tbody>${rows.join('')}</tbody></table>`,
    `<p class="signers">${signers}</p><p class="foot">${escaped(sheet.foot)}</p></main>`,
  ].join('');
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
