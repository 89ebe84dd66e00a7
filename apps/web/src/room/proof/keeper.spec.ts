import type { Receipt } from '@qingpai/wire';
import { memoryDrawer } from '../../shared/drawer';
import * as judge from './judge';
import type { Judging } from './judging';
import { keeper, RECEIPTS_MAX } from './keeper';
import { ORIGIN, phoneKey, sent, TestLog } from './testing/log';
import { emptyProof, type Evidence, type KeptReceipt, type KeptShow } from './view';

const SHOW = '20261124-01';
const judging: Judging = {
  logKey: async (...args) => judge.logKey(...args),
  judgeReceipt: async (...args) => judge.judgeReceipt(...args),
  judgeElsewhere: async (...args) => judge.judgeElsewhere(...args),
  judgeInclusion: async (...args) => judge.judgeInclusion(...args),
  judgeHead: async (...args) => judge.judgeHead(...args),
  judgeLink: async (...args) => judge.judgeLink(...args),
};

/** A phone: what it keeps outlives the visits; the server it talks to can be changed between them. */
class Phone {
  readonly shows = memoryDrawer<KeptShow>();
  readonly receipts = memoryDrawer<KeptReceipt>();
  readonly evidence = memoryDrawer<Evidence>();
  readonly told: Evidence[] = [];
  offline = false;
  private clockMs = 1_000;

  constructor(public log: TestLog) {}

  visits() {
    const view = emptyProof();
    const answers = <T>(value: T): T | null => (this.offline ? null : value);
    const kept = keeper(
      {
        ...{ show: SHOW, origin: ORIGIN, judging },
        ...{ shows: this.shows, receipts: this.receipts, evidence: this.evidence },
        policy: async () => answers(this.log.policy),
        receipt: async (i, from) => answers(i < this.log.size ? this.log.receipt(i, from) : 'none'),
        nowMs: () => this.clockMs++,
        onAlarm: (evidence) => this.told.push(evidence),
      },
      view,
    );
    const bids = async (log = this.log, altered: (receipt: Receipt) => Receipt = (same) => same) => {
      const seen = kept.seen();
      const asked = sent({ ...(seen && { seen }) });
      const answer = log.takes(asked);
      await kept.handleAnswer(asked, { ...answer, receipt: altered(answer.receipt) });
      return asked.bid.bidId;
    };
    return { view, kept, bids };
  }
}
const toldOf = ({ bid, bidder, isClock }: judge.Sent, i: number): judge.Elsewhere => ({
  ...{ bidder, keys: [phoneKey], i, bidId: bid.bidId },
  ...{ amountFen: bid.amountFen, isClock },
});
const faults = (evidence: readonly Evidence[]) => evidence.map((one) => one.fault);

test('a bid’s receipt is checked, kept, and the next bid names its head', async () => {
  const phone = new Phone(new TestLog().fill(5));
  const { view, kept, bids } = phone.visits();
  await kept.handleHead(phone.log.head());
  expect(kept.seen()).toEqual([5, phone.log.head().root]);
  const first = await bids();
  expect(view.marks[first]).toBe('verified');
  expect(kept.seen()).toEqual([6, phone.log.head().root]);
  await bids();
  expect(view.alarms).toEqual([]);
  expect(Object.values(phone.visits().view.marks)).toEqual([]); // not before the drawers were read
});

test('receipts, key and head survive a visit', async () => {
  const phone = new Phone(new TestLog().fill(5));
  const before = phone.visits();
  await before.kept.handleHead(phone.log.head());
  const bid = await before.bids();
  phone.log.fill(3);
  const after = phone.visits();
  await after.kept.handleHead(phone.log.head());
  expect(after.view.marks[bid]).toBe('verified');
  expect(after.kept.seen()).toEqual([9, phone.log.head().root]);
  expect(after.view.alarms).toEqual([]);
});

test('offline a receipt waits, and is checked when the log can be asked again', async () => {
  const phone = new Phone(new TestLog().fill(5));
  phone.offline = true;
  const { view, kept, bids } = phone.visits();
  const bid = await bids();
  expect(view.marks[bid]).toBe('pending');
  phone.offline = false;
  await kept.handleHead(phone.log.head());
  expect(view.marks[bid]).toBe('verified');
});

test('an accepted bid that the log does not have turns red', async () => {
  const phone = new Phone(new TestLog().fill(5));
  const { view, kept } = phone.visits();
  await kept.handleHead(phone.log.head());
  const asked = sent();
  const { receipt: _kept, ...answer } = new TestLog().fill(30).takes(asked);
  await kept.handleAnswer(asked, answer);
  expect(faults(view.alarms)).toEqual(['not-in-log']);
  expect(view.marks[asked.bid.bidId]).toBe('differs');
});

test('an altered receipt turns red, and the evidence is still there on the next visit', async () => {
  const phone = new Phone(new TestLog().fill(5));
  const { view, kept, bids } = phone.visits();
  await kept.handleHead(phone.log.head());
  const bid = await bids(phone.log, (receipt) => ({
    ...receipt,
    leaf: receipt.leaf.replace('3600', '3601'),
  }));
  expect(view.marks[bid]).toBe('differs');
  expect(faults(phone.told)).toEqual(['not-ours']);

  const after = phone.visits();
  await after.kept.handleHead(phone.log.head());
  expect(after.view.marks[bid]).toBe('differs');
  expect(faults(after.view.alarms)).toEqual(['not-ours']);
  expect(after.view.alarms[0]!.found.receipt!.leaf).toContain('3601');
  expect(phone.told).toHaveLength(1);
});

