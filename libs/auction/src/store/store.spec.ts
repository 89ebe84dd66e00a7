import { ledgerMigrations } from '@qingpai/ledger';
import { breakingAt } from '@qingpai/ledger/testing';
import { fromBase64, opensFloor, parseLeaf, shortCode } from '@qingpai/ledger/rules';
import { defaultRules } from '@qingpai/wire';
import { DataSource, type FindOptionsWhere } from 'typeorm';
import { startMs, StoredShow, storedTownship, type StoredTownship, storeOn } from '../testing/storedShow.js';
import { auctionMigrations } from '../database.js';
import { Lot, Sale, Show } from './entities.js';
import { Fenced, OutcomeUnknown } from './showLog.js';

let township: StoredTownship;
const t0 = startMs;

beforeAll(async () => {
  township = await storedTownship();
});
afterAll(() => township.database.close());

const find = <T extends object>(entity: new () => T, where: FindOptionsWhere<T>) =>
  township.database.dataSource.manager.findOneBy(entity, where);

/** Two lots (the second with a floor), two buyers, sealed and open, the first lot on the block. */
async function openShow() {
  const showId = await township.newShow();
  const show = await StoredShow.takeOver(township, showId);
  await show.catalogue(t0 + 1, 1);
  await show.catalogue(t0 + 2, 2, { units: 3, floorFen: 5_000, startFen: 3_000 });
  const buyers = [
    await show.register(t0 + 3, await township.buyer('阿梅', showId)),
    await show.register(t0 + 4, await township.buyer('老林', showId)),
  ] as const;
  await show.seal(t0 + 5);
  await show.play(t0 + 6, { by: 'host', name: 'open' }, { by: 'host', name: 'offer', lot: 'L1' });
  return { showId, show, buyers };
}

describe('creating shows', () => {
  test('a show is named by its day in the township and its number of the day', async () => {
    const wanted = {
      townshipId: township.townshipId,
      hostId: township.host.memberId,
      card: (await township.store.show(await township.newShow())).card,
      rules: defaultRules,
      demo: true,
      nowMs: Date.UTC(2027, 0, 1, 17),
    };
    const ids = await Promise.all(
      [1, 2, 3].map(() =>
        township.database.dataSource.transaction((manager) => township.store.createShow(manager, wanted)),
      ),
    );
    expect(ids.map(({ showId }) => showId).sort()).toEqual(['20270102-01', '20270102-02', '20270102-03']);
    expect(ids[0]!.origin).toBe(`market.example/shows/${ids[0]!.showId}`);
  });

  test('its log begins with log.opened, in the same transaction', async () => {
    const showId = await township.newShow(defaultRules, true);
    const { origin } = await township.store.show(showId);
    const [leaf] = await township.ledger.leavesOf(origin, 0, 10);
    expect(parseLeaf(leaf!)).toMatchObject({
      ok: true,
      value: {
        ...{ type: 'log.opened', i: 0, show: origin, t: t0 },
        body: { origin, witnesses: [], demo: true, township: 'market.example/township/siqiao' },
      },
    });
    const failing = township.database.dataSource.transaction(async (manager) => {
      const { card, rules } = await township.store.show(showId);
      const { townshipId, host } = township;
      await township.store.createShow(manager, {
        townshipId,
        hostId: host.memberId,
        card,
        rules,
        demo: false,
        nowMs: t0,
      });
      throw new Error('no photo');
    });
    await expect(failing).rejects.toThrow('no photo');
    const orphans: unknown[] = await township.database.dataSource.query(
      'SELECT 1 FROM logs WHERE origin NOT IN (SELECT origin FROM shows UNION SELECT origin FROM registries)',
    );
    expect(orphans).toEqual([]);
  });

  test('members learn where the show belongs', async () => {
    const showId = await township.newShow();
    expect(await township.members.placeOf(showId)).toEqual({
      townshipId: township.townshipId,
      hostId: township.host.memberId,
      roomPath: `/r/${showId}`,
    });
    expect(await township.store.findShow('20200101-01')).toBeNull();
    await expect(township.store.show('20200101-01')).rejects.toMatchObject({ reason: 'unknown-show' });
  });
});

