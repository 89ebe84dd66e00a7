import { playShow } from './show.js';
test('try', async () => {
  const t = performance.now();
  for (let seed = 1; seed <= 4000; seed++) {
    const p = await playShow(seed);
    if (p.broken) console.log(seed, p.steps, p.trace, JSON.stringify(p.broken), JSON.stringify(p.seen));
    if (p.broken) break;
  }
  console.log(performance.now() - t);
}, 400_000);
