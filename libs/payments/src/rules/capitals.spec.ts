import fc from 'fast-check';
import { inCapitals } from './capitals.js';

const known: [fen: number, capitals: string][] = [
  [0, '零元整'],
  [1, '壹分'],
  [10, '壹角整'],
  [11, '壹角壹分'],
  [100, '壹元整'],
  [101, '壹元零壹分'],
  [110, '壹元壹角整'],
  [1_000, '壹拾元整'],
  [10_050, '壹佰元伍角整'],
  [10_100, '壹佰零壹元整'],
  [100_100, '壹仟零壹元整'],
  [168_032, '壹仟陆佰捌拾元叁角贰分'],
  [1_006_050, '壹万零陆拾元伍角整'],
  [10_700_053, '壹拾万柒仟元伍角叁分'],
  [10_000_000, '壹拾万元整'],
  [1_000_000_000, '壹仟万元整'],
  [10_000_000_100, '壹亿零壹元整'],
  [12_345_678_901, '壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元零壹分'],
  [100_000_000_000_000, '壹万亿元整'],
  [123_450_000_000_000, '壹万贰仟叁佰肆拾伍亿元整'],
];

it.each(known)('%i fen are %s', (amountFen, capitals) => {
  expect(inCapitals(amountFen)).toBe(capitals);
});

/** Reads capitals back, digit by digit and place by place, as a clerk does. */
function read(text: string): number {
  const [whole, rest] = text.includes('元') ? (text.split('元') as [string, string]) : ['', text];
  const digit = (sign: string) => '零壹贰叁肆伍陆柒捌玖'.indexOf(sign);
  const four = (part: string): number => {
    let [sum, last] = [0, 0];
    for (const sign of part) {
      const place = '拾佰仟'.indexOf(sign);
      if (place < 0) last = digit(sign);
      else [sum, last] = [sum + last * 10 ** (place + 1), 0];
    }
    return sum + last;
  };
  const wan = (part: string): number => {
    const at = part.lastIndexOf('万');
    return at < 0 ? four(part) : four(part.slice(0, at)) * 10_000 + four(part.slice(at + 1));
  };
  const at = whole.indexOf('亿');
  const yuan = at < 0 ? wan(whole) : wan(whole.slice(0, at)) * 1e8 + wan(whole.slice(at + 1));
  const jiao = /(.)角/.exec(rest)?.[1] ?? '零';
  const fen = /(.)分/.exec(rest)?.[1] ?? '零';
  return yuan * 100 + digit(jiao) * 10 + digit(fen);
}

it('reads back as the same amount, and never has two noughts beside each other', () => {
  const amount = fc.oneof(
    fc.integer({ min: 0, max: 100_000_00 }),
    fc.integer({ min: 0, max: 900_000_000_000_000 }),
    fc
      .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 14 }))
      .map(([n, zeros]) => n * 10 ** zeros),
  );
  fc.assert(
    fc.property(amount, (amountFen) => {
      const text = inCapitals(amountFen);
      expect(read(text)).toBe(amountFen);
      expect(text).not.toMatch(/零零|零[元角分万亿](?!整$)|undefined/);
      expect(text).toMatch(/(整|分)$/);
    }),
    { numRuns: 5_000 },
  );
});
