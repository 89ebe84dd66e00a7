import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import { OneByOne, Refused } from '@qingpai/platform';
import { SPREADSHEET_HEAP_MB, SPREADSHEET_TIME_MS, UNPACKED_BYTES_MAX } from './limits.js';
import { type Table } from './table.js';

const inflated = promisify(inflateRaw);
const LOCAL_HEADER = Buffer.from('PK\x03\x04', 'latin1');
const HEADER_BYTES = 30;

/**
 * Reads the first sheet in a process of its own: a crafted file (a row numbered four billion) may fill that
 * one's heap or its time, not the market's. A thread is not enough: on newer Node its full heap can end the whole
 * process. Numbers stay text: see `decimalText`.
 */
const readerCode = `
  const decimalText = ${decimalText.toString()};
  const textOfCell = ${textOfCell.toString()};
  const [library] = process.argv.slice(1);
  const parts = [];
  process.stdin.on('data', (part) => parts.push(part)).on('end', async () => {
    const rows = await require(library).readSheet(Buffer.concat(parts), 1, { parseNumber: decimalText });
    process.stdout.write(JSON.stringify(rows.map((row) => row.map(textOfCell))));
  });
`;

/** One at a time: each may take `SPREADSHEET_HEAP_MB`. */
const readers = new OneByOne();

export function isZip(file: Buffer): boolean {
  return file.subarray(0, 4).equals(LOCAL_HEADER);
}

/** The first sheet of an .xlsx file. Throws `bad-file`, or `too-large` when it unpacks to more than allowed. */
export async function tableOfXlsx(file: Buffer): Promise<Table> {
  await refuseZipBomb(file);
  const cells = await readers.run('spreadsheets', () => readBeside(file));
  return { encoding: 'xlsx', cells };
}

/**
 * Excel keeps 45.1 as 45.100000000000001 and shows fifteen digits; what it shows is what the person typed, and
 * that text is what becomes fen.
 */
function decimalText(stored: string): string {
  return String(Number(Number(stored).toPrecision(15)));
}

function textOfCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  return value instanceof Date ? value.toISOString().slice(0, 10) : String(value).trim();
}

function readBeside(file: Buffer): Promise<string[][]> {
  const heap = `--max-old-space-size=${SPREADSHEET_HEAP_MB}`;
  const args = [heap, '-e', readerCode, require.resolve('read-excel-file/node')];
  const limits = {
    timeout: SPREADSHEET_TIME_MS,
    killSignal: 'SIGKILL',
    maxBuffer: UNPACKED_BYTES_MAX,
  } as const;
  return new Promise((resolve, reject) => {
    // It gets nothing of our environment: no key, no address of the database.
    const reader = execFile(process.execPath, args, { ...limits, env: {} }, (error, cells) => {
      if (error) reject(new Refused('bad-file'));
      else resolve(JSON.parse(cells) as string[][]);
    });
    // A reader that ended before it had read everything has said why already.
    reader.stdin?.on('error', () => undefined).end(file);
  });
}

/**
 * Two megabytes of zip can unpack to two thousand: every part that the reader would keep is unpacked here first,
 * into one shared allowance. Looks at local headers wherever they stand, as the reader does, and not at the
 * directory at the end, which may tell another story.
 */
async function refuseZipBomb(file: Buffer): Promise<void> {
  let leftBytes = UNPACKED_BYTES_MAX;
  for (let at = file.indexOf(LOCAL_HEADER); at >= 0; at = file.indexOf(LOCAL_HEADER, at + 4)) {
    leftBytes -= await unpackedBytes(file.subarray(at), leftBytes);
  }
}

async function unpackedBytes(entry: Buffer, leftBytes: number): Promise<number> {
  if (entry.length < HEADER_BYTES) return 0;
  const nameEnd = HEADER_BYTES + entry.readUInt16LE(26);
  const name = entry.toString('latin1', HEADER_BYTES, nameEnd);
  if (!/\.(xml|rels)$/.test(name)) return 0;
  const isPacked = entry.readUInt16LE(8) !== 0;
  const claimedBytes = entry.readUInt32LE(22);
  if (claimedBytes > leftBytes) throw new Refused('too-large');
  if (!isPacked) return claimedBytes;
  const packed = entry.subarray(nameEnd + entry.readUInt16LE(28));
  try {
    return (await inflated(packed, { maxOutputLength: Math.max(1, leftBytes) })).length;
  } catch (error) {
    const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw new Refused(isTooLarge ? 'too-large' : 'bad-file');
  }
}
