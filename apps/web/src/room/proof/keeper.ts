import type { Bid, BidAnswer, Receipt, SignedHead } from '@qingpai/wire';
import type { Drawer } from '../../shared/drawer';
import { plain } from '../../shared/plain';
import type { Elsewhere, Judged, Pin, ProofFault, Sent } from './judge';
import type { Judging } from './judging';
import type { Evidence, KeptReceipt, KeptShow, ProofView } from './view';

/**
 * What this phone keeps of a show's log, and how it watches it: the key it saw first, the newest head, a receipt for
 * each bid; each is checked, and what does not hold is kept as evidence, for good. It never stands in a bid's way:
 * everything here happens after the answer.
 */
export interface KeeperPort {
  show: string;
  origin: string;
  shows: Drawer<KeptShow>;
  receipts: Drawer<KeptReceipt>;
  evidence: Drawer<Evidence>;
  judging: Judging;
  /** The show's policy file; null: no answer. */
  policy(): Promise<string | null>;
  /** The receipt of a leaf; null: no answer; `none`: the log has no such leaf. */
  receipt(i: number, from?: number): Promise<Receipt | 'none' | null>;
  nowMs(): number;
  onAlarm?(evidence: Evidence): void;
  /** Something could not be done just now. */
  onTrouble?(error: unknown): void;
}
export interface Keeper {
  /** The head to name in the next bid. */
  seen(): Bid['seen'];
  /** A head that the server named; also the moment to check what had to wait. */
  handleHead(head: SignedHead): Promise<void>;
  handleAnswer(sent: Sent, answer: BidAnswer): Promise<void>;
  /** Bids of ours that the room tells of: fetches the receipts of those that this phone has none of. */
  adopt(told: readonly Elsewhere[]): Promise<void>;
  /** The server says that it never signed the head we named. */
  handleUnknownHead(sent: Sent, answer: BidAnswer): Promise<void>;
}

/** Of one show; the oldest verified ones make room. */
export const RECEIPTS_MAX = 500;
/** At once, the newest: each costs a request or two. */
export const ADOPTED_MAX = 20;

