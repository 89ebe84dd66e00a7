import { defaultRules } from '@qingpai/wire';
import { readFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import writeXlsxFile from 'write-excel-file/node';
import { IMPORT_BYTES_MAX } from './limits.js';
import { isWhole, reportOf } from './report.js';
import { tableOf } from './table.js';

const csv = readFileSync('test/data/siqiao-show.csv');
const withoutBom = csv.subarray(3);
const gb18030 = () => gb18030Of(withoutBom.toString());
const lines = withoutBom
  .toString()
  .trim()
  .split(/\r?\n/)
  .map((line) => line.split(','));

/** As Excel would keep it: numbers are numbers, so the lot numbers have lost their zeros. */
const xlsx = () =>
  writeXlsxFile(
    lines.map((row, at) =>
      row.map((cell, column) => (at > 0 && [0, 6, 7, 8, 9].includes(column) ? Number(cell) : cell)),
    ),
  ).toBuffer();

const reasonOf = (file: Buffer) =>
  tableOf(file).then(
    () => 'read',
    (refused: { reason: string }) => refused.reason,
  );

describe("Siqiao's catalogue", () => {
  const files: [string, () => Buffer | Promise<Buffer>][] = [
    ['utf-8-bom', () => csv],
    ['utf-8', () => withoutBom],
    ['gb18030', gb18030],
    ['xlsx', xlsx],
  ];
  it.each(files)('is accepted whole as %s: 64 lots, 89 units', async (encoding, file) => {
    const table = await tableOf(await file());
    const report = reportOf(table.cells, new Set(), defaultRules);
    expect(table.encoding).toBe(encoding);
    expect(report.rows.flatMap(({ problems }) => problems)).toEqual([]);
    expect(report).toMatchObject({
      accepted: 64,
      refused: 0,
      units: 89,
      missingColumns: [],
      unknownColumns: [],
    });
    expect(isWhole(report)).toBe(true);
  });

  it('says the same in every encoding', async () => {
    const lots = [];
    for (const [, file] of files)
      lots.push(reportOf((await tableOf(await file())).cells, new Set(), defaultRules).rows);
    expect(new Set(lots.map((rows) => JSON.stringify(rows))).size).toBe(1);
  });
});

describe('a spreadsheet', () => {
  it('keeps prices as the person typed them, though it stores 45.1 as 45.100000000000001', async () => {
    const file = await writeXlsxFile([
      ['起拍价', '底价'],
      [45.1, 0.1 + 0.2],
    ]).toBuffer();
    expect((await tableOf(file)).cells[1]).toEqual(['45.1', '0.3']);
  });

  it('that unpacks to gigabytes is refused, whatever size it claims', async () => {
    const bomb = entryOf('xl/worksheets/sheet1.xml', Buffer.alloc(64 * 1024 * 1024), 100);
    expect(await reasonOf(zipOf(bomb))).toBe('too-large');
  });

  it('that claims to unpack to gigabytes is refused without taking the memory', async () => {
    const claim = entryOf('xl/workbook.xml', Buffer.from('<a/>'), 0xf0000000);
    expect(await reasonOf(zipOf(claim))).toBe('too-large');
  });

  it('of many parts is refused for the size of all of them', async () => {
    const parts = Array.from({ length: 40 }, (_, nth) => entryOf(`${nth}.xml`, Buffer.alloc(1024 * 1024)));
    expect(await reasonOf(zipOf(...parts))).toBe('too-large');
  });

  it('with a row numbered four billion fills a process of its own, not the market', async () => {
    expect(await reasonOf(xlsxOf('<row r="1"><c r="A1"><v>1</v></c></row>'))).toBe('read');
    expect(await reasonOf(xlsxOf('<row r="4000000000"><c r="A4000000000"><v>1</v></c></row>'))).toBe(
      'bad-file',
    );
  });

  it('that is only a zip is refused', async () => {
    expect(await reasonOf(zipOf(entryOf('hello.xml', Buffer.from('<a/>'))))).toBe('bad-file');
    expect(await reasonOf(Buffer.from('PK\x03\x04 and then nothing of the kind'))).toBe('bad-file');
  });
});

describe('a text file', () => {
  it('may be separated by tabs or semicolons', async () => {
    for (const sign of ['\t', ';']) {
      const file = Buffer.from(lines.map((row) => row.join(sign)).join('\r\n'));
      expect(reportOf((await tableOf(file)).cells, new Set(), defaultRules).accepted).toBe(64);
    }
  });

  it('that is a picture, an old .xls or UTF-16 is refused', async () => {
    expect(await reasonOf(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46]))).toBe('bad-file');
    expect(await reasonOf(Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0, 0]))).toBe(
      'bad-file',
    );
    expect(await reasonOf(Buffer.from('\ufeff拍品号', 'utf16le'))).toBe('bad-file');
  });

  it('above two megabytes is refused', async () => {
    expect(await reasonOf(Buffer.alloc(IMPORT_BYTES_MAX + 1, 'a'))).toBe('too-large');
  });

  it('of nothing but commas and line ends is read in no time', async () => {
    expect(await reasonOf(Buffer.alloc(IMPORT_BYTES_MAX, ',\n'))).toBe('too-large');
  });
});

