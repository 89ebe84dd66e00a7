import { chineseFont, rareFontsFor } from './font.js';
import { covers } from './covers.js';

test('a character that the common part of the font has not is found in a further part, as that of 硋窑村', async () => {
  const has = covers(await chineseFont());
  expect([...'硋窑村 1'].map((one) => has(one.codePointAt(0)!))).toEqual([false, true, true, true, true]);
  const [rare, ...others] = await rareFontsFor('硋窑村 1');
  expect(others).toEqual([]);
  expect([...rare!.characters]).toEqual(['硋']);
  expect(covers(rare!.bytes)('硋'.codePointAt(0)!)).toBe(true);
  expect(await rareFontsFor('泗桥村 100 元')).toEqual([]);
});
