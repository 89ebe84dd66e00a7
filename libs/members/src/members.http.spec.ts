import {
  type ArgumentsHost,
  Catch,
  Controller,
  type ExceptionFilter,
  Get,
  Global,
  Module,
  Post,
} from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import { Test } from '@nestjs/testing';
import { problemOf, Refused } from '@qingpai/platform';
import { lockedRecords, me, problem, signedIn, slips, waitingList } from '@qingpai/wire';
import { type FastifyReply } from 'fastify';
import { DataSource } from 'typeorm';
import {
  buyerPhone,
  membersDatabase,
  type MembersDatabase,
  seedSiqiao,
  showId,
  SmsBox,
  vaultKey,
} from './testing/index.js';
import { May, Public } from './guards.js';
import { MembersModule } from './members.module.js';
import { MembersService } from './members.service.js';
import { roleTable } from './rules/roles.js';

const ours = 'https://market.example';

@Catch(Refused)
class AsProblem implements ExceptionFilter {
  catch(refused: Refused, host: ArgumentsHost) {
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    void reply.status(refused.status).send(problemOf(refused, 'r1'));
  }
}

@Controller('probe')
class ProbeController {
  @Get('forgotten')
  forgotten() {
    return 'nobody should read this';
  }

  @Get('public')
  @Public()
  open() {
    return 'all';
  }

  @Get('township')
  @May('township.read')
  township() {
    return 'officers';
  }

  @Post('bid')
  @May('bid.place')
  bid() {
    return 'buyers';
  }
}

let database: MembersDatabase;
let app: NestFastifyApplication;
let members: MembersService;
let seeded: Awaited<ReturnType<typeof seedSiqiao>>;
const sms = new SmsBox();

beforeAll(async () => {
  database = await membersDatabase();
  const source = { provide: DataSource, useValue: database.dataSource };
  class Db {}
  Global()(Db);
  Module({ providers: [source], exports: [source] })(Db);
  const options = { vaultKey, publicOrigins: [ours], secureCookies: true, smsSender: sms };
  const built = await Test.createTestingModule({
    imports: [Db, MembersModule.forRoot(options)],
    controllers: [ProbeController],
  }).compile();
  app = built.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
  app.useGlobalFilters(new AsProblem());
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  members = app.get(MembersService);
  seeded = await seedSiqiao(members);
});
afterAll(async () => {
  await app.close();
  await database.close();
});

interface Sent {
  body?: object;
  cookie?: string;
  headers?: Record<string, string>;
}
const post = (url: string, { body = {}, cookie, headers }: Sent = {}) =>
  app.inject({
    method: 'POST',
    url,
    payload: body,
    headers: { origin: ours, ...(cookie !== undefined && { cookie }), ...headers },
  });
const get = (url: string, cookie?: string) =>
  app.inject({ method: 'GET', url, headers: cookie === undefined ? {} : { cookie } });
const sessionOf = (answer: { headers: object }) =>
  String((answer.headers as Record<string, unknown>)['set-cookie']).split(';')[0]!;
const cookieFor = async (memberId: string) => {
  const { token } = await members.makeLink(memberId, '/');
  return sessionOf(await post('/api/sign-in/link', { body: { token } }));
};

async function buyerCookie(nickname: string): Promise<string> {
  const [slip] = await members.makeSlips(showId, 1);
  return sessionOf(await post('/api/sign-in/slip', { body: { token: slip!.token, nickname } }));
}

