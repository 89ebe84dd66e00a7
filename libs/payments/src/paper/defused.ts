/**
 * For a cell of a spreadsheet that people's words are in. Text of an XLSX runs nothing, but whoever saves it as CSV
 * opens it again, and then `=…` is a formula.
 */
export const defused = (text: string): string => (/^[=+\-@\t\r＝＋－＠]/.test(text) ? `'${text}` : text);
