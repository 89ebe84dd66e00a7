import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { until } from '../testing/rig.js';
import { Loudspeaker } from './loudspeaker.js';

/** A server of sockets with so many who listen, and what each has heard, in order. */
async function hall(count: number) {
  const http = createServer();
  const server = new Server(http, { transports: ['websocket'], perMessageDeflate: false });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  const speaker = new Loudspeaker();
  speaker.plugIn(server);
  const heard: unknown[][] = [];
  const clients: Socket[] = [];
  for (let n = 0; n < count; n += 1) {
    const client = io(`http://127.0.0.1:${port}`, { transports: ['websocket'], forceNew: true });
    heard.push([]);
    client.onAny((name: string, payload: unknown) => heard[n]!.push([name, payload]));
    await new Promise((resolve) => client.once('connect', resolve as () => void));
    clients.push(client);
  }
  const close = async () => {
    for (const client of clients) client.close();
    await server.close();
  };
  return { server, speaker, heard, clients, close, ids: clients.map(({ id }) => id!) };
}

it.each([
  ['short', 10],
  ['of some length', 1_000],
  ['long', 70_000],
])('a message that is %s comes to everybody whole, also in other scripts', async (_, length) => {
  const { speaker, heard, ids, close } = await hall(3);
  const payload = { text: '蝴蝶兰🌸'.repeat(length / 10) };
  speaker.send(ids.slice(0, 2), 'chat', payload);
  speaker.send(ids.slice(2), 'chat', payload);
  await until(() => heard.every((one) => one.length === 1));
  expect(heard).toEqual([0, 1, 2].map(() => [['chat', payload]]));
  await close();
});

it('the same object with other contents later is another message', async () => {
  const { speaker, heard, ids, close } = await hall(1);
  speaker.send(ids, 'presence', { watching: 1 });
  speaker.send(ids, 'presence', { watching: 2 });
  await until(() => heard[0]!.length === 2);
  expect(heard[0]).toEqual([
    ['presence', { watching: 1 }],
    ['presence', { watching: 2 }],
  ]);
  await close();
});

it('what a socket has queued goes first, whoever queued it', async () => {
  const { server, speaker, heard, ids, close } = await hall(2);
  const socket = server.sockets.sockets.get(ids[0]!)!;
  const expected: unknown[] = [];
  for (let n = 0; n < 200; n += 1) {
    if (n % 3 === 0) socket.emit('me', { n });
    else speaker.send(ids, 'events', { n });
    expected.push([n % 3 === 0 ? 'me' : 'events', { n }]);
    if (n % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await until(() => heard[0]!.length === 200);
  expect(heard[0]).toEqual(expected);
  await until(() => heard[1]!.length === 133);
  await close();
});

it('who is gone is passed over', async () => {
  const { speaker, heard, ids, clients, server, close } = await hall(2);
  clients[0]!.close();
  await until(() => server.sockets.sockets.size === 1);
  speaker.send([...ids, 'nobody'], 'presence', { watching: 1 });
  await until(() => heard[1]!.length === 1);
  expect(heard[0]).toEqual([]);
  await close();
});