describe('signing in over HTTP', () => {
  test('phone and code give a cookie that scripts cannot read, and no token in the body', async () => {
    const asked = await post('/api/sign-in/code', { body: { phone: buyerPhone } });
    expect(asked.statusCode).toBe(200);
    const body = { phone: buyerPhone, code: sms.lastCodeOf(buyerPhone), nickname: '阿梅' };
    const answer = await post('/api/sign-in/verify', { body });
    expect(signedIn.parse(answer.json())).toEqual(answer.json());
    expect(answer.json().token).toBeUndefined();
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(
        /^qp_session=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
      ),
      expect.stringMatching(
        /^qp_device=[\w-]{43}; Max-Age=31536000; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
      ),
    ]);
    expect(answer.headers['cache-control']).toBe('no-store');
    const mine = await get('/api/me', sessionOf(answer));
    expect(me.parse(mine.json())).toMatchObject({ signedIn: true, nickname: '阿梅', phone: '139****0003' });
  });

  test('a client without cookies asks for a bearer token and gets no cookie', async () => {
    const { token } = await members.makeLink(seeded.officer.memberId, '/township');
    const answer = await post('/api/sign-in/link', { body: { token }, headers: { 'x-session': 'bearer' } });
    expect(answer.headers['set-cookie']).toBeUndefined();
    const authorization = `Bearer ${answer.json().token}`;
    const mine = await app.inject({ method: 'GET', url: '/api/me', headers: { authorization } });
    expect(mine.json()).toMatchObject({ role: 'officer', township: '泗桥乡' });
  });

  test('a guest is told that he is not signed in', async () => {
    expect((await get('/api/me')).json()).toEqual({
      signedIn: false,
      role: null,
      nickname: null,
      phone: null,
      township: null,
      townshipCode: null,
    });
  });

  test('forty buyers behind one address all come in', async () => {
    const statuses = await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        const phone = `150000000${10 + n}`;
        await post('/api/sign-in/code', { body: { phone } });
        const answer = await post('/api/sign-in/verify', { body: { phone, code: sms.lastCodeOf(phone) } });
        return answer.statusCode;
      }),
    );
    expect(statuses).toEqual(Array.from({ length: 40 }, () => 200));
  });

  test('a session in use goes on, and its cookie with it', async () => {
    const cookie = await buyerCookie('常客');
    expect((await get('/api/me', cookie)).headers['set-cookie']).toBeUndefined();
    await database.dataSource.query(`UPDATE sessions SET last_seen = last_seen - interval '2 hours'`);
    const later = await get('/api/me', cookie);
    expect(sessionOf(later)).toBe(cookie);
    expect(later.headers['set-cookie']).toContain('Max-Age=2592000');
  });

  test('signing out ends the session and empties the cookie', async () => {
    const cookie = await buyerCookie('老吴');
    const ended: string[] = [];
    const stop = members.onSessionEnded(({ memberId }) => ended.push(memberId));
    const answer = await post('/api/sign-out', { cookie });
    stop();
    expect(answer.statusCode).toBe(204);
    expect(answer.headers['set-cookie']).toMatch(/^qp_session=; Max-Age=0;/);
    expect(ended).toHaveLength(1);
    expect((await get('/api/me', cookie)).json().signedIn).toBe(false);
  });

  test.each([
    ['/api/sign-in/code', { phone: '12345' }],
    ['/api/sign-in/code', { phone: buyerPhone, role: 'host' }],
    ['/api/sign-in/verify', { phone: buyerPhone, code: 123456 }],
    ['/api/sign-in/verify', { phone: buyerPhone, code: '123456', nickname: '一'.repeat(17) }],
    ['/api/sign-in/link', { token: { length: 20 } }],
    ['/api/sign-in/slip', {}],
    ['/api/shows/nowhere/wait', { nickname: '老李' }],
  ])('%s refuses %j as malformed and names the field', async (url, body) => {
    const answer = await post(url, { body });
    expect(answer.statusCode).toBe(400);
    expect(problem.parse(answer.json())).toMatchObject({ code: 'malformed', requestId: 'r1' });
    expect(answer.json().errors.length).toBeGreaterThan(0);
  });
});

describe('the guards', () => {
  test('a route that says neither May nor Public lets nobody in, not even the officer', async () => {
    const officer = await cookieFor(seeded.officer.memberId);
    expect((await get('/probe/forgotten', officer)).json().code).toBe('not-allowed');
    expect((await get('/probe/forgotten')).statusCode).toBe(403);
    expect((await get('/probe/public')).statusCode).toBe(200);
  });

  test('a route with a grant lets its roles in and nobody else', async () => {
    const officer = await cookieFor(seeded.officer.memberId);
    const host = await cookieFor(seeded.host.memberId);
    expect((await get('/probe/township', officer)).statusCode).toBe(200);
    expect((await get('/probe/township', host)).json().code).toBe('not-allowed');
    expect((await get('/probe/township')).json().code).toBe('not-signed-in');
    expect((await post('/probe/bid', { cookie: await buyerCookie('阿婆') })).statusCode).toBe(201);
  });

  test("another site's page cannot act with a member's cookie", async () => {
    const cookie = await buyerCookie('阿公');
    const foreign = { origin: 'https://evil.example' };
    expect((await post('/probe/bid', { cookie, headers: foreign })).json().code).toBe('foreign-origin');
    expect((await post('/api/sign-out', { cookie, headers: foreign })).statusCode).toBe(403);
    const form = { 'content-type': 'text/plain' };
    const text = await app.inject({
      method: 'POST',
      url: '/probe/bid',
      headers: { cookie, origin: ours, ...form },
      payload: '{}',
    });
    expect(text.statusCode).toBe(415);
    expect((await get('/api/me', cookie)).json().signedIn).toBe(true);
  });

  test('a banned member is out at once', async () => {
    const cookie = await buyerCookie('坏人');
    const session = await members.sessionOf(cookie);
    await members.ban(session!.memberId);
    expect((await post('/probe/bid', { cookie })).json().code).toBe('not-signed-in');
  });

  test('the printed table is public', async () => {
    expect((await get('/api/roles')).json()).toEqual({ grants: roleTable() });
  });
});

