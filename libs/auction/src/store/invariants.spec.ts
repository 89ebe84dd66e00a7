import { leafBytes, leafHash } from '@qingpai/ledger/rules';
import { type LoggedEvent } from '@qingpai/wire';
import { DataSource, type EntityManager } from 'typeorm';
import { startMs, StoredShow, storedTownship, type StoredTownship } from '../testing/storedShow.js';
import { brokenInvariants, firstUnreproduced, invariants, rememberLogs } from './invariants.js';
import { leafOf } from './leafFormat.js';

let township: StoredTownship;
let owner: DataSource;
let show: StoredShow;
let buyers: readonly [string, string];
let showId: string;
const t0 = startMs;

/** An evening with one of everything: bids, a refusal, a hammer undone, a sale paid, a lot set aside, all closed. */
beforeAll(async () => {
  township = await storedTownship();
  owner = await new DataSource({ type: 'postgres', url: township.database.ownerUrl }).initialize();
  showId = await township.newShow();
  show = await StoredShow.takeOver(township, showId);
  await show.catalogue(t0 + 1, 1, { units: 2 });
  await show.catalogue(t0 + 2, 2);
  buyers = [
    await show.register(t0 + 3, await township.buyer('阿梅', showId)),
    await show.register(t0 + 4, await township.buyer('老林', showId)),
  ];
  await show.seal(t0 + 5);
  await show.play(t0 + 6, { by: 'host', name: 'open' }, { by: 'host', name: 'offer', lot: 'L1' });
  await show.play(t0 + 7, show.bidOf(buyers[0], 'L1', 100));
  await show.play(t0 + 8, show.bidOf(buyers[1], 'L1', 100));
  await show.play(t0 + 9, show.bidOf(buyers[1], 'L1', 300));
  await show.play(t0 + 70_000);
  await show.play(t0 + 70_001, { by: 'host', name: 'offer', lot: 'L2' });
  await show.play(t0 + 70_002, show.bidOf(buyers[0], 'L2', 200));
  await show.play(t0 + 140_000);
});
afterAll(async () => {
  await owner.destroy();
  await township.database.close();
});

class Undone extends Error {}

/** What a dishonest owner does to the data, seen by the invariants, then undone. */
async function brokenBy(plant: (manager: EntityManager) => Promise<unknown>): Promise<string[]> {
  let found: string[] = [];
  await owner
    .transaction(async (manager) => {
      await plant(manager);
      found = (await brokenInvariants(manager)).map(({ name }) => name);
      throw new Undone();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undone)) throw error;
    });
  return found;
}

const unguarded = (manager: EntityManager) =>
  manager.query(`
    ALTER TABLE leaves DISABLE TRIGGER USER;
    ALTER TABLE checkpoints DISABLE TRIGGER USER;
    ALTER TABLE logs DISABLE TRIGGER USER;
    ALTER TABLE journal_entries DISABLE TRIGGER USER;
    ALTER TABLE journal_lines DISABLE TRIGGER USER;`);
const guarded = (manager: EntityManager) =>
  manager.query(
    ['leaves.append_only', 'leaves.leaves_follow', 'checkpoints.append_only', 'checkpoints.checkpoint_fits']
      .concat('logs.kept', 'logs.head_grows', 'logs.head_filled')
      .concat('journal_entries.append_only', 'journal_entries.entry_follows', 'journal_entries.balances')
      .concat('journal_entries.by_the_rules')
      .concat('journal_lines.append_only', 'journal_lines.line_follows', 'journal_lines.balances')
      .map((guard) => `ALTER TABLE ${guard.split('.')[0]} ENABLE ALWAYS TRIGGER ${guard.split('.')[1]};`)
      .join('\n'),
  );

