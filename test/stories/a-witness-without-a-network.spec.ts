import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyBundle } from '@qingpai/auction/rules';
import { verifyByNode } from '@qingpai/ledger';
import { type Certificate, type WitnessState } from '@qingpai/wire';
import { Market, pot } from './kit/market.js';

/** The township's machine has no network: requests and answers are carried on a stick, by an officer. */
const NAME = 'siqiao.example/witness';
const program = join(__dirname, '../../dist/apps/auditor/src/witness.js');
let stick: string;
let market: Market;
const witness = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [program, ...args, '--state', 'memory', '--name', NAME],
    { cwd: stick, encoding: 'utf8' },
  );
  return { status, stdout, stderr };
};
const saves = async (name: string, path: string) =>
  writeFileSync(join(stick, name), await market.must<string>('GET', path));

beforeAll(async () => {
  stick = mkdtempSync(join(tmpdir(), 'qingpai-stick-'));
  const vkey = witness('vkey').stdout.trim();
  market = await Market.open({ OWN_WITNESS: 'no', WITNESSES: `${vkey} -` });
}, 90_000);
afterAll(async () => {
  await market.close();
  rmSync(stick, { recursive: true, force: true });
});

test('it cosigns the list before bidding opens, and what came after, though one answer is lost on the way', async () => {
  const [hostToken, officer] = await Promise.all([market.host(), market.officer()]);
  const showId = await market.draft(hostToken, [pot(), pot({ title: '君子兰' })]);
  const show = `/api/shows/${showId}`;
  const bringsBack = () => {
    const body = new FormData();
    body.append('file', new Blob([readFileSync(join(stick, 'cosignatures.txt'))]), 'cosignatures.txt');
    return market.must<WitnessState>('POST', `${show}/witness/cosignatures`, officer, body);
  };
  const cosigns = () => witness('cosign', 'request.txt', '--out', 'cosignatures.txt');
  const host = await market.enter(showId, hostToken);
  await host.does({ name: 'seal', withoutConsent: 'on-paper' });
  expect(await market.must('GET', `${show}/witness`)).toMatchObject({ witnesses: 1, sealed: false });

  await saves('policy.txt', `${show}/policy`);
  await saves('request.txt', `${show}/witness/request?witness=${NAME}`);
  // It vouches for no log that its operator has not told it of.
  expect(cosigns()).toMatchObject({ status: 1, stderr: expect.stringContaining('404') as string });
  expect(witness('add', 'policy.txt').status).toBe(0);
  expect(cosigns()).toMatchObject({ status: 0, stderr: '' });
  expect(await bringsBack()).toMatchObject({ sealed: true });
  const opened = host.event('show.opened');
  await host.does({ name: 'open' });
  expect((await opened).body).toEqual({ witnessed: true });

  const buyer = await market.signer(showId, '小林');
  for (const lot of ['L1', 'L2']) {
    const hammered = host.event('lot.hammered', lot);
    await host.offers(lot, buyer);
    expect(await buyer.bid(lot, 3_600)).toMatchObject({ ok: true });
    await hammered;
    // The stick with the first of these answers is lost.
    if (lot === 'L1') {
      await saves('request.txt', `${show}/witness/request?witness=${NAME}`);
      expect(cosigns().status).toBe(0);
    }
  }
  await host.does({ name: 'close' });
  await saves('request.txt', `${show}/witness/request?witness=${NAME}`);
  const refused = cosigns();
  expect(refused.status).toBe(1);
  const [, old] = /witness\/request\?old=(\d+)/.exec(refused.stderr)!;
  expect(witness('list').stdout).toContain(`${old}\t`);
  // First the answer that was lost, then what came after it.
  for (const query of [`old=${old}`, `witness=${NAME}`]) {
    await saves('request.txt', `${show}/witness/request?${query}`);
    expect(cosigns()).toMatchObject({ status: 0, stderr: '' });
    await bringsBack();
  }

  const { witness: signed, head } = await market.must<Certificate>('GET', `${show}/certificate`);
  expect(signed).toEqual({ names: [NAME], sealed: true, closed: true, newest: head.size });
  const bundle = JSON.stringify(await market.must('GET', `${show}/bundle`));
  const policy = readFileSync(join(stick, 'policy.txt'), 'utf8');
  const { verdict, notes } = verifyBundle(bundle, { policy, verify: verifyByNode });
  expect(verdict).toBe('ALL_SOLD_UNSETTLED');
  expect(notes.map(({ code }) => code)).not.toContain('late-witness');
}, 120_000);
