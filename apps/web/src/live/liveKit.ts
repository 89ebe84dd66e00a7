import type { MediaAddress } from '@qingpai/wire';
import {
  type RemoteTrack,
  type RemoteTrackPublication,
  Room,
  RoomEvent,
  Track,
  VideoQuality,
} from 'livekit-client';
import type { Fetched } from './incoming';

/** Live video from LiveKit, by its own client: fetched only where a house is served by one. */
export async function fetchByLiveKit({ url, token }: MediaAddress, handleLost: () => void): Promise<Fetched> {
  const room = new Room({ adaptiveStream: false, dynacast: false });
  const stream = new MediaStream();
  const tracks = new Set<RemoteTrack>();
  /** Of tracks that are gone. */
  const before = { frames: 0, packets: 0, bytes: 0 };
  let layer: 'high' | 'low' | 'voice' = 'high';
  const wish = (publication: RemoteTrackPublication) => {
    if (publication.kind !== Track.Kind.Video) return;
    publication.setSubscribed(layer !== 'voice');
    publication.setVideoQuality(layer === 'low' ? VideoQuality.LOW : VideoQuality.HIGH);
  };
  const wishAll = () =>
    room.remoteParticipants.forEach((one) =>
      one.trackPublications.forEach((publication) => wish(publication)),
    );
  room.on(RoomEvent.TrackSubscribed, (track, publication) => {
    // A camera that takes over: its picture in place of the old one's.
    for (const old of stream.getTracks()) if (old.kind === String(track.kind)) stream.removeTrack(old);
    tracks.add(track);
    stream.addTrack(track.mediaStreamTrack);
    wish(publication);
  });
  room.on(RoomEvent.TrackUnsubscribed, (track) => {
    void figuresOf(track).then((last) => add(before, last));
    tracks.delete(track);
    stream.removeTrack(track.mediaStreamTrack);
  });
  try {
    await room.connect(url, token);
  } catch {
    void room.disconnect();
    return { ok: false, status: null };
  }
  room.on(RoomEvent.Disconnected, handleLost);
  return {
    ok: true,
    incoming: {
      stream,
      soundIsLife: true,
      isConnecting: () => tracks.size === 0,
      figures: async () => {
        const sum = { ...before };
        for (const one of await Promise.all([...tracks].map(figuresOf))) add(sum, one);
        return sum;
      },
      setLayer: async (wished) => {
        layer = wished;
        wishAll();
      },
      fate: async () => 'unknown',
      end: () => {
        room.off(RoomEvent.Disconnected, handleLost);
        void room.disconnect();
      },
    },
  };
}

type Figures = { frames: number; packets: number; bytes: number };
function add(sum: Figures, other: Figures): void {
  sum.frames += other.frames;
  sum.packets += other.packets;
  sum.bytes += other.bytes;
}

async function figuresOf(track: RemoteTrack): Promise<Figures> {
  const now = { frames: 0, packets: 0, bytes: 0 };
  (await track.getRTCStatsReport())?.forEach((one) => {
    if (one.type !== 'inbound-rtp') return;
    now.bytes += one.bytesReceived ?? 0;
    if (one.kind === 'video') now.frames += one.framesDecoded ?? 0;
    else now.packets += one.packetsReceived ?? 0;
  });
  return now;
}