export function keeper(port: KeeperPort, view: ProofView): Keeper {
  const { show, origin, judging } = port;
  let pin: Pin | null = null;
  /** The log has denied the head we hold: naming it again would only have bids refused. */
  let denied = false;

  // One after the other, so that heads are compared in the order in which they came.
  let last: Promise<unknown> = Promise.resolve();
  function inTurn(job: () => Promise<void>): Promise<void> {
    const done = last.then(job);
    // What failed for want of room or of a connection stays pending, and is tried again with the next head.
    last = done.catch((error: unknown) => port.onTrouble?.(error));
    return last as Promise<void>;
  }

  // ---- the key and the head

  async function load(): Promise<void> {
    const [kept, receipts, alarms] = await Promise.all([
      port.shows.get(show),
      port.receipts.under(`${show}/`),
      port.evidence.under(`${show}/`),
    ]);
    view.receipts = receipts.sort(byLeaf);
    for (const { sent, state } of receipts) view.marks[sent.bid.bidId] = state;
    view.alarms = [...alarms].sort((a, b) => a.atMs - b.atMs);
    denied = alarms.some((alarm) => alarm.fault === 'unknown-head');
    if (kept) take(kept);
    await checkKey();
  }
  function take({ head, ...pinned }: KeptShow): void {
    pin = { origin: pinned.origin, vkey: pinned.vkey };
    view.vkey = pin.vkey;
    view.head = head;
  }
  let keyChecked = false;
  async function checkKey(): Promise<void> {
    if (keyChecked) return;
    const policy = await port.policy();
    const vkey = policy === null ? null : await judging.logKey(policy, origin);
    if (policy === null || vkey === null) return;
    keyChecked = true;
    if (!pin) take(await port.shows.putFirst(show, { origin, vkey, head: null }));
    if (pin && (pin.vkey !== vkey || pin.origin !== origin)) await raise('other-key', { policy });
  }

  /** A signed head takes the place of the one we hold only when it is proved to extend it. */
  async function advance(head: SignedHead, proved: boolean): Promise<void> {
    if (!pin) return;
    const held = view.head;
    if (held && !proved) {
      const judged = await linkOf(pin, held, head);
      if (!judged) return;
      if (!judged.ok) return raise(judged.fault, { head });
    }
    if (held && held.size >= head.size) return;
    view.head = head;
    await port.shows.put(show, { ...pin, head });
  }
  /** Null: no answer now. */
  async function linkOf(by: Pin, one: SignedHead, other: SignedHead): Promise<Judged | null> {
    if (one.size === other.size) {
      return one.root === other.root ? { ok: true, head: one } : { ok: false, fault: 'rewritten' };
    }
    const [older, newer] = one.size < other.size ? [one, other] : [other, one];
    const receipt = await port.receipt(newer.size - 1, older.size);
    if (receipt === null) return null;
    if (receipt === 'none') return { ok: false, fault: 'shorter' };
    return judging.judgeLink(by, older, newer, receipt);
  }

  // ---- receipts

  const keyOf = ({ bid }: Sent) => `${show}/${bid.bidId}`;

  async function check(kept: KeptReceipt): Promise<void> {
    const { sent, answer } = kept;
    if (!pin || answer.i === undefined) return;
    const receipt = kept.receipt ?? (await port.receipt(answer.i, sent.bid.seen?.[0]));
    if (receipt === null) return;
    const judged = receipt === 'none' ? missing : await judging.judgeReceipt(pin, sent, answer, receipt);
    kept.receipt = receipt === 'none' ? null : receipt;
    kept.state = judged.ok ? 'verified' : 'differs';
    kept.fault = judged.ok ? null : judged.fault;
    await store(kept);
    if (!judged.ok)
      return raise(judged.fault, { sent, answer, ...(kept.receipt && { receipt: kept.receipt }) });
    const [size, root] = sent.bid.seen ?? [];
    await advance(judged.head, view.head !== null && view.head.size === size && view.head.root === root);
  }
  async function adoptOne(told: Elsewhere): Promise<void> {
    const receipt = await port.receipt(told.i);
    if (!pin || receipt === null) return;
    if (receipt === 'none') return raise('not-in-log', { told });
    const judged = await judging.judgeElsewhere(pin, told, receipt);
    if (!judged.ok) return raise(judged.fault, { told, receipt });
    const { sent, answer } = judged;
    await store({
      key: keyOf(sent),
      atMs: port.nowMs(),
      sent,
      answer,
      receipt,
      state: 'verified',
      fault: null,
    });
    await advance(judged.head, false);
  }
  async function store(kept: KeptReceipt): Promise<void> {
    view.marks[kept.sent.bid.bidId] = kept.state;
    view.receipts = [...view.receipts.filter(({ key }) => key !== kept.key), kept].sort(byLeaf);
    await port.receipts.put(kept.key, plain(kept));
    await makeRoom();
  }
  async function makeRoom(): Promise<void> {
    if (view.receipts.length <= RECEIPTS_MAX) return;
    const oldest = view.receipts.find(({ state }) => state === 'verified');
    if (!oldest) return;
    view.receipts = view.receipts.filter((one) => one !== oldest);
    await port.receipts.remove(oldest.key);
  }
  async function checkPending(): Promise<void> {
    for (const kept of view.receipts.filter(({ state }) => state === 'pending')) await check(kept);
  }

  // ---- what does not hold

  async function raise(fault: ProofFault, found: Evidence['found']): Promise<void> {
    if (!pin) return;
    const atMs = port.nowMs();
    const evidence = { show, ...pin, atMs, fault, head: view.head, found };
    const about = found.sent?.bid.bidId ?? found.told?.bidId ?? view.head?.root ?? 'key';
    // The first of its kind is kept: what came later cannot take its place.
    const first = await port.evidence.putFirst(`${show}/${fault}/${about}`, plain(evidence));
    if (view.alarms.some((alarm) => alarm.fault === fault && alarm.atMs === first.atMs)) return;
    view.alarms = [...view.alarms, first];
    port.onAlarm?.(first);
  }

  void inTurn(load);

  return {
    seen: () => (view.head && !denied ? [view.head.size, view.head.root] : undefined),
    handleHead: (head) =>
      inTurn(async () => {
        await checkKey();
        if (!pin) return;
        const judged = await judging.judgeHead(pin, head);
        if (judged.ok) await advance(judged.head, false);
        else await raise(judged.fault, { head });
        await checkPending();
      }),
    handleAnswer: (sent, answer) =>
      inTurn(async () => {
        const key = keyOf(sent);
        const { receipt = null, ...told } = answer;
        const kept: KeptReceipt = {
          key,
          atMs: port.nowMs(),
          sent,
          answer: told,
          receipt,
          state: 'pending',
          fault: null,
        };
        if (answer.i === undefined) return;
        await store(kept);
        await check(kept);
      }),
    adopt: (told) =>
      inTurn(async () => {
        const unknown = told.filter(({ bidId }) => view.marks[bidId] === undefined);
        for (const one of unknown.slice(-ADOPTED_MAX)) await adoptOne(one);
      }),
    handleUnknownHead: (sent, answer) =>
      inTurn(async () => {
        denied = true;
        await raise('unknown-head', { sent, answer });
      }),
  };
}

const byLeaf = (a: KeptReceipt, b: KeptReceipt): number => (a.answer.i ?? 0) - (b.answer.i ?? 0);
/** A leaf that was told, and that the log does not have. */
const missing: Judged = { ok: false, fault: 'not-in-log' };
