import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { membersEntities, membersMigrations, Vault } from '@qingpai/members';
import { reasonOf, seedSiqiao, serviceOn, vaultKey } from '@qingpai/members/testing';
import { PictureFolder } from '@qingpai/platform';
import { testDatabase } from '@qingpai/platform/testing';
import { type Reason } from '@qingpai/wire';
import { Bills } from './bills.js';
import { paymentsEntities } from './entities.js';
import { paymentsMigrations } from './migrations/1795500600000-payments.js';
import { type Cashier, PaymentsService } from './payments.service.js';
import { type ShowSales, type SoldSale } from './sales.js';

const showId = '20261124-01';

/** Sales that keep the port's promises, and break them when told to. */
class Hall implements ShowSales {
  readonly sales: SoldSale[] = [];
  /** `lost`: it did not happen; `lostAfter`: it did, and nobody was told. */
  fate: 'happens' | 'lost' | 'lostAfter' = 'happens';

  constructor(private readonly db: Awaited<ReturnType<typeof testDatabase>>['dataSource']) {}

  sell(): string {
    const sale = `S${this.sales.length + 1}`;
    const sold = { lot: 'L1', number: '001', title: '建兰', units: 1, amountFen: 5_800, bidder: 'hall' };
    this.sales.push({ ...sold, sale, phase: 'awaiting' });
    return sale;
  }

  async salesOf() {
    return this.sales;
  }

  async buyersOf() {
    return [{ bidder: 'hall', paddle: 7, memberId: null }];
  }

  async pay(...[, , paid, beside]: Parameters<ShowSales['pay']>): Promise<Reason | null> {
    if (this.fate === 'lost') return 'not-ready';
    await this.db.transaction(beside);
    for (const { sale } of paid) this.sales.find((one) => one.sale === sale)!.phase = 'paid';
    return this.fate === 'lostAfter' ? 'not-ready' : null;
  }
}

let database: Awaited<ReturnType<typeof testDatabase>>;
let folder: string;
let hall: Hall;
let payments: PaymentsService;
/** The same payments, asked on another server. */
let elsewhere: PaymentsService;
let bills: Bills;
let host: Cashier;
let officer: Cashier;

beforeAll(async () => {
  database = await testDatabase({
    entities: [...membersEntities, ...paymentsEntities],
    migrations: [...membersMigrations, ...paymentsMigrations],
  });
  const { members, clock } = serviceOn(database);
  const seeded = await seedSiqiao(members);
  host = { memberId: seeded.host.memberId, role: 'host' };
  officer = { memberId: seeded.officer.memberId, role: 'officer' };
  folder = await mkdtemp(join(tmpdir(), 'qingpai-receipts-'));
  hall = new Hall(database.dataSource);
  const parts = { db: database.dataSource, vault: new Vault(vaultKey), members, sales: hall };
  const more = { receipts: new PictureFolder(folder), nowMs: clock.now };
  payments = new PaymentsService({ ...parts, ...more });
  elsewhere = new PaymentsService({ ...parts, ...more });
  bills = new Bills(hall, members);
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
    hall.fate = 'happens';
  });

  it('that did not happen, it waits as before and can be confirmed again', async () => {
    const { id } = await recordSale();
    hall.fate = 'lost';
    expect(await reasonOf(payments.decide(showId, id, officer, true))).toBe('not-ready');
    hall.fate = 'happens';
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
