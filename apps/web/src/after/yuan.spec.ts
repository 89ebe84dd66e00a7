import { fenOfYuan } from './yuan';

test.each([
  ['10.5', 1_050],
  ['72', 7_200],
  [' 0.01 ', 1],
  ['0', null],
  ['1.234', null],
  ['-1', null],
  ['', null],
])('%s yuan are %s fen', (text, fen) => expect(fenOfYuan(text)).toBe(fen));
