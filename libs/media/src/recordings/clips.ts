import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  ALL_FORMATS,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  FilePathSource,
  FilePathTarget,
  Input,
  type InputAudioTrack,
  type InputVideoTrack,
  Mp4OutputFormat,
  Output,
} from 'mediabunny';
import { type KeptPiece } from './recordings.js';

/** Before the call and after the hammer, so that both are heard. */
const BEFORE_MS = 2_000;
const AFTER_MS = 4_000;
const CLIP_MS_MAX = 20 * 60_000;
/** Less than this between two pieces is the change from one file to the next. */
const GAP_MS_MIN = 1_000;

/** ms UTC. */
export interface Span {
  fromMs: number;
  toMs: number;
}
/** What a clip takes of one piece. */
export interface Cut {
  piece: KeptPiece;
  fromSeconds: number;
  toSeconds: number;
}

/** What is shown of a sale: from a little before its call to a little after its hammer. */
export function spanOf({ fromMs: calledMs, toMs: hammeredMs }: Span): Span {
  const fromMs = calledMs - BEFORE_MS;
  return { fromMs, toMs: Math.min(hammeredMs + AFTER_MS, fromMs + CLIP_MS_MAX) };
}

/** All pieces that show something of this time, in the order they were filmed in. */
export function cutsOf(pieces: readonly KeptPiece[], { fromMs, toMs }: Span): Cut[] {
  return pieces
    .filter((one) => !one.isDeleted && one.fromMs < toMs && one.toMs > fromMs)
    .sort((a, b) => a.fromMs - b.fromMs)
    .map((piece) => {
      const at = (ms: number) => Math.max(0, (ms - piece.fromMs) / 1_000);
      return { piece, fromSeconds: at(fromMs), toSeconds: at(toMs) };
    });
}

/** From the call to the hammer: what none of them shows. */
export function gapsOf(cuts: readonly Cut[], { fromMs, toMs }: Span): Span[] {
  const shown = [...cuts.map(({ piece }) => piece), { fromMs: toMs, toMs }];
  const gaps: Span[] = [];
  let seenMs = fromMs;
  for (const one of shown) {
    if (one.fromMs - seenMs >= GAP_MS_MIN) gaps.push({ fromMs: seenMs, toMs: one.fromMs });
    seenMs = Math.max(seenMs, one.toMs);
  }
  return gaps;
}

/** Runs of pieces that one file can hold: a picture of another size or codec begins the next. */
export async function partsOf(cuts: readonly Cut[]): Promise<Cut[][]> {
  const parts: Cut[][] = [];
  let shape: string | null = null;
  for (const cut of cuts) {
    const next = await read(cut, async ({ video }) => (video ? shapeOf(video) : null));
    const differs = shape !== null && next !== null && next !== shape;
    if (parts.length === 0 || differs) parts.push([]);
    parts.at(-1)!.push(cut);
    shape = next ?? shape;
  }
  return parts;
}

async function shapeOf(video: InputVideoTrack): Promise<string> {
  const { codec, codedWidth, codedHeight, description } = (await video.getDecoderConfig()) ?? {};
  const sets = description ? Buffer.from(description as Uint8Array).toString('hex') : '';
  return `${codec} ${codedWidth}x${codedHeight} ${sets}`;
}

interface Tracks {
  video: InputVideoTrack | null;
  audio: InputAudioTrack | null;
}
async function read<T>({ piece: { path } }: Cut, of: (tracks: Tracks) => Promise<T>): Promise<T> {
  const input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS });
  try {
    return await of({ video: await input.getPrimaryVideoTrack(), audio: await input.getPrimaryAudioTrack() });
  } finally {
    input.dispose();
  }
}

/**
 * One file of one part (`partsOf`): cut out at keyframes, nothing encoded anew, each piece at its own time, so that what
 * was not filmed stands still. It names the pieces it was cut from. Made once, then it is there. Answers its path.
 */
export async function clipOf(part: readonly Cut[], to: string): Promise<string> {
  if (existsSync(to)) return to;
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  const half = `${to}.${process.pid}.${Math.round(performance.now() * 1_000)}.part`;
  const clip = await Clip.open(part, half);
  for (const cut of part) await clip.take(cut);
  await clip.close();
  await rename(half, to);
  return to;
}

/** Twenty milliseconds of silence in Opus (RFC 6716 §3.1): players keep sound in step that has no holes. */
const SILENCE = Uint8Array.from([0xf8, 0xff, 0xfe]);
const SILENCE_SECONDS = 0.02;

