import { type ArgumentsHost, Catch, type ExceptionFilter, Global, Module } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { Desks, Registry } from '@qingpai/auction';
import { reportMessage } from '@qingpai/auction/rules';
import { portsOn, startMs, StoredShow, storedTownship, type StoredTownship } from '@qingpai/auction/testing';
import { Ledger } from '@qingpai/ledger';
import { fromUtf8, publicKeyOf, sha256, signEd25519, toBase64 } from '@qingpai/ledger/rules';
import { MembersModule, MembersService } from '@qingpai/members';
import { vaultKey } from '@qingpai/members/testing';
import { problemOf, Refused } from '@qingpai/platform';
import { dailyReport, type DailyReport, type DayReport, defaultRules } from '@qingpai/wire';
import { parse } from 'csv-parse/sync';
import { type FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import { TownshipModule } from '../township.module.js';
import { DailyReports } from './dailyReports.js';
import { dayOf, hoursOf } from './dayOfShow.js';

const DAY_MS = 86_400_000;
const t0 = startMs;
const today = dayOf(t0);
const txn = (letter: string) => `${letter.repeat(43)}=`;

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
let show: StoredShow;
let nowMs = t0 + 3_600_000;
const tokens: Record<string, string> = {};

/** L1 is sold for 20 yuan and paid, a part given back; L2 sold for 10 and unpaid; L3 passed without a bid; L4 withdrawn. */
beforeAll(async () => {
  township = await storedTownship();
  const showId = await township.newShow({ ...defaultRules, payWithinMs: DAY_MS });
  show = await StoredShow.takeOver(township, showId);
  for (const n of [1, 2, 3, 4]) await show.catalogue(t0, n, { startFen: 1_000 });
  const mei = await show.register(t0, await township.buyer('阿梅', showId));
  await show.seal(t0 + 1_000);
  await show.play(t0 + 2_000, { by: 'host', name: 'open' });
  for (const [k, lot] of ['L1', 'L2'].entries()) {
    const at = t0 + 10_000 + k * 100_000;
    await show.play(at, { by: 'host', name: 'offer', lot });
    await show.play(at + 1_000, show.bidOf(mei, lot, 2_000 - k * 1_000));
    await show.play(at + 90_000);
  }
  await show.play(t0 + 300_000, { by: 'host', name: 'offer', lot: 'L3' });
  await show.play(t0 + 310_000, { by: 'host', name: 'pass', lot: 'L3' });
  await show.play(t0 + 320_000, { by: 'host', name: 'withdraw', lot: 'L4', reason: 'damaged' });
  await show.play(t0 + 330_000, { by: 'host', name: 'close' });
  const cash = { sale: 'S1', channel: 'cash' } as const;
  await show.play(t0 + 340_000, {
    by: 'officer',
    name: 'paid',
    body: { ...cash, amountFen: 2_000, txn: txn('A') },
  });
  await show.play(t0 + 350_000, {
    by: 'officer',
    name: 'refunded',
    body: { ...cash, amountFen: 500, txn: txn('B') },
  });
  desks = new Desks(portsOn(township.log));
  app = await started();
  const { members } = township;
  const tokenOf = async (memberId: string) =>
    (await members.exchangeToken((await members.makeLink(memberId, '/')).token)).token;
  tokens.officer = await tokenOf(township.officer.memberId);
  tokens.host = await tokenOf(township.host.memberId);
}, 60_000);
afterAll(async () => {
  await app.close();
  await desks.close();
  await township.database.close();
});

async function started(): Promise<NestFastifyApplication> {
  class Ground {}
  const provided = [
    { provide: DataSource, useValue: township.database.dataSource },
    { provide: Ledger, useValue: township.ledger },
    { provide: Desks, useValue: desks },
    { provide: Registry, useValue: township.registry },
  ];
  Global()(Ground);
  Module({ providers: provided, exports: provided.map(({ provide }) => provide) })(Ground);
  const built = await Test.createTestingModule({
    imports: [
      Ground,
      MembersModule.forRoot({ vaultKey, publicOrigins: [], secureCookies: false }),
      TownshipModule.forRoot({ imports: [], nowMs: () => nowMs }),
    ],
  }).compile();
  const server = built.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  server.useGlobalFilters(new AsProblem());
  built.get(MembersService).findShowsBy(township.store.findShow);
  await server.init();
  await server.getHttpAdapter().getInstance().ready();
  return server;
}

const ask = (method: 'GET' | 'POST', path: string, who?: string, body?: object) =>
  app.inject({
    ...{ method, url: `/api/township/${path}` },
    headers: who ? { authorization: `Bearer ${tokens[who]}` } : {},
    ...(body && { payload: body }),
  });
const reportOf = async (day: string): Promise<DailyReport> =>
  dailyReport.parse((await ask('GET', `report?day=${day}`, 'officer')).json());

describe('a day’s report', () => {
  it('counts what happened on the day from the log, and what stands now', async () => {
    const { kept, now, township: name } = await reportOf(today);
    expect([kept, name, now.day, now.atMs]).toEqual([null, '泗桥乡', today, nowMs]);
    expect(now.sold).toEqual({ lots: 2, units: 2, hammerFen: 3_000, paidFen: 2_000, backFen: 500 });
    expect(now.unsold).toMatchObject([
      { number: '003', units: 1, how: 'passed', reason: null, bestFen: null },
      { number: '004', units: 1, how: 'withdrawn', reason: 'damaged' },
    ]);
    expect(now.due).toMatchObject({ sales: 1, fen: 1_000, lateSales: 0, defaultedSales: 0 });
    expect(now.goods).toEqual({ toPack: 1, toShip: 0, underway: 0, received: 0 });
    expect(now.shows).toMatchObject([{ show: show.taken.showId, phase: 'closed', hammerFen: 3_000 }]);
    expect(now.shows[0]!.code).toMatch(/^[0-9A-F]{4}·/);
    expect(now.checks).toBeNull();
  });

  it('of a day on which nothing happened says so with noughts, and tells what stands', async () => {
    const { now } = await reportOf(dayOf(t0 - DAY_MS));
    expect(now.sold).toEqual({ lots: 0, units: 0, hammerFen: 0, paidFen: 0, backFen: 0 });
    expect([now.unsold, now.due.sales]).toEqual([[], 1]);
  });

  it('is of no day that has not begun, or that no calendar has', async () => {
    expect((await ask('GET', `report?day=${dayOf(t0 + 5 * DAY_MS)}`, 'officer')).statusCode).toBe(400);
    for (const day of ['2026-02-30', 'yesterday']) {
      expect((await ask('GET', `report?day=${day}`, 'officer')).statusCode).toBe(400);
    }
  });

  it('is for officers of the township', async () => {
    for (const path of ['report', 'report.csv']) {
      expect([(await ask('GET', path)).statusCode, (await ask('GET', path, 'host')).statusCode]).toEqual([
        401, 403,
      ]);
    }
  });

  it('is kept once the day is over, stays what was told, and what changed since is there to be seen', async () => {
    const reports = app.get(DailyReports);
    nowMs = hoursOf(today).toMs + 60_000;
    await reports.keep();
    nowMs += 2 * DAY_MS;
    const cash = { sale: 'S1', channel: 'cash', amountFen: 100, txn: txn('C') } as const;
    await desks.retire(show.taken.showId);
    const again = await StoredShow.takeOver(township, show.taken.showId);
    await again.play(nowMs, { by: 'officer', name: 'refunded', body: cash });
    await reports.keep();
    const { kept, now } = await reportOf(today);
    expect([kept!.atMs, kept!.due.lateSales]).toEqual([hoursOf(today).toMs + 60_000, 0]);
    // Late by now; what was given back later is of another day.
    expect(now.due).toMatchObject({ sales: 1, lateSales: 1, lateFen: 1_000 });
    expect(now.late).toMatchObject([{ sale: 'S2', number: '002', amountFen: 1_000 }]);
    expect(now.sold).toEqual(kept!.sold);
    for (const sql of ['UPDATE daily_reports SET told = told', 'DELETE FROM daily_reports']) {
      await expect(township.database.dataSource.query(sql)).rejects.toThrow(/permission denied/);
    }
  });

  it('as a table has each figure as it was told and as it is', async () => {
    const { body } = await ask('GET', `report.csv?day=${today}`, 'officer');
    const rows = parse(body, { bom: true, relax_column_count: true }) as string[][];
    expect(rows.find(([name]) => name === '成交额(元)')).toEqual(['成交额(元)', '30.00', '30.00']);
    expect(rows.find(([name]) => name === '逾期(笔)')).toEqual(['逾期(笔)', '0', '1']);
    expect(rows.find(([how]) => how === '撤拍')).toEqual(['撤拍', '004', expect.any(String), '1', '损坏']);
  });
});

describe('a signed report', () => {
  const seed = new Uint8Array(32).fill(7);
  const key = toBase64(publicKeyOf(seed));
  const said = (version: number, words: string, figures: DayReport) => {
    const message = reportMessage({ township: 'siqiao', day: today, version, words, figures });
    const body = { day: today, version, words, figures, key, sig: toBase64(signEd25519(seed, message)) };
    return { body, hash: toBase64(sha256(message)) };
  };
  const sign = async (body: object, who = 'officer') => {
    const answer = await ask('POST', 'report/signature', who, body);
    return answer.statusCode === 204 ? 204 : answer.json<{ code: string }>().code;
  };
  const missing = async () => (await ask('GET', 'report/missing', 'officer')).json<{ days: string[] }>().days;

  it('is missing from noon of the next day on, if something happened on that day', async () => {
    const atMs = nowMs;
    nowMs = hoursOf(today).toMs + 12 * 3_600_000 - 1;
    expect(await missing()).toEqual([]);
    nowMs += 1;
    expect(await missing()).toEqual([today]);
    nowMs = atMs;
  });

  it('is refused with another figure, under another signature, of a day that goes on, and from who is no officer', async () => {
    const { kept } = await reportOf(today);
    const raised = { ...kept!, sold: { ...kept!.sold, hammerFen: 9_999 } };
    expect(await sign(said(1, '好', raised).body)).toBe('report-changed');
    expect(await sign({ ...said(1, '好', kept!).body, words: '很好' })).toBe('bad-signature');
    expect(await sign(said(2, '好', kept!).body)).toBe('report-changed');
    expect(await sign(said(1, '电话 13912345678', kept!).body)).toBe('personal-data');
    expect(await sign({ ...said(1, '好', kept!).body, day: dayOf(nowMs) })).toBe('day-not-over');
    expect((await ask('POST', 'report/signature', 'host', said(1, '好', kept!).body)).statusCode).toBe(403);
    expect((await reportOf(today)).signed).toEqual([]);
  });

  it('stands with the officer’s words, in the registry by its hash, and is missing no longer', async () => {
    const { kept } = await reportOf(today);
    const { body, hash } = said(1, '两件没卖出，下场再拍', kept!);
    expect(await sign(body)).toBe(204);
    const { signed } = await reportOf(today);
    expect(signed).toMatchObject([{ version: 1, words: '两件没卖出，下场再拍', hash, key, figures: kept }]);
    const { origin, head } = await township.registry.view('siqiao', nowMs);
    const [last] = await township.ledger.leavesOf(origin, head.size - 1, head.size);
    expect(JSON.parse(fromUtf8(last!)!)).toMatchObject({ type: 'report.filed', body: { hash } });
    expect(await missing()).toEqual([]);
  });

  it('is corrected by a version of its own, with the figures of now; what was signed before stays', async () => {
    const { now } = await reportOf(today);
    expect(now.due.lateSales).toBe(1);
    expect(await sign(said(1, '再签一次', now).body)).toBe('report-changed');
    expect(await sign(said(2, '一笔逾期', now).body)).toBe(204);
    const { signed } = await reportOf(today);
    expect(signed.map(({ version, figures }) => [version, figures.due.lateSales])).toEqual([
      [2, 1],
      [1, 0],
    ]);
    for (const sql of ['UPDATE signed_reports SET words = words', 'DELETE FROM signed_reports']) {
      await expect(township.database.dataSource.query(sql)).rejects.toThrow(/permission denied/);
    }
  });

  it('signed twice at once stands once', async () => {
    const { now } = await reportOf(today);
    const answers = await Promise.all(['甲', '乙', '丙'].map((words) => sign(said(3, words, now).body)));
    expect(answers.sort()).toEqual([204, 'report-changed', 'report-changed']);
    expect((await reportOf(today)).signed).toHaveLength(3);
  });
});

describe('the list of issues', () => {
  it('says who opened one and since when, and who closed it out; once', async () => {
    expect((await ask('POST', 'issues', 'host', { text: '三号棚没有电' })).statusCode).toBe(204);
    expect((await ask('POST', 'issues', 'officer', { text: '快递单打印机坏了' })).statusCode).toBe(204);
    const [second, first] = (await reportOf(today)).issues;
    expect(first).toMatchObject({ text: '三号棚没有电', openedAtMs: nowMs, closed: null });
    expect(first!.openedBy).not.toBe('');
    const end = (id: number, who: string) => ask('POST', `issues/${id}/end`, who, { text: '已接上备用电源' });
    expect((await end(first!.id, 'host')).statusCode).toBe(403);
    expect((await end(first!.id, 'officer')).statusCode).toBe(204);
    expect((await end(first!.id, 'officer')).statusCode).toBe(409);
    expect((await end(9_999, 'officer')).statusCode).toBe(404);
    const { issues } = await reportOf(today);
    expect(issues.map(({ id, closed }) => [id, closed?.text ?? null])).toEqual([
      [second!.id, null],
      [first!.id, '已接上备用电源'],
    ]);
  });

  it('names who sees to it, until when, and the lot of the show that it is about', async () => {
    const whole = {
      ...{ text: '一盆花摔坏了', owner: '供销社', dueDay: '2026-12-01' },
      ...{ show: show.taken.showId, lot: '002' },
    };
    expect((await ask('POST', 'issues', 'officer', whole)).statusCode).toBe(204);
    const [first] = (await reportOf(today)).issues;
    expect(first).toMatchObject({ ...whole, closed: null });
    const elsewhere = { ...whole, show: '20200101-01' };
    expect((await ask('POST', 'issues', 'officer', elsewhere)).json()).toMatchObject({
      code: 'unknown-show',
    });
    expect((await ask('POST', 'issues', 'officer', { ...whole, owner: '139 1234 5678' })).statusCode).toBe(
      422,
    );
    await ask('POST', `issues/${first!.id}/end`, 'officer', { text: '已换一盆' });
  });

  it('takes no telephone number, nothing empty, and nothing from who is not signed in', async () => {
    const text = '请打 139 1234 5678';
    expect((await ask('POST', 'issues', 'officer', { text })).json()).toMatchObject({
      code: 'personal-data',
    });
    expect((await ask('POST', 'issues', 'officer', { text: ' ' })).statusCode).toBe(400);
    expect((await ask('POST', 'issues', undefined, { text: '坏了' })).statusCode).toBe(401);
  });

  it('is written once: the app changes and deletes nothing', async () => {
    for (const sql of [
      'UPDATE issues SET text = text',
      'DELETE FROM issue_ends',
      'TRUNCATE issues CASCADE',
    ]) {
      await expect(township.database.dataSource.query(sql)).rejects.toThrow(/permission denied/);
    }
  });
});
