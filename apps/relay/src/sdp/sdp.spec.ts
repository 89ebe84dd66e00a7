import { answer } from './answer.js';
import { codecFor, extensionId, readOffer } from './offer.js';

const fingerprint = Array.from({ length: 32 }, () => 'AB').join(':');
/** As Chrome writes it, with what matters to us. */
const chrome = [
  'v=0',
  'o=- 46117317 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'a=group:BUNDLE 0 1',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111 63',
  'c=IN IP4 0.0.0.0',
  'a=ice-ufrag:abcd',
  'a=ice-pwd:0123456789abcdef01234567',
  `a=fingerprint:sha-256 ${fingerprint}`,
  'a=setup:actpass',
  'a=mid:0',
  'a=sendonly',
  'a=candidate:1 1 udp 2113937151 10.1.2.3 5000 typ host',
  'a=rtpmap:111 opus/48000/2',
  'a=fmtp:111 minptime=10;useinbandfec=1',
  'a=rtcp-fb:111 transport-cc',
  'm=video 9 UDP/TLS/RTP/SAVPF 96 97 102 104',
  'a=mid:1',
  'a=extmap:4 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  'a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
  'a=extmap:13 urn:3gpp:video-orientation',
  'a=sendonly',
  'a=rtpmap:96 VP8/90000',
  'a=rtcp-fb:96 nack',
  'a=rtcp-fb:96 nack pli',
  'a=rtpmap:97 rtx/90000',
  'a=rtpmap:102 H264/90000',
  'a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=0;profile-level-id=42001f',
  'a=rtpmap:104 H264/90000',
  'a=fmtp:104 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f',
  'a=rid:h send',
  'a=rid:l send',
  'a=simulcast:send h;l',
  '',
];
const offer = (change: (lines: string[]) => string[] = (lines) => lines) =>
  readOffer(change([...chrome]).join('\r\n'));

describe('an offer', () => {
  it('is read for what we need', () => {
    const read = offer()!;
    expect(read.ice).toEqual({
      ufrag: 'abcd',
      pwd: '0123456789abcdef01234567',
      fingerprint,
      setup: 'actpass',
    });
    const [audio, video] = read.sections;
    expect(audio).toMatchObject({ kind: 'audio', mid: '0', direction: 'sendonly', rids: [] });
    expect(video).toMatchObject({ kind: 'video', mid: '1', rids: ['h', 'l'] });
    expect(extensionId(video!, 'transport')).toBe(4);
    expect(extensionId(video!, 'mid')).toBeNull();
  });

  it('has H264 in the mode and profile that phones have in common, or none', () => {
    const video = offer()!.sections[1]!;
    expect(codecFor(video, 'H264')).toMatchObject({ payloadType: 104 });
    expect(codecFor(video, 'VP8')).toMatchObject({ payloadType: 96, feedback: ['nack', 'nack pli'] });
    const high = offer((lines) => lines.map((line) => line.replace('42e01f', '64001f')))!.sections[1]!;
    expect(codecFor(high, 'H264')).toBeNull();
  });

  it.each([
    ['nothing', () => []],
    ['no sections', (lines: string[]) => lines.slice(0, 5)],
    ['no password', (lines: string[]) => lines.filter((line) => !line.includes('ice-pwd'))],
    ['a weak fingerprint', (lines: string[]) => lines.map((line) => line.replace('sha-256', 'sha-1'))],
    ['no DTLS', (lines: string[]) => lines.map((line) => line.replace('UDP/TLS/RTP/SAVPF', 'RTP/AVP'))],
    ['one name twice', (lines: string[]) => lines.map((line) => line.replace('a=mid:1', 'a=mid:0'))],
    ['no name', (lines: string[]) => lines.filter((line) => line !== 'a=mid:1')],
    [
      'a name that breaks the line',
      (lines: string[]) => lines.map((line) => line.replace('a=mid:1', 'a=mid:1 x')),
    ],
    ['a thousand lines', (lines: string[]) => [...lines, ...Array.from({ length: 1_000 }, () => 'a=x')]],
  ] as const)('with %s is none', (_, change) => {
    expect(offer(change)).toBeNull();
  });
});

describe('the answer', () => {
  const local = { ufrag: 'wxyz', pwd: 'p'.repeat(24), fingerprint, setup: 'active' };
  const announced = { address: '192.0.2.5', udpPort: 8022, tcpPort: 8023 };

  it('takes what was agreed, refuses the rest, and names our address and none of the client’s', () => {
    const [audio, video] = offer()!.sections;
    const codec = codecFor(video!, 'VP8')!;
    const text = answer(
      [
        { section: audio!, accepted: null },
        { section: video!, accepted: { section: video!, codec, sends: null } },
      ],
      local,
      announced,
      1,
    );
    const lines = text.split('\r\n');
    expect(lines).toContain('a=group:BUNDLE 1');
    expect(lines).toContain('m=audio 0 UDP/TLS/RTP/SAVPF 111');
    expect(lines).toContain('m=video 8022 UDP/TLS/RTP/SAVPF 96');
    expect(lines).toContain('a=candidate:1 1 UDP 2130706431 192.0.2.5 8022 typ host');
    expect(lines.filter((line) => line.startsWith('a=candidate')).length).toBe(2);
    expect(lines).toContain('a=simulcast:recv h;l');
    expect(lines).toContain('a=recvonly');
    expect(text).not.toContain('10.1.2.3');
    expect(text).not.toContain('video-orientation'); // the sender turns the picture itself
  });

  it('tells a viewer what he will get before the first packet', () => {
    const video = offer()!.sections[1]!;
    const codec = codecFor(video, 'H264')!;
    const accepted = { section: video, codec, sends: { ssrc: 77, stream: 'show-1' } };
    const lines = answer([{ section: video, accepted }], local, { ...announced, tcpPort: null }, 1).split(
      '\r\n',
    );
    expect(lines).toEqual(
      expect.arrayContaining(['a=sendonly', 'a=ssrc:77 cname:show-1', 'a=msid:show-1 video']),
    );
    expect(lines).toContain(`a=fmtp:104 ${codec.fmtp}`);
    expect(lines.filter((line) => line.startsWith('a=candidate')).length).toBe(1);
  });
});