describe('whatever bytes come', () => {
  const answered = async (file: Buffer) =>
    expect(['read', 'bad-file', 'too-large']).toContain(await reasonOf(file));

  it('are a table or refused', async () => {
    const noise = fc.uint8Array({ maxLength: 500 }).map((bytes) => Buffer.from(bytes));
    await fc.assert(fc.asyncProperty(noise, answered));
  });

  it('in a damaged spreadsheet are a table or refused', async () => {
    const whole = await xlsx();
    const damage = fc.tuple(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length));
    await fc.assert(
      fc.asyncProperty(damage, async ([at, byte, length]) => {
        const file = Buffer.from(whole);
        file[at] = byte;
        await answered(file.subarray(0, Math.max(length, at)));
      }),
      { numRuns: 25 },
    );
  });
});

/** One packed file of a zip, as it stands before the directory; it may claim another size than it has. */
function entryOf(name: string, content: Buffer, claimedBytes = content.length): Buffer {
  const packed = deflateRawSync(content);
  const header = Buffer.alloc(30);
  header.write('PK\x03\x04', 'latin1');
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(8, 8);
  header.writeUInt32LE(packed.length, 18);
  header.writeUInt32LE(claimedBytes, 22);
  header.writeUInt16LE(name.length, 26);
  return Buffer.concat([header, Buffer.from(name), packed]);
}

/** The reader does not look at the directory, only at its end. */
function zipOf(...entries: Buffer[]): Buffer {
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  return Buffer.concat([...entries, end]);
}

/** The least that a reader takes for a workbook of one sheet. */
function xlsxOf(rows: string): Buffer {
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const packages = 'http://schemas.openxmlformats.org/package/2006/relationships';
  const parts = {
    'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="1" sheetId="1" r:id="r1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="${packages}"><Relationship Id="r1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    'xl/worksheets/sheet1.xml': `<worksheet xmlns="${main}"><sheetData>${rows}</sheetData></worksheet>`,
  };
  return zipOf(...Object.entries(parts).map(([name, xml]) => entryOf(name, Buffer.from(xml))));
}

/** Node reads GB18030 and does not write it: its two-byte part, turned around. */
function gb18030Of(text: string): Buffer {
  const decoder = new TextDecoder('gb18030');
  const bytes = new Map<string, number[]>();
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      bytes.set(decoder.decode(Uint8Array.of(lead, trail)), [lead, trail]);
    }
  }
  return Buffer.from([...text].flatMap((sign) => bytes.get(sign) ?? [sign.charCodeAt(0)]));
}
