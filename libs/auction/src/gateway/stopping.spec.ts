import { type BidAnswer } from '@qingpai/wire';
import { bidOf, done, quickRules, until } from '../testing/rig.js';
import { roomApp } from '../testing/roomApp.js';

it('a server that stops answers every bid that stands in line, and only then lets its sockets go', async () => {
  const app = await roomApp();
  const show = await app.newShow({ ...quickRules, openForMs: 60_000 }, ['L1']);
  const desk = await app.desks.of(show);
  await done(desk.command({ by: 'host', name: 'offer', lot: 'L1' }));
  const buyers = await Promise.all(
    Array.from({ length: 8 }, async (_, k) => {
      const { token } = await app.buyer(`买家${k}`, show);
      const socket = await app.socketOf(token);
      await socket.ask('join', { showId: show });
      return socket;
    }),
  );
  const answers: Promise<BidAnswer | null>[] = buyers.map((socket, k) =>
    socket.ask('bid', bidOf(1_000 + 100 * k, { confirmed: true })).catch(() => null),
  );
  await until(() => desk.state.lots.L1!.offerings[0]!.priceFen !== null);
  // The server stops, not the pages: these hear from it to the last.
  await app.app.close();
  const told = await Promise.all(answers);
  expect(told).not.toContain(null);
  const { next } = desk.state;
  for (const answer of told) {
    if (answer?.ok) expect(answer.i).toBeLessThan(next);
    else expect(answer).toMatchObject({ verdict: 'refused' });
  }
  expect(told.some((answer) => answer?.ok)).toBe(true);
  await app.database.close();
});
