import { defaultFreight } from '@qingpai/wire';
import { freightWords } from './freightWords.js';

test('a table of freight is one line that can be read before the first bid', () => {
  expect(freightWords(defaultFreight)).toBe(
    '运费：福建 ¥8，其他 ¥12–¥25，满 ¥200 免；西藏、新疆、台湾、香港、澳门不送；可自提；合并只收一次',
  );
  const plain = { zones: [], elsewhereFen: 1_250, notServed: [], pickUp: false };
  expect(freightWords(plain)).toBe('运费：其他 ¥12.50；合并只收一次');
});
