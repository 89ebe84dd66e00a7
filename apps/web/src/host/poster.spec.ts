import { brokenInto, posterSvg } from './poster';

const facts = {
  title: '泗桥乡冬季花卉专场 <兰花>',
  township: '泗桥乡',
  host: '驻村干部',
  when: '11月24日 19:30 开拍',
  lots: '64 件拍品，89 份',
  shown: [
    { title: '蝴蝶兰 红唇', number: '001' },
    { title: '君子兰', number: '002' },
    { title: '一个很长很长的名字的盆景', number: '003' },
    { title: '第四件', number: '004' },
  ],
  freight: '运费：福建 ¥8，满 ¥200 免；合并只收一次',
  scan: '扫码进直播间',
  code: null,
  address: 'https://qingpai.example/r/20261124-01',
};

it('a poster says what, when and where, shows three lots, and takes nothing from outside', () => {
  const svg = posterSvg(facts);
  for (const said of ['泗桥乡', '11月24日 19:30 开拍', '64 件拍品，89 份', '蝴蝶兰 红唇', '扫码进直播间'])
    expect(svg).toContain(said);
  expect(svg).not.toContain('第四件');
  expect(svg).not.toMatch(/href=|<image|<script/);
});

it('what a host writes stays text', () => {
  expect(posterSvg(facts)).toContain('&lt;兰花&gt;');
});

it('a sealed list brings its code, a draft brings none', () => {
  expect(posterSvg({ ...facts, code: '核验码 03B1·BF35·48CE' })).toContain('核验码 03B1·BF35·48CE');
  expect(posterSvg(facts)).not.toContain('核验码');
});

it('long lines are broken by the room they take', () => {
  expect(brokenInto('一二三四五', 3)).toEqual(['一二三', '四五']);
  expect(brokenInto('abcdef', 3)).toEqual(['abcde', 'f']);
  expect(brokenInto('一二三，四', 3)).toEqual(['一二三，', '四']);
  expect(brokenInto('', 3)).toEqual([]);
});
