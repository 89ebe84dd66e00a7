import { verifyProof, parseVkey } from '@qingpai/ledger/rules';
import { verifyByNode } from '@qingpai/ledger';
import { type BidAnswer, type RegistryView, type ShowRules } from '@qingpai/wire';
import { TestKey } from '../testing/keys.js';
import { bidOf, done, lotNamed, quickRules } from '../testing/rig.js';
import { type RoomApp, roomApp } from '../testing/roomApp.js';

/** What people sign with keys of their own, over HTTP and sockets, as the pages do it. */
const calmRules: ShowRules = { ...quickRules, openForMs: 60_000 };
let app: RoomApp;
beforeAll(async () => {
  app = await roomApp();
});
afterAll(() => app.close());

async function http(method: 'GET' | 'POST', path: string, token: string | null, body?: object) {
  const headers = {
    ...(token !== null && { authorization: `Bearer ${token}` }),
    ...(body && { 'content-type': 'application/json' }),
  };
  const response = await fetch(`${app.url}/api/shows/${path}`, {
    ...{ method, headers },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, never> & object };
}

test('a phone registers its key, signs, and checks the receipt with the key that was published', async () => {
  const showId = await app.newShow(calmRules);
  const desk = await app.desks.of(showId);
  await done(desk.command({ by: 'host', name: 'offer', lot: 'L1' }));
  const { token, bidder } = await app.buyer('小林', showId);
  const phone = new TestKey();
  expect((await http('POST', `${showId}/join`, token, { key: phone.key })).status).toBe(200);

  const socket = await app.socketOf(token);
  const joined = await socket.ask('join', { showId });
  if (!joined.ok) throw new Error(joined.reason);
  const { origin } = desk.state;
  const bid = phone.bid(
    { ...bidOf(1_000), nth: joined.me.nth!, seen: [joined.head.size, joined.head.root] },
    { bidder, origin },
  );
  const answer: BidAnswer = await socket.ask('bid', bid);
  if (!answer.ok) throw new Error(answer.reason);

  const policy = await (await fetch(`${app.url}/api/shows/${showId}/policy`)).text();
  const vkey = parseVkey(/^log (\S+)/m.exec(policy)![1]!);
  if (!vkey.ok) throw new Error(vkey.reason);
  const leaf = new TextEncoder().encode(answer.receipt!.leaf);
  const proof = verifyProof(answer.receipt!.proof, leaf, [vkey.value], verifyByNode);
  expect(proof).toMatchObject({ ok: true, value: { index: answer.i } });
  expect(JSON.parse(answer.receipt!.leaf)).toMatchObject({ sig: bid.sig, body: { bid: bid.bidId } });
  expect(answer.receipt!.consistency).toBeDefined();

  expect(await socket.ask('bid', bid)).toEqual(answer);
  expect((await http('POST', `${showId}/bids`, token, bid)).body).toEqual(answer);
  const { size } = joined.head;
  expect((await http('GET', `${showId}/receipts/${answer.i}?from=${size}`, null)).body).toEqual(
    answer.receipt,
  );
  expect(await http('GET', `${showId}/receipts/99999`, null)).toMatchObject({ status: 404 });
});

test("an officer's key is in the township's registry, once, however many shows she brings it to", async () => {
  const key = new TestKey();
  for (const showId of [await app.newShow(calmRules), await app.newShow(calmRules)]) {
    expect((await http('POST', `${showId}/staff`, app.people.officer, { key: key.key })).status).toBe(200);
  }
  expect(
    (await http('POST', `${await app.newShow(calmRules)}/staff`, app.people.host, { key: new TestKey().key }))
      .status,
  ).toBe(200);
  const registry = (await (await fetch(`${app.url}/api/townships/siqiao/registry`)).json()) as RegistryView;
  expect(registry.officers).toEqual([key.key]);
});

test('the host signs the seal, the officer what she compared; nobody else may', async () => {
  const showId = await app.newShow(calmRules);
  const desk = await app.desks.of(showId);
  const { origin } = desk.state;
  const { host, officer, moderator, foreignHost } = app.people;
  const { token: buyer } = await app.buyer('小吴', showId);
  const [hostKey, officerKey] = [new TestKey(), new TestKey()];

  for (const stranger of [null, buyer, foreignHost]) {
    const { status } = await http('POST', `${showId}/staff`, stranger, { key: hostKey.key });
    expect(status).toBe(stranger === null ? 401 : 403);
  }
  expect(await http('POST', `${showId}/staff`, host, { key: hostKey.key })).toMatchObject({ status: 200 });
  expect(await http('POST', `${showId}/staff`, host, { key: hostKey.key })).toMatchObject({ status: 200 });
  expect((await http('POST', `${showId}/staff`, moderator, { key: hostKey.key })).body).toMatchObject({
    code: 'key-taken',
  });

  expect(await http('GET', `${showId}/seal`, host)).toMatchObject({ body: { code: 'nothing-to-seal' } });
  await done(desk.command(lotNamed('L9', { list: 2 })));
  const { body: draft } = await http('GET', `${showId}/seal`, host);
  expect(draft).toMatchObject({ list: 2, lots: 1, units: 1 });
  const seal = { commandId: 'seal-0001', command: { name: 'seal' } };
  expect((await http('POST', `${showId}/commands`, host, seal)).body).toMatchObject({
    reason: 'signature-missing',
  });
  const sig = hostKey.act('show.sealed', draft, origin);
  const sealed = await http('POST', `${showId}/commands`, host, { ...seal, commandId: 'seal-0002', sig });
  expect(sealed.body).toMatchObject({ ok: true });

  expect((await http('GET', `${showId}/approval`, host)).status).toBe(403);
  const { body: approval } = await http('GET', `${showId}/approval?list=2`, officer);
  const { list, note, statement } = approval as unknown as { list: number; note: string; statement: string };
  expect(statement).toContain(`origin ${origin}\nlist 2\n`);
  const ask = { list, key: officerKey.key };
  const wrong = await http('POST', `${showId}/approval`, officer, {
    ...ask,
    sig: hostKey.act('x', {}, origin),
  });
  expect(wrong).toMatchObject({ status: 400, body: { code: 'bad-signature' } });
  const right = officerKey.act('show.approved', { list, note, key: officerKey.key }, origin);
  expect((await http('POST', `${showId}/approval`, officer, { ...ask, sig: right })).status).toBe(200);
  expect(desk.state.approvals).toMatchObject([{ list: 2, key: officerKey.key }]);
  expect((await http('GET', `${showId}/approval?list=2`, officer)).body).toMatchObject({ approved: true });
});
