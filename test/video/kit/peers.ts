import type * as Library from 'node-datachannel';
import { readRtcp } from '../../../apps/relay/src/rtp/rtcp.js';
import { isRtcp, readRtp } from '../../../apps/relay/src/rtp/rtp.js';
import * as moving from '../../../apps/relay/src/recording/testing/movingPicture.js';

/** WebRTC clients that are no browsers: they speak WHIP and WHEP, and send and count plain RTP packets. */
export const VIDEO_SSRC = 42;
export const AUDIO_SSRC = 43;
const VP8 = 96;
const OPUS = 111;
const FRAME_MS = 33;
const PACKETS_PER_FRAME = 3;

export interface Posted {
  status: number;
  headers: Headers;
  sdp: string;
}

export async function post(
  url: string,
  token: string | null,
  sdp: string,
  type = 'application/sdp',
): Promise<Posted> {
  const headers = { 'content-type': type, ...(token !== null && { authorization: `Bearer ${token}` }) };
  const response = await fetch(url, { method: 'POST', headers, body: sdp });
  return { status: response.status, headers: response.headers, sdp: await response.text() };
}

/** An offer as libdatachannel makes it, once it knows its own addresses. */
function offerOf(peer: Library.PeerConnection): Promise<string> {
  return new Promise((resolve) => {
    peer.onGatheringStateChange((state) => {
      if (state === 'complete') resolve(peer.localDescription()!.sdp);
    });
    peer.setLocalDescription('offer');
  });
}

abstract class Peer {
  readonly peer: Library.PeerConnection;
  state = 'new';
  /** Where this connection is changed and ended. */
  resource = '';
  answer = '';
  constructor(library: typeof Library) {
    this.peer = new library.PeerConnection('test', { iceServers: [], bindAddress: '127.0.0.1' });
    this.peer.onStateChange((state) => (this.state = state));
  }

  /** @param by changes the answer, as a network in between might */
  async connect(
    url: string,
    token: string,
    by: (sdp: string) => string | Promise<string> = (sdp) => sdp,
  ): Promise<Posted> {
    const posted = await post(url, token, await offerOf(this.peer));
    if (posted.status !== 201) return posted;
    this.resource = new URL(posted.headers.get('location')!, url).href;
    this.answer = await by(posted.sdp);
    this.peer.setRemoteDescription(this.answer, 'answer');
    return posted;
  }

  close(): void {
    this.peer.close();
  }
}

/** Sends 30 frames a second of three packets, every 30th a keyframe or whenever it is asked for one, and sound. */
export class TestCamera extends Peer {
  private readonly video: Library.Track;
  private readonly audio: Library.Track | null = null;
  private timer: NodeJS.Timeout | undefined;
  private seq = 65_500;
  private frame = 0;
  private wantsKey = true;
  private readonly sent = new Map<number, Buffer>();
  private readonly real: 'VP8' | 'H264' | null;
  keyframes = 0;
  nacked = 0;
  /** Withheld when first sent, so that it must be asked for. */
  drops: (seq: number) => boolean = () => false;

  constructor(
    library: typeof Library,
    {
      codec = 'VP8',
      sound = true,
      real = false,
    }: { codec?: 'VP8' | 'H264' | 'AV1'; sound?: boolean; real?: boolean } = {},
  ) {
    super(library);
    this.real = real && codec !== 'AV1' ? codec : null;
    const media = new library.Video('video', 'SendOnly');
    if (codec === 'VP8') media.addVP8Codec(VP8);
    else if (codec === 'H264') media.addH264Codec(VP8);
    else media.addAV1Codec(VP8);
    media.addSSRC(VIDEO_SSRC, 'cam', 'cam', 'video');
    this.video = this.peer.addTrack(media);
    this.video.onMessage((packet) => this.handleRtcp(packet));
    if (!sound) return;
    const voice = new library.Audio('audio', 'SendOnly');
    voice.addOpusCodec(OPUS);
    voice.addSSRC(AUDIO_SSRC, 'cam', 'cam', 'audio');
    this.audio = this.peer.addTrack(voice);
  }

  start(): void {
    if (this.real === null) this.timer = setInterval(() => this.sendFrame(), FRAME_MS);
    else this.timer = setInterval(() => this.sendReal(this.real!), 1_000 / moving.FRAMES_PER_SECOND);
  }
  stop(): void {
    clearInterval(this.timer);
  }
  override close(): void {
    this.stop();
    super.close();
  }

  private handleRtcp(packet: Buffer): void {
    if (!isRtcp(packet)) return;
    for (const one of readRtcp(packet)) {
      if (one.kind === 'keyframe') this.wantsKey = true;
      if (one.kind !== 'nack') continue;
      this.nacked += one.seqs.length;
      for (const seq of one.seqs) this.send(this.video, this.sent.get(seq));
    }
  }

  private sendFrame(): void {
    if (this.state !== 'connected') return;
    const isKey = this.wantsKey || this.frame % 30 === 0;
    this.wantsKey = false;
    if (isKey) this.keyframes += 1;
    for (let part = 0; part < PACKETS_PER_FRAME; part += 1) {
      const packet = Buffer.alloc(12 + 1_000);
      packet[0] = 0x80;
      packet[1] = VP8 | (part === PACKETS_PER_FRAME - 1 ? 0x80 : 0);
      packet.writeUInt16BE(this.seq, 2);
      packet.writeUInt32BE((this.frame * 3_000) >>> 0, 4);
      packet.writeUInt32BE(VIDEO_SSRC, 8);
      packet[12] = part === 0 ? 0x10 : 0;
      packet[13] = part === 0 && isKey ? 0 : 1;
      packet.writeUInt32BE(this.frame, 16);
      this.sent.set(this.seq, packet);
      this.sent.delete((this.seq - 1_000) & 0xffff);
      if (!this.drops(this.seq)) this.send(this.video, packet);
      this.seq = (this.seq + 1) & 0xffff;
    }
    if (this.audio) this.sendSound();
    this.frame += 1;
  }

