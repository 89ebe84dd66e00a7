import { type Library } from './library.js';
import { type LocalIce } from './sdp/answer.js';
import { type RemoteIce } from './sdp/offer.js';

/** What a connection tells its session. */
export interface TransportListener {
  handlePacket(packet: Buffer): void;
  handleUp(): void;
  handleDown(): void;
}

/**
 * One connection: ICE, DTLS and SRTP, and no media of its own. The library is given a description with a single
 * section, so that it hands on every packet that arrives, whatever its SSRC, and sends any that we write.
 */
export class Transport {
  private readonly peer: Library.PeerConnection;
  private track: Library.Track | null = null;
  private isUp = false;
  private isClosed = false;
  readonly local: LocalIce;

  constructor(
    library: typeof Library,
    bind: { address: string; udpPort: number },
    remote: RemoteIce,
    listener: TransportListener,
  ) {
    this.peer = new library.PeerConnection('qingpai', {
      iceServers: [],
      enableIceUdpMux: true,
      bindAddress: bind.address,
      portRangeBegin: bind.udpPort,
      portRangeEnd: bind.udpPort,
      forceMediaTransport: true,
    });
    this.peer.onTrack((track) => {
      this.track = track;
      track.onMessage((packet) => this.isClosed || listener.handlePacket(packet));
      // A little after the connection stands: what is sent in between would be lost.
      track.onOpen(() => {
        if (this.isClosed || this.isUp) return;
        this.isUp = true;
        listener.handleUp();
      });
    });
    this.peer.onStateChange((state) => {
      if (!this.isClosed && (state === 'failed' || state === 'closed')) listener.handleDown();
    });
    this.peer.setRemoteDescription(offerFor(remote), 'offer');
    this.local = localOf(this.peer.localDescription()?.sdp ?? '');
  }

  /** False: it could not be sent now; nothing is queued. */
  send(packet: Buffer): boolean {
    if (!this.isUp || this.isClosed || !this.track) return false;
    try {
      return this.track.sendMessageBinary(packet);
    } catch {
      return false; // closed under our hands
    }
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.peer.close();
  }
}

const offerFor = ({ ufrag, pwd, fingerprint, setup }: RemoteIce): string =>
  [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    'm=video 9 UDP/TLS/RTP/SAVPF 96',
    'c=IN IP4 0.0.0.0',
    'a=mid:0',
    'a=sendrecv',
    'a=rtcp-mux',
    `a=ice-ufrag:${ufrag}`,
    `a=ice-pwd:${pwd}`,
    `a=fingerprint:sha-256 ${fingerprint}`,
    `a=setup:${setup}`,
    'a=rtpmap:96 VP8/90000',
    '',
  ].join('\r\n');

function localOf(sdp: string): LocalIce {
  const value = (name: string) => new RegExp(`^a=${name}:(.+?)\\s*$`, 'm').exec(sdp)?.[1];
  const [ufrag, pwd, setup] = [value('ice-ufrag'), value('ice-pwd'), value('setup')];
  const fingerprint = value('fingerprint')?.replace(/^sha-256 /i, '');
  if (!ufrag || !pwd || !setup || !fingerprint) throw new Error('bug: the library answered without ICE');
  return { ufrag, pwd, setup, fingerprint };
}
