import { readFileSync } from 'node:fs';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import * as wire from '@qingpai/wire';
import sharp from 'sharp';
import { type TownshipApp, townshipApp } from '../testing/townshipApp.js';

const siqiao = readFileSync('test/data/siqiao-show.csv');
const draft = {
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
};

let township: TownshipApp;
let host: string;
beforeAll(async () => {
  township = await townshipApp();
  host = township.people.host;
});
afterAll(() => township.close());

async function newShow(): Promise<string> {
  const answer = await township.post('/api/shows', host, { title: '泗桥花卉专场' });
  expect(answer.statusCode).toBe(201);
  return wire.showCreated.parse(answer.json()).showId;
}
const lotsOf = async (showId: string) => (await township.desks.of(showId)).state.lots;
const leavesOf = async (showId: string) => {
  const desk = await township.desks.of(showId);
  return Array.from({ length: desk.state.next }, (_, i) => desk.leaf(i)!);
};
const importOf = async (showId: string, file: Buffer) => {
  const answer = await township.upload(`/api/shows/${showId}/import`, host, file);
  expect(answer.statusCode).toBe(200);
  return wire.importReport.parse(answer.json());
};
const confirm = (showId: string, importId: string | null) =>
  township.post(`/api/shows/${showId}/import/confirm`, host, { importId: importId ?? '' });
const photo = () => sharp({ create: { width: 40, height: 30, channels: 3, background: '#2d6a4f' } });

describe('a show', () => {
  it('is prepared by a host, with what the house says of its seller, and is a draft of nobody else', async () => {
    const showId = await newShow();
    const mine = wire.showList.parse((await township.get('/api/shows', host)).json()).shows;
    expect(mine.find((show) => show.showId === showId)).toMatchObject({
      title: '泗桥花卉专场',
      phase: 'draft',
      lots: 0,
      units: 0,
      code: null,
      card: { showId, township: '泗桥乡', hostTitle: '驻村干部', seller: { legalMode: 'seller-priced' } },
    });
    for (const who of [null, township.people.foreignHost]) {
      const { shows } = (await township.get('/api/shows', who)).json();
      expect(shows).toEqual([]);
    }
  });

  it('with a clock that never ticks, or increments that go down, is refused', async () => {
    const rules = {
      ...wire.defaultRules,
      clock: { ...wire.defaultRules.clock, tickMs: 0 },
      increments: [...wire.defaultRules.increments].reverse(),
    };
    const answer = await township.post('/api/shows', host, { title: '专场', rules });
    expect(answer.json()).toMatchObject({
      code: 'malformed',
      errors: [{ path: 'rules.increments' }, { path: 'rules.clock.tickMs' }],
    });
  });
});

