import { HlsRing } from './ring.js';

const bytes = (n: number) => Uint8Array.from([n]);

test('the newest parts are listed with the head that they need', () => {
  const ring = new HlsRing();
  ring.addHead(bytes(100));
  for (let n = 0; n < 3; n += 1) ring.addPart(bytes(n), 1, 1_000 * n);
  expect(ring.isReady).toBe(true);
  expect(ring.playlist()).toBe(
    [
      ...['#EXTM3U', '#EXT-X-VERSION:7', '#EXT-X-TARGETDURATION:1', '#EXT-X-MEDIA-SEQUENCE:0'],
      ...['#EXT-X-DISCONTINUITY-SEQUENCE:0', '#EXT-X-INDEPENDENT-SEGMENTS'],
      '#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES',
      '#EXT-X-MAP:URI="1.mp4"',
      ...['#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:00.000Z', '#EXTINF:1.000,', '1-0.m4s'],
      ...['#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:01.000Z', '#EXTINF:1.000,', '1-1.m4s'],
      ...['#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:02.000Z', '#EXTINF:1.000,', '1-2.m4s', ''],
    ].join('\n'),
  );
  expect([ring.file('1.mp4'), ring.file('1-2.m4s'), ring.file('2-2.m4s'), ring.file('../x')]).toEqual([
    ...[bytes(100), bytes(2), null, null],
  ]);
});

test('a new head is told as a break, also when it has left the list, and what is old is gone', () => {
  const ring = new HlsRing();
  ring.addHead(bytes(100));
  for (let n = 0; n < 4; n += 1) ring.addPart(bytes(n), 1, 1_000 * n);
  ring.addHead(bytes(101));
  for (let n = 4; n < 8; n += 1) ring.addPart(bytes(n), 1.4, 1_000 * n);
  expect(ring.playlist()).toContain(
    '1-3.m4s\n#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI="2.mp4"\n#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:00:04.000Z\n#EXTINF:1.400,\n2-4.m4s',
  );
  for (let n = 8; n < 14; n += 1) ring.addPart(bytes(n), 1, 1_000 * n);
  expect(ring.playlist()).toContain('#EXT-X-MEDIA-SEQUENCE:8\n#EXT-X-DISCONTINUITY-SEQUENCE:1\n');
  expect([ring.file('1.mp4'), ring.file('1-0.m4s')]).toEqual([null, null]);
});