describe('what the log only commits to', () => {
  test('a floor rests sealed and opens its commitment', async () => {
    const showId = await township.newShow();
    const floor = township.store.sealFloor(showId, 'L7', 4_200);
    await township.database.dataSource.transaction(floor.beside);
    const opening = (await township.store.floorsOf(showId)).get('L7')!;
    expect(opening.floorFen).toBe(4_200);
    expect(opensFloor(floor.commitment!, opening)).toBe(true);
    expect(fromBase64(opening.salt)).toHaveLength(32);
    const [row] = (await township.database.dataSource.query(
      'SELECT sealed FROM lot_floors WHERE show_id = $1',
      [showId],
    )) as { sealed: Buffer }[];
    expect(row!.sealed.includes('4200')).toBe(false);
  });

  test('a floor that is amended replaces the old one; amended to nothing, it is gone', async () => {
    const showId = await township.newShow();
    const db = township.database.dataSource;
    for (const floorFen of [100, 200])
      await db.transaction(township.store.sealFloor(showId, 'L1', floorFen).beside);
    expect((await township.store.floorsOf(showId)).get('L1')?.floorFen).toBe(200);
    const none = township.store.sealFloor(showId, 'L1', 0);
    expect(none.commitment).toBeNull();
    await db.transaction(none.beside);
    expect((await township.store.floorsOf(showId)).size).toBe(0);
  });

  test('a member has another pseudonym in every show, and always the same in one', async () => {
    const [one, two] = [await township.newShow(), await township.newShow()];
    const member = township.host.memberId;
    const name = await township.store.pseudonymOf(one, member);
    expect(name).toMatch(/^[A-Za-z0-9_-]{16}$/);
    expect(await township.store.pseudonymOf(one, member)).toBe(name);
    const { store } = storeOn(township.database.dataSource, township.members);
    expect(await store.pseudonymOf(one, member)).toBe(name);
    expect(await township.store.pseudonymOf(two, member)).not.toBe(name);
  });

  test('a paddle is seated beside its leaf, once per member', async () => {
    const showId = await township.newShow();
    const show = await StoredShow.takeOver(township, showId);
    const memberId = await township.buyer('阿梅', showId);
    const bidder = await show.register(t0 + 1, memberId);
    expect(await township.store.bidderOf(showId, memberId)).toMatchObject({ bidder, paddle: 1, memberId });
    expect((await township.store.membersOf(showId)).get(bidder)?.memberId).toBe(memberId);
    const registered = show.taken.events.filter(({ type }) => type === 'bidder.registered');
    const twice = township.database.dataSource.transaction((manager) =>
      township.store.seat(showId, memberId)(manager, registered),
    );
    await expect(twice).rejects.toThrow('duplicate key');
  });
});

