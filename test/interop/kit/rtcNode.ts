import { AudioStream, type RemoteTrack, Room, RoomEvent, TrackKind, VideoStream } from '@livekit/rtc-node';
import { type MediaAddress } from '@qingpai/wire';

/** Watches by LiveKit's own client for Node: it decodes, and counts what it has decoded. */
export async function watchByRtcNode({ url, token }: MediaAddress) {
  const room = new Room();
  const seen = { room, frames: 0, sounds: 0 };
  const count = async (track: RemoteTrack) => {
    const isVideo = track.kind === TrackKind.KIND_VIDEO;
    const reader = (isVideo ? new VideoStream(track) : new AudioStream(track)).getReader();
    while (!(await reader.read()).done) seen[isVideo ? 'frames' : 'sounds'] += 1;
  };
  room.on(RoomEvent.TrackSubscribed, (track: RemoteTrack) => void count(track).catch(() => undefined));
  await room.connect(url, token, { autoSubscribe: true, dynacast: false });
  return seen;
}
