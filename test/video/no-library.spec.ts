import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Stage, type WatchAnswer } from '@qingpai/wire';
import { Market, pot, shortRules } from '../stories/kit/market.js';

/** A machine for which the library has no binary: it is told so, and everything else goes on. */
test('where the library cannot load, start-up says so, rooms show photos, and bids go on', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'qingpai-no-library-'));
  const block = join(folder, 'block.cjs');
  writeFileSync(
    block,
    `const Module = require('node:module');
     const load = Module._load;
     Module._load = function (name, ...rest) {
       if (name === 'node-datachannel') throw new Error('GLIBC_2.30 not found');
       return load.call(this, name, ...rest);
     };`,
  );
  const market = await Market.open({ NODE_OPTIONS: `--require ${block}` });
  try {
    expect(market.printed).toMatch(/live video did not start: rooms show photos/);
    expect(market.printed).toContain('GLIBC_2.30 not found');
    const { showId, host } = await market.openShow([pot()], {
      ...shortRules,
      openForMs: 60_000,
      hardEndMs: 90_000,
    });
    expect(await market.must<Stage>('GET', `/api/shows/${showId}/stage`)).toMatchObject({ state: 'off' });
    const { watch } = await market.must<WatchAnswer>(
      'POST',
      `/api/shows/${showId}/stage/watch`,
      undefined,
      {},
    );
    expect(watch).toBeNull();
    const asked = await market.ask('POST', `/api/shows/${showId}/stage/publish`, await market.host(), {});
    expect(asked).toMatchObject({ status: 503, answer: { code: 'no-live-video' } });
    expect((await fetch(`${market.origin}/whep/${showId}`, { method: 'POST' })).status).toBe(503);
    const lin = await market.buyer(showId, '小林');
    await host.does({ name: 'offer', lot: 'L1' });
    expect(await lin.bid('L1', 3_600)).toMatchObject({ ok: true });
  } finally {
    await market.close();
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