describe('appending', () => {
  test('a restart gives back exactly what the desk held', async () => {
    const { showId, show, buyers } = await openShow();
    await show.play(t0 + 10, show.bidOf(buyers[0], 'L1', 100), show.bidOf(buyers[1], 'L1', 200));
    await show.play(t0 + 11, show.bidOf(buyers[0], 'L1', 150));
    const again = await storeOn(township.database.dataSource, township.members).log.takeOver(showId);
    expect(again).toEqual({ ...show.taken, head: show.head, epoch: show.taken.epoch + 1 });
    expect(again.events.at(-1)).toMatchObject({ type: 'bid.refused', body: { reason: 'not-above-price' } });
    expect(again.secrets.floors).toEqual(new Map([['L2', 5_000]]));
  });

  test('lots, sales and the show are projected with the leaves that change them', async () => {
    const { showId, show, buyers } = await openShow();
    await show.play(t0 + 10, show.bidOf(buyers[0], 'L1', 100));
    expect(await find(Lot, { showId, lot: 'L1' })).toMatchObject({
      phase: 'onBlock',
      offerings: 1,
      floorMet: null,
    });
    expect(await find(Lot, { showId, lot: 'L2' })).toMatchObject({
      phase: 'sealed',
      floorMet: false,
      units: 3,
    });
    await show.play(t0 + 70_000);
    expect(await find(Sale, { showId, sale: 'S1' })).toMatchObject({
      lot: 'L1',
      bidder: buyers[0],
      unitPriceFen: 100,
      phase: 'awaiting',
      paidAtMs: null,
    });
    expect(await find(Lot, { showId, lot: 'L1' })).toMatchObject({ phase: 'hammered', soldUnits: 1 });
    expect(await find(Show, { showId })).toMatchObject({
      phase: 'open',
      sealedAt: new Date(t0 + 5),
      openedAt: new Date(t0 + 6),
      closedAt: null,
    });
  });

  test('the code of a show is that of the root that ends with its first seal', async () => {
    const { showId, show } = await openShow();
    const { origin, code } = await township.store.show(showId);
    const { i } = show.taken.state.seals[0]!;
    const [sealed] = await township.ledger.headsAt(origin, [i + 1]);
    expect(code).toBe(shortCode(sealed!.root));
  });

  test('an undone hammer gives its units back, and they are sold anew', async () => {
    const { showId, show, buyers } = await openShow();
    await show.play(t0 + 10, show.bidOf(buyers[0], 'L1', 100));
    await show.play(t0 + 70_000);
    await show.play(t0 + 70_001, { by: 'host', name: 'undo', sale: 'S1', reason: 'hall-dispute' });
    expect(await find(Lot, { showId, lot: 'L1' })).toMatchObject({ phase: 'waiting', soldUnits: 0 });
    await show.play(t0 + 70_002, { by: 'host', name: 'reoffer', lot: 'L1' });
    expect(await find(Sale, { showId, sale: 'S1' })).toMatchObject({ phase: 'voided' });
  });

  test('bids on a lot without floor change no row: nothing is projected for them', async () => {
    const { show, buyers } = await openShow();
    const { broken, statements } = breakingAt(township.database.dataSource, null);
    const { log } = storeOn(broken, township.members);
    const taken = await log.takeOver(show.taken.showId);
    const events = show.decide(t0 + 10, show.bidOf(buyers[0], 'L1', 100));
    await log.append(taken, { events, state: show.taken.state, beside: [] });
    expect(statements.map((sql) => sql.trim().split(/\s+/)[0])).toEqual(['WITH']);
  });

  test('the projection is that of the batch, even when the state runs on while it is written', async () => {
    const { showId, show, buyers } = await openShow();
    await show.play(t0 + 10, show.bidOf(buyers[0], 'L1', 100));
    const first = show.decide(t0 + 70_000);
    const writing = show.append(first);
    const second = show.decide(t0 + 70_001, { by: 'host', name: 'undo', sale: 'S1', reason: 'technical' });
    await writing;
    expect(await find(Sale, { showId, sale: 'S1' })).toMatchObject({ phase: 'awaiting' });
    await show.append(second);
    expect(await find(Sale, { showId, sale: 'S1' })).toMatchObject({ phase: 'voided' });
  });

  test('a new owner fences the old one, in this process and in another', async () => {
    const { showId, show, buyers } = await openShow();
    const other = storeOn(township.database.dataSource, township.members);
    const taken = await other.log.takeOver(showId);
    const events = show.decide(t0 + 10, show.bidOf(buyers[0], 'L1', 100));
    await expect(show.append(events)).rejects.toThrow(Fenced);
    await expect(show.append(events)).rejects.toThrow(Fenced);
    await other.log.append(taken, { events, state: show.taken.state, beside: [] });
    await other.log.takeOver(showId);
    await expect(other.log.append(taken, { events, state: show.taken.state, beside: [] })).rejects.toThrow(
      Fenced,
    );
  });

  test('what beside refuses leaves no leaf, and the owner may go on', async () => {
    const { show, buyers } = await openShow();
    const copy = structuredClone(show.taken.state);
    const events = show.decide(t0 + 10, show.bidOf(buyers[0], 'L1', 100));
    const failing = async () => {
      throw new Error('the card is too long');
    };
    await expect(show.append(events, [failing])).rejects.toThrow('too long');
    expect(copy.next).toBe(events[0]!.i);
    await show.append(events);
    expect((await township.ledger.headOf(show.taken.origin))?.size).toBe(events.at(-1)!.i + 1);
  });
});