/** Puts a leaf at the end as if the show had said it, head and checkpoint included. */
async function plantLeaf(
  manager: EntityManager,
  event: Omit<LoggedEvent, 'i'>,
  { i = show.head.size, origin = show.taken.origin } = {},
): Promise<void> {
  const bytes = leafBytes(leafOf({ ...event, i: show.head.size } as LoggedEvent, origin, 2));
  await unguarded(manager);
  await manager.query(`INSERT INTO leaves (log, i, bytes) SELECT log, $2, $3 FROM logs WHERE origin = $1`, [
    show.taken.origin,
    i,
    Buffer.from(bytes),
  ]);
  await growHead(manager, Buffer.from(leafHash(bytes)));
  await guarded(manager);
}

async function growHead(manager: EntityManager, root: Buffer): Promise<void> {
  await manager.query(
    `UPDATE logs SET size = size + 1, root = $2,
       frontier = decode(repeat('ab', 32 * bit_count((size + 1)::bit(64))::int), 'hex') WHERE origin = $1`,
    [show.taken.origin, root],
  );
  await manager.query(
    `INSERT INTO checkpoints SELECT log, size, root, 'note', 0 FROM logs WHERE origin = $1`,
    [show.taken.origin],
  );
}

const at = (i: number) => show.taken.events[i]!;
const firstOf = (type: LoggedEvent['type']) => show.taken.events.find((event) => event.type === type)!;
const lastOf = (type: LoggedEvent['type']) => show.taken.events.findLast((event) => event.type === type)!;

test('an honest evening breaks none of them', async () => {
  expect(await brokenInvariants(township.database.dataSource.manager)).toEqual([]);
  expect(await firstUnreproduced(township.ledger, show.taken.origin)).toBeNull();
  expect(lastOf('lot.hammered').body).toMatchObject({ lot: 'L2' });
});