describe('coming in without SMS', () => {
  test('a buyer waits, the host sees and admits him, and then he may bid', async () => {
    const waited = await post(`/api/shows/${showId}/wait`, { body: { nickname: '老李' } });
    const cookie = sessionOf(waited);
    expect((await post('/probe/bid', { cookie })).json().code).toBe('not-admitted');
    const host = await cookieFor(seeded.host.memberId);
    const { waiting } = waitingList.parse((await get(`/api/shows/${showId}/waiting`, host)).json());
    const { member } = waiting.find(({ nickname }) => nickname === '老李')!;
    const admitted = await post(`/api/shows/${showId}/admit`, { body: { member }, cookie: host });
    expect(admitted.statusCode).toBe(204);
    expect((await post('/probe/bid', { cookie })).statusCode).toBe(201);
  });

  test('who waits and asks again is one person in the line', async () => {
    const first = await post(`/api/shows/${showId}/wait`, { body: { nickname: '老何' } });
    await post(`/api/shows/${showId}/wait`, { body: { nickname: '老何' }, cookie: sessionOf(first) });
    const line = await members.waitingFor(showId);
    expect(line.filter(({ nickname }) => nickname === '老何')).toHaveLength(1);
  });

  test('the host prints slips, a buyer does not', async () => {
    const host = await cookieFor(seeded.host.memberId);
    const made = await post(`/api/shows/${showId}/slips`, { body: { count: 3 }, cookie: host });
    expect(slips.parse(made.json()).slips).toHaveLength(3);
    const buyer = await buyerCookie('阿婆');
    const refused = await post(`/api/shows/${showId}/slips`, { body: { count: 3 }, cookie: buyer });
    expect(refused.json().code).toBe('not-allowed');
  });

  test('a host of another township sees no line, admits nobody and prints nothing', async () => {
    const other = await members.ensureSeed({
      township: { name: '礼门乡', code: 'limen' },
      people: [{ role: 'host', phone: '13700000009', nickname: '小林', goTo: '/host' }],
    });
    const cookie = await cookieFor(other.people[0]!.memberId);
    const codes = [
      await get(`/api/shows/${showId}/waiting`, cookie),
      await post(`/api/shows/${showId}/admit`, { body: { member: 'x' }, cookie }),
      await post(`/api/shows/${showId}/slips`, { body: { count: 1 }, cookie }),
    ].map((answer) => answer.json().code);
    expect(codes).toEqual(['not-allowed', 'not-allowed', 'not-allowed']);
    expect((await get('/api/shows/20261124-99/waiting', cookie)).json().code).toBe('unknown-show');
  });
});

describe('being forgotten', () => {
  test('a buyer is locked, told the day, and signed out with an empty cookie', async () => {
    const cookie = await buyerCookie('路人');
    const answer = await post('/api/me/erase', { cookie });
    expect(answer.statusCode).toBe(409);
    expect(problem.parse(answer.json())).toMatchObject({
      code: 'locked-until',
      errors: [{ path: 'lockedUntil', message: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) }],
    });
    expect(answer.headers['set-cookie']).toMatch(/^qp_session=; Max-Age=0;/);
    expect((await get('/api/me', cookie)).json().signedIn).toBe(false);
  });

  test('a guest has nothing to erase', async () => {
    expect((await post('/api/me/erase')).json().code).toBe('not-signed-in');
  });

  test('an officer sees whom the records of his township keep, an operator all, others none', async () => {
    const { townshipId } = seeded;
    const [mine, theirs] = [await buyerCookie('本乡买家'), await buyerCookie('外乡买家')];
    const { memberId } = (await members.sessionOf(mine))!;
    members.findKeptBy(async (id) => {
      const own = { kind: 'auction' as const, endedAtMs: Date.now(), showId, townshipId };
      return { records: id === memberId ? [own] : [], dealsOpen: false };
    });
    for (const cookie of [mine, theirs]) await post('/api/me/erase', { cookie });
    const officer = await cookieFor(seeded.officer.memberId);
    const { locked } = lockedRecords.parse((await get('/api/locked', officer)).json());
    expect(locked.map((one) => one.member)).toEqual([memberId]);
    expect(locked[0]!.records.map(({ kind }) => kind)).toEqual(['auction', 'network']);
    const operator = await members.ensureSeed({
      township: { name: '泗桥乡', code: 'siqiao' },
      people: [{ role: 'operator', phone: '13700000007', nickname: '老吴', goTo: '/' }],
    });
    const all = await get('/api/locked', await cookieFor(operator.people[0]!.memberId));
    expect(all.json().locked.length).toBeGreaterThan(1);
    expect((await get('/api/locked', await buyerCookie('买家'))).json().code).toBe('not-allowed');
  });
});

test('OpenAPI names every route of sign-in with its answers and refusals', () => {
  const document = SwaggerModule.createDocument(app, new DocumentBuilder().build());
  const paths = Object.keys(document.paths).filter((path) => path.startsWith('/api/'));
  expect(paths.sort()).toEqual([
    '/api/locked',
    '/api/me',
    '/api/me/erase',
    '/api/roles',
    '/api/shows/{id}/admit',
    '/api/shows/{id}/slips',
    '/api/shows/{id}/wait',
    '/api/shows/{id}/waiting',
    '/api/sign-in/code',
    '/api/sign-in/link',
    '/api/sign-in/slip',
    '/api/sign-in/verify',
    '/api/sign-out',
  ]);
  expect(Object.keys(document.paths['/api/sign-in/verify']!.post!.responses)).toEqual(
    expect.arrayContaining(['200', '400', '401', '429']),
  );
});
