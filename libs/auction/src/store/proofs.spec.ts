import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DocumentBuilder, SwaggerModule } from '@nestjs/swagger';
import {
  opensFloor,
  parsePolicy,
  parseCheckpoint,
  parseNote,
  shortCode,
  fromBase64,
} from '@qingpai/ledger/rules';
import { MembersService } from '@qingpai/members';
import {
  type Bundle,
  bundle as bundleShape,
  certificate,
  type Certificate,
  verification,
} from '@qingpai/wire';
import { bundleDigest, verifyBundle } from '../rules/verify/index.js';
import { storedApp } from '../testing/storedApp.js';
import { startMs, StoredShow, storedTownship, type StoredTownship } from '../testing/storedShow.js';
import { judgeHere } from './judge.js';

let township: StoredTownship;
let app: NestFastifyApplication;
let showId: string;
let show: StoredShow;
let judged = 0;
let nowMs = startMs;
const t0 = startMs;

beforeAll(async () => {
  township = await storedTownship();
  app = await storedApp(township, { judge, nowMs: () => nowMs });
});
afterAll(async () => {
  await app.close();
  await township.database.close();
});

const judge: typeof judgeHere = (texts, policy) => {
  judged += 1;
  return judgeHere(texts, policy);
};

/** Lot 1 is sold; lot 2, with a floor, meets no bid and is carried; then the show is closed. */
async function playTo(moment: 'draft' | 'open' | 'closed'): Promise<void> {
  showId = await township.newShow();
  show = await StoredShow.takeOver(township, showId);
  if (moment === 'draft') return;
  await show.catalogue(t0 + 1, 1);
  await show.catalogue(t0 + 2, 2, { units: 2, floorFen: 5_000, startFen: 5_000 });
  const bidder = await show.register(t0 + 3, await township.buyer('阿梅', showId));
  await show.seal(t0 + 5);
  await show.play(t0 + 6, { by: 'host', name: 'open' }, { by: 'host', name: 'offer', lot: 'L1' });
  await show.play(t0 + 7, show.bidOf(bidder, 'L1', 100));
  await show.play(t0 + 70_000);
  if (moment === 'open') return;
  await show.play(t0 + 70_001, { by: 'host', name: 'offer', lot: 'L2' });
  await show.play(t0 + 200_000);
  await show.play(t0 + 200_001, { by: 'host', name: 'carry', lot: 'L2' });
  await show.play(t0 + 200_002, { by: 'host', name: 'close' });
}

const get = (path: string, headers: Record<string, string> = {}) =>
  app.inject({ method: 'GET', url: `/api/shows/${showId}/${path}`, headers });
const asMember = async (memberId: string) => {
  const { token } = await app.get(MembersService).makeLink(memberId, '/');
  const session = await app.get(MembersService).exchangeToken(token);
  return { authorization: `Bearer ${session.token}` };
};
const certificateNow = async () => (await get('certificate')).json<Certificate>();

