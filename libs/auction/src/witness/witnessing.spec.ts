import { openCheckpoint, parsePolicy, toBase64, verifyEd25519 } from '@qingpai/ledger/rules';
import { Refused } from '@qingpai/platform';
import { type Certificate, type RegistryView, type Verification, type WitnessState } from '@qingpai/wire';
import { Registrar } from '../registry/registrar.js';
import { Registry } from '../registry/registry.js';
import { verifySeason } from '../rules/season/index.js';
import { verifyBundle } from '../rules/verify/index.js';
import { networkOf, PaperWitness } from '../testing/paperWitness.js';
import { bidOf, quickRules, sleep, TurnedClock, until } from '../testing/rig.js';
import { roomApp, type RoomApp, type TestSocket } from '../testing/roomApp.js';
import { Witnessing } from './witnessing.js';

const township = new PaperWitness('township.example/w', 1);
const county = new PaperWitness('county.example/w', 2);
const all = [township, county];
const clock = new TurnedClock();
/** So often a witness answered and nobody heard it. */
let answersLost = 0;
const warned: string[] = [];

let app: RoomApp;
let host: TestSocket;
beforeAll(async () => {
  const network = networkOf(all);
  app = await roomApp({
    clock,
    warn: (event, { why }) => void warned.push(`${event} ${String(why)}`),
    witnesses: all.map(({ configured }) => configured),
    introduce: (vkey) => all.forEach(({ learn }) => learn(vkey)),
    askWitness: async (url, request) => {
      const reply = await network(url, request);
      if (answersLost > 0 && reply.said === 'lines') {
        answersLost -= 1;
        throw new Error('socket hang up');
      }
      return reply;
    },
  });
});
beforeEach(async () => {
  for (const witness of all) Object.assign(witness, { away: false });
  host = await app.socketOf(app.people.host);
});
afterAll(() => app.close());

const rules = { ...quickRules, openForMs: 1_500 };
async function sealedShow(): Promise<string> {
  const showId = await app.sealedShow(rules);
  await host.ask('join', { showId });
  return showId;
}
const get = async <T>(path: string): Promise<T> => (await fetch(`${app.url}/api/shows/${path}`)).json() as T;
const getText = async (path: string) => (await fetch(`${app.url}/api/shows/${path}`)).text();
const stateOf = (showId: string) => app.app.get(Witnessing).stateOf(showId);
async function untilState(showId: string, is: (state: WitnessState) => boolean): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (is(await stateOf(showId))) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`still ${JSON.stringify(await stateOf(showId))}`);
}
const headOf = async (showId: string) => (await app.desks.of(showId)).head.size;
const openedIn = async (showId: string) => {
  const desk = await app.desks.of(showId);
  return desk.since(0).since.events.find(({ type }) => type === 'show.opened')?.body;
};
const judge = async (showId: string): Promise<Verification> =>
  verifyBundle(await getText(`${showId}/bundle`), { policy: await getText(`${showId}/policy`) });
/** Offers the first lot, has one buyer bid, and waits for the hammer. */
async function sellOne(showId: string): Promise<void> {
  const buyer = await app.buyer('小林', showId);
  const socket = await app.socketOf(buyer.token);
  await socket.ask('join', { showId });
  expect(await app.command(host, { name: 'offer', lot: 'L1' })).toMatchObject({ ok: true });
  expect(await socket.ask('bid', bidOf(1_000))).toMatchObject({ ok: true, verdict: 'accepted' });
  const desk = await app.desks.of(showId);
  await until(() => Object.keys(desk.state.sales).length > 0, 5_000);
}

