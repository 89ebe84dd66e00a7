import { execFile, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { notMeasured, row } from './table.mjs';

/** What has to hold whatever the speed: G11, the crashes; G12, the verifier. */

const SCALED_TO = 100_000;

/** The show of the signed bids, gone on with until it has so many, then judged offline as an auditor does it. */
export async function verifying(rig, root, room, { bids, say }) {
  const { house } = rig;
  const stored = () => room.told.filter(({ answer }) => answer?.ok).length;
  while (stored() < bids) {
    const { accepted } = await rig.run(room, { way: 'race', forMs: 3_000 });
    if (accepted === 0) throw new Error('no signed bid is accepted any more');
  }
  const files = await bundleOf(house, room.showId);
  const beganMs = performance.now();
  const verify = join(root, 'dist/apps/auditor/src/verify.js');
  const { stdout } = spawnSync(process.execPath, [verify, files.bundle, '--policy', files.policy, '--json'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  const seconds = (performance.now() - beganMs) / 1_000;
  const { verdict } = JSON.parse(stdout);
  const count = stored();
  say(`  ${count} signed bids judged in ${seconds.toFixed(1)} s: ${verdict}`);
  // The show is open still, so that is all that can be said of it; whatever else is said, the bundle was not sound.
  const took = verdict === 'INCOMPLETE' ? seconds * (SCALED_TO / count) : `the verdict was ${verdict}`;
  const note = `${count} bids of an open show took ${seconds.toFixed(1)} s, scaled`;
  return row('G12', '100 000 signed bids verified offline, s', '≤ 60', [took], note);
}

async function bundleOf(house, showId) {
  const files = {};
  for (const name of ['bundle', 'policy']) {
    const answer = await house.http.get(`/api/shows/${showId}/${name}`);
    files[name] = join(house.dataDir, name);
    writeFileSync(files[name], typeof answer === 'string' ? answer : JSON.stringify(answer));
  }
  return files;
}

/** `npm run faults`, so many rounds of the server killed while people bid. */
export async function crashes(root, { rounds, say }) {
  const args = ['--rounds', String(rounds), '--only', 'server-kill'];
  const {
    stdout,
    stderr,
    code = 0,
  } = await promisify(execFile)(process.execPath, [join(root, 'scripts/faults.mjs'), ...args], {
    cwd: root,
  }).catch((failed) => failed);
  const printed = `${stdout}${stderr}`.split('\n');
  const names = cellsOf(printed.find((text) => text.startsWith('| fault ')));
  const cells = cellsOf(printed.find((text) => text.startsWith('| server-kill')));
  if (cells.length === 0) return notMeasured('G11', 'kill -9', `npm run faults ended with ${code}`);
  const of = (name) => cells[names.indexOf(name)];
  const [played, inFlight, acknowledged] = [of('rounds'), of('in flight'), of('acknowledged')];
  say(`  killed ${played} times, ${inFlight} in flight, ${acknowledged} acknowledged: lost ${of('lost')}`);
  const broken = ['lost', 'announced, not stored', 'other breaks'].reduce(
    (sum, name) => sum + Number(of(name)),
    0,
  );
  const note = `${played} rounds; in flight ${inFlight}; acknowledged ${acknowledged}`;
  return row(
    'G11',
    'kill -9: acknowledged and lost, announced and not stored, other breaks',
    '= 0',
    [broken],
    note,
  );
}

const cellsOf = (line) => (line === undefined ? [] : line.split('|').map((cell) => cell.trim()));
