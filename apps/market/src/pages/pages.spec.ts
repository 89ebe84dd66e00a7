import { Imports, type Room, Rooms, Shows } from '@qingpai/auction';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MembersService, type SessionMember } from '@qingpai/members';
import { type HostCommand, type Snapshot } from '@qingpai/wire';
import { brotliDecompressSync } from 'node:zlib';
import { peopleAndShow } from '../start/seed.js';
import { origin, type TestMarket, testMarket } from '../testing/market.js';
import { languageOf } from './language.js';

let market: TestMarket;
let showId: string;
let room: Room;
let host: SessionMember;
let commands = 0;

const service = <T>(type: new (...args: never[]) => T): T => market.app.get(type, { strict: false });

async function memberOf(token: string): Promise<SessionMember> {
  const member = await service(MembersService).sessionOf(undefined, `Bearer ${token}`);
  if (!member) throw new Error('bug: just signed in');
  return member;
}

async function hostSays(command: HostCommand): Promise<void> {
  const answer = await room.command(host, { commandId: `host-${(commands += 1)}-00`, command });
  if (!answer.ok) throw new Error(`${command.name}: ${answer.reason}`);
}

async function buyerCookie(nickname: string): Promise<string> {
  const members = service(MembersService);
  const [slip] = await members.makeSlips(showId, 1);
  return `qp_session=${(await members.exchangeToken(slip!.token, nickname)).token}`;
}

beforeAll(async () => {
  market = await testMarket();
  const { room: path, host: link } = await peopleAndShow(market.app, market.parts.config, market.parts.log);
  showId = path!.split('/').at(-1)!;
  const { token } = await service(MembersService).exchangeToken(link.split('#link=')[1]!);
  host = await memberOf(token);
  room = await service(Rooms).of(showId);
});
afterAll(() => market.close());

const browser = { accept: 'text/html', 'accept-language': 'zh-CN' };
const get = (url: string, headers: Record<string, string> = {}) =>
  market.app.inject({ method: 'GET', url, headers: { ...browser, ...headers } });
const post = (fields: Record<string, string>, headers: Record<string, string> = {}) =>
  market.app.inject({
    method: 'POST',
    url: `/r/${showId}/bid`,
    headers: { ...browser, origin, 'content-type': 'application/x-www-form-urlencoded', ...headers },
    payload: new URLSearchParams(fields).toString(),
  });
/** The form as the page gives it. */
function fieldsIn(html: string): Record<string, string> {
  const inputs = html.matchAll(/<input type="hidden" name="(\w+)" value="([^"]*)">/g);
  return Object.fromEntries([...inputs].map(([, name, value]) => [name!, value!]));
}
const bootIn = (html: string) =>
  JSON.parse(/<script id="boot" type="application\/json">([^]*?)<\/script>/.exec(html)![1]!) as Snapshot;

describe('before the show', () => {
  it('the seed is the Siqiao catalogue, made once', async () => {
    const again = await peopleAndShow(market.app, market.parts.config, market.parts.log);
    expect(again.room).toBe(`/r/${showId}`);
    const [show, ...others] = await service(Shows).list(host);
    expect([show?.lots, show?.units, others]).toEqual([64, 89, []]);
    expect(service(Imports)).toBeDefined();
  });

  it('a draft is shown to its own township only', async () => {
    expect((await get('/')).body).toContain('还没有专场');
  });

  it('a list with floors is not sealed while growers have not agreed and nobody says why', async () => {
    const command = { name: 'seal' } as const;
    const refused = await room.command(host, { commandId: 'seal-without-words', command });
    expect(refused).toMatchObject({ ok: false, reason: 'consent-missing' });
  });

  it('the front page lists the show once it is sealed, in both languages', async () => {
    await hostSays({ name: 'seal', withoutConsent: 'on-paper' });
    const { body } = await get('/');
    for (const said of ['泗桥鲜花助农专场', '待开拍', '64 件 · 89 份', `href="/r/${showId}"`]) {
      expect(body).toContain(said);
    }
    const english = await get('/', { 'accept-language': 'en-GB,en;q=0.9' });
    for (const said of ['<html lang="en">', 'Starts soon', '64 lots']) expect(english.body).toContain(said);
  });
});

describe('the room before JavaScript', () => {
  it('carries the lot on the block as words and as data', async () => {
    await hostSays({ name: 'open', reason: 'none-configured' });
    await hostSays({ name: 'offer', lot: 'L6' });
    const { body, headers } = await get(`/r/${showId}`);
    expect(body).toContain('长寿花 混色 十盆装');
    expect(body).toContain('出价 ¥1');
    const { state, card } = bootIn(body);
    expect([state.block, card.showId, Object.keys(state.lots).length]).toEqual(['L6', showId, 64]);
    expect(headers['cache-control']).toBe('no-store');
  });

  it('is small on the way', async () => {
    const plain = await get(`/r/${showId}`);
    const small = await get(`/r/${showId}`, { 'accept-encoding': 'gzip, deflate, br' });
    expect(small.headers['content-encoding']).toBe('br');
    expect(small.rawPayload.length).toBeLessThan(plain.rawPayload.length / 5);
    expect(bootIn(brotliDecompressSync(small.rawPayload).toString()).card.showId).toBe(showId);
  });

  it('tells no floor and no phone', async () => {
    const { body } = await get(`/r/${showId}`);
    const { host: hostPerson, officer } = market.parts.config.people;
    const told = ['floorFen', hostPerson.phone, officer.phone].filter((secret) => body.includes(secret));
    expect(told).toEqual([]);
  });

  it('a room that does not exist is a page that says so', async () => {
    for (const path of ['/r/20200101-01', '/r/nonsense', '/c/nonsense']) {
      const answer = await get(path);
      expect([answer.statusCode, answer.body.includes('没有这场专场')]).toEqual([404, true]);
    }
  });
});