describe('a catalogue', () => {
  it('is cosigned when it is sealed, and the show opens as witnessed without a word from the host', async () => {
    const showId = await sealedShow();
    expect(await app.command(host, { name: 'open' })).toMatchObject({ ok: true });
    expect(await openedIn(showId)).toEqual({ witnessed: true });
    expect(await stateOf(showId)).toMatchObject({ witnesses: 2, sealed: true, late: false });
    const joined = await (await app.socketOf(null)).ask('join', { showId });
    expect(joined).toMatchObject({ witness: { sealed: true }, snapshot: { witness: { sealed: true } } });
  });

  it('of which no witness knows needs a reason to be opened, and says so for good', async () => {
    for (const witness of all) witness.away = true;
    const showId = await sealedShow();
    expect(await app.command(host, { name: 'open' })).toMatchObject({ ok: false, reason: 'not-witnessed' });
    expect(await app.command(host, { name: 'open', reason: 'none-configured' })).toMatchObject({ ok: false });
    expect(await app.command(host, { name: 'open', reason: 'witness-off' })).toMatchObject({ ok: true });
    expect(await openedIn(showId)).toEqual({ witnessed: false, reason: 'witness-off' });
    // The witness is late by its own clock, too.
    const lateSeconds = Math.floor(clock.nowMs() / 1_000) + 60;
    for (const witness of all) Object.assign(witness, { away: false, nowSeconds: lateSeconds });
    // Everybody in the room is told when it comes.
    await until(() => host.news<WitnessState>('witness').at(-1)?.sealed === true, 5_000);
    const certificate = await get<Certificate>(`${showId}/certificate`);
    for (const witness of all) witness.nowSeconds = null; // not sooner: the other one may sign only now
    expect(certificate.witness).toMatchObject({ sealed: false });
  });
});

describe('during a show', () => {
  it('every hammer is cosigned at once, and what stands between waits for its round', async () => {
    const showId = await sealedShow();
    await app.command(host, { name: 'open' });
    await sellOne(showId);
    await untilState(showId, ({ size }) => size !== null && size >= 5);
    const size = await headOf(showId);
    await untilState(showId, (state) => state.size === size);
    expect((await stateOf(showId)).late).toBe(false);
  });

  it('a witness that goes away keeps nobody from bidding; the page says 待见证, and it catches up', async () => {
    const showId = await sealedShow();
    await app.command(host, { name: 'open' });
    for (const witness of all) witness.away = true;
    await sellOne(showId);
    const size = await headOf(showId);
    clock.jump(21_000);
    expect(await stateOf(showId)).toMatchObject({ sealed: true, late: true });
    for (const witness of all) witness.away = false;
    await untilState(showId, (state) => state.size === size && !state.late);
  });

  it('an answer that was lost on its way is asked for again', async () => {
    const showId = await app.newShow(rules);
    await untilState(showId, ({ sealed }) => sealed === true);
    await host.ask('join', { showId });
    answersLost = 2;
    await sellOne(showId);
    const size = await headOf(showId);
    await untilState(showId, (state) => state.size === size);
    expect(answersLost).toBe(0);
  });
});

describe('the proof of a show', () => {
  it('has the lines of both witnesses under seal and close, and its policy pins them', async () => {
    const showId = await sealedShow();
    await app.command(host, { name: 'open' });
    await app.command(host, { name: 'withdraw', lot: 'L1', reason: 'damaged' });
    await app.command(host, { name: 'withdraw', lot: 'L2', reason: 'damaged' });
    expect(await app.command(host, { name: 'close' })).toMatchObject({ ok: true });
    const size = await headOf(showId);
    await untilState(showId, (state) => state.size === size);
    await until(() => all.every(({ cosigned }) => cosigned.at(-1) === size), 5_000);
    // Until the second line is kept as well.
    await new Promise((resolve) => setTimeout(resolve, 200));
    const policy = parsePolicy(await getText(`${showId}/policy`));
    if (!policy.ok) throw new Error(policy.reason);
    expect(policy.value).toMatchObject({
      quorum: 'witnesses',
      groups: [{ threshold: 1, members: [township.signer.key.name, county.signer.key.name] }],
    });
    const { checkpoints, witness } = await get<Certificate>(`${showId}/certificate`);
    const keys = [...policy.value.logs, township.signer.key, county.signer.key];
    for (const { note } of checkpoints) {
      const opened = openCheckpoint(note, keys, verifyEd25519);
      expect(opened.ok && opened.value.signatures).toHaveLength(3);
    }
    const names = [county.signer.key.name, township.signer.key.name];
    expect(witness).toEqual({ names, sealed: true, closed: true, newest: size });
    const { findings, gates } = await judge(showId);
    expect(findings.map(({ code }) => code).filter((code) => code !== 'lot-unsold')).toEqual([]);
    expect(gates.find(({ gate }) => gate === 'signatures')?.ok).toBe(true);
  });

  it('names its witnesses from the first leaf on', async () => {
    const showId = await sealedShow();
    const [first] = (await app.desks.of(showId)).since(0).since.events;
    expect(first!.body).toMatchObject({ witnesses: [township.vkey, county.vkey] });
  });

  it('needs one witness only: the other one may be away', async () => {
    county.away = true;
    const showId = await sealedShow();
    expect(await app.command(host, { name: 'open' })).toMatchObject({ ok: true });
    expect(await openedIn(showId)).toEqual({ witnessed: true });
    expect(await stateOf(showId)).toMatchObject({ sealed: true });
    const [note] = (await get<Certificate>(`${showId}/certificate`)).checkpoints.map((one) => one.note);
    expect(note).toContain(township.signer.key.name);
    expect(note).not.toContain(county.signer.key.name);
  });
});

