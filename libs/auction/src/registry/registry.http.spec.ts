import { parsePolicy, toBase64 } from '@qingpai/ledger/rules';
import { type RegistryView, type SeasonBundle, type SeasonVerification } from '@qingpai/wire';
import { seasonDigest, verifySeason } from '../rules/index.js';
import { siqiaoCard } from '../testing/storedShow.js';
import { quickRules, TurnedClock, until } from '../testing/rig.js';
import { type RoomApp, roomApp } from '../testing/roomApp.js';
import { Registrar } from './registrar.js';
import { Registry } from './registry.js';

const DAY_MS = 24 * 3_600_000;
const clock = new TurnedClock();
let app: RoomApp;
beforeAll(async () => {
  app = await roomApp({ clock });
});
afterAll(() => app.close());

const at = (path: string) => `${app.url}/api/townships/${path}`;
const get = async <T>(path: string): Promise<T> => (await fetch(at(path))).json() as T;
const getText = async (path: string) => (await fetch(at(path))).text();
const statusOf = async (path: string) => (await fetch(at(path))).status;
const registrar = () => app.app.get(Registrar);
const standingOf = async (showId: string) =>
  (await get<RegistryView>('siqiao/registry')).shows.find(({ show }) => show === showId)?.standing;
const judged = async (): Promise<SeasonVerification> =>
  verifySeason(await getText('siqiao/season'), { policy: await getText('siqiao/policy') });
/** Prepared and no more. */
async function draft(startsAtMs = clock.nowMs()): Promise<string> {
  const { townshipId, hostId } = await app.store.show(await app.sealedShow(quickRules));
  const wanted = { townshipId, hostId, card: { ...siqiaoCard, startsAtMs }, rules: quickRules, demo: false };
  const made = await app.database.dataSource.transaction((manager) =>
    app.store.createShow(manager, { ...wanted, nowMs: clock.nowMs() }),
  );
  return made.showId;
}
/** Sells its one lot and closes. */
async function evening(): Promise<string> {
  const showId = await app.newShow(quickRules, ['L1']);
  const host = await app.socketOf(app.people.host);
  await host.ask('join', { showId });
  const desk = await app.desks.of(showId);
  await app.command(host, { name: 'offer', lot: 'L1' });
  const socket = await app.socketOf((await app.buyer('小林', showId)).token);
  await socket.ask('join', { showId });
  await socket.ask('bid', { bidId: `bid-of-${showId}`, lot: 'L1', offering: 1, amountFen: 1_000 });
  await until(() => Object.keys(desk.state.sales).length > 0, 5_000);
  expect(await app.command(host, { name: 'close' })).toMatchObject({ ok: true });
  return showId;
}

describe("a township's registry", () => {
  it('lists a show from the moment it is made, in the transaction that makes it', async () => {
    const showId = await draft(clock.nowMs() + DAY_MS);
    expect(await standingOf(showId)).toBe('toCome');
    const { townshipId, hostId } = await app.store.show(showId);
    const before = await get<RegistryView>('siqiao/registry');
    const failing = app.database.dataSource.transaction(async (manager) => {
      const wanted = { townshipId, hostId, card: siqiaoCard, rules: quickRules, demo: false };
      await app.store.createShow(manager, { ...wanted, nowMs: clock.nowMs() });
      throw new Error('no photo');
    });
    await expect(failing).rejects.toThrow('no photo');
    expect(await get<RegistryView>('siqiao/registry')).toEqual(before);
  });

  it('follows what is sealed and what is closed, without anybody waiting for it', async () => {
    const showId = await evening();
    await registrar().catchUp();
    expect(await standingOf(showId)).toBe('closed');
    const verdict = await judged();
    expect(verdict.findings).toEqual([]);
    expect(verdict.shows.find(({ show }) => show === showId)).toMatchObject({
      standing: 'judged',
      verification: { verdict: 'ALL_SOLD_UNSETTLED' },
    });
  });

  it('numbers what it logs without gaps although shows are made at the same time', async () => {
    const made = await Promise.all([1, 2, 3].map(() => app.sealedShow(quickRules, ['L1'])));
    await Promise.all([registrar().catchUp(), registrar().catchUp()]);
    const { registry } = JSON.parse(await getText('siqiao/season')) as SeasonBundle;
    const numbers = registry.leaves.map((leaf) => (JSON.parse(leaf) as { body: { n: number } }).body.n);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(await Promise.all(made.map(standingOf))).toEqual(['sealed', 'sealed', 'sealed']);
  });

  it('takes in a show that is older than itself', async () => {
    const none = jest.spyOn(Registry.prototype, 'register').mockResolvedValueOnce();
    const showId = await evening();
    none.mockRestore();
    await registrar().catchUp();
    expect(await standingOf(showId)).toBe('closed');
    expect((await judged()).findings).toEqual([]);
  });
});

