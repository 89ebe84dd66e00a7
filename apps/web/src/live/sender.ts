import type { MediaAddress } from '@qingpai/wire';
import { reactive } from 'vue';
import type { Asked } from '../shared/api';
import { backoff, connect, end, fate, type Connection } from './connection';
import { nextRung, type Rung } from './ladder';
import { stamp, type Stamped } from './stamp';

/** Camera and microphone on their way to the room: keeps itself going until it is stopped. */
export type SendState = 'off' | 'asking' | 'connecting' | 'sending' | 'waiting' | 'replaced' | 'refused';
export type Trouble =
  'wechat' | 'insecure' | 'noCamera' | 'noMicrophone' | 'busyCamera' | 'held' | 'noVideoHere' | 'failed';

export interface SenderView {
  state: SendState;
  trouble: Trouble | null;
  /** What the camera shows, for the preview; null: it is not on. */
  preview: MediaStream | null;
  muted: boolean;
  facing: 'environment' | 'user';
  wish: Rung | 'auto';
  rung: Rung;
  stamped: boolean;
  kilobits: number;
  frames: number;
  dropped: number;
}
export type Sender = ReturnType<typeof createSender>;

const SIZES = { high: { width: 854, height: 480 }, low: { width: 426, height: 240 } };
const BITS = { high: 1_000_000, low: 220_000, voice: 32_000 };
const LARGE = { maxBitrate: BITS.high, maxFramerate: 24, scaleResolutionDownBy: 1 };
const SMALL = { maxBitrate: BITS.low, maxFramerate: 15, scaleResolutionDownBy: 2 };
/** The better one first (RFC 8853). */
const twoSizes = [
  { rid: 'h', ...LARGE },
  { rid: 'l', ...SMALL },
];
/** LiveKit (1.9.12) published no picture of two sizes sent by WHIP as f and q: it gets the one. */
const oneSize = [LARGE];
const LOOK_EVERY_MS = 1_000;
/** Whoever leaves must still hold a token where the server is not ours: a fresh one is asked for while it sends. */
const TOKEN_AGAIN_MS = 4 * 60_000;
/** No report from the relay for so long: the way there is gone, whatever ICE says. */
const SILENT_MS_MAX = 4_000;
/** Where nothing answers at all there is nobody to post to: it is asked again soon, and after so long posted all the same. */
const CUT_OFF_AGAIN_MS = 500;
const CUT_OFF_MS_MAX = 15_000;
const BACK_MS_MAX = 1_500;

export const inWeChat = (): boolean => /MicroMessenger/i.test(navigator.userAgent);

/**
 * @param ask a fresh address each time it connects, for this run of the page
 * @param code what is burnt into the picture; null: nothing yet
 */
