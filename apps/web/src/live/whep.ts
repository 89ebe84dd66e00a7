import type { MediaAddress } from '@qingpai/wire';
import { connect, end, fate, setLayer } from './connection';
import type { Fetched } from './incoming';

/** Live video by WHEP. */
export async function fetchByWhep(address: MediaAddress, handleLost: () => void): Promise<Fetched> {
  const pc = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  const stream = new MediaStream();
  pc.addTransceiver('audio', { direction: 'recvonly' });
  pc.addTransceiver('video', { direction: 'recvonly' });
  pc.ontrack = ({ track }) => stream.addTrack(track);
  const made = await connect(pc, address);
  if (!made.ok) return made;
  const { connection } = made;
  pc.onconnectionstatechange = () => {
    if (pc.connectionState === 'failed' || pc.connectionState === 'closed') handleLost();
  };
  return {
    ok: true,
    incoming: {
      stream,
      soundIsLife: false,
      isConnecting: () => pc.connectionState === 'new' || pc.connectionState === 'connecting',
      figures: () => figuresOf(pc),
      setLayer: (layer) => setLayer(connection, layer),
      fate: () => fate(connection),
      end: () => end(connection),
    },
  };
}

async function figuresOf(pc: RTCPeerConnection) {
  const now = { frames: 0, packets: 0, bytes: 0 };
  (await pc.getStats()).forEach((one) => {
    if (one.type === 'inbound-rtp' && one.kind === 'video') now.frames = one.framesDecoded ?? 0;
    if (one.type === 'inbound-rtp' && one.kind === 'audio') now.packets = one.packetsReceived ?? 0;
    if (one.type === 'transport') now.bytes = one.bytesReceived ?? 0;
  });
  return now;
}
