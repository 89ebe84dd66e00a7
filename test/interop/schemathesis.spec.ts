import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Market } from '../stories/kit/market.js';

/**
 * schemathesis reads /docs-json as a stranger does and asks the running server for everything in it, well and badly
 * formed. Brought into one git-ignored folder by its ordinary package client when INTEROP=1, or found on the PATH.
 */
const VERSION = '4.32.5';
const folder = join(__dirname, '../../.cache/interop/schemathesis');
const program = join(folder, 'bin/st');
const INSTALL_MS_MAX = 240_000;
const RUN_SECONDS = 25;

function found(): string | null {
  if (existsSync(program)) return program;
  if (spawnSync('st', ['--version']).status === 0) return 'st';
  if (process.env.INTEROP !== '1' || spawnSync('python3', ['--version']).status !== 0) return null;
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync('python3', ['-m', 'venv', folder], { timeout: INSTALL_MS_MAX });
    const pip = ['install', '--quiet', `schemathesis==${VERSION}`];
    execFileSync(join(folder, 'bin/pip'), pip, { timeout: INSTALL_MS_MAX });
    return program;
  } catch {
    rmSync(folder, { recursive: true, force: true });
    return null;
  }
}

const schemathesis = found();
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
];

let market: Market;
let cwd: string;
beforeAll(async () => {
  market = await Market.open();
  cwd = mkdtempSync(join(tmpdir(), 'qingpai-schemathesis-'));
});
afterAll(async () => {
  rmSync(cwd, { recursive: true, force: true });
  await market.close();
});

const cases: [string, () => Promise<string | null>][] = [
  ['a guest', async () => null],
  ['a host', () => market.host()],
  ['an officer', () => market.officer()],
];
(schemathesis ? test : test.skip).each(cases)(
  `${schemathesis ? 'the server keeps its own description' : `schemathesis ${VERSION} could not be had: not judged`}, asked by %s`,
  async (_, signIn) => {
    const token = await signIn();
    const args = ['run', `${market.origin}/docs-json`, '--checks', checks.join(',')];
    args.push('--phases', 'examples,coverage,fuzzing', '-n', '6', '--seed', '2020');
    args.push('--max-time', String(RUN_SECONDS), '--continue-on-failure', '--warnings', 'off', '--no-color');
    // Signing out would end the session of the run itself.
    args.push('--exclude-path', '/api/sign-out');
    if (token) args.push('-H', `Authorization: Bearer ${token}`);
    // Not in one go: the server's own output has to be read meanwhile, or its pipe fills and it stands still.
    const failure = await new Promise<string | null>((resolve) => {
      execFile(schemathesis!, args, { cwd, timeout: 100_000, maxBuffer: 1 << 26 }, (error, stdout) =>
        resolve(error ? stdout.slice(-6_000) || error.message : null),
      );
    });
    expect(failure).toBeNull();
  },
  120_000,
);
