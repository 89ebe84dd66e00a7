import { defaultFreight, type FreightRule, provinceCodes } from '@qingpai/wire';
import { freightWords } from './freightWords.js';

test('a table of freight is one line that can be read before the first bid', () => {
  expect(freightWords(defaultFreight)).toBe(
    '运费：福建 ¥8，其他 ¥12–¥25，满 ¥200 免；西藏、新疆、台湾、香港、澳门不送；可自提；合并只收一次',
  );
  const plain = { zones: [], elsewhereFen: 1_250, notServed: [], pickUp: false };
  expect(freightWords(plain)).toBe('运费：各地 ¥12.50；合并只收一次');
  expect(freightWords({ ...plain, elsewhereFen: 0 })).toBe('运费：各地包邮；合并只收一次');
  const near: FreightRule = { ...plain, zones: [{ provinces: ['35', '36'], feeFen: 0 }] };
  expect(freightWords(near)).toBe('运费：福建、江西包邮，其他 ¥12.50；合并只收一次');
});

test('a table for few places says where it is sent, and nothing of others', () => {
  const far = provinceCodes.filter((code) => !['35', '36'].includes(code));
  const few: FreightRule = {
    ...{
      zones: [{ provinces: ['35', '36'], feeFen: 800 }],
      elsewhereFen: 1_800,
      notServed: far,
      pickUp: true,
    },
  };
  expect(freightWords(few)).toBe('运费：福建、江西 ¥8；只送福建、江西；可自提；合并只收一次');
  const none: FreightRule = { ...few, zones: [], notServed: [...provinceCodes] };
  expect(freightWords(none)).toBe('运费：不寄送；可自提；合并只收一次');
});
