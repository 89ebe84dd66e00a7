import { type VideoCodec } from '../rtp/keyframe.js';

/** What we need of a client's offer (RFC 8866, RFC 8843). Its ICE candidates are not read: we never dial out. */
export interface Offer {
  ice: RemoteIce;
  sections: Section[];
}

export interface RemoteIce {
  ufrag: string;
  pwd: string;
  /** SHA-256, as `AB:CD:…`. */
  fingerprint: string;
  setup: 'actpass' | 'active' | 'passive';
}

export interface Section {
  kind: 'audio' | 'video' | 'application';
  mid: string;
  /** As the client sees it. */
  direction: 'sendonly' | 'recvonly' | 'sendrecv' | 'inactive';
  codecs: Codec[];
  extensions: { id: number; uri: string }[];
  /** Streams of one picture in several sizes, best first (RFC 8853). */
  rids: string[];
}

export interface Codec {
  payloadType: number;
  name: VideoCodec | 'opus';
  clockRate: number;
  fmtp: string | null;
  feedback: string[];
}

const SECTIONS_MAX = 8;
const LINES_MAX = 1_000;

/** Null: no offer that could be answered. */
export function readOffer(text: string): Offer | null {
  const lines = text.split(/\r?\n/);
  if (lines[0] !== 'v=0' || lines.length > LINES_MAX) return null;
  const starts = lines.flatMap((line, k) => (line.startsWith('m=') ? [k] : []));
  if (starts.length === 0 || starts.length > SECTIONS_MAX) return null;
  const session = lines.slice(0, starts[0]);
  const parts = starts.map((from, k) => lines.slice(from, starts[k + 1]));
  const ice = iceOf(session, parts[0]!);
  const sections = parts.map((part) => sectionOf(part));
  if (ice === null || sections.some((one) => one === null)) return null;
  const mids = sections.map((one) => one!.mid);
  return new Set(mids).size === mids.length ? { ice, sections: sections as Section[] } : null;
}

/** All of `a=<name>:…`, without the name. */
const values = (lines: readonly string[], name: string): string[] =>
  lines.filter((line) => line.startsWith(`a=${name}:`)).map((line) => line.slice(name.length + 3).trim());

function iceOf(session: readonly string[], first: readonly string[]): RemoteIce | null {
  const one = (name: string) => values(first, name)[0] ?? values(session, name)[0];
  const ufrag = /^[A-Za-z0-9+/=_-]{4,256}$/.exec(one('ice-ufrag') ?? '')?.[0];
  const pwd = /^[A-Za-z0-9+/=_-]{22,256}$/.exec(one('ice-pwd') ?? '')?.[0];
  const prints = [...values(first, 'fingerprint'), ...values(session, 'fingerprint')];
  const print = prints
    .map((text) => /^sha-256 ((?:[0-9A-F]{2}:){31}[0-9A-F]{2})$/i.exec(text)?.[1])
    .find(Boolean);
  const setup = /^(actpass|active|passive)$/.exec(one('setup') ?? '')?.[0] as RemoteIce['setup'] | undefined;
  if (!ufrag || !pwd || !print || !setup) return null;
  return { ufrag, pwd, fingerprint: print.toUpperCase(), setup };
}

function sectionOf(lines: readonly string[]): Section | null {
  const media = /^m=(audio|video|application) \d+ (\S+) ([\w -]+)$/.exec(lines[0]!.trim());
  const mid = /^[\w.-]{1,32}$/.exec(values(lines, 'mid')[0] ?? '')?.[0];
  if (!media || mid === undefined) return null;
  const kind = media[1] as Section['kind'];
  if (kind !== 'application' && media[2] !== 'UDP/TLS/RTP/SAVPF') return null;
  const direction = lines
    .find((line) => /^a=(sendonly|recvonly|sendrecv|inactive)\s*$/.test(line))
    ?.slice(2)
    .trim();
  return {
    kind,
    mid,
    direction: (direction as Section['direction'] | undefined) ?? 'sendrecv',
    codecs: kind === 'application' ? [] : codecsOf(lines, media[3]!.split(' ')),
    extensions: values(lines, 'extmap').flatMap((text) => {
      const found = /^(\d{1,3})(?:\/\w+)? (\S{1,200})/.exec(text);
      return found ? [{ id: Number(found[1]), uri: found[2]! }] : [];
    }),
    rids: ridsOf(lines),
  };
}

/** In the client's own order of preference. */
function codecsOf(lines: readonly string[], payloadTypes: readonly string[]): Codec[] {
  const maps = values(lines, 'rtpmap').map((text) => /^(\d{1,3}) ([\w-]+)\/(\d+)/.exec(text));
  return payloadTypes.flatMap((type): Codec[] => {
    const map = maps.find((one) => one?.[1] === type);
    const name = map && nameOf(map[2]!, Number(map[3]));
    if (!map || !name) return [];
    const fmtp = values(lines, 'fmtp').find((text) => text.startsWith(`${type} `));
    return [
      {
        payloadType: Number(type),
        name,
        clockRate: Number(map[3]),
        fmtp: fmtp === undefined ? null : fmtp.slice(type.length + 1),
        feedback: values(lines, 'rtcp-fb')
          .filter((text) => text.startsWith(`${type} `) || text.startsWith('* '))
          .map((text) => text.slice(text.indexOf(' ') + 1)),
      },
    ];
  });
}

function nameOf(name: string, clockRate: number): Codec['name'] | null {
  const upper = name.toUpperCase();
  if (upper === 'OPUS') return clockRate === 48_000 ? 'opus' : null;
  return (upper === 'H264' || upper === 'VP8') && clockRate === 90_000 ? upper : null;
}

function ridsOf(lines: readonly string[]): string[] {
  const sent = /^send ([\w,;~-]{1,100})/.exec(values(lines, 'simulcast')[0] ?? '')?.[1];
  if (sent === undefined) return [];
  return sent
    .split(';')
    .map((choice) => choice.split(',')[0]!.replace('~', ''))
    .filter((rid) => /^[\w-]{1,16}$/.test(rid))
    .slice(0, 3);
}

/** Constrained baseline in the mode that browsers and phones have in common (RFC 6184 §8.1). */
const isPlainH264 = ({ name, fmtp }: Codec) =>
  name === 'H264' &&
  /packetization-mode=1/.test(fmtp ?? '') &&
  (!/profile-level-id=/i.test(fmtp ?? '') || /profile-level-id=42/i.test(fmtp ?? ''));

/** The codec of this name the client and we have in common; null: none. */
export function codecFor({ codecs }: Section, name: Codec['name']): Codec | null {
  const all = codecs.filter((codec) => codec.name === name);
  return (name === 'H264' ? all.find(isPlainH264) : all[0]) ?? null;
}

export const extensionIds = {
  mid: 'urn:ietf:params:rtp-hdrext:sdes:mid',
  rid: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
  transport: 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
} as const;

export const extensionId = ({ extensions }: Section, name: keyof typeof extensionIds): number | null =>
  extensions.find(({ uri }) => uri === extensionIds[name])?.id ?? null;
