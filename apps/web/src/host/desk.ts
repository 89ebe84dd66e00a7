import type {
  CommandAnswer,
  floorList,
  HostCommand,
  LoggedEvent,
  LotCard,
  LotState,
  Problem,
  Snapshot,
} from '@qingpai/wire';
import type { Reason } from '@qingpai/wire/reasons';
import { computed, inject, onUnmounted, reactive, ref, toRaw, watch, type InjectionKey } from 'vue';
import type { z } from 'zod';
import { get, problemWords, type Asked } from '../shared/api';
import { plainNumber } from '../shared/format';
import { language } from '../shared/language';
import { newId, openRoom } from '../shared/socket';
import { commonWords } from '../shared/words';
import { commander, type CommandMessage } from './commander';
import { keep, kept } from './kept';
import { lastEnded, moved, comingLots } from './order';
import { lotOnBlock, nextUp, offerAfterSilence, primaryOf, sidesOf, stageOf, type Seen } from './primary';
import { signatureFor } from './signing';
import { knock, voiceOn } from './sound';
import { phoneVoice, speaker, spokenLine } from './speech';
import { w } from './words';

/** Everything the parts of an open show share on the host's phone: what is, and what can be done. */
export type Told = { key: number; tone: 'ok' | 'bad' | 'info'; text: string };
export type DeskSheet =
  | 'run'
  | 'several'
  | 'chat'
  | 'people'
  | 'texts'
  | 'close'
  | 'open'
  | 'qr'
  | 'settings'
  | 'withdraw'
  | 'undo'
  | 'endOffers'
  | 'import'
  | 'seal'
  | 'cancel'
  | 'continue'
  | 'carried'
  | 'slips'
  | 'consent'
  | 'hall'
  | 'takeOver'
  | 'deposits'
  | 'live';

const TICK_MS = 100;
const TOLD_MS = 6_000;
const FRAME_MS = 50;
const CODE_AGAIN_MS = 1_100;

