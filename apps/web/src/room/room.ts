import type { BidMark, LoggedEvent, LotCard, LotState, SaleState, Snapshot } from '@qingpai/wire';
import { computed, inject, reactive, ref, shallowRef, watch, type InjectionKey } from 'vue';
import type { BidMade } from '../shared/client';
import { money, plainNumber } from '../shared/format';
import { language } from '../shared/language';
import { openRoom } from '../shared/socket';
import { commonWords } from '../shared/words';
import { announcer } from './announce';
import { emptyProof, type ProofView } from './proof/view';
import { actOf, lotInDock, lotsInOrder, momentOf } from './dock';
import { chime, muted } from './sound';
import type { Proof } from './proof';
import { zh, type Words } from './words';

/** Everything the parts of the room share: what is, what can be done, and what to tell the buyer about it. */
export type SheetName =
  'catalogue' | 'most' | 'bids' | 'proof' | 'bill' | 'share' | 'settings' | 'seller' | 'join' | 'how';
export type Note = { key: string; atMs: number; text: string };
/** A short line for all: who won, what comes back. */
export type Banner = { key: number; text: string };

const TICK_MS = 100;
const BANNER_MS = 4_000;
const EXTENDED_SHOWN_MS = 4_000;
const NOTES_MAX = 60;
const CODE_AGAIN_MS = 2_000;

