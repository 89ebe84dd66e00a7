import { defaultRules, importReport } from '@qingpai/wire';
import fc from 'fast-check';
import { isWhole, reportOf } from './report.js';

const header = [
  '拍品号',
  '名称',
  '花农',
  '村',
  '等级',
  '单位',
  '数量',
  '起拍价',
  '底价',
  '参考价',
  '方式',
  '来源',
];
const good = {
  拍品号: '001',
  名称: "建兰 '小桃红'",
  花农: '硋窑村02号花农',
  村: '硋窑村',
  等级: 'A',
  单位: '盆',
  数量: '1',
  起拍价: '78.00',
  底价: '156.00',
  参考价: '260.00',
  方式: '升价拍',
  来源: '人工培植',
};
type Row = Partial<Record<keyof typeof good, string>>;

const table = (...rows: Row[]) => [
  header,
  ...rows.map((row) => header.map((name) => ({ ...good, ...row })[name as keyof typeof good])),
];
const report = (...rows: Row[]) => reportOf(table(...rows), new Set(), defaultRules);
const problemsOf = (row: Row) => report(row).rows[0]!.problems;

describe('a row of the catalogue', () => {
  it('becomes a lot, its prices in fen', () => {
    expect(report({}).rows[0]).toEqual({
      row: 2,
      number: '001',
      title: "建兰 '小桃红'",
      accepted: true,
      problems: [],
      lot: {
        number: '001',
        title: "建兰 '小桃红'",
        growerName: '硋窑村02号花农',
        village: '硋窑村',
        grade: 'A',
        unit: '盆',
        units: 1,
        startFen: 7_800,
        floorFen: 15_600,
        referenceFen: 26_000,
        format: 'english',
        source: '人工培植',
      },
    });
  });

  it.each(['1', '01', '１', ' 001 ', '0001'])('gets its zeros back: %p is lot 001', (number) => {
    expect(report({ 拍品号: number }).rows[0]!.number).toBe('001');
  });

  it('may leave the reference price out', () => {
    const row = report({ 参考价: '' }).rows[0]!;
    expect(row.accepted).toBe(true);
    expect(row.lot!.referenceFen).toBeUndefined();
  });

  it.each<[string, Row, string]>([
    ['no number', { 拍品号: '' }, '拍品号'],
    ['a number that is none', { 拍品号: 'A12' }, '拍品号'],
    ['the number 0', { 拍品号: '000' }, '拍品号'],
    ['no title', { 名称: ' ' }, '名称'],
    ['a title of 81 characters', { 名称: '兰'.repeat(81) }, '名称'],
    ['a phone number in its title', { 名称: '建兰 138-0000-0001' }, '名称'],
    ['a phone number in full-width digits', { 名称: '建兰１３８ ００００ ０００１' }, '名称'],
    ['a phone number in Chinese digits', { 名称: '建兰 幺三八零零零零零零零幺' }, '名称'],
    ['a formula for a title', { 名称: '=HYPERLINK("http://x","建兰")' }, '名称'],
    ['a formula error', { 花农: '#REF!' }, '花农'],
    ['no units', { 数量: '0' }, '数量'],
    ['half a unit', { 数量: '1.5' }, '数量'],
    ['three decimals', { 起拍价: '78.005' }, '起拍价'],
    ['a negative price', { 起拍价: '-78' }, '起拍价'],
    ['no floor and no 0', { 底价: '' }, '底价'],
    ['an unknown format', { 方式: '一口价' }, '方式'],
    ['plants from below the mountain', { 来源: '下山兰' }, '来源'],
    ['plants dug in the wild', { 来源: '野生采挖' }, '来源'],
    ['a wild plant in its title', { 名称: '映山红下山桩' }, '名称'],
  ])('is refused for %s', (_, row, column) => {
    expect(problemsOf(row).map((problem) => problem.column)).toEqual([column]);
    expect(problemsOf(row)[0]!.zh).not.toBe('');
    expect(report(row).rows[0]!.lot).toBeNull();
  });

  it('that starts at 0 yuan and has a floor is refused for exactly that', () => {
    const [first, second] = report({ 起拍价: '0' }, { 拍品号: '2', 起拍价: '0.00', 底价: '0' }).rows;
    expect(first!.problems).toEqual([
      { column: '底价', zh: '0元起拍不能有底价', en: 'A lot that starts at 0 has no floor' },
    ]);
    expect(second!.accepted).toBe(true);
  });

  it('of a falling clock starts at its floor or above', () => {
    const clock = { 方式: '降价拍', 起拍价: '134' };
    expect(problemsOf({ ...clock, 底价: '134.01' })[0]!.zh).toBe('降价拍的起拍价不能低于底价');
    expect(problemsOf({ ...clock, 底价: '134' })).toEqual([]);
    expect(problemsOf({ ...clock, 起拍价: '0', 底价: '0' })[0]!.zh).toBe('降价拍要有起拍价');
  });

  it('may bring a cap and a buy-now price in columns that most files have not', () => {
    const [names, row] = table({});
    const withPrices = (buyNow: string, cap: string) =>
      reportOf(
        [
          [...names!, '一口价（元）', '封顶价'],
          [...row!, buyNow, cap],
        ],
        new Set(),
        defaultRules,
      ).rows[0]!;
    expect(report({}).missingColumns).toEqual([]);
    expect(withPrices('200', '300').lot).toMatchObject({ buyNowFen: 20_000, capFen: 30_000 });
    expect(withPrices('', '0').lot!.capFen).toBeUndefined();
    expect(withPrices('200', '199').problems).toMatchObject([{ column: '封顶价' }]);
    expect(withPrices('201', '').problems).toMatchObject([{ column: '一口价' }]);
  });

  it('names all its problems at once', () => {
    expect(problemsOf({ 数量: '', 起拍价: '?', 来源: '' }).map(({ column }) => column)).toEqual([
      '数量',
      '起拍价',
      '来源',
    ]);
  });

  it('whose price broke it into one cell too many is refused, never shifted', () => {
    const cells = table({});
    cells[1]!.splice(7, 1, '1', '200.00');
    expect(reportOf(cells, new Set(), defaultRules).rows[0]!.problems.map(({ zh }) => zh)).toContain(
      '这一行比表头多出几格；价格里有逗号要加引号',
    );
  });
});

