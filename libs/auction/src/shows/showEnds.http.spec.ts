import {
  type CarriedLot,
  type Certificate,
  type RegistryView,
  type SeasonVerification,
  type ShowRules,
  type Verification,
} from '@qingpai/wire';
import { verifyContinued, verifySeason } from '../rules/index.js';
import { brokenInvariants } from '../store/invariants.js';
import { Registrar } from '../registry/registrar.js';
import { bidOf, done, quickRules, until } from '../testing/rig.js';
import { type RoomApp, roomApp } from '../testing/roomApp.js';

/** Lots of 兰花 with a floor the grower has agreed to. */
const rules: ShowRules = { ...quickRules, openForMs: 700 };
const draft = {
  ...{ title: '兰花', growerName: '林阿婆', village: '芹洋村', grade: 'A', unit: '盆', source: '人工培植' },
  ...{ format: 'english', units: 1, startFen: 1_000, floorFen: 2_000 },
};
let app: RoomApp;
beforeAll(async () => {
  app = await roomApp();
});
afterAll(() => app.close());

async function http<T = unknown>(method: string, path: string, token: string | null, body?: object) {
  const headers = {
    ...(token !== null && { authorization: `Bearer ${token}` }),
    ...(body && { 'content-type': 'application/json' }),
  };
  const response = await fetch(`${app.url}/api/${path}`, {
    ...{ method, headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, text, body: (text.startsWith('{') ? JSON.parse(text) : null) as T };
}
const byHost = <T>(method: string, path: string, body?: object) =>
  http<T>(method, path, app.people.host, body);
const code = ({ status, body }: { status: number; body: unknown }) => [
  status,
  (body as { code: string }).code,
];

/** A show of our host with lots 001 and 002, not sealed yet. */
async function prepared(): Promise<string> {
  const { body } = await byHost<{ showId: string }>('POST', 'shows', { title: '夜市', rules });
  for (const number of ['001', '002']) {
    const added = await byHost('POST', `shows/${body.showId}/lots`, { ...draft, number });
    expect(added.status).toBe(201);
  }
  return body.showId;
}
const order = async (showId: string, ...commands: object[]) => {
  const desk = await app.desks.of(showId);
  for (const command of commands) await done(desk.command({ by: 'host', ...command } as never));
};
const carriedFor = async (showId: string) =>
  (await byHost<{ lots: CarriedLot[] }>('GET', `shows/${showId}/carried`)).body.lots;
const textOf = async (path: string) => (await http('GET', path, null)).text;
const judgedSeason = async (): Promise<SeasonVerification> => {
  await app.app.get(Registrar).catchUp();
  const policy = await textOf('townships/siqiao/policy');
  return verifySeason(await textOf('townships/siqiao/season'), { policy });
};

describe('a show that is called off', () => {
  it('takes nothing more, says so in the list and in the registry, and cannot be called off again', async () => {
    const showId = await prepared();
    const { host, officer, foreignHost } = app.people;
    expect((await http('POST', `shows/${showId}/cancel`, foreignHost)).status).toBe(403);
    expect((await http('POST', `shows/${showId}/cancel`, officer)).status).toBe(204);
    expect(code(await byHost('POST', `shows/${showId}/lots`, draft))).toEqual([409, 'show-cancelled']);
    expect(code(await http('POST', `shows/${showId}/cancel`, host))).toEqual([409, 'show-cancelled']);
    const { body } = await byHost<{ shows: { showId: string; ended?: object }[] }>('GET', 'shows');
    expect(body.shows.find((show) => show.showId === showId)?.ended).toEqual({
      how: 'cancelled',
      byShow: null,
    });
    const registry = await http<RegistryView>('GET', 'townships/siqiao/registry', null);
    expect(registry.body.shows.find(({ show }) => show === showId)).toMatchObject({ standing: 'cancelled' });
  });

  it('was not sealed: what was, has to be played or continued', async () => {
    const showId = await prepared();
    await order(showId, { name: 'seal' });
    expect(code(await byHost('POST', `shows/${showId}/cancel`))).toEqual([409, 'wrong-phase']);
  });
});

describe('a lot that was carried', () => {
  let [first, second]: string[] = [];
  beforeAll(async () => {
    first = await prepared();
    await order(
      first,
      { name: 'seal' },
      { name: 'open' },
      { name: 'carry', lot: 'L1' },
      { name: 'carry', lot: 'L2' },
    );
    await order(first, { name: 'close' });
    second = await prepared();
  });

  it('waits for another show of its township, and is taken up whole with the word of its grower', async () => {
    expect(await carriedFor(second!)).toMatchObject([
      { show: first, lot: 'L1', number: '001', title: '兰花', units: 1, hasFloor: true },
      { show: first, lot: 'L2', number: '002' },
    ]);
    const wanted = { show: first, lot: 'L1' };
    expect(code(await byHost('POST', `shows/${second}/carried`, wanted))).toEqual([
      422,
      'floor-word-missing',
    ]);
    const taken = await byHost('POST', `shows/${second}/carried`, { ...wanted, floorStands: true });
    // Its old number is another lot's here.
    expect(taken).toMatchObject({ status: 201, body: { lot: 'L3', number: '003' } });
    const { lots } = (await app.desks.of(second!)).state;
    expect(lots.L3).toMatchObject({
      title: '兰花',
      units: 1,
      startFen: 1_000,
      floor: expect.any(String) as string,
    });
    const floors = await byHost<{ floors: object[] }>('GET', `shows/${second}/floors`);
    expect(floors.body.floors).toContainEqual({ lot: 'L3', floorFen: 2_000 });
    expect((await carriedFor(second!)).map(({ lot }) => lot)).toEqual(['L2']);
  });

  it('is taken up once; not with other units; and waits again when it is struck', async () => {
    const third = await prepared();
    const wanted = { show: first, lot: 'L1', floorStands: true };
    expect(code(await byHost('POST', `shows/${third}/carried`, wanted))).toEqual([409, 'already-taken-up']);
    expect(code(await byHost('POST', `shows/${third}/carried`, { ...wanted, lot: 'L9' }))).toEqual([
      409,
      'not-carried',
    ]);
    const more = { ...draft, number: '003', units: 2 };
    expect(code(await byHost('PUT', `shows/${second}/lots/L3`, more))).toEqual([422, 'units-of-carried']);
    expect(
      (await byHost('PUT', `shows/${second}/lots/L3`, { ...more, units: 1, startFen: 800 })).status,
    ).toBe(200);
    expect((await byHost('DELETE', `shows/${second}/lots/L3`)).status).toBe(204);
    expect((await carriedFor(third)).map(({ lot }) => lot)).toEqual(['L1', 'L2']);
    const race = await Promise.all(
      [second, third].map((show) => byHost('POST', `shows/${show}/carried`, wanted)),
    );
    expect(race.map(({ status }) => status).sort()).toEqual([201, 409]);
  });

  it('is one chain for the verifier, and what still waits is named', async () => {
    await order(second!, { name: 'seal' });
    const season = await judgedSeason();
    expect(season.findings).toEqual([]);
    expect(season.notes).toContainEqual(expect.objectContaining({ code: 'carried-waiting' }));
  });

  it('is for the hosts of its own township', async () => {
    expect((await http('GET', `shows/${second}/carried`, app.people.foreignHost)).status).toBe(403);
    expect((await http('GET', `shows/${second}/carried`, null)).status).toBe(401);
  });
});

describe('a show that is continued after a restore', () => {
  it('goes on in a new log with what had no end, and both are judged together', async () => {
    const before = await prepared();
    await order(before, { name: 'seal' }, { name: 'open' }, { name: 'offer', lot: 'L1' });
    const buyer = await app.buyer('小林', before);
    const socket = await app.socketOf(buyer.token);
    await socket.ask('join', { showId: before });
    expect(await socket.ask('bid', { ...bidOf(2_500), confirmed: true })).toMatchObject({ ok: true });
    const desk = await app.desks.of(before);
    await until(() => Object.keys(desk.state.sales).length === 1, 5_000);

    const { host, foreignHost, officer } = app.people;
    expect((await http('POST', `shows/${before}/continue`, foreignHost)).status).toBe(403);
    expect((await http('POST', `shows/${before}/continue`, officer)).status).toBe(403);
    const { status, body } = await http<{ showId: string }>('POST', `shows/${before}/continue`, host);
    expect(status).toBe(201);
    const next = body.showId;

    // Whoever stands in the room is told and sent away; whoever comes again is shown where to go.
    await until(() => !socket.socket.connected, 2_000);
    expect(socket.news('bye')).toEqual([{ reason: 'show-continued' }]);
    const again = await app.socketOf(buyer.token);
    expect(await again.ask('join', { showId: before })).toMatchObject({
      ok: true,
      snapshot: { ended: { how: 'continued', byShow: next } },
    });
    expect(await again.ask('bid', { ...bidOf(3_000), bidId: 'after-the-end' })).toMatchObject({
      ok: false,
      reason: 'show-continued',
    });
    expect(
      await (await app.desks.of(before)).command({ by: 'host', name: 'offer', lot: 'L2' }),
    ).toMatchObject({
      ok: false,
      reason: 'show-continued',
    });
    expect(code(await byHost('POST', `shows/${before}/continue`))).toEqual([409, 'show-continued']);

    // The lot that was sold keeps its id, and its sale goes on here.
    const { lots, sales, bidders } = (await app.desks.of(next)).state;
    expect(Object.values(lots)).toMatchObject([{ lot: 'L2', number: '002', units: 1, title: '兰花' }]);
    type Me = { me: { bidder: string; paddle: number } };
    const { bidder, paddle } = (await http<Me>('POST', `shows/${next}/join`, buyer.token, {})).body.me;
    expect(desk.state.sales.S1!.bidder).toBe(bidder);
    expect(sales).toMatchObject({ S1: { lot: 'L1', bidder, phase: 'awaiting', before: { number: '001' } } });
    expect(bidders[bidder]!.paddle).toBe(paddle);
    await order(
      next,
      { name: 'seal' },
      { name: 'open' },
      { name: 'offer', lot: 'L2' },
      { name: 'withdraw', lot: 'L2', reason: 'other' },
    );
    await order(next, { name: 'close' });
    const txn = `${'T'.repeat(43)}=`;
    const paid = { sale: 'S1', amountFen: 2_500, channel: 'cash', txn };
    await done((await app.desks.of(next)).command({ by: 'officer', name: 'paid', body: paid } as never));
    const { body: certificate } = await http<Certificate>('GET', `shows/${next}/certificate`, null);
    expect(certificate).toMatchObject({
      continues: { origin: `market.example/shows/${before}` },
      ...{ hammerFen: 0, paidFen: 0, takenOver: { sales: 1, units: 1, hammerFen: 2_500, paidFen: 2_500 } },
    });

    const [past, now] = [await textOf(`shows/${before}/bundle`), await textOf(`shows/${next}/bundle`)];
    const policy = await textOf(`shows/${next}/policy`);
    const together = verifyContinued([now, past], { policy });
    expect(together.findings.map((one) => one.code)).toEqual(['lot-unsold']);
    expect(together).toMatchObject({ verdict: 'ALL_ACCOUNTED_NOT_ALL_SOLD' });
    // The server says the same of both.
    const { body: said } = await http<Verification>('GET', `shows/${next}/verification`, null);
    expect([said.verdict, said.gates.at(-1)!.gate]).toEqual(['ALL_ACCOUNTED_NOT_ALL_SOLD', 'before']);
    expect(await brokenInvariants(app.database.dataSource.manager)).toEqual([]);
    const season = await judgedSeason();
    expect(season.findings).toEqual([]);
    expect(season.shows.find(({ show }) => show === before)?.standing).toBe('continued');
  });

  it('was sealed and not yet settled', async () => {
    const showId = await prepared();
    expect(code(await byHost('POST', `shows/${showId}/continue`))).toEqual([409, 'wrong-phase']);
    await order(showId, { name: 'seal' }, { name: 'open' });
    for (const lot of ['L1', 'L2']) await order(showId, { name: 'withdraw', lot, reason: 'other' });
    await order(showId, { name: 'close' }, { name: 'settle' });
    expect(code(await byHost('POST', `shows/${showId}/continue`))).toEqual([409, 'wrong-phase']);
  });

  it('goes on for its sales alone when it was closed already', async () => {
    const before = await prepared();
    await order(before, { name: 'seal' }, { name: 'open' }, { name: 'offer', lot: 'L1' });
    const buyer = await app.buyer('小吴', before);
    const socket = await app.socketOf(buyer.token);
    await socket.ask('join', { showId: before });
    expect(await socket.ask('bid', { ...bidOf(2_500), confirmed: true })).toMatchObject({ ok: true });
    const desk = await app.desks.of(before);
    await until(() => Object.keys(desk.state.sales).length === 1, 5_000);
    await order(before, { name: 'withdraw', lot: 'L2', reason: 'other' }, { name: 'close' });

    const { status, body } = await byHost<{ showId: string }>('POST', `shows/${before}/continue`);
    expect(status).toBe(201);
    const next = body.showId;
    await order(next, { name: 'seal' }, { name: 'open' }, { name: 'close' });
    const paid = { sale: 'S1', amountFen: 2_500, channel: 'cash', txn: `${'U'.repeat(43)}=` };
    await done((await app.desks.of(next)).command({ by: 'officer', name: 'paid', body: paid } as never));
    const [past, now] = [await textOf(`shows/${before}/bundle`), await textOf(`shows/${next}/bundle`)];
    const together = verifyContinued([now, past], { policy: await textOf(`shows/${next}/policy`) });
    expect(together.findings).toEqual([]);
    expect(together.before![0]!.findings.map((one) => one.code)).toEqual(['lot-unsold']);
    expect(together).toMatchObject({ verdict: 'ALL_ACCOUNTED_NOT_ALL_SOLD' });
    const { body: said } = await http<Verification>('GET', `shows/${next}/verification`, null);
    expect(said.verdict).toBe('ALL_ACCOUNTED_NOT_ALL_SOLD');
    expect(await brokenInvariants(app.database.dataSource.manager)).toEqual([]);
    expect((await judgedSeason()).findings).toEqual([]);
  });
});