class Clip {
  private zeroMs: number | null = null;
  /** Where the next picture or sound may begin, in seconds of the clip. */
  private readonly ends = { video: 0, audio: 0 };

  private constructor(
    private readonly output: Output,
    private readonly picture: EncodedVideoPacketSource | null,
    private readonly sound: EncodedAudioPacketSource | null,
  ) {}

  static async open(part: readonly Cut[], to: string): Promise<Clip> {
    const target = new FilePathTarget(to);
    const output = new Output({ format: new Mp4OutputFormat({ fastStart: 'in-memory' }), target });
    const codecs = await Promise.all(
      part.map((cut) =>
        read(cut, async ({ video, audio }) => ({ video: video?.codec, audio: audio?.codec })),
      ),
    );
    const [video, audio] = [codecs.find((one) => one.video)?.video, codecs.find((one) => one.audio)?.audio];
    const picture = video ? new EncodedVideoPacketSource(video) : null;
    const sound = audio ? new EncodedAudioPacketSource(audio) : null;
    if (picture) output.addVideoTrack(picture);
    if (sound) output.addAudioTrack(sound);
    output.setMetadataTags({
      comment: part.map(({ piece }) => `${piece.segment} ${piece.sha256}`).join('\n'),
    });
    await output.start();
    return new Clip(output, picture, sound);
  }

  async close(): Promise<void> {
    this.picture?.close();
    this.sound?.close();
    await this.output.finalize();
  }

  take(cut: Cut): Promise<void> {
    return read(cut, async ({ video, audio }) => {
      const first = video && (await keyAt(video, cut.fromSeconds));
      const from = first?.timestamp ?? cut.fromSeconds;
      const atMs = cut.piece.fromMs + 1_000 * from;
      this.zeroMs ??= atMs;
      // Where clocks were set back a piece begins when the one before it ends.
      const at = Math.max((atMs - this.zeroMs) / 1_000, this.ends.video, this.ends.audio);
      if (video && first) await this.takePictures(video, { ...cut, first, by: at - from });
      if (audio) await this.takeSound(audio, { ...cut, from, by: at - from });
    });
  }

  private async takePictures(
    video: InputVideoTrack,
    { first, by, toSeconds }: Cut & { first: EncodedPacket; by: number },
  ): Promise<void> {
    const decoderConfig = (await video.getDecoderConfig()) ?? undefined;
    for await (const packet of packetsOf(video, first, toSeconds)) {
      const timestamp = packet.timestamp + by;
      this.ends.video = timestamp + packet.duration;
      await this.picture!.add(packet.clone({ timestamp }), { ...(decoderConfig && { decoderConfig }) });
    }
  }

  private async takeSound(
    audio: InputAudioTrack,
    { from, by, toSeconds }: Cut & { from: number; by: number },
  ): Promise<void> {
    const decoderConfig = (await audio.getDecoderConfig()) ?? undefined;
    const meta = { ...(decoderConfig && { decoderConfig }) };
    const begin = await new EncodedPacketSink(audio).getPacket(from);
    for await (const packet of packetsOf(audio, begin, toSeconds)) {
      if (packet.timestamp < from) continue;
      const timestamp = packet.timestamp + by;
      if (audio.codec === 'opus') await this.keepSilent(timestamp, meta);
      this.ends.audio = timestamp + packet.duration;
      await this.sound!.add(packet.clone({ timestamp }), meta);
    }
  }

  private async keepSilent(
    until: number,
    meta: Parameters<EncodedAudioPacketSource['add']>[1],
  ): Promise<void> {
    for (; this.ends.audio + SILENCE_SECONDS <= until; this.ends.audio += SILENCE_SECONDS) {
      await this.sound!.add(new EncodedPacket(SILENCE, 'key', this.ends.audio, SILENCE_SECONDS), meta);
    }
  }
}

/** Where a player can begin: the keyframe before, or the first there is. */
async function keyAt(video: InputVideoTrack, seconds: number): Promise<EncodedPacket | null> {
  const sink = new EncodedPacketSink(video);
  return (await sink.getKeyPacket(seconds)) ?? (await sink.getFirstPacket());
}

async function* packetsOf(
  track: InputVideoTrack | InputAudioTrack,
  from: EncodedPacket | null,
  toSeconds: number,
): AsyncGenerator<EncodedPacket> {
  for await (const packet of new EncodedPacketSink(track).packets(from ?? undefined)) {
    if (packet.timestamp > toSeconds) return;
    yield packet;
  }
}
