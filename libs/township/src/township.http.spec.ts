import { type ArgumentsHost, Catch, type ExceptionFilter, Global, Module } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { Desks, LotCardRow, Registry } from '@qingpai/auction';
import {
  portsOn,
  siqiaoCard,
  startMs,
  StoredShow,
  storedTownship,
  type StoredTownship,
} from '@qingpai/auction/testing';
import { Ledger } from '@qingpai/ledger';
import { MembersModule, MembersService } from '@qingpai/members';
import { vaultKey } from '@qingpai/members/testing';
import { problemOf, Refused } from '@qingpai/platform';
import {
  defaultRules,
  invariantRun,
  lotHistory,
  showBooks,
  townshipLots,
  townshipShows,
  townshipTotals,
  type Verification,
} from '@qingpai/wire';
import { parse } from 'csv-parse/sync';
import { type FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { SHOW_VERDICTS, type ShowVerdicts } from './showVerdicts.js';
import { TownshipModule } from './township.module.js';

const DAY_MS = 86_400_000;
const t0 = startMs;

@Catch(Refused)
class AsProblem implements ExceptionFilter {
  catch(refused: Refused, host: ArgumentsHost) {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    void reply.status(refused.status).send(problemOf(refused, 'r1'));
  }
}

let township: StoredTownship;
let app: NestFastifyApplication;
let desks: Desks;
let officer: string;
let foreignOfficer: string;
let first: string;
let second: string;
let foreign: string;
const verdicts = new Map<string, Verification | 'fails'>();

beforeAll(async () => {
  township = await storedTownship();
  first = await playFirstEvening();
  second = await playSecondEvening();
  foreign = await playForeignEvening();
  desks = new Desks(portsOn(township.log));
  app = await started();
  const { members } = township;
  officer = (await members.exchangeToken((await members.makeLink(township.officer.memberId, '/')).token))
    .token;
});
afterAll(async () => {
  await app.close();
  await desks.close();
  await township.database.close();
});

async function started(): Promise<NestFastifyApplication> {
  class Ground {}
  const port: ShowVerdicts = {
    of: async (showId) => {
      const verdict = verdicts.get(showId) ?? null;
      if (verdict === 'fails') throw new Error('out of memory');
      return verdict;
    },
  };
  const provided = [
    { provide: DataSource, useValue: township.database.dataSource },
    { provide: Ledger, useValue: township.ledger },
    { provide: SHOW_VERDICTS, useValue: port },
    { provide: Desks, useValue: desks },
    { provide: Registry, useValue: township.registry },
  ];
  Global()(Ground);
  Module({ providers: provided, exports: provided.map(({ provide }) => provide) })(Ground);
  const built = await Test.createTestingModule({
    imports: [
      Ground,
      MembersModule.forRoot({ vaultKey, publicOrigins: [], secureCookies: false }),
      TownshipModule.forRoot({ imports: [], nowMs: () => t0 + DAY_MS }),
    ],
  }).compile();
  const server = built.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  server.useGlobalFilters(new AsProblem());
  built.get(MembersService).findShowsBy(township.store.findShow);
  await server.init();
  await server.getHttpAdapter().getInstance().ready();
  return server;
}

async function newShow(
  townshipId: string,
  hostId: string,
  title: string,
  startsAtMs: number,
): Promise<string> {
  const card = { ...siqiaoCard, title, startsAtMs };
  const wanted = { townshipId, hostId, card, rules: defaultRules, demo: false, nowMs: startsAtMs };
  const { showId } = await township.database.dataSource.transaction((manager) =>
    township.store.createShow(manager, wanted),
  );
  return showId;
}
const card = (showId: string, lot: string, growerName: string, village: string) =>
  township.database.dataSource.manager.insert(LotCardRow, {
    ...{ showId, lot, growerName, village },
    grade: 'A',
    source: '人工培植',
    photos: [],
  });

/**
 * Five lots, seven units. L1 sold at once for 20 yuan and paid, after a refused bid; L2, three units, sold from the
 * re-offer's clock at 60 yuan each; L3 passed; L4 withdrawn; L5 struck before the seal.
 */
async function playFirstEvening(): Promise<string> {
  const showId = await newShow(township.townshipId, township.host.memberId, '鲜花专场', t0);
  const show = await StoredShow.takeOver(township, showId);
  await show.catalogue(t0, 1);
  await show.catalogue(t0, 2, { units: 3, floorFen: 5_000, startFen: 3_000 });
  for (const n of [3, 4, 5]) await show.catalogue(t0, n, { startFen: 1_000 });
  await show.play(t0, { by: 'host', name: 'strike', lot: 'L5' });
  await card(showId, 'L1', '吴山村04号花农', '吴山村');
  await card(showId, 'L2', '=1+1', '泗桥村');
  await card(showId, 'L3', '吴山村04号花农', '吴山村');
  await card(showId, 'L4', '泗桥村02号花农', '泗桥村');
  const mei = await show.register(t0, await township.buyer('阿梅', showId));
  const lin = await show.register(t0, await township.buyer('老林', showId));
  await show.seal(t0 + 1_000);
  await show.play(t0 + 2_000, { by: 'host', name: 'open' }, { by: 'host', name: 'offer', lot: 'L1' });
  await show.play(t0 + 3_000, show.bidOf(mei, 'L1', 2_000));
  await show.play(t0 + 4_000, show.bidOf(lin, 'L1', 1_000));
  await show.play(t0 + 90_000, { by: 'host', name: 'offer', lot: 'L2' });
  await show.play(
    t0 + 91_000,
    { by: 'host', name: 'setAside', lot: 'L2' },
    { by: 'host', name: 'offer', lot: 'L3' },
    { by: 'host', name: 'pass', lot: 'L3' },
    { by: 'host', name: 'withdraw', lot: 'L4', reason: 'damaged' },
    { by: 'host', name: 'reoffer', lot: 'L2' },
  );
  const { startsAt, startFen } = show.taken.state.lots.L2!.offerings[1]!.clock!;
  await show.play(startsAt, show.bidOf(lin, 'L2', startFen, { units: 3 }));
  const [sale] = Object.values(show.taken.state.sales).filter((one) => one.lot === 'L1');
  const txn = `${'A'.repeat(43)}=`;
  const body = { sale: sale!.sale, amountFen: 2_000, channel: 'cash' as const, txn };
  await show.play(startsAt + 20_000, { by: 'officer', name: 'paid', body });
  const back = { ...body, amountFen: 500, txn: `${'R'.repeat(43)}=` };
  await show.play(startsAt + 30_000, { by: 'officer', name: 'refunded', body: back });
  return showId;
}

/** A week before, half past midnight in China (the evening before by UTC): one lot, hammered and undone, so it waits. */
async function playSecondEvening(): Promise<string> {
  const startsAtMs = Date.UTC(2026, 10, 16, 16, 30);
  const showId = await newShow(township.townshipId, township.host.memberId, '首场试播', startsAtMs);
  const show = await StoredShow.takeOver(township, showId);
  await show.catalogue(startsAtMs, 1);
  await card(showId, 'L1', '溪口村01号花农', '溪口村');
  const mei = await show.register(startsAtMs, await township.buyer('阿梅', showId));
  await show.seal(startsAtMs + 1_000);
  await show.play(startsAtMs + 2_000, { by: 'host', name: 'open' }, { by: 'host', name: 'offer', lot: 'L1' });
  await show.play(startsAtMs + 3_000, show.bidOf(mei, 'L1', 900));
  const hammered = await show.play(startsAtMs + 90_000);
  expect(hammered.at(-1)).toMatchObject({ type: 'lot.hammered' });
  await show.play(startsAtMs + 91_000, { by: 'host', name: 'undo', sale: 'S1', reason: 'wrong-price' });
  return showId;
}

async function playForeignEvening(): Promise<string> {
  const { townshipId, people } = await township.members.ensureSeed({
    township: { name: '礼门乡', code: 'limen' },
    people: [
      { role: 'host', phone: '13700000008', nickname: '小林', goTo: '/host' },
      { role: 'officer', phone: '13700000009', nickname: '老林', goTo: '/township' },
    ],
  });
  foreignOfficer = (await township.members.exchangeToken(people[1]!.link.token)).token;
  const showId = await newShow(townshipId, people[0]!.memberId, '礼门专场', t0);
  const show = await StoredShow.takeOver(township, showId);
  await show.catalogue(t0, 1);
  await card(showId, 'L1', '礼门01号花农', '礼门村');
  await show.seal(t0 + 1_000);
  return showId;
}

const get = (path: string, token: string | null = officer) =>
  app.inject({
    method: 'GET',
    url: `/api/township/${path}`,
    headers: token === null ? {} : { authorization: `Bearer ${token}` },
  });
const totals = async (query = '') => townshipTotals.parse((await get(`totals${query}`)).json());
const lots = async (query = '') => townshipLots.parse((await get(`lots${query}`)).json());
const shows = async (query = '') => townshipShows.parse((await get(`shows${query}`)).json()).shows;
/** The CSV's rows of lots by column, its row of sums, and what stands below. */
async function csv(query = '') {
  const answer = await get(`lots.csv${query}`);
  const table = parse(answer.body, { bom: true, relaxColumnCount: true, skipEmptyLines: true }) as string[][];
  const [names, ...rest] = table as [string[], ...string[][]];
  const end = rest.findIndex(([name]) => name === '合计');
  const asRow = (row: string[]) => Object.fromEntries(names.map((name, k) => [name, row[k] ?? '']));
  return { answer, rows: rest.slice(0, end).map(asRow), sums: asRow(rest[end]!), foot: rest.slice(end + 1) };
}
const fenOf = (yuan: string) => Number(yuan.replace('.', ''));

describe("the township's totals", () => {
  test('count what was hammered and not undone, what was paid, and every sealed lot once', async () => {
    expect(await totals()).toMatchObject({
      hammerFen: 20_000,
      paidFen: 2_000,
      refundedFen: 500,
      dueFen: 18_000,
      shows: 2,
      lots: 5,
      units: 7,
      soldLots: 2,
      passedLots: 1,
      withdrawnLots: 1,
      carriedLots: 0,
    });
  });

  test('grade by units over sealed units: at first, after re-offer, paid, delivered', async () => {
    const { grades } = await totals(`?show=${first}`);
    expect(grades).toEqual({
      firstPass: { units: 1, of: 6 },
      afterReoffer: { units: 4, of: 6 },
      paid: { units: 1, of: 6 },
      delivered: { units: 0, of: 6 },
    });
  });

  test('lie by day, village and grower', async () => {
    const { byDay, byVillage, byGrower } = await totals();
    expect(byDay).toEqual([
      { day: '2026-11-17', hammerFen: 0, lots: 1 },
      { day: '2026-11-24', hammerFen: 20_000, lots: 4 },
    ]);
    expect(byVillage.map(({ village, hammerFen }) => [village, hammerFen])).toEqual([
      ['泗桥村', 18_000],
      ['吴山村', 2_000],
      ['溪口村', 0],
    ]);
    expect(byGrower[1]).toEqual({ grower: '吴山村04号花农', village: '吴山村', hammerFen: 2_000, lots: 2 });
  });
});

describe('tile, list and CSV', () => {
  test.each(['', '?village=吴山村', '?phase=hammered', '?q=004', '?fromDay=2026-11-20', '?grower=nobody'])(
    'say the same of %s',
    async (query) => {
      const [tile, list, file] = [await totals(query), await lots(query), await csv(query)];
      const { rows, sums } = file;
      expect(list.total).toBe(tile.lots);
      expect(rows.map((row) => `${row.专场} ${row.拍品号}`)).toEqual(
        list.lots.map((lot) => `${lot.showId} ${lot.number}`),
      );
      const listed = (of: 'hammerFen' | 'paidFen' | 'units') =>
        list.lots.reduce((total, lot) => total + lot[of], 0);
      expect([listed('hammerFen'), listed('paidFen'), listed('units')]).toEqual([
        tile.hammerFen,
        tile.paidFen,
        tile.units,
      ]);
      expect([fenOf(sums['成交额(元)']!), fenOf(sums['实收(元)']!), fenOf(sums['待付(元)']!)]).toEqual([
        tile.hammerFen,
        tile.paidFen,
        tile.dueFen,
      ]);
      expect([fenOf(sums['已退(元)']!), fenOf(sums['净收(元)']!)]).toEqual([
        tile.refundedFen,
        tile.paidFen - tile.refundedFen,
      ]);
      expect(Number(sums.份数)).toBe(tile.units);
    },
  );

  test('list the newest show first, then by lot number', async () => {
    const { lots: listed } = await lots();
    expect(listed.map(({ showId, number }) => `${showId} ${number}`)).toEqual([
      ...['001', '002', '003', '004'].map((number) => `${first} ${number}`),
      `${second} 001`,
    ]);
  });

  test('a search finds part of a number or a title, and no wildcards', async () => {
    expect((await lots('?q=兰花 2')).lots.map(({ number }) => number)).toEqual(['002']);
    expect((await lots('?q=%25')).total).toBe(0);
  });

  test('a day is that of the township: a show at 00:30 in China belongs to the new day', async () => {
    expect((await lots('?fromDay=2026-11-17&toDay=2026-11-17')).lots.map(({ showId }) => showId)).toEqual([
      second,
    ]);
    expect((await lots('?toDay=2026-11-16')).total).toBe(0);
  });

  test('the CSV is a file for a spreadsheet: BOM, Chinese names, money with two decimals', async () => {
    const { answer, rows } = await csv();
    expect(answer.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(answer.headers['content-disposition']).toContain('attachment');
    expect(answer.body.charCodeAt(0)).toBe(0xfeff);
    expect(rows[0]).toMatchObject({ 日期: '2026-11-24', '成交额(元)': '20.00', 结果: '成交', 保留价: '无' });
    expect(rows[1]).toMatchObject({ 成交份数: '3', '成交额(元)': '180.00', 开拍次数: '2', 保留价: '已达' });
  });

  test('a cell that would run as a formula is defused', async () => {
    const { answer, rows } = await csv('?q=002');
    expect(rows[0]!.花农).toBe("'=1+1");
    expect(answer.body).not.toMatch(/(^|,|")=1\+1/m);
  });

  test('the last rows say which rows these are, when, and from which logs', async () => {
    const { foot } = await csv('?village=泗桥村&phase=hammered');
    const head = await township.ledger.headOf((await township.store.show(first)).origin);
    expect(foot).toEqual([
      ['筛选', '村 泗桥村；结果 成交'],
      ['导出时间', '2026-11-25 19:30:00 (UTC+8)'],
      [
        '账本头',
        first,
        expect.stringMatching(/^[0-9A-F]{4}·[0-9A-F]{4}·[0-9A-F]{4}$/),
        `共 ${head!.size} 条`,
      ],
    ]);
  });
});

describe("a lot's history", () => {
  test('holds every leaf of it in order: refusals with their reason, paddles in place of names', async () => {
    const { rows, lot, card: shown } = lotHistory.parse((await get(`lots/${first}/L1`)).json());
    expect(rows.map(({ type, paddle, amountFen, answer }) => [type, paddle, amountFen, answer])).toEqual([
      ['lot.catalogued', null, 0, 'lot.catalogued'],
      ['lot.offered', null, 0, 'lot.offered'],
      ['bid.accepted', 1, 2_000, 'accepted'],
      ['bid.refused', 2, 1_000, 'not-above-price'],
      ['lot.hammered', 1, 2_000, 'lot.hammered'],
      ['sale.paid', 1, 2_000, 'sale.paid'],
      ['sale.refunded', 1, 500, 'sale.refunded'],
    ]);
    expect(rows.map(({ i }) => i)).toEqual([...rows.map(({ i }) => i)].sort((a, b) => a - b));
    expect(lot).toMatchObject({ hammerFen: 2_000, paidFen: 2_000, refundedFen: 500, phase: 'hammered' });
    expect(shown).toMatchObject({ growerName: '吴山村04号花农', source: '人工培植' });
  });

  test('tells of an undone hammer and why it was undone', async () => {
    const { rows } = lotHistory.parse((await get(`lots/${second}/L1`)).json());
    expect(rows.at(-1)).toMatchObject({
      type: 'sale.voided',
      paddle: 1,
      amountFen: 900,
      answer: 'wrong-price',
    });
  });

  test('of a lot that is not there, or was struck, is refused by name', async () => {
    expect((await get(`lots/${first}/L9`)).json()).toMatchObject({ status: 404, code: 'unknown-lot' });
    expect((await get(`lots/${first}/L5`)).json()).toMatchObject({ status: 404, code: 'unknown-lot' });
    expect((await get('lots/20300101-01/L1')).json()).toMatchObject({ status: 404, code: 'unknown-show' });
  });
});

describe('badges', () => {
  test('stay yellow where nothing was verified', async () => {
    expect((await shows()).map(({ showId, badge }) => [showId, badge])).toEqual([
      [first, 'pending'],
      [second, 'pending'],
    ]);
  });

  test('turn red with the leaf that does not hold', async () => {
    const finding = { code: 'root-differs', i: 12, by: 'platform', zh: '不符', en: 'differs' };
    verdicts.set(first, {
      ...{ verdict: 'INVALID', exitCode: 40, gates: [], notes: [], size: 20, code: null },
      findings: [finding],
    });
    expect((await shows(`?show=${first}`))[0]).toMatchObject({ badge: 'mismatch', badgeLeaf: 12 });
    verdicts.clear();
  });

  test('stay yellow when the verifier itself fails, and the desk stays open', async () => {
    verdicts.set(second, 'fails');
    expect((await shows()).map(({ badge }) => badge)).toEqual(['pending', 'pending']);
    verdicts.clear();
  });
});

describe('who reads the books', () => {
  test('an officer of another township sees his own, and nothing of this one', async () => {
    const told = townshipTotals.parse((await get('totals', foreignOfficer)).json());
    expect(told).toMatchObject({ lots: 1, hammerFen: 0, byVillage: [{ village: '礼门村' }] });
    expect((await get(`lots?show=${first}`, foreignOfficer)).json()).toEqual({ lots: [], total: 0 });
    expect((await get(`lots/${first}/L1`, foreignOfficer)).json()).toMatchObject({ code: 'unknown-show' });
    expect((await get('lots.csv', foreignOfficer)).body).not.toContain(first);
    expect((await totals()).byVillage.map(({ village }) => village)).not.toContain('礼门村');
    expect((await get(`lots/${foreign}/L1`)).json()).toMatchObject({ code: 'unknown-show' });
  });

  test.each(['totals', 'shows', 'lots', 'lots.csv', 'lots/20261124-01/L1'])(
    'a guest and a host are refused at %s',
    async (path) => {
      const { members, host } = township;
      const { token } = await members.exchangeToken((await members.makeLink(host.memberId, '/')).token);
      expect((await get(path, null)).statusCode).toBe(401);
      expect((await get(path, token)).json()).toMatchObject({ status: 403, code: 'not-allowed' });
    },
  );

  test.each(['?fromDay=yesterday', '?phase=lost', '?show=x', `?q=${'长'.repeat(41)}`, '?village=%00'])(
    'a filter that makes no sense is refused: %s',
    async (query) => {
      expect((await get(`lots${query}`)).json()).toMatchObject({ status: 400, code: 'malformed' });
    },
  );

  test('the invariants are read and looked at by officers and operators, and by nobody else', async () => {
    const { members, host } = township;
    const tokenOf = async (memberId: string) =>
      (await members.exchangeToken((await members.makeLink(memberId, '/')).token)).token;
    const ask = (method: 'GET' | 'POST', who: string | null) =>
      app.inject({
        ...{ method, url: '/api/invariants' },
        headers: who === null ? {} : { authorization: `Bearer ${who}` },
      });
    expect((await ask('GET', officer)).json()).toEqual({ run: null });
    const looked = await ask('POST', officer);
    expect(looked.statusCode).toBe(200);
    const run = invariantRun.parse(looked.json());
    expect(run.invariants.filter(({ holds }) => holds !== 'yes')).toEqual([]);
    expect((await ask('GET', foreignOfficer)).json()).toEqual({ run });
    const [hostToken, buyer] = [await tokenOf(host.memberId), await township.buyer('阿梅', first)];
    for (const who of [null, hostToken, await tokenOf(buyer)]) {
      for (const method of ['GET', 'POST'] as const) {
        expect((await ask(method, who)).statusCode).toBe(who === null ? 401 : 403);
      }
    }
  });

  test('the ten invariants of a show stand with their figures, for the officer of its township', async () => {
    const ask = (who: string | null) =>
      app.inject({
        ...{ method: 'GET', url: `/api/shows/${first}/books` },
        headers: who === null ? {} : { authorization: `Bearer ${who}` },
      });
    const { invariants, accounts } = showBooks.parse((await ask(officer)).json());
    expect(invariants.map(({ id }) => id)).toEqual(Array.from({ length: 10 }, (_, n) => `I${n + 1}`));
    expect(invariants.filter(({ holds }) => holds === 'no')).toEqual([]);
    expect(accounts.map(({ account }) => account)).toContain('bank:escrow');
    expect((await ask(null)).statusCode).toBe(401);
    expect((await ask(foreignOfficer)).statusCode).toBe(403);
  });
});
