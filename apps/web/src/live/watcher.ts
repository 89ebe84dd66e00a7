import type { MediaAddress, Stage, WatchAnswer } from '@qingpai/wire';
import { reactive } from 'vue';
import { post as ask } from '../shared/api';
import { keep, kept } from '../shared/language';
import { backoff } from './connection';
import type { Fetched, Incoming } from './incoming';
import { fetchByWhep } from './whep';

/** Live video on its way from the room: keeps itself going, and never in the way of a bid. */
export type Mode = 'high' | 'low' | 'voice' | 'photo';
export const modes: readonly Mode[] = ['high', 'low', 'voice', 'photo'];
export type WatchState = 'idle' | 'connecting' | 'playing' | 'elsewhere' | 'full' | 'noCodec' | 'delayed';

export interface WatcherView {
  state: WatchState;
  mode: Mode;
  stream: MediaStream | null;
  /** Where the picture some seconds behind is, when the other one does not come through. */
  delayed: string | null;
  megabytes: number;
  /** Nothing came through at all: pictures alone for a while, then it is tried again. */
  rests: boolean;
}

const LOOK_EVERY_MS = 500;
/** Without a frame, or a packet of sound where there are none, for so long it is asked for anew. */
const FROZEN_MS_MAX = 2_000;
const FULL_AGAIN_MS = 5_000;
/** Tries without a picture before it falls a step by itself. */
const TRIES_PER_STEP = 3;
/** So often nothing came through: then neither UDP nor our TCP gets here, and the picture is fetched as files. */
const FAILURES_MAX = 2;
/** Nothing answers him at all: for so long his connection may yet come back with his network. */
const CUT_OFF_MS_MAX = 15_000;
/** It is there again: so long the picture has to come back by itself. */
const BACK_MS_MAX = 1_000;
/** While the picture comes late the first way is tried again beside it: so often, and for so long. */
const DIRECT_EVERY_MS = 30_000;
const DIRECT_MS_MAX = 4_000;
/** So long it shows pictures alone when not even sound came through. */
const REST_MS = 20_000;
const KEPT = 'qingpai.picture';

/** What was chosen last; else by what the phone says of its line. */
export function firstMode(): Mode {
  const chosen = modes.find((mode) => mode === kept(KEPT));
  if (chosen) return chosen;
  const line = (navigator as { connection?: { saveData?: boolean; effectiveType?: string } }).connection;
  return line?.saveData || /^(slow-2g|2g|3g)$/.test(line?.effectiveType ?? '') ? 'low' : 'high';
}

/** LiveKit's client is large: it is fetched where a house is served by one, and then alone. */
async function fetchFrom(address: MediaAddress, handleLost: () => void): Promise<Fetched> {
  if (address.by !== 'livekit') return fetchByWhep(address, handleLost);
  const { fetchByLiveKit } = await import('./liveKit');
  return fetchByLiveKit(address, handleLost);
}

