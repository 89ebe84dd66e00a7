import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { RelayServer } from './relayServer.js';

let relay: Server;
let server: RelayServer;
let answer: number;
let listening: ServerResponse[];

beforeEach(async () => {
  [answer, listening] = [200, []];
  relay = createServer((_, response) => {
    response.writeHead(answer).write('\n');
    if (answer === 200) listening.push(response);
    else response.end();
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  const { port } = relay.address() as AddressInfo;
  server = new RelayServer(`http://127.0.0.1:${port}`, Buffer.alloc(32, 1), null);
});
afterEach(async () => {
  server.close();
  relay.closeAllConnections();
  await new Promise((resolve) => relay.close(resolve));
});

async function until(is: () => boolean): Promise<void> {
  while (!is()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('the relay is reached while its news come, and again after it was gone', async () => {
  expect(server.isReached()).toBe(false);
  await until(server.isReached);
  for (const one of listening.splice(0)) one.destroy();
  await until(() => !server.isReached());
  await until(server.isReached);
});

test('a relay that lets nobody listen is not reached', async () => {
  await until(server.isReached);
  answer = 401;
  for (const one of listening.splice(0)) one.destroy();
  await until(() => !server.isReached());
  const asked = new Promise((resolve) =>
    relay.once('request', (_, response) => response.once('close', resolve)),
  );
  await asked;
  expect(server.isReached()).toBe(false);
});