describe("Siqiao's catalogue", () => {
  it('is looked at, confirmed and then in the log: 64 lots, 89 units', async () => {
    const showId = await newShow();
    const report = await importOf(showId, siqiao);
    expect(report).toMatchObject({ accepted: 64, refused: 0, units: 89, encoding: 'utf-8-bom' });
    expect(Object.keys(await lotsOf(showId))).toEqual([]);
    const done = await confirm(showId, report.importId);
    expect(done.json()).toEqual({ lots: 64, units: 89 });
    const lots = Object.values(await lotsOf(showId));
    expect(lots).toHaveLength(64);
    expect(lots.filter(({ floor }) => floor === null)).toHaveLength(7);
    const { shows } = (await township.get('/api/shows', host)).json();
    expect(shows.find((show: { showId: string }) => show.showId === showId)).toMatchObject({
      lots: 64,
      units: 89,
    });
  });

  it('keeps floors, growers and villages out of the log', async () => {
    const showId = await newShow();
    await confirm(showId, (await importOf(showId, siqiao)).importId);
    const log = JSON.stringify(await leavesOf(showId));
    expect(log).not.toContain('花农');
    expect(log).not.toContain('硋窑村');
    expect(log).not.toContain('floorFen');
    const lots = Object.values(await lotsOf(showId));
    const growerOf = (number: string) => lots.find((lot) => lot.number === number)!.grower;
    expect(growerOf('002')).toBe(growerOf('003'));
    expect(growerOf('002')).not.toBe(growerOf('001'));
  });

  it('tells its floors to host and officer', async () => {
    const showId = await newShow();
    await confirm(showId, (await importOf(showId, siqiao)).importId);
    for (const who of [host, township.people.officer]) {
      const { floors } = wire.floorList.parse(
        (await township.get(`/api/shows/${showId}/floors`, who)).json(),
      );
      expect(floors).toHaveLength(57);
      expect(floors.find(({ lot }) => lot === 'L1')).toEqual({ lot: 'L1', floorFen: 4_800 });
    }
  });

  it('is confirmed once', async () => {
    const showId = await newShow();
    const { importId } = await importOf(showId, siqiao);
    const answers = await Promise.all([confirm(showId, importId), confirm(showId, importId)]);
    expect(answers.map(({ statusCode }) => statusCode).sort()).toEqual([200, 409]);
    expect((await confirm(showId, importId)).json().code).toBe('import-stale');
    expect(Object.keys(await lotsOf(showId))).toHaveLength(64);
  });

  it('is stale when the catalogue has changed since the preview', async () => {
    const showId = await newShow();
    const { importId } = await importOf(showId, siqiao);
    await township.post(`/api/shows/${showId}/lots`, host, { ...draft, number: '500' });
    expect((await confirm(showId, importId)).json().code).toBe('import-stale');
    expect(Object.keys(await lotsOf(showId))).toHaveLength(1);
  });

  it('waits with a few others; the oldest is forgotten', async () => {
    const showId = await newShow();
    const ids = [];
    for (let nth = 0; nth < 6; nth += 1) ids.push((await importOf(showId, siqiao)).importId);
    expect((await confirm(showId, ids[0]!)).json().code).toBe('import-stale');
    expect((await confirm(showId, ids[1]!)).json()).toEqual({ lots: 64, units: 89 });
  });

  it('of another show, or of nobody, cannot be confirmed', async () => {
    const [one, other] = [await newShow(), await newShow()];
    const { importId } = await importOf(one, siqiao);
    expect((await confirm(other, importId)).json().code).toBe('import-stale');
    expect((await confirm(one, "'; DROP TABLE lots; --")).json().code).toBe('import-stale');
  });

  it('with one bad row is held back whole, and the row says why', async () => {
    const showId = await newShow();
    const text = siqiao.toString().replace('0.00,0.00,128.00', '0.00,9.00,128.00');
    const report = await importOf(showId, Buffer.from(text));
    expect(report).toMatchObject({ importId: null, accepted: 63, refused: 1 });
    expect(report.rows.filter(({ accepted }) => !accepted)).toMatchObject([
      { row: 7, number: '006', problems: [{ column: '底价', zh: '0元起拍不能有底价' }] },
    ]);
    expect((await confirm(showId, report.importId)).json().code).toBe('import-stale');
  });

  it('imported twice is refused row by row: the numbers are taken', async () => {
    const showId = await newShow();
    await confirm(showId, (await importOf(showId, siqiao)).importId);
    expect(await importOf(showId, siqiao)).toMatchObject({ importId: null, accepted: 0, refused: 64 });
  });

  it('whose cards cannot be written is not in the log either, and can be confirmed later', async () => {
    const showId = await newShow();
    const { importId } = await importOf(showId, siqiao);
    await township.asOwner('REVOKE INSERT ON lot_cards FROM qingpai_app');
    expect((await confirm(showId, importId)).json().code).toBe('internal');
    expect(await leavesOf(showId)).toHaveLength(1);
    await township.asOwner('GRANT INSERT ON lot_cards TO qingpai_app');
    expect((await confirm(showId, importId)).json()).toEqual({ lots: 64, units: 89 });
  });

  it('of two thousand lots is imported in one piece', async () => {
    const showId = await newShow();
    const [header] = siqiao.toString().split('\n', 1);
    const rows = Array.from({ length: 2_000 }, (_, n) => `${n + 1},绣球,花农,村,A,盆,2,5,6,,升价拍,人工培植`);
    const report = await importOf(showId, Buffer.from([header, ...rows].join('\n')));
    expect((await confirm(showId, report.importId)).json()).toEqual({ lots: 2_000, units: 4_000 });
  });

  it('that is no spreadsheet, too large or not there is refused', async () => {
    const showId = await newShow();
    const at = `/api/shows/${showId}/import`;
    expect((await township.upload(at, host, Buffer.from([0xff, 0xd8, 0xff, 0, 0]))).json().code).toBe(
      'bad-file',
    );
    expect((await township.upload(at, host, Buffer.alloc(3_000_000, 'a'))).json().code).toBe('too-large');
    expect((await township.post(at, host, {})).json().code).toBe('malformed');
  });
});