/** By invariant: what breaks it. `also`: others that see the same violation from their side. */
const planted: Record<string, { plant: (manager: EntityManager) => Promise<unknown>; also?: string[] }> = {
  'the guards of the log stand': {
    plant: (manager) => manager.query('ALTER TABLE leaves DISABLE TRIGGER append_only'),
  },
  'no gap in the log': {
    plant: (manager) => plantLeaf(manager, { ...firstOf('show.opened'), t: t0 + 200_000 }, { i: 999 }),
    also: ['a leaf says where it stands'],
  },
  'a head has exactly its leaves': {
    plant: async (manager) => {
      await unguarded(manager);
      await growHead(manager, Buffer.alloc(32, 1));
      await guarded(manager);
    },
  },
  'every head is signed': {
    plant: async (manager) => {
      await unguarded(manager);
      await manager.query('DELETE FROM checkpoints WHERE size = (SELECT max(size) FROM checkpoints)');
      await guarded(manager);
    },
  },
  'a leaf says where it stands': {
    plant: (manager) => {
      const opened = { ...firstOf('show.opened'), t: t0 + 200_000 };
      return plantLeaf(manager, opened, { origin: 'other/shows/1' });
    },
  },
  'time never goes back': { plant: (manager) => plantLeaf(manager, { ...firstOf('show.opened'), t: t0 }) },
  'a bid is applied once': {
    plant: (manager) => plantLeaf(manager, again(lastOf('bid.refused'), { nth: 3 })),
  },
  "a bidder's bids are counted without gaps": {
    plant: (manager) => plantLeaf(manager, again(lastOf('bid.refused'), { bid: 'planted-1', nth: 9 })),
  },
  'the price rises': {
    plant: (manager) =>
      plantLeaf(manager, again(firstOf('bid.accepted'), { bid: 'planted-2', amountFen: 300, nth: 3 })),
    also: ['no bid after the close', 'the price stands on the steps'],
  },
  'the price stands on the steps': {
    plant: (manager) =>
      manager.query(`UPDATE shows SET rules = jsonb_set(rules, '{increments,0,stepFen}', '250')`),
  },
  'the hammer falls for the highest bid': {
    plant: (manager) =>
      edited(
        manager,
        `UPDATE leaves SET bytes = convert_to(replace(convert_from(bytes, 'UTF8'), '${buyers[1]}', '${buyers[0]}'), 'UTF8')
         WHERE convert_from(bytes, 'UTF8') LIKE '%"sale":"S1"%' AND convert_from(bytes, 'UTF8') LIKE '%lot.hammered%'`,
      ),
    also: ['a sale is what was hammered'],
  },
  'no bid after the close': {
    plant: (manager) =>
      plantLeaf(manager, again(firstOf('bid.accepted'), { bid: 'planted-3', amountFen: 900, nth: 3 })),
    also: ['the hammer falls for the highest bid'],
  },
  'nobody bids on his own': {
    plant: (manager) => {
      const own = { bid: 'planted-4', amountFen: 900, nth: 1, bidder: 'growerAAAAAAAAAA', offering: 2 };
      return plantLeaf(manager, again(firstOf('bid.accepted'), own));
    },
  },
  'a lot closes once': {
    plant: (manager) =>
      plantLeaf(manager, {
        ...firstOf('lot.offered'),
        type: 'lot.setAside',
        body: { lot: 'L1', offering: 1, units: 2 },
        t: t0 + 200_000,
      } as LoggedEvent),
  },
  'what is sold by an offer was accepted by who was asked, in time': {
    plant: (manager) =>
      plantLeaf(manager, {
        ...{ type: 'offer.accepted', by: buyers[0], t: t0 + 200_000 },
        body: { offer: 'O9', lot: 'L1', bidder: buyers[0], units: 1, unitPriceFen: 300 },
      }),
  },
  'an offer is made once to a person, and of a lot one at a time': {
    plant: async (manager) => {
      for (const n of [0, 1]) {
        const said = { offer: `O${n}`, cause: 'ladder', lot: 'L2', bidder: buyers[n]!, units: 1 } as const;
        const body = { ...said, unitPriceFen: 300, expiresAt: t0 + 400_000 };
        const leaf = { type: 'offer.made', by: 'platform', t: t0 + 200_000, body } as const;
        await plantLeaf(manager, leaf, { i: show.head.size + n });
      }
    },
    also: ['a leaf says where it stands'],
  },
  'a second chance follows a default, at a bid of his own that met the floor': {
    plant: (manager) =>
      plantLeaf(manager, {
        ...{ type: 'sale.offered', by: 'platform', t: t0 + 200_000 },
        body: {
          ...{ sale: 'S3', replaces: 'S1', lot: 'L1', bidder: buyers[0], units: 2, unitPriceFen: 100 },
          expiresAt: t0 + 400_000,
        },
      }),
  },
  'a second chance is taken by who was asked, in time, one at a time': {
    plant: (manager) =>
      plantLeaf(manager, {
        ...{ type: 'sale.declined', by: buyers[0], t: t0 + 200_000 },
        body: { sale: 'S3', lot: 'L1', bidder: buyers[0], units: 2, unitPriceFen: 100 },
      }),
  },
  'a deposit is held, forfeited or let go, once each fen, and only what was let go goes back': {
    plant: (manager) =>
      plantLeaf(manager, {
        ...{ type: 'deposit.returned', by: 'officer', t: t0 + 200_000 },
        body: { deposit: 'D1', amountFen: 100, channel: 'cash', txn: `${'A'.repeat(43)}=` },
      }),
    also: ['every leaf about money is in the books'],
  },
  'a deposit is forfeited right after a default of its holder': {
    plant: (manager) =>
      plantLeaf(manager, {
        ...{ type: 'deposit.forfeited', by: 'platform', t: t0 + 200_000 },
        body: { deposit: 'D1', sale: 'S1', amountFen: 100 },
      }),
    also: [
      'every leaf about money is in the books',
      'a deposit is held, forfeited or let go, once each fen, and only what was let go goes back',
      'growers are owed what was hammered and is not paid out, and what was forfeited to them',
    ],
  },
  'no more lots are open at once than the rules say': {
    plant: async (manager) => {
      const offered = firstOf('lot.offered');
      const again = (lot: string) =>
        ({ ...offered, t: t0 + 200_000, body: { ...offered.body, lot, offering: 2 } }) as LoggedEvent;
      await plantLeaf(manager, again('L1'));
      await plantLeaf(manager, again('L2'), { i: show.head.size + 1 });
    },
    also: ['a leaf says where it stands'],
  },
  'no lot vanished': {
    plant: (manager) => manager.query(`DELETE FROM lots WHERE lot = 'L2'`),
  },
  'no lot slipped in': {
    plant: (manager) =>
      manager.query(`INSERT INTO lots SELECT (jsonb_populate_record(lots, '{"lot": "L9", "sold_units": 0}')).* FROM lots
        WHERE lot = 'L1'`),
  },
  'a sale is what was hammered': {
    plant: (manager) => manager.query(`UPDATE sales SET unit_price_fen = 1 WHERE sale = 'S1'`),
    also: ['growers are owed what was hammered and is not paid out, and what was forfeited to them'],
  },
  'sold units have exactly one live sale': {
    plant: (manager) => manager.query(`UPDATE lots SET sold_units = 0 WHERE lot = 'L1'`),
  },
  'a unit is sold at most once': {
    plant: async (manager) => {
      await manager.query('ALTER TABLE sales DROP CONSTRAINT a_unit_is_sold_once');
      await manager.query(`INSERT INTO sales SELECT show_id, 'S9', i, t_ms, lot, offering, bidder, 2, 1,
        unit_price_fen, phase FROM sales WHERE sale = 'S1'`);
    },
    also: [
      'a sale is what was hammered',
      'sold units have exactly one live sale',
      'growers are owed what was hammered and is not paid out, and what was forfeited to them',
    ],
  },
  'a sale is paid once and exactly': {
    plant: (manager) => manager.query(`UPDATE sales SET phase = 'paid' WHERE sale = 'S1'`),
  },
  'no more goes back than came in': {
    plant: (manager) => {
      const back = { sale: 'S1', amountFen: 1, channel: 'cash', txn: `${'A'.repeat(43)}=` };
      return plantLeaf(manager, {
        ...{ type: 'sale.refunded', by: 'officer', t: t0 + 200_000, body: back },
      } as LoggedEvent);
    },
    also: ['every leaf about money is in the books'],
  },
  'goods are where the log says, and only what was paid for left the house': {
    plant: (manager) =>
      plantLeaf(manager, {
        ...{ type: 'sale.packed', by: 'host', t: t0 + 200_000, body: { sale: 'S1' } },
      } as LoggedEvent),
  },
  'a grower is paid for a sale once, himself, and never more than came in': {
    plant: (manager) => {
      const { grower } = (firstOf('lot.catalogued') as LoggedEvent & { body: { grower: string } }).body;
      const body = {
        payout: 'P1',
        sale: 'S1',
        grower,
        amountFen: 1,
        channel: 'cash',
        txn: `${'A'.repeat(43)}=`,
      };
      return plantLeaf(manager, {
        ...{ type: 'payout.made', by: 'officer', t: t0 + 200_000, body },
      } as LoggedEvent);
    },
    also: ['every leaf about money is in the books'],
  },
  'a grower gives back no more than he owes, and the books say what is left': {
    plant: (manager) => {
      const { grower } = (firstOf('lot.catalogued') as LoggedEvent & { body: { grower: string } }).body;
      const body = { sale: 'S1', grower, amountFen: 1, channel: 'cash', txn: `${'A'.repeat(43)}=` };
      return plantLeaf(manager, {
        ...{ type: 'clawback.repaid', by: 'officer', t: t0 + 200_000, body },
      } as LoggedEvent);
    },
    also: ['every leaf about money is in the books'],
  },
  'every leaf about money is in the books': {
    plant: (manager) => edited(manager, `UPDATE journal_entries SET sale = 'S9' WHERE n = 1`),
  },
  'entries balance': {
    plant: (manager) => edited(manager, 'UPDATE journal_entries SET lines = 3 WHERE n = 1'),
  },
  'an account goes on from its last balance': {
    plant: (manager) =>
      edited(
        manager,
        'UPDATE journal_lines SET before_fen = before_fen + 1, after_fen = after_fen + 1 WHERE n = 1',
      ),
  },
  'growers are owed what was hammered and is not paid out, and what was forfeited to them': {
    plant: (manager) => manager.query(`UPDATE sales SET refunded_fen = 1 WHERE sale = 'S1'`),
    also: ['no more goes back than came in'],
  },
  'a closed show has no open unit': {
    plant: async (manager) => {
      await manager.query(`UPDATE shows SET phase = 'closed'`);
      await manager.query(`UPDATE lots SET units = 3 WHERE lot = 'L1'`);
    },
  },
  'an epoch never goes back': {
    plant: async (manager) => {
      await rememberLogs(manager);
      await edited(manager, 'UPDATE logs SET epoch = epoch - 1 WHERE epoch > 0');
    },
  },
  'a log keeps what was seen of it': {
    plant: async (manager) => {
      await rememberLogs(manager);
      // Everything newest written anew: head and checkpoint agree with each other.
      await edited(
        manager,
        `UPDATE checkpoints SET root = sha256('') FROM logs
           WHERE checkpoints.log = logs.log AND checkpoints.size = logs.size;
         UPDATE logs SET root = sha256('')`,
      );
    },
  },
};

