import fc from 'fast-check';
import { PRICE_FEN_MAX } from './limits.js';
import { fenOfYuan } from './yuan.js';

const prices = fc.integer({ min: 0, max: PRICE_FEN_MAX });
const yuanOfFen = (fen: number) =>
  String(fen)
    .padStart(3, '0')
    .replace(/(?=..$)/, '.');
const fullWidth = (text: string) =>
  text.replaceAll(/[0-9.,]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) + 0xfee0));
const grouped = (text: string) => text.replaceAll(/(?<=^\d+)(?=(\d{3})+\.)/g, ',');

describe('a price in yuan', () => {
  it('comes back as the same fen, whichever way it is written', () => {
    fc.assert(
      fc.property(prices, (fen) => {
        const yuan = yuanOfFen(fen);
        const written = [
          yuan,
          `¥${yuan}`,
          `￥ ${yuan}`,
          `${yuan}元`,
          grouped(yuan),
          fullWidth(grouped(yuan)),
        ];
        expect(written.map(fenOfYuan)).toEqual(written.map(() => fen));
      }),
    );
  });

  it('needs no decimals, and takes one', () => {
    expect(fenOfYuan('134')).toBe(13_400);
    expect(fenOfYuan('134.5')).toBe(13_450);
    expect(fenOfYuan('0')).toBe(0);
  });

  it('is read digit by digit: 0.29 yuan are 29 fen', () => {
    expect(fenOfYuan('0.29')).toBe(29);
    expect(fenOfYuan('1.15')).toBe(115);
  });

  it.each([
    '',
    '-1',
    '+1',
    '1.234',
    '1,20',
    '12,00.5',
    '1e3',
    '.5',
    '5.',
    'abc',
    '¥',
    '1 2 3a',
    '1000000.01',
  ])('is not %p', (text) => expect(fenOfYuan(text)).toBeNull());

  it('is never made of anything else', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const fen = fenOfYuan(text);
        if (fen !== null) expect(Number.isSafeInteger(fen) && fen >= 0).toBe(true);
      }),
    );
  });
});