describe("a township's registry", () => {
  it('is cosigned as the shows are, so that no listed show can be forgotten', async () => {
    for (const witness of all) witness.away = false;
    const showId = await sealedShow();
    const noteNow = async () => (await fetch(`${app.url}/api/townships/siqiao/log/checkpoint`)).text();
    let note = '';
    for (let tries = 0; tries < 100 && !all.every(({ signer }) => note.includes(signer.key.name)); tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      note = await noteNow();
    }
    for (const { signer } of all) expect(note).toContain(`— ${signer.key.name} `);
    const policy = await (await fetch(`${app.url}/api/townships/siqiao/policy`)).text();
    const season = await (await fetch(`${app.url}/api/townships/siqiao/season`)).text();
    const judged = verifySeason(season, { policy });
    expect(judged.gates.find(({ gate }) => gate === 'signatures')?.ok).toBe(true);
    expect(judged.shows.map(({ show }) => show)).toContain(showId);
  });
});

describe('by file', () => {
  const bring = (showId: string, token: string | null, text: string) => {
    const body = new FormData();
    body.append('file', new Blob([text]), 'cosignatures.txt');
    const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
    return fetch(`${app.url}/api/shows/${showId}/witness/cosignatures`, { method: 'POST', headers, body });
  };
  const logKeyOf = async (showId: string) => /^log (\S+)/m.exec(await getText(`${showId}/policy`))![1]!;

  it('a request is carried to a witness and its lines are brought back by the officer', async () => {
    for (const witness of all) witness.away = true;
    const showId = await sealedShow();
    township.learn(await logKeyOf(showId));
    const reply = township.answer(
      await getText(`${showId}/witness/request?witness=${township.signer.key.name}`),
    );
    if (reply.said !== 'lines') throw new Error('not cosigned');
    expect((await bring(showId, null, reply.lines)).status).toBe(401);
    const buyer = await app.buyer('小王', showId);
    expect((await bring(showId, buyer.token, reply.lines)).status).toBe(403);
    expect((await bring(showId, app.people.officer, 'hello')).status).toBe(400);
    const brought = await bring(showId, app.people.officer, reply.lines);
    expect(await brought.json()).toMatchObject({ sealed: true });
    expect(await get<WitnessState>(`${showId}/witness`)).toMatchObject({ witnesses: 2, sealed: true });
    // Now the host may open although no witness can be reached.
    expect(await app.command(host, { name: 'open' })).toMatchObject({ ok: true });
    expect(await openedIn(showId)).toEqual({ witnessed: true });
  });

  it("a stranger's cosignature is not taken, nor one of another show", async () => {
    const [one, two] = [await sealedShow(), await sealedShow()];
    const stranger = new PaperWitness('stranger.example/w', 9);
    stranger.learn(await logKeyOf(one));
    const reply = stranger.answer(await getText(`${one}/witness/request?old=0`));
    if (reply.said !== 'lines') throw new Error('not cosigned');
    expect((await bring(one, app.people.host, reply.lines)).status).toBe(400);
    const [sealed] = (await get<Certificate>(`${two}/certificate`)).checkpoints;
    expect((await bring(one, app.people.host, sealed!.note)).status).toBe(400);
  });

  it('there is nothing to carry before the catalogue is sealed, and no witness but the configured', async () => {
    const showId = await sealedShow();
    expect((await fetch(`${app.url}/api/shows/${showId}/witness/request?witness=x/y`)).status).toBe(404);
    expect((await fetch(`${app.url}/api/shows/${showId}/witness/request?old=9999`)).status).toBe(404);
  });
});

