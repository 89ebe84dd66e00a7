import {
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedVideoPacketSource,
  FilePathTarget,
  Mp4OutputFormat,
  NullTarget,
  Output,
} from 'mediabunny';
import { type SetUp } from './frames.js';

/** What one segment holds, from its first picture to its last. */
export interface Shape {
  /** Null: sound alone. */
  video: SetUp | null;
  sound: boolean;
}

/** Bytes that were handed over and are not on the disk yet; a disk that is slower than the camera is given up. */
const QUEUED_BYTES_MAX = 48 * 1024 * 1024;
const FRAGMENT_SECONDS_MIN = 0.9;
/** Who waits for the parts gets one with every keyframe, also where one comes a little early. */
const PART_SECONDS_MIN = 0.5;
const PICTURE_SECONDS = 1 / 30;
const SOUND_SECONDS = 0.02;

/** Told of the parts of the file as they are finished, for who watches a little behind. */
export interface PartsListener {
  handleInit(bytes: Uint8Array): void;
  handleFragment(bytes: Uint8Array, fromSeconds: number): void;
}

/**
 * One MP4 in fragments: each is whole by itself, so that whatever ends this process leaves a file that plays up to the last
 * fragment. Nothing waits for the disk; what is handed over is written in its turn.
 */
export class SegmentFile {
  private readonly output: Output;
  private readonly video: EncodedVideoPacketSource | null;
  private readonly sound: EncodedAudioPacketSource | null;
  private readonly last = { video: -1, sound: -1 };
  private tail: Promise<void>;
  private queuedBytes = 0;
  /** Of the newest picture or sound with which a fragment may begin: where the one before it ends. */
  beginsAtSeconds = 0;
  /** Why nothing more is written. */
  failed: unknown = null;

  /** @param path null: it is kept nowhere, for the sake of its parts alone */
  constructor(
    path: string | null,
    private readonly shape: Shape,
    parts: PartsListener | null,
  ) {
    this.output = new Output({
      format: new Mp4OutputFormat({
        fastStart: 'fragmented',
        minimumFragmentDuration: parts ? PART_SECONDS_MIN : FRAGMENT_SECONDS_MIN,
        ...(parts && handedOn(parts)),
      }),
      // In chunks of its own it would keep what a crash then loses.
      target: path === null ? new NullTarget() : new FilePathTarget(path, { chunked: false }),
    });
    this.video = shape.video && new EncodedVideoPacketSource(shape.video.codec === 'vp8' ? 'vp8' : 'avc');
    this.sound = shape.sound ? new EncodedAudioPacketSource('opus') : null;
    if (this.video) this.output.addVideoTrack(this.video);
    if (this.sound) this.output.addAudioTrack(this.sound);
    this.tail = this.output.start().catch((error: unknown) => this.fail(error));
  }

  /** @param seconds since the beginning of the segment */
  addPicture(data: Buffer, isKey: boolean, seconds: number): void {
    const { video } = this.shape;
    if (!video || !this.video) return;
    const packet = new EncodedPacket(
      data,
      isKey ? 'key' : 'delta',
      this.turn('video', seconds),
      PICTURE_SECONDS,
    );
    const decoderConfig = { codec: video.codec, codedWidth: video.width, codedHeight: video.height };
    const { video: track } = this;
    this.queue(data.length, () => {
      if (isKey) this.beginsAtSeconds = packet.timestamp;
      return track.add(packet, { decoderConfig });
    });
  }

  addSound(data: Buffer, seconds: number): void {
    const { sound: track } = this;
    if (!track) return;
    const packet = new EncodedPacket(data, 'key', this.turn('sound', seconds), SOUND_SECONDS);
    const decoderConfig = { codec: 'opus', numberOfChannels: 2, sampleRate: 48_000 };
    this.queue(data.length, () => {
      if (!this.video) this.beginsAtSeconds = packet.timestamp;
      return track.add(packet, { decoderConfig });
    });
  }

  /** All that was handed over is written when it resolves. Answers false where the file is not to be relied on. */
  async close(): Promise<boolean> {
    await this.tail;
    if (this.failed !== null) {
      await this.output.cancel().catch(() => undefined);
      return false;
    }
    await this.output.finalize().catch((error: unknown) => this.fail(error));
    return this.failed === null;
  }

  /** Times of one track only grow. */
  private turn(track: 'video' | 'sound', seconds: number): number {
    this.last[track] = Math.max(seconds, this.last[track] + 0.001, 0);
    return this.last[track];
  }

  private queue(bytes: number, write: () => Promise<void>): void {
    if (this.failed !== null) return;
    if (this.queuedBytes > QUEUED_BYTES_MAX)
      return this.fail(new Error('the disk is slower than the camera'));
    this.queuedBytes += bytes;
    this.tail = this.tail.then(async () => {
      if (this.failed === null) await write().catch((error: unknown) => this.fail(error));
      this.queuedBytes -= bytes;
    });
  }

  private fail(error: unknown): void {
    this.failed ??= error;
  }
}

function handedOn(parts: PartsListener) {
  let head: Uint8Array = new Uint8Array();
  let fragment: { bytes: Uint8Array; seconds: number } | null = null;
  return {
    onFtyp: (bytes: Uint8Array) => void (head = bytes.slice()),
    onMoov: (bytes: Uint8Array) => parts.handleInit(Buffer.concat([head, bytes])),
    onMoof: (bytes: Uint8Array, _at: number, seconds: number) =>
      void (fragment = { bytes: bytes.slice(), seconds }),
    onMdat: (bytes: Uint8Array) => {
      if (fragment) parts.handleFragment(Buffer.concat([fragment.bytes, bytes]), fragment.seconds);
      fragment = null;
    },
  };
}
