import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Rooms } from '@qingpai/auction';
import { MembersService, type SessionMember } from '@qingpai/members';
import { type BidAnswer, type HostCommand, type JoinAnswer } from '@qingpai/wire';
import { io, type Socket } from 'socket.io-client';
import WebSocket from 'ws';
import { ownCertificate } from './start/ownCertificate.js';
import { openOwnHttps, type OwnHttps } from './start/ownHttps.js';
import { peopleAndShow } from './start/seed.js';
import { type TestMarket, testMarket } from './testing/market.js';

let market: TestMarket;
let https: OwnHttps;
let showId: string;
let plain: string;
const open: Socket[] = [];

const members = () => market.app.get(MembersService, { strict: false });

beforeAll(async () => {
  market = await testMarket();
  await market.app.listen(0, '127.0.0.1');
  const http = market.app.getHttpServer() as Server;
  const certificate = await ownCertificate(market.parts.config.dataDir, [], Date.now());
  https = await openOwnHttps(http, certificate, '127.0.0.1', 0);
  plain = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  market.parts.origins.push(`https://127.0.0.1:${https.port}`);
  const { room, host } = await peopleAndShow(market.app, market.parts.config, market.parts.log);
  showId = room!.split('/').at(-1)!;
  const { token } = await members().exchangeToken(host.split('#link=')[1]!);
  const member = (await members().sessionOf(undefined, `Bearer ${token}`))!;
  const commands: HostCommand[] = [
    { name: 'seal', withoutConsent: 'on-paper' },
    { name: 'open', reason: 'none-configured' },
    { name: 'offer', lot: 'L6' },
  ];
  for (const command of commands) await say(member, command);
});
afterAll(async () => {
  for (const socket of open) socket.disconnect();
  await https.close();
  await market.close();
});

async function say(member: SessionMember, command: HostCommand): Promise<void> {
  const room = await market.app.get(Rooms, { strict: false }).of(showId);
  const answer = await room.command(member, { commandId: `command-${command.name}`, command });
  if (!answer.ok) throw new Error(answer.reason);
}

async function buyer(): Promise<string> {
  const [slip] = await members().makeSlips(showId, 1);
  const { token, memberId } = await members().exchangeToken(slip!.token, '阿梅');
  const member = (await members().sessionOf(undefined, `Bearer ${token}`))!;
  expect(member.memberId).toBe(memberId);
  const joined = await fetch(`${plain}/api/shows/${showId}/join`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: '{}',
  });
  expect(joined.status).toBe(200);
  return token;
}

function connect(url: string, options: Parameters<typeof io>[1]): Promise<Socket> {
  const socket = io(url, { transports: ['websocket'], forceNew: true, reconnection: false, ...options });
  open.push(socket);
  return new Promise((resolve, reject) => {
    socket.once('connect', () => resolve(socket));
    socket.once('connect_error', reject);
  });
}

test('a stranger joins and bids over the plain port, and the counters tell of it', async () => {
  const socket = await connect(plain, { auth: { token: await buyer() } });
  const joined = (await socket.emitWithAck('join', { showId })) as JoinAnswer;
  expect(joined).toMatchObject({ ok: true, snapshot: { state: { block: 'L6' } } });
  const bid = { bidId: 'stranger-1', lot: 'L6', offering: 1, amountFen: 100 };
  const answer = (await socket.emitWithAck('bid', bid)) as BidAnswer;
  expect(answer).toMatchObject({ ok: true, amountFen: 100 });
  const counted = await (await fetch(`${plain}/metrics`)).text();
  expect(counted).toMatch(/qingpai_sockets 1\n/);
  expect(counted).toMatch(/qingpai_bids_total\{answer="accepted"\} 1\n/);
  expect(counted).toMatch(/qingpai_bid_seconds_count 1\n/);
});

test('a browser on the secure port has pages, cookie and socket there too', async () => {
  const origin = `https://127.0.0.1:${https.port}`;
  const socket = await connect(origin, { rejectUnauthorized: false, extraHeaders: { origin } });
  const joined = (await socket.emitWithAck('join', { showId })) as JoinAnswer;
  expect(joined).toMatchObject({ ok: true, me: { role: null } });
});

test("another site's page cannot open a socket", async () => {
  const foreign = connect(plain, { extraHeaders: { origin: 'https://evil.example' } });
  await expect(foreign).rejects.toThrow();
});

test('without a socket.io library the frames are those of /asyncapi', async () => {
  const token = await buyer();
  const socket = new WebSocket(`${plain.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`);
  const heard: string[] = [];
  const frame = (start: string) =>
    new Promise<string>((resolve) => {
      const look = () => {
        const found = heard.find((text) => text.startsWith(start));
        if (found !== undefined) resolve(found);
        else setTimeout(look, 5);
      };
      look();
    });
  socket.on('message', (data: Buffer) => heard.push(data.toString()));
  await frame('0{"sid"');
  socket.send(`40${JSON.stringify({ token })}`);
  await frame('40{"sid"');
  socket.send(`427${JSON.stringify(['join', { showId }])}`);
  const [answer] = JSON.parse((await frame('437')).slice(3)) as [JoinAnswer];
  expect(answer).toMatchObject({ ok: true, me: { role: 'buyer' } });
  socket.send(`428${JSON.stringify(['jump', {}])}`);
  expect(await frame('438')).toContain('unknown-event');
  socket.close();
});
