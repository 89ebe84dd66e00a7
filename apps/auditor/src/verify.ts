import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { inOrder, verifyBundle, verifyContinued, verifySeason, worse } from '@qingpai/auction/rules';
import { useSha256 } from '@qingpai/ledger/rules';
import { type Verification, verdicts } from '@qingpai/wire';
import { verifyWithNode } from './ed25519.js';
import { judgeRecording, recordingLines, verdictOfRecording } from './recording.js';
import { reportText, seasonText } from './report.js';

/**
 * `verify <bundle.json> [--policy FILE] [--known FILE]… [--receipts FILE]… [--json]`: judges a show's bundle offline; of
 * several bundles, in any order, a log that went on after restores and those before; or with `--season` all shows of a
 * township by its registry. Exits with the verdict's own code (LEDGER §4); 2 means that the command was called
 * wrongly, anything else that it failed itself.
 */
const command = /qingpai-verify/.test(process.argv[1] ?? '') ? 'qingpai-verify' : 'npm run verify --';
const usage = `用法 usage: ${command} <bundle.json> [--policy FILE] [--known FILE]… [--receipts FILE]… [--recording DIR] [--json]
            ${command} <before.json>… <bundle.json> [--policy FILE] …   恢复备份后接续的各本账本  a log continued after restores
            ${command} --season <season.json> [--policy FILE] …   全乡各场  all shows of a township
  --policy  信任名单（c2sp.org/tlog-policy），由您自己保管  the keys you trust, kept by yourself
  --known   您手里的检查点，可多次  a checkpoint you kept from before, may be repeated
  --receipts 手机存下的凭证、证据或凭证二维码里的文字，可多次  receipts or evidence that phones kept, or the text of a receipt's QR; may be repeated
  --recording 录像文件夹，与账本里的哈希逐段比对  a folder of recordings, compared with the hashes in the log
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
function judged({ season, bundles, known, receipts, policy, recording }: Call) {
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
  const texts = bundles.map(read);
  const { chain, aside } = inOrder(texts);
  const nameOf = (text: string) => bundles[texts.indexOf(text)]!;
  if (aside.length > 0) return ofStrangers(aside, nameOf);
  const verification = verifyContinued(chain, options);
  const name = chain.map(nameOf).reverse().join(' + ');
  if (recording !== undefined) return withRecording(verification, chain[0]!, { bundle: name, recording });
  return { verification, text: reportText(verification, name) };
}

/** A bad copy is told as such; of logs that have nothing to do with each other no verdict is given. */
function ofStrangers(aside: readonly string[], nameOf: (text: string) => string) {
  for (const text of aside) {
    const verification = verifyBundle(text);
    if (verification.verdict === 'DAMAGED') {
      return { verification, text: reportText(verification, nameOf(text)) };
    }
  }
  const names = aside.map(nameOf).join(', ');
  throw new Error(
    `这些账本不相接续，请分别核验 these logs do not go on from each other, verify each alone: ${names}`,
  );
}

/** What cannot be read as a log says nothing of files. */
function withRecording(judgement: Verification, text: string, at: { bundle: string; recording: string }) {
  if (judgement.size === 0) return { verification: judgement, text: reportText(judgement, at.bundle) };
  const { leaves } = JSON.parse(text) as { leaves: string[] };
  const report = judgeRecording(leaves, at.recording);
  const verdict = worse(judgement.verdict, verdictOfRecording(report) ?? judgement.verdict);
  const verification = { ...judgement, verdict, exitCode: verdicts[verdict] };
  return {
    verification: { ...verification, recording: report },
    text: reportText(verification, at.bundle, recordingLines(report)),
  };
}

/** Null: called wrongly. Either a bundle, or several that belong together, or a season is named; files belong to one log. */
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
        recording: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const isCalled = (values.season === undefined) === positionals.length > 0;
    const isOfSeveral = values.recording !== undefined && positionals.length !== 1;
    return values.help || !isCalled || isOfSeveral ? null : { bundles: positionals, ...values };
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
