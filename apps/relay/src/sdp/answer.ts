import { type Codec, extensionIds, type Section } from './offer.js';

/** Our side of a connection, as libdatachannel has opened it. */
export interface LocalIce {
  ufrag: string;
  pwd: string;
  fingerprint: string;
  setup: string;
}

/** Where packets reach us: one address for UDP and, where UDP is blocked, one for TCP (RFC 6544). */
export interface Announced {
  address: string;
  udpPort: number;
  tcpPort: number | null;
}

/** What becomes of one section of the offer; null: refused, with port 0. */
export type Accepted = {
  section: Section;
  codec: Codec;
  /** What we send: its numbers stand in the answer, so that the browser knows it before the first packet. */
  sends: { ssrc: number; stream: string } | null;
} | null;

/** The answer to an offer, section by section in its order (RFC 3264 §6). */
export function answer(
  sections: readonly { section: Section; accepted: Accepted }[],
  ice: LocalIce,
  announced: Announced,
  id: number,
): string {
  const bundled = sections.filter(({ accepted }) => accepted !== null).map(({ section }) => section.mid);
  const lines = [
    'v=0',
    `o=- ${id} 1 IN IP4 127.0.0.1`,
    's=-',
    't=0 0',
    `a=group:BUNDLE ${bundled.join(' ')}`,
    'a=extmap-allow-mixed',
    'a=msid-semantic: WMS *',
    ...sections.flatMap(({ section, accepted }) =>
      accepted ? taken(accepted, ice, announced) : refused(section),
    ),
  ];
  return `${lines.join('\r\n')}\r\n`;
}

function refused({ kind, mid, codecs }: Section): string[] {
  const profile =
    kind === 'application'
      ? 'UDP/DTLS/SCTP webrtc-datachannel'
      : `UDP/TLS/RTP/SAVPF ${codecs[0]?.payloadType ?? 0}`;
  return [`m=${kind} 0 ${profile}`, 'c=IN IP4 0.0.0.0', `a=mid:${mid}`, 'a=inactive'];
}

function taken(accepted: NonNullable<Accepted>, ice: LocalIce, announced: Announced): string[] {
  const { section, codec, sends } = accepted;
  const type = codec.payloadType;
  const channels = codec.name === 'opus' ? '/2' : '';
  return [
    `m=${section.kind} ${announced.udpPort} UDP/TLS/RTP/SAVPF ${type}`,
    `c=IN IP4 ${announced.address}`,
    'a=rtcp:9 IN IP4 0.0.0.0',
    `a=mid:${section.mid}`,
    sends ? 'a=sendonly' : 'a=recvonly',
    ...(sends ? [`a=msid:${sends.stream} ${section.kind}`] : []),
    'a=rtcp-mux',
    'a=rtcp-rsize',
    `a=ice-ufrag:${ice.ufrag}`,
    `a=ice-pwd:${ice.pwd}`,
    `a=fingerprint:sha-256 ${ice.fingerprint}`,
    `a=setup:${ice.setup}`,
    ...candidates(announced),
    `a=rtpmap:${type} ${codec.name}/${codec.clockRate}${channels}`,
    ...(codec.fmtp === null ? [] : [`a=fmtp:${type} ${codec.fmtp}`]),
    ...feedbackOf(codec, sends !== null).map((word) => `a=rtcp-fb:${type} ${word}`),
    ...(sends ? [] : extensionsOf(section)),
    ...(sends ? [] : ridLines(section)),
    ...(sends
      ? [
          `a=ssrc:${sends.ssrc} cname:${sends.stream}`,
          `a=ssrc:${sends.ssrc} msid:${sends.stream} ${section.kind}`,
        ]
      : []),
  ];
}

/** Host candidates by the recommended priorities of RFC 8445 §5.1.2.1: UDP before TCP. */
function candidates({ address, udpPort, tcpPort }: Announced): string[] {
  return [
    `a=candidate:1 1 UDP 2130706431 ${address} ${udpPort} typ host`,
    ...(tcpPort === null
      ? []
      : [`a=candidate:2 1 TCP 1684797951 ${address} ${tcpPort} typ host tcptype passive`]),
    'a=end-of-candidates',
  ];
}

const videoFeedback = ['nack', 'nack pli', 'ccm fir'];
function feedbackOf({ name, feedback }: Codec, weSend: boolean): string[] {
  const usable = [
    ...(name === 'opus' ? [] : videoFeedback),
    ...(weSend ? [] : ['transport-cc', 'goog-remb']),
  ];
  return usable.filter((word) => feedback.includes(word));
}

function extensionsOf({ extensions }: Section): string[] {
  const ours: string[] = Object.values(extensionIds);
  return extensions.filter(({ uri }) => ours.includes(uri)).map(({ id, uri }) => `a=extmap:${id} ${uri}`);
}

function ridLines({ rids }: Section): string[] {
  return rids.length === 0
    ? []
    : [...rids.map((rid) => `a=rid:${rid} recv`), `a=simulcast:recv ${rids.join(';')}`];
}
