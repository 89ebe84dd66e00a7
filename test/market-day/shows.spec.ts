import { runMarketDay } from './run.js';
import { playShow } from './show.js';

const SHOWS = 1_000;

it(`${SHOWS} shows break no promise, and every kind of fault and of leaf is met`, async () => {
  const { code, lines } = await runMarketDay('--shows', String(SHOWS));
  for (const line of lines) if (!line.includes(' … ')) process.stdout.write(`${line}\n`);
  expect(lines.filter((line) => /broke a promise at|never met/.test(line))).toEqual([]);
  expect(lines.at(-1)).toBe(`market-day seeds 1 to ${SHOWS}: every promise was kept`);
  expect(code).toBe(0);
}, 400_000);

it('one seed plays one show, and another another', async () => {
  for (const seed of [7, 42, 2123]) {
    const [one, again, other] = [await playShow(seed), await playShow(seed), await playShow(seed + 1)];
    expect(again).toEqual(one);
    expect(other.trace).not.toBe(one.trace);
  }
}, 60_000);