/** What a superuser can do to a table, its guards put back afterwards. */
async function edited(manager: EntityManager, sql: string): Promise<void> {
  await unguarded(manager);
  await manager.query(sql);
  await guarded(manager);
}

function again(event: LoggedEvent, change: object): LoggedEvent {
  return { ...event, t: t0 + 200_000, body: { ...event.body, ...change } } as LoggedEvent;
}

test('each invariant has its violation', () => {
  expect(Object.keys(planted).sort()).toEqual(invariants.map(({ name }) => name).sort());
});

for (const [name, { plant, also = [] }] of Object.entries(planted)) {
  test(`its violation is seen: ${name}`, async () => {
    expect((await brokenBy(plant)).sort()).toEqual([name, ...also].sort());
  });
}

test('a bid that lies after the close by its time alone is seen, although no hammer stands before it', async () => {
  const late = (manager: EntityManager) => {
    const bid = {
      ...again(firstOf('bid.accepted'), { bid: 'planted-5', amountFen: 900, nth: 3, offering: 2 }),
    };
    const offered = firstOf('lot.offered');
    return plantLeaf(manager, {
      ...offered,
      t: bid.t,
      body: { ...offered.body, offering: 2 },
    } as LoggedEvent).then(() => plantLeaf(manager, bid, { i: show.head.size + 1 }));
  };
  expect(await brokenBy(late)).toContain('no bid after the close');
});