describe('a show that has been closed', () => {
  beforeAll(() => playTo('closed'));

  test('its bundle says everything, and its digest fits', async () => {
    const answer = await get('bundle');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-disposition']).toContain(`${showId}.bundle.json`);
    const read = answer.json<Bundle>();
    expect(bundleShape.parse(read)).toEqual(read);
    expect(read.digest).toBe(bundleDigest(read));
    expect(read.leaves).toHaveLength(show.head.size);
    expect(read.openings).toBeUndefined();
    const sizes = read.checkpoints.map((text) => {
      const note = parseNote(text);
      const checkpoint = note.ok ? parseCheckpoint(note.value.body) : note;
      return checkpoint.ok ? checkpoint.value.size : checkpoint.reason;
    });
    const hammer = show.taken.events.find(({ type }) => type === 'lot.hammered')!;
    expect(sizes).toEqual([show.taken.state.seals[0]!.i + 1, hammer.i + 1, show.head.size]);
    expect(read.journal).toMatchObject([{ n: 1, i: hammer.i, kind: 'hammered' }]);
  });

  test('bundle and policy together satisfy the offline verifier', async () => {
    const [text, policy] = [(await get('bundle')).body, (await get('policy')).body];
    expect(parsePolicy(policy)).toMatchObject({ ok: true, value: { quorum: 'none', witnesses: [] } });
    expect(verifyBundle(text, { policy })).toMatchObject({
      verdict: 'ALL_ACCOUNTED_NOT_ALL_SOLD',
      exitCode: 20,
    });
    expect(verifyBundle(text)).toMatchObject({ verdict: 'UNTRUSTED' });
  });

  test("the officer's bundle opens the floors of lots that have met their end, and they fit", async () => {
    const officer = await asMember(township.officer.memberId);
    const answer = await get('bundle/officer', officer);
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['cache-control']).toContain('private');
    const { openings, digest, ...rest } = answer.json<Bundle>();
    expect(openings).toMatchObject([{ lot: 'L2', floorFen: 5_000 }]);
    expect(opensFloor(show.taken.state.lots['L2']!.floor!, openings![0]!)).toBe(true);
    expect(digest).toBe(bundleDigest({ ...rest, openings }));
    const { verdict } = verifyBundle(answer.body, { policy: (await get('policy')).body });
    expect(verdict).toBe('ALL_ACCOUNTED_NOT_ALL_SOLD');
  });

  test('nobody else gets the floors', async () => {
    const buyer = await township.buyer('路人', showId);
    await township.members.admit(buyer, showId);
    expect((await get('bundle/officer')).json()).toMatchObject({ status: 401, code: 'not-signed-in' });
    for (const memberId of [buyer, township.host.memberId]) {
      const answer = await get('bundle/officer', await asMember(memberId));
      expect(answer.json()).toMatchObject({ status: 403, code: 'not-allowed' });
    }
  });

  test('an officer of another township does not get them either', async () => {
    const other = await township.members.ensureSeed({
      township: { name: '李墩镇', code: 'lidun' },
      people: [{ role: 'officer', phone: '13800000009', nickname: '老吴', goTo: '/township' }],
    });
    const answer = await get('bundle/officer', await asMember(other.people[0]!.memberId));
    expect(answer.json()).toMatchObject({ status: 403, code: 'not-allowed' });
  });

  test('who has the bundle already is told so, and gets nothing again', async () => {
    const { etag } = (await get('bundle')).headers;
    const again = await get('bundle', { 'if-none-match': String(etag) });
    expect([again.statusCode, again.body]).toEqual([304, '']);
    const officer = await asMember(township.officer.memberId);
    const other = await get('bundle/officer', { ...officer, 'if-none-match': String(etag) });
    expect(other.statusCode).toBe(200);
  });

  test('the certificate names what was not sold, and quotes the signed roots', async () => {
    const answer = await get('certificate');
    expect(certificate.parse(answer.json())).toEqual(answer.json());
    const found = answer.json<Certificate>();
    expect(found).toMatchObject({
      showId,
      title: '泗桥花卉专场',
      township: '泗桥乡',
      phase: 'closed',
      sealedUnits: 3,
      soldUnits: 1,
      carriedUnits: 2,
      openUnits: 0,
      hammerFen: 100,
      unsold: [{ lot: 'L2', number: '002' }],
      head: { size: show.head.size, root: show.head.root },
    });
    expect(found.checkpoints.map(({ at }) => at)).toEqual(['sealed', 'closed']);
    expect(found.checkpoints[0]!.t).toBe(t0 + 5);
    expect(found.code).toBe(shortCode(fromBase64(found.checkpoints[0]!.root)!));
    expect(found.head.code).toBe(shortCode(fromBase64(show.head.root)!));
  });

  test('the checkpoint is the newest signed note, the policy holds the key that signed it', async () => {
    const answer = await get('checkpoint');
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(answer.body).toBe(show.head.note);
    expect((await get('policy')).body).toContain(`log ${show.taken.origin}+`);
  });

  test('the verification is the offline verdict, made once per head', async () => {
    judged = 0;
    const [first, second] = await Promise.all([get('verification'), get('verification')]);
    expect(verification.parse(first.json())).toMatchObject({ verdict: 'ALL_ACCOUNTED_NOT_ALL_SOLD' });
    expect(second.json()).toEqual(first.json());
    await get('verification');
    expect(judged).toBe(1);
  });
});

describe('a show that is still open', () => {
  beforeAll(() => playTo('open'));

  test("the newest head is among the bundle's checkpoints, after the seal's", async () => {
    const found = await certificateNow();
    expect(found.checkpoints.map(({ at }) => at)).toEqual(['sealed', 'newest']);
    expect(found.openUnits).toBe(2);
    expect((await get('bundle')).json<Bundle>().checkpoints).toHaveLength(2);
  });

  test('floors of lots that may still sell stay closed', async () => {
    const officer = await asMember(township.officer.memberId);
    expect((await get('bundle/officer', officer)).json<Bundle>().openings).toEqual([]);
  });

  test('its certificate may be some seconds old, so that nobody costs the bidders their time', async () => {
    const before = await certificateNow();
    await show.play(t0 + 70_001, { by: 'host', name: 'offer', lot: 'L2' });
    nowMs += 4_000;
    expect((await certificateNow()).head).toEqual(before.head);
    nowMs += 2_000;
    expect((await certificateNow()).head.size).toBe(show.head.size);
  });
});

test('before the seal there is no code, and only the newest head', async () => {
  await playTo('draft');
  expect(await certificateNow()).toMatchObject({
    code: null,
    sealedUnits: 0,
    checkpoints: [{ at: 'newest', size: 1 }],
  });
});

test('a show nobody made is unknown to every route', async () => {
  showId = '20200101-01';
  for (const path of ['certificate', 'bundle', 'policy', 'checkpoint', 'verification']) {
    expect((await get(path)).json()).toMatchObject({ status: 404, code: 'unknown-show' });
  }
  showId = 'nonsense';
  expect((await get('certificate')).json()).toMatchObject({ status: 400, code: 'malformed' });
});

test('all six routes are in the OpenAPI document, with their problems', () => {
  const document = SwaggerModule.createDocument(app, new DocumentBuilder().build());
  const paths = Object.keys(document.paths).filter((path) => path.startsWith('/api/shows/{id}/'));
  for (const path of ['certificate', 'bundle', 'bundle/officer', 'policy', 'checkpoint', 'verification']) {
    expect(paths).toContain(`/api/shows/{id}/${path}`);
    expect(document.paths[`/api/shows/{id}/${path}`]!.get!.responses).toHaveProperty('404');
  }
});
