import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled, refuseOldNode } from './ground.mjs';

/**
 * `npm run demo [-- --seed 2020] [--stingy] [--buyers 40]`: the Siqiao evening, played in a minute or two by simulated
 * buyers over real sockets against the real server, on an empty data directory and the real clock. Only the sealed
 * rules are shorter than in life. Ends with the table, the bundle and its verdict.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '2020' },
    stingy: { type: 'boolean', default: false },
    buyers: { type: 'string', default: '40' },
  },
});
const root = join(import.meta.dirname, '..');
refuseOldNode();
if (!(await ensureInstalled()) || !(await ensureBuilt())) process.exit(1);

const { api, enter, signInByCode } = await import('./demo/people.mjs');
const { evening } = await import('./demo/evening.mjs');
const { startServer } = await import('./demo/server.mjs');
const { newKey } = await import('./demo/keys.mjs');
const { afterwards } = await import('./demo/afterwards.mjs');
const { tempersOf } = await import('./demo/tempers.mjs');
const { eveningTable } = await import('./demo/table.mjs');
const rules = createRequire(import.meta.url)(join(root, 'dist/libs/auction/src/rules/index.js'));
const { defaultRules } = createRequire(import.meta.url)(join(root, 'dist/libs/wire/src/index.js'));

const say = (line) => console.log(line);
const HOST_PHONE = '13800000001';
const OFFICER_PHONE = '13800000002';
const buyerCount = Number(values.buyers);
const outDir = join(root, '.data/demo');
const startedAt = performance.now();

/** Windows of an evening in a minute: everything else is as in life. */
const shortRules = {
  ...defaultRules,
  openForMs: 8_000,
  windowMs: 500,
  extensionMs: 500,
  hardEndMs: 20_000,
  lastCallMs: 500,
  clock: { ...defaultRules.clock, tickMs: 160 },
  complaintMs: 0,
  payWithinMs: 15_000,
  secondChance: { answerWithinMs: 60_000, perSaleMax: 3, atLast: 'wait' },
  feePercent: 0,
};

async function play() {
  rmSync(outDir, { recursive: true, force: true });
  // Others may pass through, not read: as root, Postgres runs under another account.
  mkdirSync(outDir, { recursive: true, mode: 0o711 });
  say(
    `清拍演示 · 种子 seed ${values.seed}${values.stingy ? ' · --stingy' : ''} · ${buyerCount} 位买家 buyers`,
  );
  say('启动服务器 starting the server…');
  const server = await startServer(root, join(outDir, 'data'));
  try {
    return await playOn(server);
  } finally {
    await server.stop();
  }
}

async function playOn(server) {
  const http = api(server.address);
  let counter = 0;
  const ids = () =>
    `demo-${values.seed}-${String(++counter).padStart(6, '0')}`.replace(/[^A-Za-z0-9_-]/g, '_');

  const hostToken = await signInByCode(http, server, HOST_PHONE);
  const officerToken = await signInByCode(http, server, OFFICER_PHONE);
  const showId = await makeShow(http, hostToken);
  const person = { address: server.address, showId, rules, ids };
  const hostKey = newKey();
  await http.post(`/api/shows/${showId}/staff`, { key: hostKey.key }, hostToken);
  const host = await enter({ ...person, token: hostToken, key: hostKey });
  await host.syncClock();
  const draft = await http.get(`/api/shows/${showId}/seal`, hostToken);
  await host.command({ name: 'seal', withoutConsent: 'on-paper' }, { type: 'show.sealed', body: draft });
  await approve(http, showId, officerToken, host.state.origin);
  const buyers = await letIn(http, server, person, hostToken);
  await host.command({ name: 'open', reason: 'none-configured' });
  say(`已锁定、开场 sealed and open · ${buyers.length} 位买家已入场`);

  const lots = Object.values(host.state.lots).sort((a, b) => (a.number < b.number ? -1 : 1));
  const references = lots.map((lot) => ({ ...lot, referenceFen: lot.referenceFen ?? lot.startFen }));
  const tempers = tempersOf(values.seed, references, buyers, values.stingy);
  const played = evening({ host, buyers, tempers, rules, http, showId, ids, say });
  for (const { lot } of lots) await played.callLot(lot);
  say('返场 what did not sell comes back');
  await played.bringBack();
  const closing = rules.decide(host.state, { by: 'host', name: 'close' }, host.state.t, {
    floors: new Map(),
  });
  await host.command({ name: 'close' }, closing.events[0]);
  const after = await afterwards({ host, buyers, rules, http, showId, hostToken, officerToken, say });

  await sameForAll(http, showId, [host, ...buyers]);
  const { raced, repeated, dropped, lastSecond, latePresses, bids } = played.counts;
  say(
    `压哨出价 last-second bids ${lastSecond} · 同价同刻 races ${raced} · 重复提交 repeated ${repeated} · 断线重连 dropped ${dropped} · 晚到的按 late presses ${latePresses}`,
  );
  say(
    `线下付款 paid by hand ${after.payments} · 顺位成交 second chances ${after.chances} · 退款 refunded ¥${after.refundedFen / 100} · 已付花农 growers paid ${after.growers} · 已结算 settled`,
  );
  say(`${buyers.length + 1} 台手机与服务器状态一致 phones hold exactly the server's state`);
  const certificate = await http.get(`/api/shows/${showId}/certificate`);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  say(eveningTable(certificate, { bids, buyers: buyers.length, seconds }));
  say(`  结果指纹 outcome ${outcomeOf(host.state)}`);
  for (const one of [host, ...buyers]) one.leave();
  return keep(http, showId, officerToken);
}