test('a bid between two steps is seen, and one below the next step', async () => {
  for (const amountFen of [350, 301]) {
    const bid = again(firstOf('bid.accepted'), { bid: 'planted-6', amountFen, nth: 3 });
    expect(await brokenBy((manager) => plantLeaf(manager, bid))).toContain('the price stands on the steps');
  }
});

test('after all that was planted, the data is as it was', async () => {
  expect(await brokenInvariants(township.database.dataSource.manager)).toEqual([]);
});

test('a leaf changed behind the guards is seen: the log does not recompute', async () => {
  const changed = at(4);
  const bytes = leafBytes(leafOf({ ...changed, t: changed.t + 1 }, show.taken.origin, 2));
  await unguarded(owner.manager);
  const was = (await owner.query('SELECT bytes FROM leaves WHERE i = 4')) as { bytes: Buffer }[];
  await owner.query('UPDATE leaves SET bytes = $1 WHERE i = 4', [Buffer.from(bytes)]);
  expect(await firstUnreproduced(township.ledger, show.taken.origin)).toBe(5);
  await expect(township.log.takeOver(showId)).rejects.toThrow('does not hash to its head');
  await owner.query('UPDATE leaves SET bytes = $1 WHERE i = 4', [was[0]!.bytes]);
  await guarded(owner.manager);
  expect(await firstUnreproduced(township.ledger, show.taken.origin)).toBeNull();
});
