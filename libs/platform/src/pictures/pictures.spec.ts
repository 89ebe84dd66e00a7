import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import sharp from 'sharp';
import { PICTURE_BYTES_MAX } from './limits.js';
import { PictureFolder } from './pictureFolder.js';
import { webpOf } from './webp.js';

const plain = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#c0392b' } });
const reasonOf = (upload: Buffer) =>
  webpOf(upload).then(
    () => 'kept',
    (refused: { reason: string }) => refused.reason,
  );

/** A phone held upright, at a place that is nobody's business. */
const fromPhone = () =>
  plain(400, 300)
    .withExif({
      IFD0: { Make: 'Phone', Artist: '138****0001' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '27/1 6/1 0/1' },
    })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();

describe('a photo', () => {
  it('comes out upright and without EXIF, GPS or the name of the phone', async () => {
    const before = await sharp(await fromPhone()).metadata();
    expect([before.orientation, before.exif!.includes('Phone')]).toEqual([6, true]);
    const webp = await webpOf(await fromPhone());
    const after = await sharp(webp).metadata();
    expect(after).toMatchObject({ format: 'webp', width: 300, height: 400 });
    expect([after.exif, after.xmp, after.iptc, after.orientation]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(webp.includes('Phone')).toBe(false);
  });

  it('is at most 1600 px on its longer side, and never enlarged', async () => {
    const large = await sharp(await webpOf(await plain(4000, 1000).png().toBuffer())).metadata();
    const small = await sharp(await webpOf(await plain(40, 10).webp().toBuffer())).metadata();
    expect([large.width, large.height]).toEqual([1600, 400]);
    expect([small.width, small.height]).toEqual([40, 10]);
  });

  it('of HEIC, SVG, GIF or no picture at all is refused', async () => {
    const heic = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic'), Buffer.alloc(64)]);
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
    const gif = await plain(8, 8).gif().toBuffer();
    for (const upload of [heic, svg, gif, Buffer.from('hello'), Buffer.alloc(0)]) {
      expect(await reasonOf(upload)).toBe('bad-photo');
    }
  });

  it('cut short, or broken behind a good beginning, is refused', async () => {
    const png = await plain(300, 300).png().toBuffer();
    expect(await reasonOf(png.subarray(0, png.length / 2))).toBe('bad-photo');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (noise) => {
        expect(await reasonOf(Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), noise]))).toBe('bad-photo');
      }),
      { numRuns: 30 },
    );
  });

  it('that claims more pixels than a camera has is refused, however small its file', async () => {
    const png = await plain(30, 30).png().toBuffer();
    png.writeUInt32BE(12_000, 16);
    png.writeUInt32BE(12_000, 20);
    png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
    expect((await sharp(png).metadata()).width).toBe(12_000);
    expect(await reasonOf(png)).toBe('bad-photo');
  });

  it('above eight megabytes is refused', async () => {
    expect(await reasonOf(Buffer.alloc(PICTURE_BYTES_MAX + 1))).toBe('too-large');
  });
});

describe('a folder of pictures', () => {
  let folder: string;
  let pictures: PictureFolder;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'qingpai-pictures-'));
    pictures = new PictureFolder(join(folder, 'photos'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('keeps the same picture once, under the hash of its bytes, and nothing half written', async () => {
    const upload = await plain(20, 20).png().toBuffer();
    const first = await pictures.keep(upload);
    const second = await pictures.keep(upload);
    expect(second).toEqual(first);
    expect(first.name).toBe(`${first.sha256.toString('hex')}.webp`);
    expect(await readdir(join(folder, 'photos'))).toEqual([first.name]);
    expect((await sharp((await pictures.read(first.name))!).metadata()).format).toBe('webp');
  });

  it('has nothing under any other name', async () => {
    for (const name of [
      '../secret',
      `${'0'.repeat(64)}.webp`,
      '',
      `/etc/passwd`,
      `..%2f${'0'.repeat(59)}.webp`,
    ]) {
      expect(await pictures.read(name)).toBeNull();
    }
  });
});