describe('a witness that holds more than this server', () => {
  it('means that the database went back: everybody is told, and nothing is cosigned', async () => {
    const showId = await sealedShow();
    await untilState(showId, ({ sealed }) => sealed === true);
    const origin = `market.example/shows/${showId}`;
    // As if the server had written and shown fifty more leaves before somebody restored an older copy.
    for (const witness of all) {
      witness.heads.set(origin, { size: (await headOf(showId)) + 50, root: new Uint8Array(32) });
    }
    await app.command(host, { name: 'open' });
    await sellOne(showId);
    await untilState(showId, ({ alarm }) => alarm === true);
    // One witness's word is enough for the alarm; the other's comes when it is asked.
    await until(() => warned.filter((one) => one.startsWith('witness.alarm')).length === 2, 5_000);
  });

  it('is found at the next start although nothing is new, and its registry grows only in another log', async () => {
    const showId = await sealedShow();
    await untilState(showId, ({ sealed }) => sealed === true);
    const registry = 'market.example/township/siqiao';
    const { townshipId } = await app.store.show(showId);
    await until(() => all.every(({ heads }) => heads.has(registry)), 5_000);
    const at = `${app.url}/api/townships/siqiao`;
    const view = async () => (await (await fetch(`${at}/registry`)).json()) as RegistryView;
    const files = (token: string | null) =>
      fetch(`${at}/reports`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ hash: toBase64(new Uint8Array(32)) }),
      });
    const goesOn = (token: string) =>
      fetch(`${at}/registry/continue`, { method: 'POST', headers: { authorization: `Bearer ${token}` } });
    await app.app.get(Registrar).catchUp();
    // The second witness may still be on its way.
    for (let tries = 0; tries < 100 && (await view()).head.note.split('\n— ').length < 4; tries++)
      await sleep(50);
    const { head, isBehind } = await view();
    const lost = { size: head.size + 2, root: new Uint8Array(32) };
    for (const witness of all) witness.heads.set(registry, lost);
    expect(isBehind).toBe(false);

    const witnessing = app.app.get(Witnessing);
    witnessing.stop();
    witnessing.start();
    await app.app.get(Registry).ahead.asked;
    expect(await view()).toMatchObject({ isBehind: true, head: { size: head.size }, before: [] });
    const refused = await files(app.people.officer);
    expect([refused.status, await refused.json()]).toMatchObject([409, { code: 'registry-behind' }]);
    await app.app.get(Registrar).catchUp();
    expect((await view()).head.size).toBe(head.size);

    expect((await goesOn(app.people.host)).status).toBe(403);
    expect((await goesOn(app.people.officer)).status).toBe(200);
    const next = await view();
    expect(next).toMatchObject({
      ...{ origin: `${registry}/2`, isBehind: false },
      before: [{ origin: registry, size: head.size }],
    });
    expect(next.shows.map(({ show }) => show)).toContain(showId);
    expect((await files(app.people.officer)).status).toBe(204);
    await expect(
      app.app.get(Registry).append(registry, () => [{ type: 'report.filed', body: { hash: toBase64(new Uint8Array(32)) } }], clock.nowMs()),
    ).rejects.toThrow(Refused); // prettier-ignore
    const [season, policy] = await Promise.all(
      ['season', 'policy'].map(async (name) => (await fetch(`${at}/${name}`)).text()),
    );
    const first = policy!.split('\n').filter((line) => !line.includes(`${registry}/2`)).join('\n'); // prettier-ignore
    for (const pinned of [policy!, first]) {
      const { findings, shows, notes } = verifySeason(season!, { policy: pinned });
      expect(findings.map(({ code }) => code).filter((code) => code !== 'show-fails')).toEqual([]);
      expect(shows.map(({ show }) => show)).toContain(showId);
      expect(notes.map(({ code }) => code)).toContain('registry-continued');
    }
    // Another evening is registered where the township's list goes on, and names that log.
    const after = await app.sealedShow(rules);
    expect((await view()).shows.at(-1)).toMatchObject({ show: after });
    expect((await app.desks.of(after)).since(0).since.events[0]!.body).toMatchObject({
      township: `${registry}/2`,
    });
    expect(townshipId).toBe((await app.store.show(after)).townshipId);
  });
});