export function createWatcher(showId: string) {
  const view = reactive<WatcherView>({
    ...{ state: 'idle', mode: firstMode(), stream: null, delayed: null, megabytes: 0, rests: false },
  }) as WatcherView;
  let stage: Stage | null = null;
  let take = 0;
  let incoming: Incoming | null = null;
  let turn = 0;
  let again = 0;
  let tries = 0;
  let failures = 0;
  let delayedUrl: string | null = null;
  let delayedFails = false;
  /** Since when nothing answers; null: something does. */
  let cutOffAtMs: number | null = null;
  let seen = { frames: 0, packets: 0, bytes: 0, atMs: 0 };
  let earlierBytes = 0;
  const waits = backoff();
  const timer = window.setInterval(() => void look(), LOOK_EVERY_MS);

  function handleStage(now: Stage): void {
    stage = now;
    if (now.state === 'ended' || now.state === 'off') return drop('idle');
    if (now.state !== 'live' || view.mode === 'photo') return;
    const isNewTake = now.take > take && (incoming !== null || view.state === 'delayed');
    if (view.state === 'idle' || isNewTake) void post();
  }

  function drop(state: WatchState): void {
    turn += 1;
    clearTimeout(again);
    incoming?.end();
    earlierBytes += seen.bytes;
    seen = { frames: 0, packets: 0, bytes: 0, atMs: performance.now() };
    incoming = null;
    view.stream = null;
    view.delayed = null;
    view.rests = false;
    view.state = state;
  }

  async function post(): Promise<void> {
    drop('connecting');
    const mine = turn;
    const asked = await ask<WatchAnswer>(`/api/shows/${showId}/stage/watch`);
    if (mine !== turn) return;
    if (!asked.ok) return comeAgain();
    if (!asked.value.watch) return drop('idle');
    take = asked.value.stage.take;
    delayedUrl = asked.value.delayed;
    const made = await fetchFrom(asked.value.watch, () => mine === turn && comeBack());
    if (mine !== turn) return void (made.ok && made.incoming.end());
    if (!made.ok) return handleRefused(made.status);
    adopt(made.incoming);
  }

  function adopt(made: Incoming): void {
    incoming = made;
    seen.atMs = performance.now();
    view.stream = made.stream;
    if (view.mode === 'low' || view.mode === 'voice') void made.setLayer(view.mode);
  }

  function handleRefused(status: number | null): void {
    if (status === 406) return drop('noCodec');
    // Nobody sends just now: the room will say when somebody does.
    if (status === 404 && stage?.state !== 'live') return drop('idle');
    if (status !== 503) return comeAgain();
    drop('full');
    again = window.setTimeout(() => void post(), FULL_AGAIN_MS);
  }

  /** It was answered, and no connection came of it. */
  function comeBack(): void {
    failures += 1;
    comeAgain();
  }
  function comeAgain(): void {
    tries += 1;
    if (failures >= FAILURES_MAX && delayedUrl && !delayedFails) {
      const url = delayedUrl;
      drop('delayed');
      view.delayed = url;
      again = window.setTimeout(() => void tryDirect(), DIRECT_EVERY_MS);
      return;
    }
    if (tries % TRIES_PER_STEP === 0) {
      if (view.mode === 'voice') return rest();
      fall();
    }
    clearTimeout(again);
    again = window.setTimeout(() => void post(), waits.next());
  }
  /** Not kept: it is the line of the moment, not a wish. */
  function fall(): void {
    if (view.mode === 'high') view.mode = 'low';
    else if (view.mode === 'low') view.mode = 'voice';
  }
  /** The last step down, and back up one: it begins with sound again. */
  function rest(): void {
    view.mode = 'photo';
    drop('idle');
    view.rests = true;
    again = window.setTimeout(() => {
      view.mode = 'voice';
      view.rests = false;
      if (stage) handleStage(stage);
    }, REST_MS);
  }

  async function look(): Promise<void> {
    const current = incoming;
    if (!current) return;
    const now = await current.figures();
    if (current !== incoming) return;
    const soundCounts = current.soundIsLife || view.mode === 'voice' || stage?.video === false;
    const moves = now.frames > seen.frames || (soundCounts && now.packets > seen.packets);
    const nowMs = performance.now();
    // A page out of sight is not shown frames; a camera that is interrupted sends none.
    const expects = document.visibilityState === 'visible' && stage?.state === 'live';
    const atMs = moves || !expects ? nowMs : seen.atMs;
    seen = { ...now, atMs };
    view.megabytes = (earlierBytes + now.bytes) / 1e6;
    if (moves) handlePlays();
    else if (nowMs - atMs > FROZEN_MS_MAX) await handleFrozen(current);
  }

  function handlePlays(): void {
    view.state = 'playing';
    waits.reset();
    tries = 0;
    failures = 0;
    cutOffAtMs = null;
  }
  /** The player has its first picture: who waits for it sees it now, not at the next look. */
  function handleFirst(): void {
    if (incoming && view.state === 'connecting') handlePlays();
  }

  async function handleFrozen(frozen: Incoming): Promise<void> {
    seen.atMs = performance.now();
    if (frozen.isConnecting() && tries === 0) return void (tries += 1);
    const what = await frozen.fate();
    if (frozen !== incoming) return;
    if (what === 'replaced') return drop('elsewhere');
    const nowMs = performance.now();
    if (what === 'unreached' && nowMs - (cutOffAtMs ??= nowMs) < CUT_OFF_MS_MAX) return lookAgainIn(0);
    if (what === 'alive' && cutOffAtMs !== null) {
      cutOffAtMs = null;
      return lookAgainIn(BACK_MS_MAX);
    }
    cutOffAtMs = null;
    // Connected, it waits for the camera: that says nothing against the way.
    if (frozen.isConnecting()) comeBack();
    else comeAgain();
  }
  const lookAgainIn = (ms: number) => void (seen.atMs = performance.now() - FROZEN_MS_MAX + ms);

  /** Nothing is taken from who watches before the first way is there again. */
  async function tryDirect(): Promise<void> {
    const mine = turn;
    const found = await direct(() => mine === turn);
    if (mine !== turn) return found?.end();
    if (!found) return void (again = window.setTimeout(() => void tryDirect(), DIRECT_EVERY_MS));
    drop('connecting');
    const next = turn;
    await wait(0); // the other player lets go of the element first
    if (next === turn) adopt(found);
    else found.end();
  }
  async function direct(isWanted: () => boolean): Promise<Incoming | null> {
    const asked = await ask<WatchAnswer>(`/api/shows/${showId}/stage/watch`);
    if (!asked.ok || !asked.value.watch || !isWanted()) return null;
    let found: Incoming | null = null;
    const handleLost = () => void (found !== null && found === incoming && comeBack());
    const made = await fetchFrom(asked.value.watch, handleLost);
    if (!made.ok) return null;
    found = made.incoming;
    const endMs = performance.now() + DIRECT_MS_MAX;
    while (found.isConnecting() && isWanted() && performance.now() < endMs) await wait(100);
    if (!found.isConnecting()) return found;
    found.end();
    return null;
  }
  const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

  /** Not even so: then it is tried the first way, again and again. */
  function handleDelayedLost(): void {
    if (view.state !== 'delayed') return;
    delayedFails = true;
    void post();
  }
  const addBytes = (count: number) => {
    earlierBytes += count;
    view.megabytes = earlierBytes / 1e6;
  };

  function setMode(mode: Mode): void {
    view.mode = mode;
    keep(KEPT, mode);
    if (mode === 'photo') return drop('idle');
    if (incoming) {
      seen.atMs = performance.now();
      void incoming.setLayer(mode);
    } else if (stage) handleStage(stage);
  }

  function close(): void {
    clearInterval(timer);
    drop('idle');
  }
  addEventListener('pagehide', () => incoming?.end());
  addEventListener('online', () => {
    failures = 0;
    if (incoming) comeBack();
    else if (view.state === 'delayed') void post();
  });

  return {
    view,
    handleStage,
    setMode,
    close,
    handleFirst,
    handleDelayedLost,
    addBytes,
    again: () => void post(),
  };
}