async function makeShow(http, token) {
  const { showId } = await http.post('/api/shows', { title: '泗桥鲜花助农专场', rules: shortRules }, token);
  const csv = readFileSync(join(root, 'apps/market/seed/siqiao-show.csv'));
  const form = new FormData();
  form.append('file', new Blob([csv], { type: 'text/csv' }), 'siqiao-show.csv');
  const report = await http.upload(`/api/shows/${showId}/import`, form, token);
  const done = await http.post(`/api/shows/${showId}/import/confirm`, { importId: report.importId }, token);
  say(`导入 imported ${done.lots} 件 lots, ${done.units} 份 units (${report.encoding})`);
  return showId;
}

/** A third by printed slip, a third admitted by the host, the rest by phone and code: three ways in. */
async function letIn(http, server, person, hostToken) {
  const { showId } = person;
  const { slips } = await http.post(
    `/api/shows/${showId}/slips`,
    { count: Math.ceil(buyerCount / 3) },
    hostToken,
  );
  const ways = [
    async (nickname, at) =>
      (await http.post('/api/sign-in/slip', { token: slips[Math.floor(at / 3)].token, nickname })).token,
    async (nickname) => {
      const { token } = await http.post(`/api/shows/${showId}/wait`, { nickname });
      const { waiting } = await http.get(`/api/shows/${showId}/waiting`, hostToken);
      await http.post(`/api/shows/${showId}/admit`, { member: waiting.at(-1).member }, hostToken);
      return token;
    },
    (nickname, at) => signInByCode(http, server, `139${String(10_000_000 + at)}`, nickname),
  ];
  const buyers = [];
  for (let at = 0; at < buyerCount; at++) {
    const token = await ways[at % 3](`买家${at + 1}`, at);
    const key = newKey();
    await http.post(`/api/shows/${showId}/join`, { key: key.key }, token);
    buyers.push(await enter({ ...person, token, key }));
  }
  return buyers;
}

/** The officer has compared the sealed list with the floor, and signs that with a key of her own. */
async function approve(http, showId, token, origin) {
  const { list, note } = await http.get(`/api/shows/${showId}/approval`, token);
  const { key, sign } = newKey();
  const leaf = { type: 'show.approved', body: { list, note, key } };
  await http.post(
    `/api/shows/${showId}/approval`,
    { list, key, sig: sign(rules.actMessage(leaf, origin)) },
    token,
  );
}

/** Snapshot + events = a fresh snapshot, on every phone. */
async function sameForAll(http, showId, people) {
  const { state } = await http.get(`/api/shows/${showId}`);
  for (const one of people) {
    await one.reached(state.next);
    if (!one.sees(state)) throw new Error(`paddle ${one.me.paddle} holds another state than the server`);
  }
}

/** Winners, prices and ends, without ids and times: the same for the same seed. */
function outcomeOf(state) {
  const lots = Object.values(state.lots)
    .sort((a, b) => (a.number < b.number ? -1 : 1))
    .map(({ number, lot, phase }) => [
      number,
      phase,
      Object.values(state.sales)
        .filter((sale) => sale.lot === lot)
        .map((sale) => [state.bidders[sale.bidder].paddle, sale.units, sale.unitPriceFen]),
    ]);
  return createHash('sha256').update(JSON.stringify(lots)).digest('hex').slice(0, 12);
}

/** Keeps what an auditor takes home: the public bundle, the officer's with the floors, the policy. */
async function keep(http, showId, officerToken) {
  const files = {
    bundle: join(outDir, `${showId}.bundle.json`),
    officer: join(outDir, `${showId}.officer.json`),
    policy: join(outDir, `${showId}.policy`),
  };
  const textOf = async (path, token) => {
    const answer = await http.get(path, token);
    return typeof answer === 'string' ? answer : JSON.stringify(answer);
  };
  writeFileSync(files.bundle, await textOf(`/api/shows/${showId}/bundle`));
  writeFileSync(files.officer, await textOf(`/api/shows/${showId}/bundle/officer`, officerToken), {
    mode: 0o600,
  });
  writeFileSync(files.policy, await textOf(`/api/shows/${showId}/policy`));
  return files;
}

function verify(bundle, policy) {
  const args = [join(root, 'scripts/verify.mjs'), bundle, '--policy', policy, '--json'];
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  return JSON.parse(stdout).verdict;
}

const files = await play();
const here = (path) => relative(process.cwd(), path);
say(`账本包 bundle        ${here(files.bundle)}`);
say(`乡镇账本包 with floors ${here(files.officer)}`);
say(`信任名单 policy      ${here(files.policy)}`);
say(`verify: npm run verify -- ${here(files.bundle)} --policy ${here(files.policy)}`);
const verdicts = [files.bundle, files.officer].map((bundle) => verify(bundle, files.policy));
say(`公开包 public: ${verdicts[0]} · 含底价 with floors: ${verdicts[1]}`);
say(verdicts[1]);
const wanted = values.stingy ? 'ALL_ACCOUNTED_NOT_ALL_SOLD' : 'ALL_SOLD_AND_SETTLED';
process.exitCode = verdicts.every((verdict) => verdict === wanted) ? 0 : 1;