export function createDesk(showId: string) {
  const room = openRoom(showId, { wrap: (value) => reactive(value) as typeof value, onEvent });
  const { client, clock } = room;
  const { view } = client;
  const c = computed(() => commonWords[language.value]);

  const nowMs = ref<number | null>(null);
  const ticker = setInterval(() => (nowMs.value = clock.nowMs()), TICK_MS);

  const sheet = ref<DeskSheet | null>(null);
  /** The lot a sheet is about. */
  const subject = ref<string | null>(null);
  const told = ref<Told | null>(null);
  let toldTimer = 0;
  function tell(tone: Told['tone'], text: string): void {
    told.value = { key: (told.value?.key ?? 0) + 1, tone, text };
    clearTimeout(toldTimer);
    toldTimer = window.setTimeout(() => (told.value = null), TOLD_MS);
  }

  // ---- what is beside the log: cards, the short code

  async function refresh(): Promise<void> {
    const asked = await get<Snapshot>(`/api/shows/${showId}`);
    if (!asked.ok) return;
    setCards(asked.value.cards);
    view.card = asked.value.card;
    view.code = asked.value.code;
    // The room may still show what it read a moment before the seal.
    if (view.code === null && view.state?.seals.length) refreshSoon(CODE_AGAIN_MS);
  }
  const setCards = (cards: LotCard[]) =>
    void (view.cards = Object.fromEntries(cards.map((card) => [card.lot, card])));

  const floors = ref<Record<string, number> | null>(null);
  /** Asked for once per visit of the page, and only when somebody wants to see one. */
  async function floorOf(lot: string): Promise<number | null> {
    if (floors.value?.[lot] === undefined) {
      const asked = await get<z.infer<typeof floorList>>(`/api/shows/${showId}/floors`);
      if (!asked.ok) {
        tell('bad', problemWords(asked.problem, language.value));
        return null;
      }
      floors.value = Object.fromEntries(asked.value.floors.map((each) => [each.lot, each.floorFen]));
    }
    return floors.value?.[lot] ?? 0;
  }

  const forgetFloors = () => void (floors.value = null);

  // ---- commands

  const answering = ref<'sending' | 'unknown' | null>(null);
  const signing = ref(false);
  const pending = computed(() => answering.value ?? (signing.value ? 'sending' : null));
  const commands = commander({
    send: (message, answer) => client.send('command', message, answer),
    post: (message) => postCommand(showId, message),
    later,
    newId,
    onStage: (stage) => (answering.value = stage),
  });
  /** Signs a command where that is asked for, and runs it; a refusal is told in words and given back. */
  async function run(command: HostCommand): Promise<CommandAnswer | null> {
    const signed = await sign(command);
    if (!signed.ok) {
      tell('bad', problemWords(signed.problem, language.value));
      return refusalOf(signed.problem);
    }
    const answer = await commands.run(command, signed.value ?? undefined);
    if (answer === null) tell('info', w.value.oneAtATime);
    else if (!answer.ok) tell('bad', answer.message[language.value]);
    return answer;
  }

  async function sign(command: HostCommand): Promise<Asked<string | null>> {
    const { me, state } = view;
    const office = me.role === 'host' || me.role === 'moderator' ? me.role : null;
    if (!state || !office || signing.value) return { ok: true, value: null };
    signing.value = true;
    try {
      const shown = toRaw(state);
      return await signatureFor(command, { showId, state: shown, office, nowMs: clock.nowMs() ?? shown.t });
    } finally {
      signing.value = false;
    }
  }

  // ---- the run of the show

  const order = ref<string[]>(kept<string[]>(`order:${showId}`, []));
  function setOrder(ids: string[]): void {
    order.value = ids;
    keep(`order:${showId}`, ids);
  }
  const coming = computed(() => (view.state ? comingLots(view.state, order.value) : []));
  /** Puts a coming lot at place `index`; 0 is next. */
  const moveTo = (lot: string, index: number) =>
    setOrder(moved(coming.value.map((each) => each.lot), lot, index)); // prettier-ignore
  /** The lot whose end is on show, until 下一件. */
  const ended = ref<string | null>(null);
  /** Of a timed show the open lot that the console is about. */
  const focus = ref<string | null>(null);
  const seen = computed<Seen | null>(() =>
    view.state === null
      ? null
      : {
          state: view.state,
          link: view.link,
          pending: pending.value !== null,
          nowMs: nowMs.value,
          order: order.value,
          ended: ended.value,
          focus: focus.value,
        },
  );
  const primary = computed(() => (seen.value ? primaryOf(seen.value) : null));
  const sides = computed(() => (seen.value ? sidesOf(seen.value) : null));
  const silence = computed(() => (seen.value ? offerAfterSilence(seen.value) : null));
  const stage = computed(() => (view.state ? stageOf(view.state) : null));
  const onBlock = computed(() => (view.state ? lotOnBlock(view.state, focus.value) : null));
  /** The lot in the middle: on the block, or just ended, or the one to be called next. */
  const middle = computed<LotState | null>(() => {
    const { state } = view;
    if (!state) return null;
    return (
      onBlock.value ?? (ended.value === null ? nextUp(state, order.value) : (state.lots[ended.value] ?? null))
    );
  });
  const last = computed<LotState | null>(() => {
    if (!view.state) return null;
    const lot = lastEnded(view.state);
    return lot === middle.value ? beforeLast() : lot;
  });
  function beforeLast(): LotState | null {
    if (!view.state || !middle.value) return null;
    const { [middle.value.lot]: _, ...lots } = view.state.lots;
    return lastEnded({ ...view.state, lots });
  }
  const next = computed<LotState | null>(() => {
    if (!view.state) return null;
    const { lot: now } = middle.value ?? {};
    return coming.value.find((lot) => lot.lot !== now) ?? (coming.value.length ? null : nextWaiting(now));
  });
  function nextWaiting(now: string | undefined): LotState | null {
    const lot = view.state ? nextUp(view.state, order.value) : null;
    return lot && lot.lot !== now ? lot : null;
  }

  // ---- what happened

  const voice = phoneVoice();
  const loud = voice ? speaker(voice) : null;
  watch(voiceOn, (on) => {
    if (on) return;
    loud?.hush();
    speechSynthesis?.cancel();
  });
  function onEvent(event: LoggedEvent): void {
    const { state } = view;
    if (!state) return;
    const line = spokenLine(event, state);
    if (line !== null && voiceOn.value) loud?.say(line);
    if (event.type === 'lot.hammered') knock();
    if (event.type === 'lot.offered') ended.value = null;
    else if ('lot' in event.body && endsNow(event.body.lot, event.t)) ended.value = event.body.lot;
    if (event.type === 'sale.voided') ended.value = null;
    if (event.type === 'show.sealed' || event.type === 'lot.catalogued' || event.type === 'lot.amended')
      refreshSoon();
  }
  /** Whether the block was emptied by this event: a waiting lot that is passed later ends nothing. */
  const endsNow = (lot: string, atMs: number) =>
    view.state?.block === null && view.state.lots[lot]?.offerings.at(-1)?.endedAt === atMs;
  /** A whole import arrives as one frame: ask once for the cards of all its lots. */
  let soon = 0;
  function refreshSoon(afterMs = FRAME_MS): void {
    forgetFloors();
    clearTimeout(soon);
    soon = window.setTimeout(() => void refresh(), afterMs);
  }

  const paddleOf = (bidder: string | null): string => {
    const paddle = bidder === null ? undefined : view.state?.bidders[bidder]?.paddle;
    return paddle === undefined ? '—' : c.value.paddle(paddle);
  };
  const cardOf = (lot: string): LotCard | undefined => view.cards[lot];
  const lotName = (lot: LotState) => `${plainNumber(lot.number)} ${lot.title}`;
  function openSheet(name: DeskSheet, lot: string | null = null): void {
    subject.value = lot;
    sheet.value = name;
  }

  onUnmounted(() => {
    clearInterval(ticker);
    clearTimeout(soon);
    clearTimeout(toldTimer);
    commands.stop();
    loud?.hush();
    room.close();
  });

  return {
    showId, view, client, c, w, nowMs, sheet, subject, openSheet, told, tell, refresh, setCards, floorOf, forgetFloors, pending,
    run, order, coming, moveTo, ended, focus, primary, sides, silence, stage, onBlock, middle, last, next, paddleOf,
    cardOf, lotName, hasVoice: voice !== null, say: (text: string) => loud?.say(text), ping: () => clock.nowMs() !== null,
  }; // prettier-ignore
}

const later = (run: () => void, afterMs: number) => {
  const timer = setTimeout(run, afterMs);
  return () => clearTimeout(timer);
};

async function postCommand(showId: string, message: CommandMessage): Promise<CommandAnswer | null> {
  try {
    const response = await fetch(`/api/shows/${showId}/commands`, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(message),
    });
    const body = (await response.json()) as CommandAnswer | Problem;
    return 'ok' in body ? body : refusalOf(body);
  } catch {
    return null; // still unknown; asked again with the same id
  }
}

/** A guard before the desk (no session, foreign origin) answers with a problem instead. */
const refusalOf = ({ code, detail, title }: Problem): CommandAnswer => ({
  ok: false,
  reason: code as Reason,
  message: { zh: detail, en: title },
});

export type Desk = ReturnType<typeof createDesk>;
export const deskKey: InjectionKey<Desk> = Symbol('desk');
export function useDesk(): Desk {
  const desk = inject(deskKey);
  if (!desk) throw new Error('bug: the desk was not provided');
  return desk;
}
