import { newShowRules, type ShowCard, type showList, type ShowRules } from '@qingpai/wire';
import { type z } from 'zod';
import { rulesHash } from '../rules/index.js';
import { done } from '../testing/rig.js';
import { type TownshipApp, townshipApp } from '../testing/townshipApp.js';

const elsewhere = { name: '视频号', link: 'https://live.example.com/room/7', delayMs: 6_000 };
const draft = {
  ...{ title: '绣球', growerName: '硋窑村02号花农', village: '硋窑村', grade: 'A', unit: '盆', units: 1 },
  ...{ startFen: 5_000, floorFen: 0, format: 'english', source: '人工培植' },
};

let township: TownshipApp;
let host: string;
beforeAll(async () => {
  township = await townshipApp();
  ({ host } = township.people);
});
afterAll(() => township.close());

const made = async (body: object): Promise<string> =>
  (await township.post('/api/shows', host, { title: '专场', ...body })).json().showId as string;
const cardOf = async (showId: string): Promise<ShowCard> => {
  const { shows } = (await township.get('/api/shows', host)).json() as z.infer<typeof showList>;
  return shows.find((show) => show.showId === showId)!.card;
};
const sealedRules = async (showId: string): Promise<{ rules: ShowRules; sealed: unknown }> => {
  await township.post(`/api/shows/${showId}/lots`, host, draft);
  const desk = await township.desks.of(showId);
  await done(desk.command({ by: 'host', name: 'seal' }));
  const leaves = Array.from({ length: desk.state.next }, (_, i) => desk.leaf(i)!);
  return { rules: desk.state.rules, sealed: leaves.find(({ type }) => type === 'show.sealed')!.body };
};

test('a show whose picture is on another platform says where, and its sealed soft close is longer by the delay', async () => {
  const showId = await made({ elsewhere });
  expect((await cardOf(showId)).elsewhere).toEqual(elsewhere);
  const { rules, sealed } = await sealedRules(showId);
  const longer = { windowMs: 21_000, extensionMs: 21_000, lastCallMs: 16_000 };
  expect(rules).toEqual({ ...newShowRules, ...longer });
  expect(sealed).toMatchObject({ rules: rulesHash(rules) });
  // No word of the platform is in the log.
  expect(JSON.stringify(sealed)).not.toContain('视频号');
  expect(JSON.stringify(sealed)).not.toContain('live.example.com');
});

test('the delay comes on top of what the host chose', async () => {
  const { rules } = await sealedRules(
    await made({ elsewhere, rules: { windowMs: 10_000, openForMs: 120_000 } }),
  );
  expect(rules).toMatchObject({ windowMs: 16_000, extensionMs: 21_000, openForMs: 120_000 });
});

test('a show that goes on in another log keeps both, and is not lengthened again', async () => {
  const before = await made({ elsewhere });
  const { rules } = await sealedRules(before);
  const next = (await township.post(`/api/shows/${before}/continue`, host)).json().showId as string;
  expect((await cardOf(next)).elsewhere).toEqual(elsewhere);
  expect((await township.desks.of(next)).state.rules).toEqual(rules);
});

test('a show without it has no such word on its card, and the usual rules', async () => {
  const showId = await made({});
  expect(await cardOf(showId)).not.toHaveProperty('elsewhere');
  expect((await sealedRules(showId)).rules).toEqual(newShowRules);
});

test.each([
  { ...elsewhere, link: 'http://live.example.com/room/7' },
  { ...elsewhere, link: 'javascript:alert(1)' },
  { ...elsewhere, delayMs: 60_001 },
  { ...elsewhere, name: '' },
  { name: '视频号' },
  { ...elsewhere, note: 'more' },
])('no show is made with %j', async (wrong) => {
  const before = (await township.get('/api/shows', host)).json().shows.length as number;
  const answer = await township.post('/api/shows', host, { title: '专场', elsewhere: wrong });
  expect([answer.statusCode, answer.json().code]).toEqual([400, 'malformed']);
  expect((await township.get('/api/shows', host)).json().shows.length).toBe(before);
});