describe('a lot by hand', () => {
  const lotsAt = (showId: string) => `/api/shows/${showId}/lots`;

  it('gets the next free id and number', async () => {
    const showId = await newShow();
    const first = await township.post(lotsAt(showId), host, { ...draft, number: '041' });
    const second = await township.post(lotsAt(showId), host, draft);
    expect(wire.lotAdded.parse(first.json())).toEqual({ lot: 'L1', number: '041' });
    expect(second.json()).toEqual({ lot: 'L2', number: '042' });
  });

  it('and another at the same moment get different ids and numbers', async () => {
    const showId = await newShow();
    const added = await Promise.all(
      Array.from({ length: 8 }, () => township.post(lotsAt(showId), host, draft)),
    );
    const numbers = added.map((answer) => answer.json().number);
    expect(new Set(numbers).size).toBe(8);
  });

  it('can be amended and struck before sealing, and both stay in the log', async () => {
    const showId = await newShow();
    await township.post(lotsAt(showId), host, draft);
    const amended = await township.put(`${lotsAt(showId)}/L1`, host, { ...draft, units: 2, floorFen: 0 });
    expect(amended.json()).toEqual({ lot: 'L1', number: '001' });
    expect((await lotsOf(showId))['L1']).toMatchObject({ units: 2, floor: null, phase: 'draft' });
    expect((await township.get(`/api/shows/${showId}/floors`, host)).json()).toEqual({ floors: [] });
    expect((await township.del(`${lotsAt(showId)}/L1`, host)).statusCode).toBe(204);
    const types = (await leavesOf(showId)).map(({ type }) => type);
    expect(types).toEqual(['log.opened', 'lot.catalogued', 'lot.amended', 'lot.struck']);
    expect((await township.post(lotsAt(showId), host, { ...draft, number: '001' })).json()).toEqual({
      lot: 'L2',
      number: '001',
    });
  });

  it('is neither amended nor struck once its list is sealed', async () => {
    const showId = await newShow();
    await township.post(lotsAt(showId), host, draft);
    await (await township.desks.of(showId)).command({ by: 'host', name: 'seal' });
    expect((await township.put(`${lotsAt(showId)}/L1`, host, draft)).json().code).toBe('wrong-phase');
    expect((await township.del(`${lotsAt(showId)}/L1`, host)).json().code).toBe('wrong-phase');
  });

  it.each([
    ['a phone number in its title', { title: '建兰 13800000001' }, 'personal-data', 'title'],
    ['plants dug in the wild', { source: '下山兰' }, 'wild-dug', 'source'],
    ['a floor at 0元起拍', { startFen: 0 }, 'floor-with-zero-start', 'floorFen'],
    ['a clock that starts below its floor', { format: 'dutch' }, 'start-below-floor', 'floorFen'],
    [
      'a clock without a start',
      { format: 'dutch', startFen: 0, floorFen: 0 },
      'clock-without-start',
      'startFen',
    ],
  ])('is refused for %s', async (_, change, code, path) => {
    const showId = await newShow();
    const answer = await township.post(lotsAt(showId), host, { ...draft, ...change });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ code, errors: [{ path }] });
    expect(await leavesOf(showId)).toHaveLength(1);
  });

  it('is refused with a taken number, half a unit, a price in yuan or a field too many', async () => {
    const showId = await newShow();
    await township.post(lotsAt(showId), host, { ...draft, number: '007' });
    const codeOf = async (change: object) =>
      (await township.post(lotsAt(showId), host, { ...draft, ...change })).json().code;
    expect(await codeOf({ number: '0007' })).toBe('number-taken');
    for (const change of [
      { units: 0.5 },
      { startFen: 78.5 },
      { grower: 'AAAAAAAAAAAAAAAA' },
      { number: '000' },
    ]) {
      expect(await codeOf(change)).toBe('malformed');
    }
  });

  it('that is not there cannot be changed', async () => {
    const showId = await newShow();
    expect((await township.put(`${lotsAt(showId)}/L999`, host, draft)).json().code).toBe('unknown-lot');
    expect((await township.del(`${lotsAt(showId)}/L999`, host)).json().code).toBe('unknown-lot');
  });
});

describe('a photo of a lot', () => {
  it('comes back as WebP without the place where it was taken, for ever under the same address', async () => {
    const showId = await newShow();
    await township.post(`/api/shows/${showId}/lots`, host, draft);
    const file = await photo()
      .withExif({ IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '27/1 6/1 0/1' } })
      .jpeg()
      .toBuffer();
    const added = await township.upload(`/api/shows/${showId}/lots/L1/photos`, host, file);
    const { path, cards } = wire.photoAdded.parse(added.json());
    expect(cards).toEqual([
      {
        lot: 'L1',
        growerName: draft.growerName,
        village: draft.village,
        grade: 'A',
        source: '人工培植',
        photos: [path],
      },
    ]);
    const shown = await township.get(path, null);
    expect(shown.headers).toMatchObject({
      'content-type': 'image/webp',
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
    });
    const metadata = await sharp(shown.rawPayload).metadata();
    expect(metadata).toMatchObject({ format: 'webp', width: 40, height: 30 });
    expect(metadata.exif).toBeUndefined();
  });

  it('is one of six at most, and the same one counts once', async () => {
    const showId = await newShow();
    await township.post(`/api/shows/${showId}/lots`, host, draft);
    const add = async (width: number) =>
      township.upload(
        `/api/shows/${showId}/lots/L1/photos`,
        host,
        await photo().resize(width).png().toBuffer(),
      );
    for (const width of [10, 20, 30, 40, 50, 60, 60]) expect((await add(width)).statusCode).toBe(200);
    expect((await add(70)).json().code).toBe('photos-full');
  });

  it('that is none, or of a lot that is not there, is refused', async () => {
    const showId = await newShow();
    await township.post(`/api/shows/${showId}/lots`, host, draft);
    const at = (lot: string) => `/api/shows/${showId}/lots/${lot}/photos`;
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>');
    expect((await township.upload(at('L1'), host, svg)).json().code).toBe('bad-photo');
    expect((await township.upload(at('L9'), host, await photo().png().toBuffer())).json().code).toBe(
      'unknown-lot',
    );
    for (const name of ['..%2f..%2fetc%2fpasswd', `${'0'.repeat(64)}.webp`, 'x']) {
      expect((await township.get(`/photos/${name}`, null)).statusCode).toBe(404);
    }
  });
});

