import { type Format, type LotDraft } from '@qingpai/wire';
import { fenOfYuan, plainDigits } from './yuan.js';

/** Words for the person who keeps the spreadsheet. */
export interface Words {
  zh: string;
  en: string;
}
/** What a cell says, or why it says nothing that a lot could use. */
export type Reading<Value> = { ok: true; value: Value } | { ok: false; problem: Words };

export interface Column {
  /** As in the header row. */
  name: string;
  field: keyof LotDraft;
  /** A file without this column says nothing about any lot. */
  required: boolean;
  /** Few files have it, and nobody misses it. */
  seldom?: true;
  read(text: string): Reading<unknown>;
}

const column = (
  name: string,
  field: keyof LotDraft,
  read: (text: string) => Reading<unknown>,
  required = true,
): Column => ({ name, field, read, required });

/** The headers of a catalogue in the order hosts keep them; a file may have them in any order. */
export const columns: readonly Column[] = [
  column('拍品号', 'number', lotNumberOf),
  column('名称', 'title', wordsOfAtMost(80)),
  column('花农', 'growerName', wordsOfAtMost(40)),
  column('村', 'village', wordsOfAtMost(20)),
  column('等级', 'grade', wordsOfAtMost(8)),
  column('单位', 'unit', wordsOfAtMost(8)),
  column('数量', 'units', unitsOf),
  column('起拍价', 'startFen', priceOf),
  column('底价', 'floorFen', priceOf),
  column('参考价', 'referenceFen', referenceOf, false),
  { ...column('封顶价', 'capFen', referenceOf, false), seldom: true },
  { ...column('一口价', 'buyNowFen', referenceOf, false), seldom: true },
  { ...column('鲜活', 'fresh', freshOf, false), seldom: true },
  column('方式', 'format', formatOf),
  column('来源', 'source', wordsOfAtMost(20)),
];

/** A cell that a spreadsheet would run, were it exported again, or that one gave up on (#REF!). */
const formula = /^[=+\-@＝＋－＠]|^#[A-Z/0]+[!?A]$/;
const formats: Record<string, Format> = { 升价拍: 'english', 降价拍: 'dutch' };

const value = <Value>(it: Value): Reading<Value> => ({ ok: true, value: it });
const problem = (zh: string, en: string): Reading<never> => ({ ok: false, problem: { zh, en } });
const empty = problem('没有填', 'is empty');

function wordsOfAtMost(length: number) {
  return (text: string): Reading<string> => {
    const words = text.replaceAll(/\s+/g, ' ').trim();
    if (words === '') return empty;
    if (formula.test(words)) {
      return problem(
        '不能以 = + - @ 开头，也不能是公式的错误',
        'cannot begin with = + - @ or be a formula error',
      );
    }
    if (words.length > length) {
      return problem(`太长，最多 ${length} 个字`, `is too long: ${length} characters at most`);
    }
    return value(words);
  };
}

/** `1`, `001` and `００１` are one number: spreadsheets eat the zeros. Printed with three digits or more. */
export function lotNumberOf(text: string): Reading<string> {
  const digits = plainDigits(text);
  if (digits === '') return empty;
  if (!/^\d{1,12}$/.test(digits) || Number(digits) === 0 || Number(digits) > 999_999) {
    return problem('要写 1 到 999999 的整数', 'must be a whole number from 1 to 999999');
  }
  return value(String(Number(digits)).padStart(3, '0'));
}

function unitsOf(text: string): Reading<number> {
  const digits = plainDigits(text);
  if (digits === '') return empty;
  const units = /^\d{1,4}(\.0+)?$/.test(digits) ? Number(digits) : 0;
  return units > 0 ? value(units) : problem('要写 1 到 9999 的整数', 'must be a whole number from 1 to 9999');
}

function priceOf(text: string): Reading<number> {
  if (text.trim() === '') {
    return problem('没有填；没有就写 0', 'is empty; write 0 for none');
  }
  const fen = fenOfYuan(text);
  return fen === null
    ? problem('不是价格：写元，最多两位小数', 'is no price: yuan, two decimals at most')
    : value(fen);
}

/** Empty or 0: there is none. */
function referenceOf(text: string): Reading<number | undefined> {
  if (text.trim() === '') return value(undefined);
  const reading = priceOf(text);
  return reading.ok && reading.value === 0 ? value(undefined) : reading;
}

/** Empty: living goods, as most of what is sold here. */
function freshOf(text: string): Reading<boolean | undefined> {
  const said = plainDigits(text);
  if (said === '') return value(undefined);
  if (said === '是' || said === '否') return value(said === '是');
  return problem('要写 是 或 否', 'must be 是 (living goods) or 否');
}

function formatOf(text: string): Reading<Format> {
  const named = formats[plainDigits(text)];
  return named === undefined
    ? problem('要写 升价拍 或 降价拍', 'must be 升价拍 (rising) or 降价拍 (falling clock)')
    : value(named);
}