describe('a catalogue', () => {
  it('is refused row by row, and one bad row holds all of them back', () => {
    const read = report({}, { 拍品号: '2', 数量: '3' }, { 拍品号: '3', 来源: '下山' });
    expect(read).toMatchObject({ accepted: 2, refused: 1, units: 4 });
    expect(read.rows.map(({ row, accepted }) => [row, accepted])).toEqual([
      [2, true],
      [3, true],
      [4, false],
    ]);
    expect(isWhole(read)).toBe(false);
    expect(isWhole(report({}))).toBe(true);
    expect(isWhole(report())).toBe(false);
  });

  it('has each number once, in the file and among the lots that are there', () => {
    const read = reportOf(table({}, { 拍品号: '1' }, { 拍品号: '7' }), new Set(['007']), defaultRules);
    expect(read.rows.map(({ problems }) => problems[0]?.zh)).toEqual([
      undefined,
      '和第 2 行重复',
      '这个拍品号已经有了',
    ]);
  });

  it('may have its columns in any order, with spaces and units beside their names', () => {
    const cells = table({}).map((row) => [...row].reverse());
    cells[0] = cells[0]!.map((name) => (name.endsWith('价') ? `${name}（元）` : ` ${name}　`));
    expect(reportOf(cells, new Set(), defaultRules).rows[0]!.lot).toEqual(report({}).rows[0]!.lot);
  });

  it('names the columns it misses and those it does not know', () => {
    const cells = table({}).map((row) => [...row.slice(0, 11), row[11] === '来源' ? '备注' : '好看']);
    expect(reportOf(cells, new Set(), defaultRules)).toEqual({
      rows: [],
      accepted: 0,
      refused: 0,
      units: 0,
      missingColumns: ['来源'],
      unknownColumns: ['备注'],
    });
  });

  it('skips blank rows and counts them all the same', () => {
    const cells = table({}, { 拍品号: '2' });
    cells.splice(
      1,
      0,
      header.map(() => ' '),
      [],
    );
    expect(reportOf(cells, new Set(), defaultRules).rows.map(({ row }) => row)).toEqual([4, 5]);
  });

  it('whatever its cells hold, is answered in the shape of a report', () => {
    const cell = fc.oneof(fc.string(), fc.constantFrom(...Object.values(good), '0', '-1', '1,200', '９'));
    fc.assert(
      fc.property(fc.array(fc.array(cell, { maxLength: 13 }), { maxLength: 5 }), (rows) => {
        const read = reportOf([header, ...rows], new Set(), defaultRules);
        importReport.parse({ ...read, importId: null, encoding: 'utf-8' });
        expect(read.accepted + read.refused).toBe(read.rows.length);
      }),
    );
  });
});
