import { type ConsentPage, type ShowConsents } from '@qingpai/wire';
import { type TownshipApp, townshipApp } from '../testing/townshipApp.js';
import { SealConsents } from './sealConsents.js';

const draft = {
  ...{ grade: 'A', unit: '盆', units: 1, startFen: 5_000, floorFen: 6_000, format: 'english' },
  ...{ source: '人工培植', village: '硋窑村' },
};
let township: TownshipApp;
let host: string;
let showId: string;

beforeAll(async () => {
  township = await townshipApp();
  ({ host } = township.people);
  showId = (await township.post('/api/shows', host, { title: '专场' })).json().showId;
  for (const [k, growerName] of ['林阿福', '林阿福', '郑大妹'].entries())
    await township.post(`/api/shows/${showId}/lots`, host, { ...draft, title: `绣球 ${k + 1}`, growerName });
});
afterAll(() => township.close());

const consents = async () => (await township.get(`/api/shows/${showId}/consents`, host)).json<ShowConsents>();
async function linkOf(name: string): Promise<string> {
  const { grower } = (await consents()).growers.find((one) => one.name === name)!;
  const made = await township.post(`/api/shows/${showId}/consent-links`, host, { grower });
  return made.json<{ path: string }>().path.split('#token=')[1]!;
}
const exchange = (token: string) => township.post('/api/consent/exchange', null, { token });
const answer = (pass: string, answers: object[]) =>
  township.post('/api/consent/answers', null, { pass, answers });

test('a grower agrees to a floor by his link, or asks for another, and the host sees it', async () => {
  const token = await linkOf('林阿福');
  const page = (await exchange(token)).json<ConsentPage>();
  expect(page).toMatchObject({
    ...{ title: '专场', grower: '林阿福' },
    lots: [
      { lot: 'L1', startFen: 5_000, floorFen: 6_000, state: 'none', wantedFen: null },
      { lot: 'L2', state: 'none' },
    ],
  });
  expect((await exchange(token)).json().code).toBe('wrong-token');
  const { pass } = page;
  const said = await answer(pass, [
    { lot: 'L1', agree: true, hash: page.lots[0]!.hash },
    { lot: 'L2', wantedFen: 7_000 },
  ]);
  expect(said.json<ConsentPage>().lots).toMatchObject([
    { state: 'agreed', hash: page.lots[0]!.hash },
    { state: 'asked', wantedFen: 7_000 },
  ]);
  expect(await consents()).toMatchObject({ missing: 2, waiver: null });
  // The host gives him the floor he asked for: it is another lot now, and he is asked again.
  const floorFen = 7_000;
  await township.put(`/api/shows/${showId}/lots/L2`, host, {
    ...{ ...draft, title: '绣球 2', growerName: '林阿福', floorFen },
  });
  const again = (await township.post('/api/consent/lots', null, { pass })).json<ConsentPage>();
  expect(again.lots[1]).toMatchObject({ state: 'none', floorFen: 7_000 });
  const stale = [{ lot: 'L2', agree: true, hash: page.lots[1]!.hash }];
  expect((await answer(pass, stale)).json().code).toBe('import-stale');
  await answer(pass, [{ lot: 'L2', agree: true, hash: again.lots[1]!.hash }]);
  expect(await consents()).toMatchObject({ missing: 1 });
});

test('a pass answers for its own grower alone, and nobody without one', async () => {
  const { pass, lots } = (await exchange(await linkOf('郑大妹'))).json<ConsentPage>();
  expect(lots.map(({ lot }) => lot)).toEqual(['L3']);
  expect((await answer(pass, [{ lot: 'L1', wantedFen: 1 }])).json().code).toBe('unknown-lot');
  expect((await answer('nobody', [{ lot: 'L3', wantedFen: 1 }])).json().code).toBe('wrong-token');
  const { moderator, foreignHost, otherHost } = township.people;
  for (const who of [null, moderator, foreignHost, otherHost])
    expect([401, 403]).toContain((await township.get(`/api/shows/${showId}/consents`, who)).statusCode);
});

test('sealing without consent keeps its reason', async () => {
  const waived = await township.post(`/api/shows/${showId}/consent-waivers`, host, { reason: 'on-paper' });
  expect(waived.statusCode).toBe(204);
  expect((await consents()).waiver).toBe('on-paper');
});

test('a list is sealed without consent only for a reason of its own', async () => {
  const db = township.database.dataSource;
  const sealing = new SealConsents({ db, nowMs: Date.now });
  const { state } = await township.desks.of(showId);
  const missing = await sealing.missingOf(showId, state);
  expect(missing.map(({ lot }) => lot)).toEqual(['L3']);
  expect(await sealing.isWaived(showId, state)).toBe(true);
  // The reason was given for the list before.
  const sealed = { ...state, seals: [{ t: Date.now() + 1 }] } as typeof state;
  expect(await sealing.isWaived(showId, sealed)).toBe(false);
  const withoutFloors = Object.fromEntries(
    Object.entries(state.lots).map(([id, lot]) => [id, { ...lot, floor: null }]),
  );
  expect(await sealing.missingOf(showId, { ...state, lots: withoutFloors })).toEqual([]);
});

test('what a grower wants is sealed in the database, and his word is never changed', async () => {
  const [row] = await township.database.dataSource.query<{ wanted: Buffer }[]>(
    'SELECT wanted FROM consents WHERE wanted IS NOT NULL',
  );
  expect(row!.wanted.toString('latin1')).not.toContain('7000');
  await expect(township.asOwner('UPDATE consents SET agreed = true')).rejects.toThrow('append-only');
});
