import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { Server, type Socket as ServerSocket } from 'socket.io';
import { io } from 'socket.io-client';
import { answerStraight, idleSender } from './straight.js';

/** A server that answers every question with what it was asked, on a socket whose answers go straight. */
async function counter(onQuestion: (socket: ServerSocket, said: unknown) => void = () => {}) {
  const http = createServer();
  const server = new Server(http, { transports: ['websocket'], perMessageDeflate: false });
  server.on('connection', (socket) => {
    answerStraight(socket);
    socket.on('ask', (said: unknown, answer: (said: unknown) => void) => {
      onQuestion(socket, said);
      answer(said);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  const client = io(`http://127.0.0.1:${port}`, { transports: ['websocket'], forceNew: true });
  await new Promise((resolve) => client.once('connect', resolve as () => void));
  const close = async () => {
    client.close();
    await server.close();
  };
  return { server, client, close };
}

it.each([
  ['short', 10],
  ['of some length', 1_000],
  ['long', 70_000],
])('an answer that is %s comes whole to the question it belongs to', async (_, length) => {
  const { client, close } = await counter();
  const texts = ['蝴蝶兰🌸'.repeat(length / 10), 'b'.repeat(length), ''];
  const answers = await Promise.all(texts.map((text) => client.emitWithAck('ask', { text }) as unknown));
  expect(answers).toEqual(texts.map((text) => ({ text })));
  await close();
});

it('an answer waits for what was queued before it', async () => {
  const heard: unknown[] = [];
  const { client, close } = await counter((socket, n) => {
    for (let k = 0; k < 20; k += 1) socket.emit('news', n);
  });
  client.on('news', (n: unknown) => heard.push(`news ${String(n)}`));
  for (let n = 0; n < 3; n += 1) heard.push(`answer ${String(await client.emitWithAck('ask', n))}`);
  expect(heard).toEqual([0, 1, 2].flatMap((n) => [...Array<string>(20).fill(`news ${n}`), `answer ${n}`]));
  await close();
});

it('with nothing queued, an answer is one frame past the queue; an answer to who is gone goes nowhere', async () => {
  const { server, client, close } = await counter();
  const [socket] = server.sockets.sockets.values();
  const frames: number[] = [];
  const sender = idleSender(socket!)!;
  const { sendFrame } = sender;
  sender.sendFrame = function (frame, ...rest) {
    frames.push(frame.length);
    sendFrame.call(this, frame, ...rest);
  };
  await client.emitWithAck('ask', 1);
  expect(frames).toEqual([1]);
  const asked = new Promise<(said: unknown) => void>((resolve) => socket!.on('askLate', resolve));
  client.emit('askLate', () => {});
  const answerLate = await asked;
  client.close();
  await new Promise((resolve) => socket!.once('disconnect', resolve));
  expect(() => answerLate('too late')).not.toThrow();
  expect(idleSender(socket!)).toBeNull();
  await close();
});