  /** A picture that decoders can read, a keyframe in each second. */
  private sendReal(codec: 'VP8' | 'H264'): void {
    if (this.state !== 'connected') return;
    for (const one of moving.picture(codec, this.frame)) {
      const packet = moving.rtp(one, this.seq, VP8, VIDEO_SSRC);
      this.sent.set(this.seq, packet);
      if (!this.drops(this.seq)) this.send(this.video, packet);
      this.seq = (this.seq + 1) & 0xffff;
    }
    const each = moving.SOUNDS_PER_SECOND / moving.FRAMES_PER_SECOND;
    for (let k = this.frame * each; this.audio && k < (this.frame + 1) * each; k += 1) {
      this.send(this.audio, moving.rtp(moving.sound(k), k, OPUS, AUDIO_SSRC));
    }
    this.frame += 1;
  }

  private sendSound(): void {
    const packet = Buffer.alloc(12 + 80);
    packet[0] = 0x80;
    packet[1] = OPUS;
    packet.writeUInt16BE(this.frame & 0xffff, 2);
    packet.writeUInt32BE((this.frame * 960) >>> 0, 4);
    packet.writeUInt32BE(AUDIO_SSRC, 8);
    this.send(this.audio!, packet);
  }

  private send(track: Library.Track, packet: Buffer | undefined): void {
    if (packet && track.isOpen()) track.sendMessageBinary(packet);
  }
}

/** Counts what comes, asks for what is missing, and says that it lives. */
export class TestViewer extends Peer {
  private readonly video: Library.Track;
  private readonly audio: Library.Track;
  private timer: NodeJS.Timeout | undefined;
  private highest: number | null = null;
  private ssrc = 0;
  private readonly missing = new Set<number>();
  readonly openedAtMs = performance.now();
  firstAtMs: number | null = null;
  firstIsKey: boolean | null = null;
  packets = 0;
  frames = 0;
  sounds = 0;
  lastAtMs = 0;
  healed = 0;
  /** Does not ask for what is missing. */
  asks = true;

  constructor(library: typeof Library, { codec = 'VP8' }: { codec?: 'VP8' | 'H264' } = {}) {
    super(library);
    const media = new library.Video('video', 'RecvOnly');
    if (codec === 'VP8') media.addVP8Codec(97);
    else media.addH264Codec(97);
    this.video = this.peer.addTrack(media);
    this.video.onMessage((packet) => this.handle(packet));
    const voice = new library.Audio('audio', 'RecvOnly');
    voice.addOpusCodec(112);
    this.audio = this.peer.addTrack(voice);
    this.audio.onMessage((packet) => {
      if (!isRtcp(packet)) this.sounds += 1;
    });
    this.timer = setInterval(() => this.report(), 50);
  }

  override close(): void {
    clearInterval(this.timer);
    super.close();
  }
  /** As a phone whose battery ends. */
  fallSilent(): void {
    clearInterval(this.timer);
  }
  get missed(): number {
    return this.missing.size;
  }

  private handle(packet: Buffer): void {
    const rtp = isRtcp(packet) ? null : readRtp(packet);
    if (!rtp) return;
    this.ssrc = rtp.ssrc;
    this.packets += 1;
    this.lastAtMs = performance.now();
    if (this.firstAtMs === null) {
      this.firstAtMs = this.lastAtMs;
      this.firstIsKey = packet[12] === 0x10 && (packet[13]! & 1) === 0;
    }
    if (rtp.marker) this.frames += 1;
    if (this.missing.delete(rtp.seq)) this.healed += 1;
    const step = this.highest === null ? 1 : ((rtp.seq - this.highest) << 16) >> 16;
    if (step <= 0) return;
    for (let k = 1; k < step; k += 1) this.missing.add((this.highest! + k) & 0xffff);
    this.highest = rtp.seq;
  }

  private report(): void {
    if (this.state !== 'connected' || !this.video.isOpen()) return;
    const rr = Buffer.from([0x80, 201, 0, 1, 0, 0, 0, 9]);
    const seqs = this.asks ? [...this.missing].slice(0, 50) : [];
    const body = Buffer.alloc(12 + 4 * seqs.length);
    body[0] = 0x81;
    body[1] = 205;
    body.writeUInt16BE(body.length / 4 - 1, 2);
    body.writeUInt32BE(9, 4);
    body.writeUInt32BE(this.ssrc, 8);
    seqs.forEach((seq, k) => body.writeUInt16BE(seq, 12 + 4 * k));
    this.video.sendMessageBinary(seqs.length > 0 ? Buffer.concat([rr, body]) : rr);
  }
}

export async function until(
  truth: () => boolean | Promise<boolean>,
  what: string,
  withinMs = 10_000,
): Promise<void> {
  for (const endMs = performance.now() + withinMs; !(await truth());) {
    if (performance.now() > endMs) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