export function createRoom(showId: string, snapshot: Snapshot | null) {
  const en = shallowRef<Words | null>(null);
  const w = computed(() => (language.value === 'en' && en.value) || zh);
  watch(
    language,
    async (chosen) => {
      if (chosen === 'en') en.value ??= (await import('./words.en')).en;
    },
    { immediate: true },
  );
  const c = computed(() => commonWords[language.value]);

  const sheet = ref<SheetName | null>(null);
  /** A slip's token that came in the address. */
  const slipToken = ref('');
  /** The lot whose maximum bid is being set. */
  const mostLot = ref<string | null>(null);
  const steps = ref(0);
  const units = ref(1);
  const notes = ref<Note[]>([]);
  const banner = ref<Banner | null>(null);
  /** The last bid whose answer or fate the dock should tell of. */
  const told = ref<BidMade | null>(null);
  const won = ref<SaleState | null>(null);
  /** A bid that waits for "yes, that high". */
  const toConfirm = ref<{
    amountFen: number;
    units: number | null;
    lot: string;
    offering: number;
    buyNow?: true;
  } | null>(null);
  const extended = ref<{ text: string; untilMs: number } | null>(null);
  /** What was bid for me by itself, and why: told to me alone. */
  const autoSaid = ref<{ lot: string; text: string } | null>(null);
  const politeText = ref('');
  const assertiveText = ref('');

  const announce = announcer({
    monotonicMs: () => performance.now(),
    later: (run, afterMs) => {
      const timer = setTimeout(run, afterMs);
      return () => clearTimeout(timer);
    },
    polite: (text) => (politeText.value = text),
    assertive: (text) => (assertiveText.value = text),
  });

  const { client, clock, renew } = openRoom(showId, {
    snapshot,
    wrap: (value) => reactive(value) as typeof value,
    onEvent,
    onBid,
    sign: async (bid, trouble) => (await proving())?.sign(bid, trouble) ?? bid,
    onAnswer: (bid, answer) => void proving().then((part) => part?.handleAnswer(bid, answer)),
    onHead: (head) => void proving().then((part) => part?.handleHead(head)),
  });
  const { view } = client;

  /** What this phone has found out about the log. */
  const proof = reactive<ProofView>(emptyProof());
  let opening: Promise<Proof | null> | null = null;
  /** Signing and checking come after the button, in one piece; null: they could not be fetched just now. */
  function proving(): Promise<Proof | null> {
    opening ??= import('./proof')
      .then(({ openProof }) => openProof(view, proof, onAlarm))
      .catch(() => (opening = null));
    return opening;
  }
  function onAlarm(): void {
    announce.assertive(w.value.alarm);
  }
  /** Who was here before the seal learns the code a moment after it. */
  async function learnCode(): Promise<void> {
    view.code ??= (await (await proving())?.code()) ?? null;
    if (view.code === null) setTimeout(() => void learnCode(), CODE_AGAIN_MS);
  }
  watch(
    () => view.code === null && (view.state?.seals.length ?? 0) > 0,
    (isMissing) => isMissing && void learnCode(),
    { immediate: true },
  );

  /** What the page says beside a bid. The tick is this phone's own: without a receipt there is none. */
  function recordOf(bidId: string): { word: string; tone: 'ok' | 'yet' | 'bad' | '' } {
    const { value: words } = w;
    const mark = proof.marks[bidId];
    if (mark === 'verified') return { word: words.recordedOk, tone: 'ok' };
    if (mark === 'pending') return { word: words.recordedYet, tone: 'yet' };
    return mark === 'differs' ? { word: words.recordedBad, tone: 'bad' } : { word: words.recorded, tone: '' };
  }
  watch(
    () => view.link === 'hidden' && view.me.bidder,
    (bidder) => bidder && void proving().then((part) => part?.enter()),
  );

  const nowMs = ref<number | null>(null);
  const tickMs = ref(performance.now());
  setInterval(() => {
    nowMs.value = clock.nowMs();
    tickMs.value = performance.now();
  }, TICK_MS);

  /** Of a timed show the lot that was tapped; at first the one that was offered first. */
  const chosen = ref<string | null>(null);
  const lot = computed(() => (view.state ? lotInDock(view.state, chosen.value) : null));
  const offering = computed(() => lot.value?.offerings.at(-1) ?? null);
  const timed = computed(() => view.state?.rules.timed !== undefined);
  watch(
    () => view.state?.block,
    (first) => first && (chosen.value ??= first),
    { immediate: true },
  );
  watch(chosen, () => {
    steps.value = 0;
    extended.value = null;
  });
  /** When the lot would have closed before the newest event, to tell by how much it was extended. */
  let closesAtBefore: number | null = null;
  watch(lot, () => (closesAtBefore = offering.value?.closesAt ?? null), { immediate: true });
  const lots = computed(() => (view.state ? lotsInOrder(view.state) : []));
  const soldLots = computed(() => lots.value.filter((each) => each.soldUnits > 0).length);
  const mySales = computed(() =>
    Object.values(view.state?.sales ?? {}).filter(
      (sale) => view.me.bidder !== null && sale.bidder === view.me.bidder,
    ),
  );

  const paddleOf = (bidder: string | null): string => {
    const paddle = bidder === null ? undefined : view.state?.bidders[bidder]?.paddle;
    return paddle === undefined ? '—' : c.value.paddle(paddle);
  };
  const isMe = (bidder: string | null) => bidder !== null && bidder === view.me.bidder;
  const cardOf = (id: string): LotCard | undefined => view.cards[id];
  const lotName = (each: LotState) => `${plainNumber(each.number)} ${each.title}`;

  /** Why the room could not be entered, or ended: the table of reasons is fetched only then. */
  const why = ref('');
  watch(
    [() => view.reason, language],
    async ([reason]) => {
      why.value = reason ? (await import('../shared/reasonWords')).reasonWords(reason, language.value) : '';
    },
    { immediate: true },
  );

  // ---- what happened

  function onEvent(event: LoggedEvent): void {
    if (event.type === 'bid.accepted') onAccepted(event);
    else if (event.type === 'lot.offered') onOffered(event.body.lot);
    else if (event.type === 'lot.extended') onExtended(event);
    else if (event.type === 'clock.shifted') onSetBack(event);
    else if (event.type === 'lot.lastCall') note(event, w.value.lastCall);
    else if (event.type === 'lot.hammered') onHammered(event);
    else if (event.type === 'lot.setAside') onAside(event.body.lot);
    else if (event.type === 'sale.voided') onVoided(event.body.sale);
    closesAtBefore = offering.value?.closesAt ?? null;
  }
  function onAccepted(event: Extract<LoggedEvent, { type: 'bid.accepted' }>): void {
    const { bidder, amountFen, units: taken, auto } = event.body;
    const paddle = paddleOf(bidder);
    if (auto) return onAuto(event);
    const unit = view.state?.lots[event.body.lot]?.unit ?? '';
    note(
      event,
      taken
        ? w.value.takeLine(paddle, taken, unit, money(amountFen))
        : w.value.bidLine(paddle, money(amountFen)),
    );
    if (!isInDock(event)) return;
    steps.value = 0;
    if (!isMe(bidder)) announce.polite(w.value.newPrice(money(amountFen), paddle));
  }
  const isInDock = ({ body }: { body: { lot: string } }) => body.lot === lot.value?.lot;
  /** The room sees that the price went up by itself; its owner alone is told why. */
  function onAuto(event: Extract<LoggedEvent, { type: 'bid.accepted' }>): void {
    const { bidder, amountFen, lot: id } = event.body;
    note(event, w.value.autoLine(paddleOf(bidder), money(amountFen)));
    if (isInDock(event)) steps.value = 0;
    if (!isMe(bidder))
      return void (isInDock(event) && announce.polite(w.value.newPrice(money(amountFen), paddleOf(bidder))));
    autoSaid.value = { lot: id, text: w.value.autoMine(money(amountFen)) };
    announce.polite(autoSaid.value.text);
  }
  function onOffered(id: string): void {
    const offered = view.state?.lots[id];
    // With others open the dock stays where it is.
    if (view.state?.open.length === 1) chosen.value = id;
    if (chosen.value !== id) return;
    steps.value = 0;
    units.value = view.state?.rules.clock.minUnits ?? 1;
    told.value = null;
    extended.value = null;
    toConfirm.value = null;
    autoSaid.value = null;
    if (offered) announce.polite(w.value.nowLot(plainNumber(offered.number), offered.title));
  }
  function onExtended(event: Extract<LoggedEvent, { type: 'lot.extended' }>): void {
    const { i, body } = event;
    if (!isInDock(event)) return;
    const text = given(closesAtBefore === null ? 0 : body.closesAt - closesAtBefore, w.value.extended);
    const last = notes.value.at(-1);
    if (text && last && last.key === `n${i - 1}`) last.text += `，${text}`;
  }
  function onSetBack(event: Extract<LoggedEvent, { type: 'clock.shifted' }>): void {
    const text = given(event.body.byMs, w.value.setBack);
    if (!text) return;
    note(event, text);
    announce.polite(text);
  }
  /** Time that was added is told for a while, in whole seconds. */
  function given(byMs: number, words: (s: string) => string): string {
    if (byMs < 500) return '';
    const text = words(String(Math.round(byMs / 1000)));
    extended.value = { text, untilMs: performance.now() + EXTENDED_SHOWN_MS };
    return text;
  }
  function onHammered(event: Extract<LoggedEvent, { type: 'lot.hammered' }>): void {
    const sold = view.state?.lots[event.body.lot];
    if (!sold) return;
    const { bidder, sale, units: soldUnits, unitPriceFen } = event.body;
    if (told.value?.bid.lot === sold.lot) told.value = null;
    if (isMe(bidder)) {
      won.value = view.state?.sales[sale] ?? null;
      chime('won');
      announce.assertive(w.value.wonAnnounce(lotName(sold), money(unitPriceFen * soldUnits)));
      return;
    }
    tell(w.value.lastSold(plainNumber(sold.number), sold.title, money(unitPriceFen), paddleOf(bidder)));
  }
  function onAside(id: string): void {
    const aside = view.state?.lots[id];
    if (aside) tell(w.value.lastAside(plainNumber(aside.number), aside.title));
  }
  /** An undone hammer takes the winner's dialog away again. */
  function onVoided(id: string): void {
    if (won.value?.sale === id) won.value = null;
    const voided = view.state?.lots[view.state.sales[id]?.lot ?? ''];
    if (voided) tell(w.value.lastVoided(plainNumber(voided.number), voided.title));
  }
  function note(event: Extract<LoggedEvent, { body: { lot: string } }>, text: string): void {
    const of = timed.value ? plainNumber(view.state?.lots[event.body.lot]?.number ?? '') + ' · ' : '';
    notes.value = [...notes.value, { key: `n${event.i}`, atMs: event.t, text: of + text }].slice(-NOTES_MAX);
  }
  let bannerTimer = 0;
  function tell(text: string): void {
    banner.value = { key: (banner.value?.key ?? 0) + 1, text };
    announce.polite(text);
    clearTimeout(bannerTimer);
    bannerTimer = window.setTimeout(() => (banner.value = null), BANNER_MS);
  }
  function onBid(made: BidMade): void {
    told.value = made;
    if (made.stage === 'outbid') {
      chime('outbid');
      const of = view.state?.lots[made.bid.lot];
      const at = of?.offerings.at(-1);
      const text = w.value.outbidSay(paddleOf(at?.leader ?? null), money(at?.priceFen ?? 0));
      announce.assertive(timed.value && of ? `${lotName(of)}：${text}` : text);
    } else if (made.stage === 'accepted') {
      announce.polite(
        w.value.acceptedSay(money(made.answer?.ok ? made.answer.amountFen : made.bid.amountFen)),
      );
    } else if (made.answer && !made.answer.ok) {
      if (made.answer.reason === 'slip-confirm') {
        toConfirm.value = { ...made.bid, units: made.bid.units ?? null };
      }
      announce.polite(made.answer.message[language.value]);
    }
  }

  // ---- what can be done

  const act = computed(() =>
    view.state && offering.value
      ? actOf({
          state: view.state,
          me: view.me,
          link: view.link,
          pending: client.pending(),
          nowMs: nowMs.value,
          steps: steps.value,
          lot: lot.value,
        })
      : null,
  );
  const moment = computed(() => (view.state ? momentOf(view.state, view.ended, lot.value) : null));

  /** Opens the sheet where a maximum is named. */
  function openMost(id: string): void {
    mostLot.value = id;
    sheet.value = view.me.paddle === null ? 'join' : 'most';
  }
  const myMost = computed(() => view.me.proxies.find((one) => one.lot === lot.value?.lot) ?? null);

  function buyNow(amountFen: number): void {
    send(amountFen, { buyNow: true });
  }
  function bid(amountFen: number, confirmed = false): void {
    send(amountFen, confirmed ? { confirmed: true } : {});
  }
  /** On the lot that was asked about, or else the one in the dock. */
  function send(amountFen: number, how: { buyNow?: true; confirmed?: true }): void {
    const asked = toConfirm.value;
    const at = asked ? view.state?.lots[asked.lot] : lot.value;
    const nth = asked?.offering ?? offering.value?.offering;
    if (!at || nth === undefined) return;
    told.value = null;
    toConfirm.value = null;
    client.bid({ lot: at.lot, offering: nth, amountFen, ...how });
  }
  function take(amountFen: number, count: number): void {
    if (!lot.value || !offering.value?.clock) return;
    told.value = null;
    client.bid({
      lot: lot.value.lot,
      offering: offering.value.offering,
      amountFen,
      units: count,
      run: offering.value.clock.run,
    });
  }

  /** Of a sale of mine: the record of the bid that won it. */
  function recordOfSale({ lot: id, offering: nth }: SaleState): { word: string; tone: string } {
    const marks = view.state?.lots[id]?.offerings[nth - 1]?.history.filter((mark) => isMe(mark.bidder)) ?? [];
    return recordOf(marks.at(-1)?.bid ?? '');
  }

  /** Bids of mine: those of this visit with their fate, and older ones that the state still holds. */
  const myBids = computed(() => {
    const made = view.bids.map((each) => ({ lot: each.bid.lot, made: each, mark: null as BidMark | null }));
    const known = new Set(view.bids.map((each) => each.bid.bidId));
    const older = lots.value.flatMap((each) =>
      each.offerings.flatMap((one) =>
        one.history
          .filter((mark) => isMe(mark.bidder) && !known.has(mark.bid))
          .map((mark) => ({ lot: each.lot, made: null as BidMade | null, mark })),
      ),
    );
    return [...older.sort((a, b) => (a.mark?.i ?? 0) - (b.mark?.i ?? 0)), ...made].reverse();
  });

  return {
    view, client, renew, w, c, language, sheet, slipToken, steps, units, notes, banner, told, won, toConfirm,
    extended, politeText, assertiveText, announce, nowMs, tickMs, lot, offering, lots, soldLots,
    mySales, myBids, proof, recordOf, recordOfSale, paddleOf, isMe, cardOf, lotName, act, moment, bid, take,
    mostLot, openMost, chosen, timed, proving, myMost, autoSaid, buyNow, tell, muted, why,
  }; // prettier-ignore
}

export type Room = ReturnType<typeof createRoom>;
export const roomKey: InjectionKey<Room> = Symbol('room');
export function useRoom(): Room {
  const room = inject(roomKey);
  if (!room) throw new Error('bug: the room was not provided');
  return room;
}
