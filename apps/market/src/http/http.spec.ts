import { BadRequestException, PayloadTooLargeException } from '@nestjs/common';
import { MembersService } from '@qingpai/members';
import { Refused } from '@qingpai/platform';
import { problem } from '@qingpai/wire';
import { type OpenAPIObject } from '@nestjs/swagger';
import { brotliDecompressSync } from 'node:zlib';
import { operationsOf } from '../docs/openapi.js';
import { origin, type TestMarket, testMarket } from '../testing/market.js';
import { refusedOf } from './problem.filter.js';

let market: TestMarket;
beforeAll(async () => {
  market = await testMarket();
});
afterAll(() => market.close());

const get = (url: string, headers: Record<string, string> = {}) =>
  market.app.inject({ method: 'GET', url, headers });
const browser = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

describe('what goes wrong', () => {
  it('is a problem with a reason, words in two languages and a number to quote', async () => {
    const answer = await get('/api/nowhere');
    expect(answer.statusCode).toBe(404);
    expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(problem.parse(answer.json())).toMatchObject({ code: 'not-found', detail: '找不到' });
    expect(answer.json().requestId).toBe(answer.headers['x-request-id']);
  });

  it('is a page in both languages for a person who opened an address', async () => {
    const answer = await get('/nowhere', { ...browser, 'accept-language': 'zh-CN,zh;q=0.9,en;q=0.8' });
    expect(answer.statusCode).toBe(404);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    for (const said of ['lang="zh-CN"', '找不到', 'Not found', String(answer.headers['x-request-id'])]) {
      expect(answer.body).toContain(said);
    }
    expect((await get('/nowhere?lang=en', browser)).body).toContain('<h1>Not found');
  });

  it.each([
    ['no JSON', { 'content-type': 'application/json' }, '{"phone":', 400, 'malformed'],
    ['too much JSON', { 'content-type': 'application/json' }, JSON.stringify({ phone: 'x'.repeat(70_000) }), 413, 'too-large'], // prettier-ignore
    ['fields that do not pass', { 'content-type': 'application/json' }, '{"phone":1}', 400, 'malformed'],
    ['another type of body', { 'content-type': 'text/plain' }, 'phone', 415, 'malformed'],
    ["another site's page", { 'content-type': 'application/json', origin: 'https://evil.example' }, '{}', 403, 'foreign-origin'], // prettier-ignore
  ])('refuses %s', async (_, headers, payload, status, code) => {
    const answer = await market.app.inject({
      method: 'POST',
      url: '/api/sign-in/code',
      headers: { origin, ...headers },
      payload,
    });
    expect([answer.statusCode, problem.parse(answer.json()).code]).toEqual([status, code]);
  });

  it.each([
    ['longer than any name', `/api/shows/${'x'.repeat(300)}`, 414],
    ['not written as addresses are', '/api/shows/%zz', 400],
  ])('is a problem also where an address is %s', async (_, address, status) => {
    const answer = await get(address);
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([
      status,
      expect.stringContaining('problem+json'),
    ]);
    expect(answer.json()).toMatchObject({ status, requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  });

  it('tells nobody but the log what nobody expected', async () => {
    const members = market.app.get(MembersService, { strict: false });
    const meOf = jest.spyOn(members, 'meOf').mockRejectedValue(new Error('the password is 4711'));
    const answer = await get('/api/me');
    meOf.mockRestore();
    expect([answer.statusCode, answer.json().code]).toEqual([500, 'internal']);
    expect(answer.body).not.toContain('4711');
    const line = market.logged.find(({ requestId }) => requestId === answer.json().requestId);
    expect(JSON.stringify(line)).toContain('4711');
  });

  it('translates what frameworks throw, and keeps their words to itself', () => {
    const cases: [unknown, string, number][] = [
      [new Refused('unknown-lot'), 'unknown-lot', 404],
      [new BadRequestException('secret'), 'malformed', 400],
      [new PayloadTooLargeException(), 'too-large', 413],
      [Object.assign(new Error('x'), { statusCode: 415 }), 'malformed', 415],
      [Object.assign(new Error('x'), { statusCode: 503 }), 'not-ready', 503],
      [new Error('bug: impossible'), 'internal', 500],
      ['thrown text', 'internal', 500],
      [null, 'internal', 500],
    ];
    expect(cases.map(([error]) => refusedOf(error)).map(({ reason, status }) => [reason, status])).toEqual(
      cases.map(([, reason, status]) => [reason, status]),
    );
  });
});

describe('what browsers may do', () => {
  it('nothing inline, nothing foreign, only our own sockets, and no https where there is none', async () => {
    const { headers } = await get('/healthz', { host: '192.168.1.5:8020' });
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("connect-src 'self' ws://192.168.1.5:8020 wss://192.168.1.5:8020");
    for (const not of ['unsafe-inline', 'upgrade-insecure-requests', 'http:'])
      expect(policy).not.toContain(not);
    expect(headers['strict-transport-security']).toBeUndefined();
    expect(headers['x-frame-options']).toBe('DENY');
    expect(headers['x-content-type-options']).toBe('nosniff');
    // With 'no-referrer' the plain form would come with `Origin: null`.
    expect(headers['referrer-policy']).toBe('same-origin');
  });

  it('a Host header cannot write into the policy', async () => {
    const { headers } = await get('/healthz', { host: "x; script-src 'unsafe-inline'" });
    expect(headers['content-security-policy']).not.toContain('unsafe-inline');
  });

  it('behind https everything stays on https', async () => {
    const proxied = await testMarket({ PUBLIC_URL: 'https://market.example' });
    const { headers } = await proxied.app.inject('/healthz');
    await proxied.close();
    expect(headers['strict-transport-security']).toContain('max-age=31536000');
    expect(headers['content-security-policy']).toContain('upgrade-insecure-requests');
  });

  it('the page of /docs has a policy of its own', async () => {
    const { statusCode, headers } = await get('/docs', browser);
    expect(statusCode).toBe(200);
    expect(headers['content-security-policy']).toContain("style-src 'self' 'unsafe-inline'");
  });
});

describe('scripts and styles', () => {
  it('come compressed already and are kept for good', async () => {
    const answer = await get('/assets/room-abc123.js', { 'accept-encoding': 'gzip, br' });
    expect(answer.headers['content-encoding']).toBe('br');
    expect(answer.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(brotliDecompressSync(answer.rawPayload).toString()).toContain('export const room');
    expect((await get('/assets/room-abc123.js')).body).toContain('拍拍');
  });

  it('are all that is there', async () => {
    for (const path of ['/assets/', '/assets/../room.html', '/assets/%2e%2e/room.html', '/room.html']) {
      expect((await get(path)).statusCode).toBeGreaterThanOrEqual(400);
    }
  });
});

describe('for operators', () => {
  it('says that it lives and that the database answers', async () => {
    expect((await get('/healthz')).json()).toEqual({ status: 'ok' });
    expect((await get('/readyz')).json()).toEqual({ status: 'ready' });
  });

  it('is not ready without its database', async () => {
    const query = jest.spyOn(market.parts.db, 'query').mockRejectedValue(new Error('gone'));
    const answer = await get('/readyz');
    query.mockRestore();
    expect([answer.statusCode, answer.json().code]).toEqual([503, 'not-ready']);
  });

  it('counts for Prometheus', async () => {
    const { body, headers } = await get('/metrics');
    expect(headers['content-type']).toContain('text/plain');
    for (const name of [
      'process_cpu_seconds_total',
      'qingpai_sockets',
      'qingpai_sockets_queued_bytes',
      'qingpai_bid_seconds',
    ]) {
      expect(body).toContain(`# TYPE ${name}`);
    }
  });
});

describe('the documents', () => {
  it('/asyncapi is JSON, or JSON as YAML for those who ask', async () => {
    const json = await get('/asyncapi');
    expect(json.json()).toMatchObject({
      asyncapi: '3.0.0',
      servers: { server1: { host: 'localhost:8020' } },
    });
    const yaml = await get('/asyncapi', { accept: 'application/yaml' });
    expect(yaml.headers['content-type']).toContain('yaml');
    expect(yaml.body).toBe((await get('/asyncapi.json')).body);
  });

  it('/docs-json names every route, its answers and its problems', async () => {
    const document = (await get('/docs-json')).json() as OpenAPIObject;
    expect(document.info).toMatchObject({ title: '清拍 Qingpai', version: '0.1.0' });
    expect(document.components?.securitySchemes).toHaveProperty('cookie.in', 'cookie');
    const described = Object.entries(document.paths).flatMap(([path, item]) =>
      ['get', 'post', 'put', 'delete']
        .filter((method) => method in item)
        .map((method) => `${method} ${path}`),
    );
    expect(described).toEqual(expect.arrayContaining([
      'get /api/me', 'post /api/sign-in/verify', 'post /api/shows/{id}/wait',
      'get /api/shows', 'post /api/shows', 'get /api/shows/{id}', 'get /api/shows/{id}/events',
      'post /api/shows/{id}/bids', 'post /api/shows/{id}/commands', 'post /api/shows/{id}/join',
      'post /api/shows/{id}/lots', 'put /api/shows/{id}/lots/{lot}', 'delete /api/shows/{id}/lots/{lot}',
      'post /api/shows/{id}/import', 'post /api/shows/{id}/import/confirm', 'get /api/shows/{id}/floors',
      'get /api/shows/{id}/certificate', 'get /api/shows/{id}/bundle', 'get /api/shows/{id}/policy',
      'get /api/shows/{id}/verification', 'get /api/shows/{id}/bills', 'get /api/shows/{id}/payments',
      'get /api/township/totals', 'get /api/township/lots', 'get /api/township/lots.csv',
      'get /healthz', 'get /readyz', 'get /metrics', 'get /asyncapi',
    ])); // prettier-ignore
    for (const operation of operationsOf(document)) {
      expect([operation.operationId, operation.summary !== undefined]).toEqual([operation.operationId, true]);
      const problems = Object.values(operation.responses).filter(
        (response) =>
          response && 'content' in response && 'application/problem+json' in (response.content ?? {}),
      );
      expect([operation.operationId, problems.length > 0]).toEqual([operation.operationId, true]);
      const said = Object.keys(operation.responses).some((status) => /^[23]\d\d$/.test(status));
      expect([operation.operationId, said]).toEqual([operation.operationId, true]);
    }
  });

  it('/docs-json describes a pair in words of OpenAPI 3.0', async () => {
    const document = (await get('/docs-json')).json() as OpenAPIObject;
    expect(JSON.stringify(document)).not.toMatch(/"prefixItems"|"items":false/);
    expect(document.components?.schemas?.BidDto).toMatchObject({
      properties: { seen: { minItems: 2, maxItems: 2, items: { anyOf: expect.any(Array) } } },
    });
  });

  it('every reference inside /docs-json leads somewhere', async () => {
    const { body } = await get('/docs-json');
    const document = JSON.parse(body) as OpenAPIObject;
    const names = [...body.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name!);
    const missing = [...new Set(names)].filter((name) => !(name in (document.components?.schemas ?? {})));
    expect(missing).toEqual([]);
  });
});
