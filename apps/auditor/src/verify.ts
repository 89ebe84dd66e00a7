import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { inOrder, verifyBundle, verifyContinued, verifySeason } from '@qingpai/auction/rules';
import { useSha256 } from '@qingpai/ledger/rules';
import { verifyWithNode } from './ed25519.js';
import { reportText, seasonText } from './report.js';

/**
 * `verify <bundle.json> [--policy FILE] [--known FILE]… [--receipts FILE]… [--json]`: judges a show's bundle offline; of two
 * bundles, in either order, a log that went on after a restore and the one before; or with `--season` all shows of a
 * township by its registry. Exits with the verdict's own code (LEDGER §4); 2 means that the command was called
 * wrongly, anything else that it failed itself.
 */
const command = /qingpai-verify/.test(process.argv[1] ?? '') ? 'qingpai-verify' : 'npm run verify --';
const usage = `用法 usage: ${command} <bundle.json> [--policy FILE] [--known FILE]… [--receipts FILE]… [--json]
            ${command} <before.json> <bundle.json> [--policy FILE] …   恢复备份后接续的两本账本  a log continued after a restore
            ${command} --season <season.json> [--policy FILE] …   全乡各场  all shows of a township
  --policy  信任名单（c2sp.org/tlog-policy），由您自己保管  the keys you trust, kept by yourself
  --known   您手里的检查点，可多次  a checkpoint you kept from before, may be repeated
  --receipts 手机导出的出价凭证，可多次  receipts that phones kept, may be repeated
  --json    机器可读  for programs`;

function main(args: string[]): number {
  useSha256((bytes) => new Uint8Array(hash('sha256', bytes, 'buffer')));
  const call = readCall(args);
  if (!call) {
    console.error(usage);
    return 2;
  }
  const { verification, text } = judged(call);
  process.stdout.write(`${call.json ? JSON.stringify(verification, null, 2) : text}\n`);
  return verification.exitCode;
}

type Call = NonNullable<ReturnType<typeof readCall>>;

/** The verdict, and what people are told of it. */
function judged({ season, bundles, known, receipts, policy }: Call) {
  const options = {
    verify: verifyWithNode,
    known: known.map(read),
    receipts: receipts.map(read),
    ...(policy !== undefined && { policy: read(policy) }),
  };
  if (season !== undefined) {
    const verification = verifySeason(read(season), options);
    return { verification, text: seasonText(verification, season) };
  }
  const [last, before] = inOrder(bundles.map(read));
  const verification =
    before === undefined ? verifyBundle(last!, options) : verifyContinued(before, last!, options);
  return { verification, text: reportText(verification, bundles.join(' + ')) };
}

/** Null: called wrongly. Either a bundle, or two that belong together, or a season is named. */
function readCall(args: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        season: { type: 'string' },
        policy: { type: 'string' },
        known: { type: 'string', multiple: true, default: [] },
        receipts: { type: 'string', multiple: true, default: [] },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const isCalled =
      values.season === undefined ? [1, 2].includes(positionals.length) : positionals.length === 0;
    return values.help || !isCalled ? null : { bundles: positionals, ...values };
  } catch {
    return null;
  }
}

const read = (path: string): string => readFileSync(path, 'utf8');

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  // A file that cannot be opened is no verdict.
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
