import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import { formatVkey, parseWitnessRequest } from '@qingpai/ledger/rules';
import { claim } from './witness/claim.js';
import { keepEvidence } from './witness/evidence.js';
import { Failure } from './witness/failure.js';
import { KnownLogs, logKey, logKeysIn, tellOfLog } from './witness/knownLogs.js';
import { serve } from './witness/server.js';
import { Witness, type WitnessAnswer } from './witness/witness.js';
import { logsFileIn, open, openOrMake } from './witness/witnessFolder.js';

const usage = `用法 usage: npm run witness -- [serve] [--state DIR] [--listen HOST:PORT] [--name NAME] [--log VKEY]… [--logs-file FILE]…
       npm run witness -- add <vkey | policy.txt>   告诉它一个账本 tell it of a log
       npm run witness -- cosign <request.txt> [--out FILE]   离线见证 offline, by file
       npm run witness -- vkey      公钥 its public key
       npm run witness -- list      已见证的账本 what it cosigned
  --state     见证机的文件夹，只属于一台机器，不要复制  its folder, of one machine alone: never copy it   (witness-state)
  --listen    HOST:PORT (127.0.0.1:8040)
  --name      首次启动时的名称  its name, at first start (witness.<machine>)
  --logs-file 账本公钥清单，随时可加  a list of logs' keys that may grow`;

const CLAIM_MS_MAX = 5_000;

type Call = NonNullable<ReturnType<typeof readCall>>;

async function main(args: string[]): Promise<number> {
  const call = readCall(args);
  const run = call && commands[call.command];
  if (!call || !run || call.values.help) {
    console.error(usage);
    return 2;
  }
  return run(call);
}

function readCall(args: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        state: { type: 'string', default: 'witness-state' },
        listen: { type: 'string', default: '127.0.0.1:8040' },
        name: { type: 'string', default: `witness.${hostname()}` },
        log: { type: 'string', multiple: true, default: [] },
        'logs-file': { type: 'string', multiple: true, default: [] },
        out: { type: 'string' },
        // Ends with the process that started it: when its standard input closes.
        'with-parent': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    const [command = 'serve', ...rest] = positionals;
    return { command, rest, values };
  } catch {
    return null;
  }
}

const commands: Record<string, (call: Call) => number | Promise<number>> = {
  serve: start,
  cosign,
  add,
  vkey: ({ values }) => say(formatVkey(openOrMake(values.state, values.name).signer.key)),
  list: ({ values }) => {
    const { state } = open(values.state);
    return say(state.origins.map((origin) => `${state.get(origin)!.size}\t${origin}`).join('\n'));
  },
};

function say(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

/** Resolves when it is told to stop. */
async function start({ values }: Call): Promise<number> {
  // Whoever started the one before us may have died just now; it ends with him.
  const held = await claim(values.state, values['with-parent'] ? CLAIM_MS_MAX : 0);
  if (!held.mine)
    throw new Failure(`这个见证机已在运行 ${held.note}`, `this witness is running already ${held.note}`);
  const witness = witnessOf(values);
  const { url, server } = await serve(witness, addressOf(values.listen), (error) => {
    console.error(error instanceof Error ? error.message : error);
    // Its memory is in doubt: it signs nothing more until somebody has looked.
    process.exit(1);
  });
  held.note = url;
  say(`WITNESS ${witness.vkey} ${url}`);
  await stopped(values['with-parent']);
  held.release();
  server.close();
  server.closeAllConnections();
  return 0;
}

/** The same request on a USB stick; a witness that is running answers it itself. */
async function cosign({ rest, values }: Call): Promise<number> {
  const [file, ...more] = rest;
  if (file === undefined || more.length > 0) return main(['--help']);
  const request = readFileSync(file, 'utf8');
  const held = await claim(values.state);
  const answer = held.mine ? witnessOf(values).addCheckpoint(request) : await askRunning(held.note, request);
  if (held.mine) held.release();
  if (answer.status !== 200) throw refusal(answer, request);
  if (values.out === undefined) process.stdout.write(answer.body);
  else writeFileSync(values.out, answer.body);
  return 0;
}

async function askRunning(url: string, body: string): Promise<WitnessAnswer> {
  const response = await fetch(`${url}/add-checkpoint`, { method: 'POST', body });
  return { status: response.status, body: await response.text() } as WitnessAnswer;
}

function refusal({ status, body }: WitnessAnswer, text: string): Failure {
  const request = parseWitnessRequest(text);
  const size = body.trim();
  if (status === 409 && request.ok && size !== String(request.value.oldSize))
    return new Failure(
      `本机已见证到 ${size} 条，而请求从 ${request.value.oldSize} 条开始：请取一份从 ${size} 开始的请求（…/witness/request?old=${size}）`,
      `409: this machine has cosigned ${size} leaves, the request begins at ${request.value.oldSize}: get one from ${size} (…/witness/request?old=${size})`,
    );
  if (status === 409 || status === 422)
    return new Failure(
      `${status}：这个账本与本机已见证的不是同一份历史。请保留本文件，并报告乡镇`,
      `${status}: this is not the history that this machine has cosigned. Keep the file, and tell the township`,
    );
  return new Failure(`${status}：${body.trim()}`, 'nothing was signed');
}

/** A vkey, or the `log` lines of a policy file (`/api/shows/…/policy`) that was compared by another way. */
function add({ rest, values }: Call): number {
  const [what, ...more] = rest;
  if (what === undefined || more.length > 0) throw new Failure('请给出公钥或文件', 'name a vkey or a file');
  openOrMake(values.state, values.name);
  const keys = existsSync(what) ? logKeysIn(what) : [logKey(what)];
  if (keys.length === 0) throw new Failure(`${what} 里没有账本公钥`, `no log's key in ${what}`);
  for (const key of keys) {
    tellOfLog(logsFileIn(values.state), formatVkey(key));
    say(`+ ${key.name}`);
  }
  return 0;
}

/** Only under our claim: what is read before it may be out of date. */
function witnessOf({ log, ...values }: Call['values']): Witness {
  const { signer, state, logsFile } = openOrMake(values.state, values.name);
  return new Witness({
    signer,
    state,
    logs: new KnownLogs(log, [logsFile, ...values['logs-file']]),
    nowSeconds: () => Math.floor(Date.now() / 1000),
    onContradiction: (request) => {
      const file = keepEvidence(values.state, request, Date.now());
      console.error(`与已见证的历史矛盾，已拒签 / contradicts what was cosigned, refused: ${file ?? ''}`);
    },
  });
}

function addressOf(listen: string): { host: string; port: number } {
  const [, host, port] = /^(.+):(\d{1,5})$/.exec(listen) ?? [];
  if (host === undefined) throw new Failure(`--listen 应为 HOST:PORT`, '--listen must be HOST:PORT');
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) };
}

/** SIGINT, SIGTERM, or the end of who started it. */
function stopped(withParent: boolean): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', resolve).once('SIGTERM', resolve);
    if (withParent) process.stdin.resume().once('end', resolve).once('error', resolve);
  });
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Failure ? error.message : error);
    process.exit(1);
  },
);