describe('the season', () => {
  it('is INVALID while a show is a day overdue and neither sealed nor cancelled, and names it', async () => {
    const showId = await draft(clock.nowMs() - 2 * DAY_MS);
    await app.sealedShow(quickRules, ['L1']);
    await registrar().catchUp();
    expect(await standingOf(showId)).toBe('overdue');
    expect(await judged()).toMatchObject({
      verdict: 'INVALID',
      findings: [{ code: 'show-unsealed', en: expect.stringContaining(showId) as string }],
    });
    expect(await cancel(showId, app.people.officer)).toBe(204);
    expect(await standingOf(showId)).toBe('cancelled');
    expect((await judged()).findings).toEqual([]);
  });

  it('is judged by us as by a stranger, and a show that is left out is missed', async () => {
    const [text, policy] = [await getText('siqiao/season'), await getText('siqiao/policy')];
    expect(parsePolicy(policy)).toMatchObject({ ok: true });
    const ours = await get<SeasonVerification>('siqiao/verification');
    expect(ours.verdict).toBe(verifySeason(text, { policy }).verdict);
    const season = JSON.parse(text) as SeasonBundle;
    const [left, ...shows] = season.shows;
    const shorter = { ...season, shows, digest: seasonDigest({ registry: season.registry, shows }) };
    expect(verifySeason(JSON.stringify(shorter), { policy })).toMatchObject({
      verdict: 'INVALID',
      findings: [
        { code: 'show-missing', en: expect.stringContaining(left!.origin.split('/').at(-1)!) as string },
      ],
    });
  });

  it('serves the registry as tiles and a checkpoint, too; of a township without shows there is nothing', async () => {
    const { head } = await get<RegistryView>('siqiao/registry');
    expect(await getText('siqiao/log/checkpoint')).toBe(head.note);
    expect(await statusOf(`siqiao/log/tile/0/000.p/${head.size}`)).toBe(200);
    expect(await statusOf('siqiao/log/tile/entries/999')).toBe(404);
    for (const path of ['registry', 'season', 'policy', 'verification', 'log/checkpoint', 'log/tile/0/000']) {
      expect([path, await statusOf(`limen/${path}`)]).toEqual([path, 404]);
    }
  });
});

describe('what officers put into the registry', () => {
  const file = async (token: string | null, hash: string) =>
    (
      await fetch(at('siqiao/reports'), {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(token !== null && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify({ hash }),
      })
    ).status;

  it('is the hash of a report, by the officer of this township only', async () => {
    const hash = toBase64(new Uint8Array(32).fill(7));
    const { host, officer, foreignHost } = app.people;
    expect([await file(null, hash), await file(host, hash), await file(foreignHost, hash)]).toEqual([
      401, 403, 403,
    ]);
    expect([await file(officer, 'no hash'), await file(officer, hash)]).toEqual([400, 204]);
    const { registry } = JSON.parse(await getText('siqiao/season')) as SeasonBundle;
    expect(JSON.parse(registry.leaves.at(-1)!)).toMatchObject({ type: 'report.filed', body: { hash } });
  });
});

const cancel = async (showId: string, token: string): Promise<number> =>
  (
    await fetch(`${app.url}/api/shows/${showId}/cancel`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    })
  ).status;
