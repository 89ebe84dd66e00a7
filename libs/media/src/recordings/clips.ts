import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  ALL_FORMATS,
  EncodedAudioPacketSource,
  type EncodedPacket,
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

export interface Cut {
  piece: KeptPiece;
  fromSeconds: number;
  toSeconds: number;
}

/** The piece that shows most of this time; null: nothing of it was recorded. */
export function cutOf(pieces: readonly KeptPiece[], sale: { fromMs: number; toMs: number }): Cut | null {
  const [fromMs, wishedMs] = [sale.fromMs - BEFORE_MS, sale.toMs + AFTER_MS];
  const toMs = Math.min(wishedMs, fromMs + CLIP_MS_MAX);
  const shown = (piece: KeptPiece) => Math.min(toMs, piece.toMs) - Math.max(fromMs, piece.fromMs);
  const best = pieces
    .filter((one) => !one.isDeleted && shown(one) > 0)
    .sort((a, b) => shown(b) - shown(a))[0];
  if (!best) return null;
  const at = (ms: number) => Math.max(0, (ms - best.fromMs) / 1_000);
  return { piece: best, fromSeconds: at(fromMs), toSeconds: at(toMs) };
}

/** Cut out at keyframes, nothing encoded anew; once, then it is there. Answers its path. */
export async function clipOf({ piece: { path }, fromSeconds, toSeconds }: Cut, to: string): Promise<string> {
  if (existsSync(to)) return to;
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  const half = `${to}.${process.pid}.${Math.round(performance.now() * 1_000)}.part`;
  const input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS });
  try {
    await copy(input, half, fromSeconds, toSeconds);
  } finally {
    input.dispose();
  }
  await rename(half, to);
  return to;
}

async function copy(input: Input, to: string, fromSeconds: number, toSeconds: number): Promise<void> {
  const output = new Output({
    format: new Mp4OutputFormat({ fastStart: 'in-memory' }),
    target: new FilePathTarget(to),
  });
  const [video, audio] = [await input.getPrimaryVideoTrack(), await input.getPrimaryAudioTrack()];
  const first = video && (await keyAt(video, fromSeconds));
  const zero = first?.timestamp ?? fromSeconds;
  const picture = video?.codec ? new EncodedVideoPacketSource(video.codec) : null;
  const sound = audio?.codec ? new EncodedAudioPacketSource(audio.codec) : null;
  if (picture) output.addVideoTrack(picture);
  if (sound) output.addAudioTrack(sound);
  await output.start();
  if (picture && video && first) {
    const decoderConfig = (await video.getDecoderConfig()) ?? undefined;
    for await (const packet of packetsOf(video, first, toSeconds)) {
      await picture.add(moved(packet, zero), { ...(decoderConfig && { decoderConfig }) });
    }
    picture.close();
  }
  if (sound && audio) {
    const begin = await new EncodedPacketSink(audio).getPacket(zero);
    const decoderConfig = (await audio.getDecoderConfig()) ?? undefined;
    for await (const packet of packetsOf(audio, begin, toSeconds)) {
      if (packet.timestamp < zero) continue;
      await sound.add(moved(packet, zero), { ...(decoderConfig && { decoderConfig }) });
    }
    sound.close();
  }
  await output.finalize();
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

const moved = (packet: EncodedPacket, zero: number): EncodedPacket =>
  packet.clone({ timestamp: Math.max(0, packet.timestamp - zero) });