describe('each write of a hammer, broken both ways', () => {
  /** START, head with leaves and checkpoint, books, lots, sales, whether all is well, COMMIT. */
  const writes = [0, 1, 2, 3, 4, 5, 6];
  for (const when of ['before', 'after'] as const) {
    for (const statement of writes) {
      test(`write ${statement}: the line is lost ${when} it ran`, async () => {
        const { showId, show, buyers } = await openShow();
        await show.play(t0 + 10, show.bidOf(buyers[0], 'L1', 100));
        const before = await township.ledger.headOf(show.taken.origin);
        const { broken, statements } = breakingAt(township.database.dataSource, { statement, when });
        const { log } = storeOn(broken, township.members);
        const taken = await log.takeOver(showId);
        const events = show.decide(t0 + 70_000);
        const batch = { events, state: show.taken.state, beside: [] };
        const error: unknown = await log.append(taken, batch).catch((thrown) => thrown);

        const isCommit = statement === writes.at(-1);
        expect(statements.at(statement)).toMatch(isCommit ? /^COMMIT/ : /START|WITH|INSERT|SELECT/);
        expect(error instanceof OutcomeUnknown).toBe(isCommit);
        if (isCommit) await expect(log.append(taken, batch)).rejects.toThrow(Fenced);

        const happened = isCommit && when === 'after';
        const again = await township.log.takeOver(showId);
        expect(again.head.size).toBe(before!.size + (happened ? events.length : 0));
        expect(again.state.sales['S1'] !== undefined).toBe(happened);
        expect((await find(Sale, { showId, sale: 'S1' })) !== null).toBe(happened);
        const books = await township.ledger.journal.entriesOf(taken.origin, again.head.size);
        expect(books.map(({ i, kind }) => ({ i, kind }))).toEqual(
          happened ? [{ i: events.at(-1)!.i, kind: 'hammered' }] : [],
        );
        expect(await find(Lot, { showId, lot: 'L1' })).toMatchObject({
          phase: happened ? 'hammered' : 'onBlock',
        });
      });
    }
  }
});

test('no database row tells a floor, a phone or a name of a bidder', async () => {
  const { showId } = await openShow();
  const { origin } = await township.store.show(showId);
  const leaves = (await township.ledger.leavesOf(origin, 0, 100)).map(String).join('\n');
  for (const secret of ['阿梅', '老林', '5000']) expect(leaves).not.toContain(secret);
});

test('what the migrations made, they can take back and make again', async () => {
  const owner = await new DataSource({ type: 'postgres', url: township.database.ownerUrl }).initialize();
  const runner = owner.createQueryRunner();
  await runner.startTransaction();
  const ours = [...ledgerMigrations, ...auctionMigrations]
    .sort((a, b) => Number(/\d+$/.exec(a.name)) - Number(/\d+$/.exec(b.name)))
    .map((Migration) => new Migration());
  for (const migration of [...ours].reverse()) await migration.down(runner);
  for (const migration of ours) await migration.up(runner);
  expect(await runner.query('SELECT * FROM shows')).toEqual([]);
  await runner.rollbackTransaction();
  await owner.destroy();
});

describe('signs of life', () => {
  test('the last one of the owner is what the next owner finds', async () => {
    const showId = await township.newShow();
    const first = await township.log.takeOver(showId);
    expect(first.heardAtMs).toBe(0);
    await township.log.sign(first, t0 + 100);
    await township.log.sign(first, t0 + 300);
    const second = await township.log.takeOver(showId);
    expect(second.heardAtMs).toBe(t0 + 300);
    await township.log.sign(first, t0 + 900); // it does not own the log any more
    expect((await township.log.takeOver(showId)).heardAtMs).toBe(t0 + 300);
  });
});
