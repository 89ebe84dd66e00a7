import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { membersEntities, membersMigrations, Vault } from '@qingpai/members';
import { reasonOf, seedSiqiao, serviceOn, vaultKey } from '@qingpai/members/testing';
import { PictureFolder } from '@qingpai/platform';
import { testDatabase } from '@qingpai/platform/testing';
import sharp from 'sharp';
import { Bills } from './bills.js';
import { Cases } from './cases.js';
import { paymentsEntities } from './entities.js';
import { Parcels } from './parcels.js';
import { FreshWords } from './freshWords.js';
import { Means } from './means.js';
import { paymentsMigrations } from './migrations/index.js';
import { type Cashier } from './cashier.js';
import { PaymentsService } from './payments.service.js';
import { Hall } from './testing/hall.js';

const showId = '20261124-01';

let database: Awaited<ReturnType<typeof testDatabase>>;
let folder: string;
let hall: Hall;
let payments: PaymentsService;
/** The same payments, asked on another server. */
let elsewhere: PaymentsService;
let bills: Bills;
let members: ReturnType<typeof serviceOn>['members'];
let clock: ReturnType<typeof serviceOn>['clock'];
let host: Cashier;
let officer: Cashier;

beforeAll(async () => {
  database = await testDatabase({
    entities: [...membersEntities, ...paymentsEntities],
    migrations: [...membersMigrations, ...paymentsMigrations],
  });
  const kit = serviceOn(database);
  ({ clock, members } = kit);
  const seeded = await seedSiqiao(members);
  host = { memberId: seeded.host.memberId, role: 'host' };
  officer = { memberId: seeded.officer.memberId, role: 'officer' };
  folder = await mkdtemp(join(tmpdir(), 'qingpai-receipts-'));
  hall = new Hall(database.dataSource);
  const parts = { db: database.dataSource, vault: new Vault(vaultKey), members, sales: hall };
  const cases = new Cases({ db: database.dataSource, members, nowMs: clock.now, tell: () => undefined });
  const parcels = new Parcels({ ...parts, nowMs: clock.now });
  const freshWords = new FreshWords(parts);
  bills = new Bills(hall, members, parcels, freshWords);
  const more = {
    bills,
    cases,
    freshWords,
    means: new Means(),
    receipts: new PictureFolder(folder),
    nowMs: clock.now,
  };
  payments = new PaymentsService({ ...parts, ...more });
  elsewhere = new PaymentsService({ ...parts, ...more });
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

let references = 0;
const recordSale = (by = payments) => {
  references += 1;
  const sales = [hall.sell()];
  return by.record(showId, host, { sales, amountFen: 5_800, channel: 'cash', reference: `${references}` });
};

describe('confirming a payment', () => {
  it('whose answer was lost after it happened, it is confirmed', async () => {
    const { id } = await recordSale();
    hall.fate = 'lostAfter';
    expect((await payments.decide(showId, id, officer, true)).state).toBe('confirmed');
  });

  it('that did not happen, it waits as before and can be confirmed again', async () => {
    const { id } = await recordSale();
    hall.fate = 'lost';
    expect(await reasonOf(payments.decide(showId, id, officer, true))).toBe('not-ready');
    expect((await payments.decide(showId, id, officer, true)).state).toBe('confirmed');
  });

  it('on two servers at once, it is decided on one of them', async () => {
    const { id } = await recordSale();
    const tries = [payments, elsewhere].map((on) => on.decide(showId, id, officer, on === payments));
    const reasons = (await Promise.all(tries.map(reasonOf))).sort();
    expect(reasons).toEqual(['already-decided', 'nothing refused']);
  });
});

test('the same reference recorded on two servers at once is kept once', async () => {
  const body = { amountFen: 5_800, channel: 'transfer' as const, reference: 'TWICE' };
  const [one, other] = [hall.sell(), hall.sell()];
  const reasons = await Promise.all([
    reasonOf(payments.record(showId, host, { ...body, sales: [one] })),
    reasonOf(elsewhere.record(showId, officer, { ...body, sales: [other] })),
  ]);
  expect(reasons.sort()).toEqual(['nothing refused', 'reference-used']);
});

test('a buyer in the hall has a bill without a phone', async () => {
  const [bill] = await bills.ofShow(showId);
  expect(bill).toMatchObject({ paddle: 7, nickname: '现场', phone: null });
});

describe('the reference and the photo of a buyer who is a member', () => {
  /** A payment with a photo, of a buyer with a key of his own. */
  async function paidByMember() {
    const { memberId } = await members.waitFor('阿梅', showId);
    hall.buyers[0]!.memberId = memberId;
    const [sales, reference] = [[hall.sell()], `林阿妹 ${++references}`];
    const body = { sales, amountFen: 5_800, channel: 'transfer' as const, reference };
    const { id } = await payments.record(showId, host, body);
    const photo = await sharp({
      create: { width: 9, height: 9, channels: 3, background: { r: references, g: 9, b: 9 } },
    })
      .png()
      .toBuffer();
    await payments.addPhoto(showId, id, host, photo);
    const shown = async () => (await payments.list(showId, host.memberId)).find((one) => one.id === id)!;
    return { id, memberId, reference, shown };
  }
  afterEach(() => (hall.buyers[0]!.memberId = null));

  it('are sealed under his key, not the vault’s', async () => {
    const { id, memberId, reference, shown } = await paidByMember();
    expect((await shown()).reference).toBe(reference);
    const [row] = await database.dataSource.query('SELECT * FROM payments WHERE id = $1', [id]);
    expect(row.sealed_for).toBe(memberId);
    expect(() => new Vault(vaultKey).open(row.reference, id)).toThrow();
  });

  it('are shown no more once he asked to be erased', async () => {
    const { id, memberId, shown } = await paidByMember();
    await members.askToBeErased(memberId);
    expect(await shown()).toMatchObject({ reference: '已注销', photo: null, amountFen: 5_800 });
    expect(await reasonOf(payments.photo(showId, id))).toBe('not-found');
  });

  it('are gone once he is erased, the photo from the disk as well', async () => {
    const { id, memberId } = await paidByMember();
    const [{ photo }] = await database.dataSource.query('SELECT photo FROM payments WHERE id = $1', [id]);
    expect(await readdir(folder)).toContain(photo);
    clock.ms = (await members.askToBeErased(memberId))!;
    await members.sweep();
    await payments.sweep();
    expect(await readdir(folder)).not.toContain(photo);
  });
});