export function createSender(ask: (page: string) => Promise<Asked<MediaAddress>>, code: () => string | null) {
  const view = reactive<SenderView>({
    ...{ state: 'off', trouble: null, preview: null, muted: false, facing: 'environment', wish: 'auto' },
    ...{ rung: 'high', stamped: true, kilobits: 0, frames: 0, dropped: 0 },
  }) as SenderView;
  let stream: MediaStream | null = null;
  let picture: Stamped | null = null;
  let connection: Connection | null = null;
  let page = '';
  let tokenAtMs = 0;
  let turn = 0;
  let timer = 0;
  let again = 0;
  let before = { bytes: 0, sent: 0, made: 0, atMs: 0, reports: 0, reportAtMs: 0 };
  let ladderSinceMs = 0;
  /** Since when nothing answers at all; null: something does. */
  let cutOffAtMs: number | null = null;
  const waits = backoff();

  // ---- camera and microphone

  async function open(): Promise<MediaStream | null> {
    if (!navigator.mediaDevices?.getUserMedia) {
      view.trouble = inWeChat() ? 'wechat' : 'insecure';
      return null;
    }
    // A show that begins with the voice alone needs no camera.
    const video = view.wish !== 'voice' && {
      ...{ ...ideal(SIZES.high), facingMode: view.facing, frameRate: { ideal: 24, max: 30 } },
    };
    const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    try {
      return await navigator.mediaDevices.getUserMedia({ video, audio });
    } catch (error) {
      view.trouble = inWeChat()
        ? 'wechat'
        : (error as Error).name === 'NotReadableError'
          ? 'busyCamera'
          : view.wish === 'voice'
            ? 'noMicrophone'
            : 'noCamera';
      return null;
    }
  }
  const ideal = ({ width, height }: { width: number; height: number }) => ({
    width: { ideal: width },
    height: { ideal: height },
  });

  function pictureTrack(): MediaStreamTrack | null {
    const camera = stream?.getVideoTracks()[0];
    picture?.stop();
    picture = camera && view.stamped ? stamp(camera, SIZES.high, code) : null;
    return picture?.track ?? camera ?? null;
  }

  // ---- on and off

  async function start(): Promise<void> {
    if (view.state !== 'off' && view.state !== 'refused' && view.state !== 'replaced') return;
    view.state = 'asking';
    view.trouble = null;
    stream = await open();
    if (!stream) return void (view.state = 'refused');
    view.preview = view.wish === 'voice' ? null : stream;
    page = crypto.randomUUID();
    setMuted(view.muted);
    addEventListener('pagehide', stop);
    addEventListener('online', handleOnline);
    timer = window.setInterval(() => void look(), LOOK_EVERY_MS);
    await post();
  }

  function stop(): void {
    turn += 1;
    clearTimeout(again);
    clearInterval(timer);
    removeEventListener('pagehide', stop);
    removeEventListener('online', handleOnline);
    if (connection) end(connection);
    connection = null;
    picture?.stop();
    picture = null;
    stream?.getTracks().forEach((track) => track.stop());
    stream = null;
    Object.assign(view, { state: 'off', preview: null, kilobits: 0, frames: 0 });
  }

  // ---- the way to the relay

  async function post(): Promise<void> {
    const mine = ++turn;
    clearTimeout(again);
    connection?.pc.close();
    connection = null;
    tokenAtMs = performance.now();
    const address = await ask(page);
    if (mine !== turn || !stream) return;
    if (!address.ok) return refuse(address.problem.status, address.problem.code);
    if (view.state !== 'waiting') view.state = 'connecting';
    const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
    addTracks(pc, address.value.by === 'livekit' ? oneSize : twoSizes);
    const made = await connect(pc, address.value);
    if (mine !== turn) return void (made.ok && end(made.connection));
    if (!made.ok) return refuse(made.status);
    connection = made.connection;
    cutOffAtMs = null;
    const nowMs = performance.now();
    before = { bytes: 0, sent: 0, made: 0, atMs: nowMs, reports: 0, reportAtMs: nowMs };
    ladderSinceMs = nowMs;
    pc.onconnectionstatechange = () => {
      if (mine !== turn) return;
      if (pc.connectionState === 'connected') {
        view.state = 'sending';
        waits.reset();
      } else if (pc.connectionState === 'failed' || pc.connectionState === 'closed') lose();
    };
    await climb(view.rung);
  }

  function addTracks(pc: RTCPeerConnection, sendEncodings: RTCRtpEncodingParameters[]): void {
    const track = pictureTrack();
    const voice = stream!.getAudioTracks()[0];
    if (voice) pc.addTransceiver(voice, { direction: 'sendonly', streams: [stream!] });
    if (!track) return;
    track.contentHint = 'motion';
    pc.addTransceiver(track, { direction: 'sendonly', streams: [stream!], sendEncodings });
  }

  /** Not asked again: whoever is refused has to do something first. */
  function refuse(status: number | null, reason = ''): void {
    if (reason === 'camera-replaced') return giveWay();
    const troubles: Record<number, Trouble> = { 401: 'failed', 403: 'failed', 406: 'failed', 409: 'held' };
    const trouble = reason === 'no-live-video' ? 'noVideoHere' : troubles[status ?? 0];
    // Interrupted, it waits for the other camera to go silent.
    if (!trouble || (trouble === 'held' && view.state === 'waiting')) return lose();
    stop();
    view.state = 'refused';
    view.trouble = trouble;
  }

  function lose(): void {
    if (!stream) return;
    view.state = 'waiting';
    Object.assign(view, { kilobits: 0, frames: 0 });
    clearTimeout(again);
    again = window.setTimeout(() => void comeBack(), waits.next());
  }
  async function comeBack(): Promise<void> {
    const lost = connection;
    const mine = turn;
    const what = lost ? await fate(lost) : 'gone';
    if (mine !== turn || !stream) return;
    const nowMs = performance.now();
    if (what === 'replaced') return giveWay();
    if (what === 'alive' && cutOffAtMs !== null && lost && (await isHeardAgain(lost))) return goOn();
    if (mine !== turn || !stream) return;
    if (what !== 'unreached' || nowMs - (cutOffAtMs ??= nowMs) > CUT_OFF_MS_MAX) return post();
    again = window.setTimeout(() => void comeBack(), CUT_OFF_AGAIN_MS);
  }
  /** The network is there again: then the relay's reports come back within a second, where nothing else was lost. */
  async function isHeardAgain({ pc }: Connection): Promise<boolean> {
    const mine = turn;
    const { reports } = before;
    for (const endMs = performance.now() + BACK_MS_MAX; mine === turn && performance.now() < endMs;) {
      if ((await figures(pc)).reports > reports) return mine === turn;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return false;
  }
  function goOn(): void {
    cutOffAtMs = null;
    waits.reset();
    before.reportAtMs = performance.now();
    view.state = 'sending';
  }
  function giveWay(): void {
    stop();
    view.state = 'replaced';
  }
  const handleOnline = () => view.state !== 'off' && lose();

  // ---- once a second: what is sent, and whether it arrives

  async function look(): Promise<void> {
    const current = connection;
    if (!current || view.state !== 'sending') return;
    const now = { ...(await figures(current.pc)), atMs: performance.now() };
    if (current !== connection) return;
    const seconds = Math.max(0.1, (now.atMs - before.atMs) / 1_000);
    view.kilobits = Math.round((8 * (now.bytes - before.bytes)) / seconds / 1_000);
    view.frames = Math.round((now.sent - before.sent) / seconds);
    view.dropped = Math.max(0, now.made - now.sent);
    const reportAtMs = now.reports > before.reports ? now.atMs : before.reportAtMs;
    before = { ...now, reportAtMs };
    if (now.atMs - reportAtMs > SILENT_MS_MAX) return lose();
    if (now.atMs - tokenAtMs > TOKEN_AGAIN_MS) void renew(current);
    if (view.wish !== 'auto') return;
    const next = nextRung(view.rung, now.available, now.atMs - ladderSinceMs);
    if (next !== view.rung) await climb(next);
  }

  async function renew(current: Connection): Promise<void> {
    tokenAtMs = performance.now();
    const asked = await ask(page);
    if (asked.ok) current.token = asked.value.token;
  }

  async function figures(pc: RTCPeerConnection) {
    const sum = { bytes: 0, sent: 0, made: 0, reports: 0, available: null as number | null };
    (await pc.getStats()).forEach((one) => {
      if (one.type === 'outbound-rtp') {
        sum.bytes += one.bytesSent ?? 0;
        if (one.kind === 'video' && (one.rid ?? 'h') === 'h') sum.sent += one.framesSent ?? 0;
      } else if (one.type === 'media-source' && one.kind === 'video') sum.made = one.frames ?? 0;
      else if (one.type === 'remote-inbound-rtp') sum.reports = Math.max(sum.reports, one.timestamp);
      else if (one.type === 'candidate-pair' && one.nominated)
        sum.available = one.availableOutgoingBitrate ?? null;
    });
    return sum;
  }

  async function climb(rung: Rung): Promise<void> {
    view.rung = rung;
    ladderSinceMs = performance.now();
    const sender = connection?.pc.getSenders().find(({ track }) => track?.kind === 'video');
    if (!sender) return;
    const parameters = sender.getParameters();
    const { encodings } = parameters;
    for (const encoding of encodings) {
      encoding.active =
        rung === 'high' || (rung === 'low' && (encodings.length === 1 || encoding.rid === 'l'));
      if (encodings.length === 1) Object.assign(encoding, rung === 'low' ? SMALL : LARGE);
    }
    await sender.setParameters(parameters).catch(() => undefined);
  }

  // ---- what the host does

  function setMuted(muted: boolean): void {
    view.muted = muted;
    stream?.getAudioTracks().forEach((track) => (track.enabled = !muted));
  }
  async function flip(): Promise<void> {
    view.facing = view.facing === 'user' ? 'environment' : 'user';
    if (!stream) return;
    // A phone opens one camera at a time.
    stream.getVideoTracks().forEach((track) => track.stop());
    const fresh = await open();
    if (!fresh || !stream) return;
    fresh.getAudioTracks().forEach((track) => track.stop());
    const [track] = fresh.getVideoTracks();
    stream.getVideoTracks().forEach((old) => stream!.removeTrack(old));
    if (track) stream.addTrack(track);
    view.preview = new MediaStream(stream.getTracks());
    await replaceTrack();
  }
  async function setStamped(stamped: boolean): Promise<void> {
    view.stamped = stamped;
    if (stream) await replaceTrack();
  }
  async function replaceTrack(): Promise<void> {
    const sender = connection?.pc.getSenders().find(({ track }) => track?.kind === 'video');
    await sender?.replaceTrack(pictureTrack());
  }
  async function setWish(wish: Rung | 'auto'): Promise<void> {
    view.wish = wish;
    if (stream && wish !== 'voice' && stream.getVideoTracks().length === 0) await addCamera();
    await climb(wish === 'auto' ? 'high' : wish);
  }
  /** To a show that began with the voice alone: another connection, in which there is a picture. */
  async function addCamera(): Promise<void> {
    const fresh = await open();
    fresh?.getAudioTracks().forEach((track) => track.stop());
    const track = fresh?.getVideoTracks()[0];
    if (!track || !stream) {
      track?.stop();
      return void (view.wish = 'voice');
    }
    view.trouble = null;
    stream.addTrack(track);
    view.preview = new MediaStream(stream.getTracks());
    await post();
  }

  return { view, start, stop, setMuted, flip, setStamped, setWish };
}