describe('bidding without JavaScript', () => {
  it('a guest asks to be admitted, and bids when he was', async () => {
    const form = fieldsIn((await get(`/r/${showId}`)).body);
    const asked = await post({ ...form, nickname: '老李' });
    expect(asked.body).toContain('已请主播放行');
    const cookie = String(asked.headers['set-cookie']).split(';')[0]!;
    expect((await post(form, { cookie })).body).toContain('请等主播放行');

    const [waiting] = await service(MembersService).waitingFor(showId);
    await service(MembersService).admit(waiting!.member, showId);
    const answer = await post(fieldsIn((await get(`/r/${showId}`, { cookie })).body), { cookie });
    expect(answer.body).toContain('出价 ¥1 已接受');
    expect(answer.body).toContain('您 1号 领先');
  });

  it('a form sent twice is one bid, and a bid by form is marked as such', async () => {
    const cookie = await buyerCookie('阿梅');
    const form = fieldsIn((await get(`/r/${showId}`, { cookie })).body);
    const [first, second] = [await post(form, { cookie }), await post(form, { cookie })];
    const said = /出价 ¥2 已接受，账本序号 \d+/;
    expect(said.exec(first.body)?.[0]).toBe(said.exec(second.body)?.[0]);
    const { since } = await room.since(0);
    const bids = since.events.filter(
      (event) => event.type === 'bid.accepted' && event.body.bid === form.bidId,
    );
    expect(bids).toHaveLength(1);
    expect(bids[0]?.body).toMatchObject({ form: true });
  });

  it('a stale price is refused with its reason, and the page shows the new one', async () => {
    const cookie = await buyerCookie('阿公');
    const stale = { ...fieldsIn((await get(`/r/${showId}`, { cookie })).body), amountFen: '100' };
    const answer = await post(stale, { cookie });
    expect(answer.statusCode).toBe(409);
    expect(answer.body).toContain('已有人出到这个价或更高');
    expect(answer.body).toContain('出价 ¥3');
  });

  it('speaks the language of the form', async () => {
    const cookie = await buyerCookie('Mei');
    const form = fieldsIn((await get(`/r/${showId}?lang=en`, { cookie })).body);
    expect((await post(form, { cookie })).body).toContain('Your bid of ¥3 is accepted');
  });

  it("another site's form is refused, and so is one that is no bid", async () => {
    const cookie = await buyerCookie('阿婆');
    const form = fieldsIn((await get(`/r/${showId}`, { cookie })).body);
    expect((await post(form, { cookie, origin: 'https://evil.example' })).statusCode).toBe(403);
    expect((await post({ ...form, bidder: 'somebody' }, { cookie })).statusCode).toBe(400);
    expect((await post({ ...form, amountFen: '1e3' }, { cookie })).statusCode).toBe(400);
  });

  it('the host cannot bid here either', async () => {
    const { token } = await service(MembersService).makeLink(host.memberId, '/');
    const session = await service(MembersService).exchangeToken(token);
    const cookie = `qp_session=${session.token}`;
    const answer = await post(fieldsIn((await get(`/r/${showId}`, { cookie })).body), { cookie });
    expect(answer.statusCode).toBe(403);
  });

  it('the address of a sent form leads back to the room', async () => {
    const { statusCode, headers } = await get(`/r/${showId}/bid`);
    expect([statusCode, headers.location]).toEqual([303, `/r/${showId}`]);
  });
});

describe('the other pages', () => {
  it.each([
    ['/host', 'host'],
    ['/township', 'township'],
    ['/c/20261124-01', 'certificate'],
  ])('%s is the built page, asked for anew each time', async (path, page) => {
    const { body, headers } = await get(path);
    expect([body, headers['cache-control']]).toEqual([`<p>the page ${page}</p>`, 'no-cache']);
  });
});

describe('the verifier', () => {
  it('is one file to be kept; where it was not built there is none', async () => {
    expect((await get('/verify.html')).statusCode).toBe(404);
    const folder = join(market.parts.webFolder, '../verify');
    mkdirSync(folder);
    writeFileSync(join(folder, 'verify.html'), '<p>the verifier</p>');
    const { body, headers } = await get('/verify.html');
    expect(body).toBe('<p>the verifier</p>');
    expect(headers['content-disposition']).toBe('attachment; filename="qingpai-verify.html"');
  });
});

describe('the language', () => {
  it.each([
    [undefined, 'zh'],
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh'],
    ['en-US,en;q=0.9', 'en'],
    ['fr,en;q=0.5,zh;q=0.7', 'zh'],
    ['zh;q=0,en', 'en'],
    ['fr', 'zh'],
  ])('of %s is %s', (header, language) => {
    expect(languageOf({}, header)).toBe(language);
  });
  it('is what the address asks for', () => {
    expect(languageOf({ lang: 'en' }, 'zh')).toBe('en');
    expect(languageOf({ lang: 'de' }, 'en')).toBe('en');
  });
});