test('a log with another key turns red, and the first key stays the one that is trusted', async () => {
  const phone = new Phone(new TestLog().fill(5));
  await phone.visits().kept.handleHead(phone.log.head());
  const trusted = phone.log.vkey;
  phone.log = new TestLog(2).fill(9);
  const { view, kept, bids } = phone.visits();
  await kept.handleHead(phone.log.head());
  const bid = await bids();
  expect(view.marks[bid]).toBe('differs');
  expect(faults(view.alarms)).toEqual(['other-key', 'not-signed', 'not-signed']);
  expect(view.vkey).toBe(trusted);
});

test('a second history under the same key turns red when the room is entered', async () => {
  const phone = new Phone(new TestLog().fill(5));
  await phone.visits().kept.handleHead(phone.log.head());
  phone.log = new TestLog();
  phone.log.add('lot.lastCall', { lot: 'L2', offering: 1, closesAt: 7 });
  phone.log.fill(8);
  const { view, kept } = phone.visits();
  await kept.handleHead(phone.log.head());
  await kept.handleHead(phone.log.fill(1).head());
  expect(faults(view.alarms)).toEqual(['rewritten']);
  expect(view.head!.size).toBe(5); // the head we hold is what proves it
});

test('another root at the same size turns red', async () => {
  const phone = new Phone(new TestLog().fill(5));
  await phone.visits().kept.handleHead(phone.log.head());
  phone.log = new TestLog().fill(4);
  phone.log.add('lot.lastCall', { lot: 'L2', offering: 1, closesAt: 7 });
  const { view, kept } = phone.visits();
  await kept.handleHead(phone.log.head());
  expect(faults(view.alarms)).toEqual(['rewritten']);
});

test('a log that was set back turns red', async () => {
  const phone = new Phone(new TestLog().fill(9));
  await phone.visits().kept.handleHead(phone.log.head());
  phone.log = new TestLog().fill(5);
  const { view, kept } = phone.visits();
  await kept.handleHead(phone.log.head());
  expect(faults(view.alarms)).toEqual(['shorter']);
});

test('an older head that comes late is no alarm', async () => {
  const phone = new Phone(new TestLog().fill(9));
  const { view, kept } = phone.visits();
  const older = phone.log.head(7);
  await kept.handleHead(phone.log.head());
  await kept.handleHead(older);
  expect(view.alarms).toEqual([]);
  expect(kept.seen()![0]).toBe(9);
});

test('a head the server denies is not named again, and is kept with its denial', async () => {
  const phone = new Phone(new TestLog().fill(5));
  const { view, kept } = phone.visits();
  await kept.handleHead(phone.log.head());
  const asked = sent({ seen: kept.seen()! });
  await kept.handleUnknownHead(asked, {
    ...{ ok: false, verdict: 'refused', bidId: asked.bid.bidId },
    ...{ reason: 'unknown-head', message: { zh: '', en: '' } },
  });
  expect(kept.seen()).toBeUndefined();
  expect(view.alarms[0]).toMatchObject({ fault: 'unknown-head', head: { size: 5 } });
  const after = phone.visits();
  await after.kept.handleHead(phone.log.head());
  expect(after.kept.seen()).toBeUndefined();
});

test('a bid from another phone gets its receipt too, once', async () => {
  const phone = new Phone(new TestLog().fill(5));
  const { view, kept, bids } = phone.visits();
  await kept.handleHead(phone.log.head());
  const here = await bids();
  const there = sent();
  const { i } = phone.log.takes(there);
  const told = { ...toldOf(there, i!), keys: [phoneKey] };
  await kept.adopt([toldOf(sent({ bidId: here }), 5), told]);
  expect(view.marks).toEqual({ [here]: 'verified', [there.bid.bidId]: 'verified' });
  expect(view.receipts).toHaveLength(2);
  expect(kept.seen()![0]).toBe(7);
  expect(view.alarms).toEqual([]);
});

test('a bid in our name that no key of ours signed turns red', async () => {
  const phone = new Phone(new TestLog().fill(5));
  const { view, kept } = phone.visits();
  await kept.handleHead(phone.log.head());
  const there = sent();
  const { i } = phone.log.takes(there);
  await kept.adopt([{ ...toldOf(there, i!), keys: [`${'A'.repeat(43)}=`] }]);
  expect(faults(view.alarms)).toEqual(['not-ours']);
  await kept.adopt([{ ...toldOf(there, i!), amountFen: 1 }]);
  expect(view.alarms).toHaveLength(1);
});

test('receipts of one show are bounded; what does not hold stays', async () => {
  const phone = new Phone(new TestLog().fill(5));
  const { view, kept, bids } = phone.visits();
  await kept.handleHead(phone.log.head());
  const bad = await bids(phone.log, (receipt) => ({ ...receipt, proof: '' }));
  const count = RECEIPTS_MAX + 1;
  const one = phone.log.takes(sent());
  const many = Array.from({ length: count }, (_, k) => String(k).padStart(6, '0'));
  for (const k of many) {
    const kept: KeptReceipt = {
      key: `${SHOW}/old-${k}`,
      ...{ atMs: 0, sent: sent(), answer: one, receipt: null, state: 'verified', fault: null },
    };
    await phone.receipts.put(kept.key, kept);
  }
  const after = phone.visits();
  await after.bids();
  const left = await phone.receipts.under(`${SHOW}/`);
  expect(left.some(({ sent }) => sent.bid.bidId === bad)).toBe(true);
  expect(left.length).toBeLessThan(count + 2);
  expect(view.marks[bad]).toBe('differs');
}, 20_000);
