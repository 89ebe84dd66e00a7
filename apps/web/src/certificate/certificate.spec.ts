import type { Verification } from '@qingpai/wire';
import { attemptWords } from './attempt';
import { dayInChinese, dayInEnglish, dayOf } from './day';
import { proofFiles } from './files';
import { percent } from './grades';
import { searched, soldLater, type Attempt, type CertifiedLot } from './lots';
import { pieces } from './pieces';
import { qrPath } from '../shared/qr';
import { brokenLeaf, toneOf } from './verdict';
import { words } from './words';

describe('a grade', () => {
  test('is rounded to a tenth of a percent', () => {
    expect(percent({ units: 76, of: 89 })).toBe('85.4%');
    expect(percent({ units: 4, of: 5 })).toBe('80.0%');
  });
  test('is never rounded up to all, nor down to nothing', () => {
    expect(percent({ units: 99_999, of: 100_000 })).toBe('99.9%');
    expect(percent({ units: 1, of: 100_000 })).toBe('0.1%');
    expect(percent({ units: 89, of: 89 })).toBe('100%');
    expect(percent({ units: 0, of: 89 })).toBe('0%');
  });
  test('of nothing is no number', () => {
    expect(percent({ units: 0, of: 0 })).toBe('—');
  });
});

describe('the day', () => {
  const signed = (at: string, t: number) => ({ at, t, size: 1, root: '', note: '' });
  test('is that of the close, by the clock of the township', () => {
    const checkpoints = [
      signed('sealed', Date.UTC(2026, 10, 23, 9)),
      signed('closed', Date.UTC(2026, 10, 23, 16, 30)),
    ];
    expect(dayOf({ showId: '20261120-01', checkpoints })).toBe('2026-11-24');
    expect(dayOf({ showId: '20261120-01', checkpoints: [] })).toBe('2026-11-20');
  });
  test.each([
    ['2026-11-24', '二〇二六年十一月二十四日'],
    ['2020-03-01', '二〇二〇年三月一日'],
    ['2026-10-10', '二〇二六年十月十日'],
    ['2026-12-31', '二〇二六年十二月三十一日'],
  ])('%s is written %s', (day, written) => expect(dayInChinese(day)).toBe(written));
  test('in English it is written out', () => expect(dayInEnglish('2026-11-24')).toBe('24 November 2026'));
});

test('what the dictionary marks is set large', () => {
  expect(pieces('共 **64** 件、**89** 份')).toEqual([
    { text: '共 ', strong: false },
    { text: '64', strong: true },
    { text: ' 件、', strong: false },
    { text: '89', strong: true },
    { text: ' 份', strong: false },
  ]);
});

const attempt = (more: Partial<Attempt> = {}): Attempt => ({
  offering: 1,
  format: 'english',
  i: 10,
  endI: 20,
  startFen: 5_000,
  bids: 3,
  bestFen: 24_000,
  result: 'setAside',
  soldUnits: 0,
  ...more,
});
const lot = (number: string, title: string, attempts: Attempt[]): CertifiedLot => ({
  ...{ lot: `L${Number(number)}`, number, title, attempts },
  units: 1,
  phase: 'hammered',
  hammerFen: 0,
  offers: [],
});

describe("a lot's attempts", () => {
  const atOnce = lot('001', '春兰', [attempt({ result: 'hammered', soldUnits: 1 })]);
  const later = lot('013', 'Rosa 月季', [attempt(), attempt({ offering: 2, soldUnits: 1 })]);
  test('a lot sold at a later offering is named on the first page, one sold at once is not', () => {
    expect(soldLater([atOnce, later])).toEqual([later]);
  });
  test('are found by number or name, whatever the case', () => {
    expect(searched([atOnce, later], ' rosa')).toEqual([later]);
    expect(searched([atOnce, later], '01')).toEqual(
      [atOnce, later].filter(({ number }) => number.includes('01')),
    );
    expect(searched([atOnce, later], '')).toHaveLength(2);
  });
  test('are told in a line', () => {
    expect(attemptWords(attempt(), words.zh, 'short')).toBe('升价拍，最高 ¥240');
    expect(attemptWords(attempt({ bids: 0, bestFen: null }), words.zh, 'short')).toBe('升价拍，无人出价');
    expect(attemptWords(attempt({ result: null }), words.en, 'long')).toBe(
      'Rising, from ¥50, 3 bids, best ¥240, On the block',
    );
  });
});

describe('a verdict', () => {
  const verification = (leaves: (number | null)[]): Verification => ({
    verdict: 'INVALID',
    notes: [],
    exitCode: 40,
    gates: [],
    findings: leaves.map((i) => ({ code: 'x', i, by: null, zh: '', en: '' })),
    size: 9,
    code: null,
  });
  test('that accuses nobody is not red', () => {
    expect(toneOf('DAMAGED')).toBe('wait');
    expect(toneOf('UNTRUSTED')).toBe('wait');
    expect(toneOf('INVALID')).toBe('bad');
    expect(toneOf('ALL_ACCOUNTED_NOT_ALL_SOLD')).toBe('good');
  });
  test('that this page does not know is never a good one', () => {
    expect(toneOf('SPLENDID' as never)).toBe('wait');
  });
  test('names the first leaf that does not hold', () => {
    expect(brokenLeaf(verification([412, null, 99]))).toBe(99);
    expect(brokenLeaf(verification([null]))).toBeNull();
  });
});

test('the line to verify names the files as they are kept', () => {
  const files = proofFiles('20261124-01');
  expect(files.bundle.path).toBe('/api/shows/20261124-01/bundle');
  expect(files.verifyLine).toBe('npm run verify -- 20261124-01.bundle.json --policy 20261124-01.policy');
});

test('the QR has a quiet zone of four modules, as readers need', () => {
  const { size, d } = qrPath('https://market.example/api/shows/20261124-01/bundle');
  const corners = [...d.matchAll(/M(\d+) (\d+)/g)].flatMap(([, x, y]) => [Number(x), Number(y)]);
  expect(Math.min(...corners)).toBe(4);
  expect(Math.max(...corners)).toBe(size - 5);
});

test('both languages mark the same numbers of a sentence', () => {
  for (const { sealedList, notAllSold, unitsOpen } of [words.zh, words.en]) {
    expect(
      [sealedList(64, 89), notAllSold(86, 3), unitsOpen(4)].map(
        (text) => pieces(text).filter((p) => p.strong).length,
      ),
    ).toEqual([2, 2, 1]);
  }
});
