import { anchoredClock } from '@qingpai/platform';
import { type ChatLine } from '@qingpai/wire';
import { parse } from 'csv-parse/sync';
import { roomApp, type RoomApp } from '../testing/roomApp.js';
import { quickRules } from '../testing/rig.js';
import { Chat } from './chat.js';
import { KeptTalk } from './keptTalk.js';

let app: RoomApp;
beforeAll(async () => {
  app = await roomApp();
});
afterAll(() => app.close());

/** A host, and a buyer who has said something. */
async function evening() {
  const showId = await app.newShow(quickRules, ['L1']);
  const host = await app.socketOf(app.people.host);
  await host.ask('join', { showId });
  const buyer = await app.buyer('小林', showId);
  const phone = await app.socketOf(buyer.token);
  await phone.ask('join', { showId });
  expect(await phone.ask('chat', { text: '这盆开几天了？' })).toEqual({ ok: true });
  return { showId, host, phone, buyer };
}
/** The record, once so many acts are in it. */
async function recordOf(showId: string, token: string | null, asked = 'talk.csv') {
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  const response = await fetch(`${app.url}/api/shows/${showId}/${asked}`, { headers });
  const text = await response.text();
  return { status: response.status, rows: response.ok ? (parse(text, { bom: true }) as string[][]) : [] };
}
/** As after a restart: whoever opens the room now. */
const restarted = async (showId: string) => new Chat(await app.app.get(KeptTalk).of(showId));

it('a room goes on after a restart with its last lines, its silence and its pace', async () => {
  const { showId, host, phone, buyer } = await evening();
  await phone.ask('chat', { text: '老板加个微信 6666' });
  const said = host.news<{ kind: string; line: ChatLine }>('chat');
  await host.ask('moderate', { act: 'remove', id: said.at(-1)!.line.id });
  await host.ask('moderate', { act: 'mute', bidder: buyer.bidder });
  await host.ask('moderate', { act: 'slow', everyMs: 10_000 });
  await recordOf(showId, app.people.host); // which is whole: what waits is written first
  const chat = await restarted(showId);
  expect(chat.lines).toEqual([said[0]!.line]);
  expect([chat.isMuted(buyer.bidder), chat.slowMs]).toEqual([true, 10_000]);
  // No line is ever named like one that was taken away.
  const next = chat.say({ key: 'host', role: 'host', paddle: null, bidder: null }, '晚上好', 1);
  expect(next).toMatchObject({ ok: true, value: { id: 'c3' } });
});

it('of a long talk the last lines come back, and everything that was done to it', async () => {
  const { showId, host, buyer } = await evening();
  await host.ask('moderate', { act: 'mute', bidder: buyer.bidder });
  const memberId = buyer.memberId;
  const talk = app.app.get(KeptTalk);
  for (let n = 2; n <= 70; n += 1) {
    const line: ChatLine = {
      id: `c${n}`,
      atMs: n,
      role: 'buyer',
      paddle: 1,
      bidder: buyer.bidder,
      text: `${n}`,
    };
    talk.keep(showId, memberId, { act: 'line', line });
  }
  await talk.record(showId);
  const chat = await restarted(showId);
  expect([chat.lines.length, chat.lines[0]!.text, chat.lines.at(-1)!.text]).toEqual([50, '21', '70']);
  expect(chat.isMuted(buyer.bidder)).toBe(true);
});

it('the whole record goes to the host and the township alone, with what was taken away, and no formula in it', async () => {
  const { showId, host, phone } = await evening();
  await phone.ask('chat', { text: '=HYPERLINK("http://x")' });
  const { id } = host.news<{ line: ChatLine }>('chat').at(-1)!.line;
  await host.ask('moderate', { act: 'remove', id });
  const { people } = app;
  for (const token of [people.host, people.officer]) {
    const { status, rows } = await recordOf(showId, token);
    expect(status).toBe(200);
    expect(rows.map((row) => row.slice(1))).toEqual([
      ['谁', '号牌', '身份', '做了什么', '内容', '后来'],
      ['小林', '1', '买家', '发言', '这盆开几天了？', ''],
      ['小林', '1', '买家', '发言', '\'=HYPERLINK("http://x")', '被移除'],
      ['小周', '', '', '移除发言', id, ''],
    ]);
  }
  const { moderator, coHost, foreignHost } = people;
  const buyer = await app.buyer('小吴', showId);
  for (const token of [moderator, coHost, foreignHost, buyer.token])
    expect((await recordOf(showId, token)).status).toBe(403);
  expect((await recordOf(showId, null)).status).toBe(401);
});

it('a line lies under its speaker’s own key: nobody reads it once the account is closed', async () => {
  const { showId, buyer } = await evening();
  await recordOf(showId, app.people.host);
  const stored = await app.database.dataSource.query(
    'SELECT talk::text AS row FROM talk WHERE show_id = $1',
    [showId],
  );
  expect(JSON.stringify(stored)).not.toContain('这盆');
  expect(JSON.stringify(stored)).not.toContain(Buffer.from('这盆').toString('hex'));
  await app.members.askToBeErased(buyer.memberId);
  expect((await restarted(showId)).lines).toEqual([]);
  expect((await recordOf(showId, app.people.host)).rows[1]).toContain('（已注销，读不出）');
});

it('a database that is away is waited for, and the order stays', async () => {
  const { showId, buyer } = await evening();
  await recordOf(showId, app.people.host);
  const warned: string[] = [];
  const { dataSource } = app.database;
  let isAway = true;
  const query = (text: string, values: unknown[]) =>
    isAway ? Promise.reject(new Error('away')) : dataSource.query(text, values);
  const db = new Proxy(dataSource, { get: (of, name) => (name === 'query' ? query : Reflect.get(of, name)) });
  const warn = (event: string) => void warned.push(event);
  const talk = new KeptTalk({ db, members: app.members, clock: anchoredClock(), warn });
  talk.keep(showId, buyer.memberId, { act: 'slow', everyMs: 5_000 });
  talk.keep(showId, buyer.memberId, { act: 'slow', everyMs: 9_000 });
  await talk.close();
  expect(warned).toContain('talk.waits');
  expect((await restarted(showId)).slowMs).toBe(0);
  isAway = false;
  await talk.close();
  expect((await restarted(showId)).slowMs).toBe(9_000);
});

it('what was said cannot be changed or taken out, not even by the app', async () => {
  const { showId } = await evening();
  await recordOf(showId, app.people.host);
  for (const forbidden of ["UPDATE talk SET act = 'slow'", 'DELETE FROM talk', 'TRUNCATE talk'])
    await expect(app.database.dataSource.query(forbidden)).rejects.toThrow();
});
