import { ALL_FORMATS, EncodedPacketSink, FilePathSource, Input } from 'mediabunny';

export interface Judged {
  codecs: (string | null)[];
  seconds: number;
  pictures: number;
  keyframes: number;
  sounds: number;
  /** What the file says of itself. */
  comment?: string;
}

/** Reads a whole file as a player would; throws where it cannot be read. */
export async function judgeFile(path: string): Promise<Judged> {
  const input = new Input({ source: new FilePathSource(path), formats: ALL_FORMATS });
  try {
    const tracks = await input.getTracks();
    const judged = { codecs: tracks.map((one) => one.codec), seconds: await input.computeDuration() };
    const counts = { pictures: 0, keyframes: 0, sounds: 0 };
    for (const track of tracks) {
      for await (const packet of new EncodedPacketSink(track).packets()) {
        if (track.type !== 'video') counts.sounds += 1;
        else {
          counts.pictures += 1;
          if (packet.type === 'key') counts.keyframes += 1;
        }
      }
    }
    const { comment } = await input.getMetadataTags();
    return { ...judged, ...counts, ...(comment !== undefined && { comment }) };
  } finally {
    input.dispose();
  }
}
