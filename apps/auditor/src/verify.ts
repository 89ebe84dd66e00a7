import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { verifyBundle } from '@qingpai/auction/rules';
import { verifyWithNode } from './ed25519.js';
import { reportText } from './report.js';

/**
 * `verify <bundle.json> [--policy FILE] [--known FILE]… [--json]`: judges a show's bundle offline. Exits with the
 * verdict's own code (LEDGER §4); 2 means that the command was called wrongly, anything else that it failed itself.
 */
const usage = `用法 usage: npm run verify -- <bundle.json> [--policy FILE] [--known FILE]… [--json]
  --policy  信任名单（c2sp.org/tlog-policy），由您自己保管  the keys you trust, kept by yourself
  --known   您手里的检查点，可多次  a checkpoint you kept from before, may be repeated
  --json    机器可读  for programs`;

function main(args: string[]): number {
  const call = readCall(args);
  if (!call) {
    console.error(usage);
    return 2;
  }
  const verification = verifyBundle(read(call.bundle), {
    verify: verifyWithNode,
    known: call.known.map(read),
    ...(call.policy !== undefined && { policy: read(call.policy) }),
  });
  const text = call.json ? JSON.stringify(verification, null, 2) : reportText(verification, call.bundle);
  process.stdout.write(`${text}\n`);
  return verification.exitCode;
}

function readCall(args: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        policy: { type: 'string' },
        known: { type: 'string', multiple: true, default: [] },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const [bundle, ...rest] = positionals;
    return values.help || bundle === undefined || rest.length > 0 ? null : { bundle, ...values };
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