test('OpenAPI tells of each route its file or body, its answer and its refusals', () => {
  const { paths } = SwaggerModule.createDocument(township.app, new DocumentBuilder().build());
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, OpenApiRoute>).map(([method, route]) => ({
      path,
      method,
      route,
    })),
  );
  const ours = routes.filter(({ path }) => /lots|import|floors|photos|payments|bill|shows$/.test(path));
  expect(ours.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([
    'delete /api/shows/{id}/lots/{lot}',
    'get /api/shows',
    'get /api/shows/{id}/bills',
    'get /api/shows/{id}/floors',
    'get /api/shows/{id}/my-bill',
    'get /api/shows/{id}/payments',
    'get /api/shows/{id}/payments/{payment}/photo',
    'get /photos/{file}',
    'post /api/consent/lots',
    'post /api/shows',
    'post /api/shows/{id}/import',
    'post /api/shows/{id}/import/confirm',
    'post /api/shows/{id}/lots',
    'post /api/shows/{id}/lots/{lot}/photos',
    'post /api/shows/{id}/payments',
    'post /api/shows/{id}/payments/{payment}/decision',
    'post /api/shows/{id}/payments/{payment}/dispute',
    'post /api/shows/{id}/payments/{payment}/photo',
    'put /api/shows/{id}/lots/{lot}',
  ]);
  for (const { path, method, route } of ours) {
    const isUpload = method === 'post' && /(import|photos?)$/.test(path);
    if (isUpload) expect(Object.keys(route.requestBody!.content)).toEqual(['multipart/form-data']);
    expect(route.summary).toMatch(/\.$/);
    const isRefusable = path !== '/api/shows' || method === 'post';
    if (isRefusable) expect(Object.keys(route.responses).some((status) => /^4/.test(status))).toBe(true);
  }
});

interface OpenApiRoute {
  summary: string;
  requestBody?: { content: object };
  responses: object;
}

test('everybody who may not touch a catalogue is refused, on every route', async () => {
  const showId = await newShow();
  await township.post(`/api/shows/${showId}/lots`, host, draft);
  const { officer, moderator, otherHost, operator, foreignHost, foreignOfficer } = township.people;
  const buyer = await township.buyer('阿梅', showId);
  const at = `/api/shows/${showId}`;
  const png = await photo().png().toBuffer();
  const routes: [string, (who: string | null) => ReturnType<TownshipApp['get']>, (string | null)[]][] = [
    ['add', (who) => township.post(`${at}/lots`, who, draft), [officer]],
    ['amend', (who) => township.put(`${at}/lots/L1`, who, draft), [officer]],
    ['strike', (who) => township.del(`${at}/lots/L1`, who), [officer]],
    ['photo', (who) => township.upload(`${at}/lots/L1/photos`, who, png), [officer]],
    ['import', (who) => township.upload(`${at}/import`, who, siqiao), [officer]],
    ['confirm', (who) => township.post(`${at}/import/confirm`, who, { importId: 'x' }), [officer]],
    ['floors', (who) => township.get(`${at}/floors`, who), []],
  ];
  let refused = 0;
  for (const [name, ask, more] of routes) {
    for (const who of [null, buyer, moderator, otherHost, operator, foreignHost, foreignOfficer, ...more]) {
      const answer = await ask(who);
      expect([name, answer.statusCode]).toEqual([name, who === null ? 401 : 403]);
      refused += 1;
    }
  }
  expect(refused).toBe(55);
  expect(await leavesOf(showId)).toHaveLength(2);
  for (const who of [null, buyer, officer, moderator, operator]) {
    expect((await township.post('/api/shows', who, { title: '专场' })).statusCode).toBe(
      who === null ? 401 : 403,
    );
  }
});
