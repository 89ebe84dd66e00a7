import { bundleDigest, verifyBundle } from '@qingpai/auction/rules';
import { verifyByNode } from '@qingpai/ledger';
import { openCheckpoint, parsePolicy } from '@qingpai/ledger/rules';
import { type Certificate, type RegistryView, type WitnessState } from '@qingpai/wire';
import { Market, pot } from '../stories/kit/market.js';
import { Litewitness, litewitness } from './kit/litewitness.js';

/** A whole evening is followed by the public witness litewitness v0.9.0 beside our own, each with a key of its own. */
const program = litewitness();
const judged = program ? it : it.skip;
const title = program ? '' : 'litewitness v0.9.0 (or ssh-agent, python3) could not be had: not judged: ';
const NAME = 'litewitness.example/w1';

let foreign: Litewitness;
let market: Market;
beforeAll(async () => {
  if (!program) return;
  foreign = await Litewitness.start(program, NAME);
  market = await Market.open({ WITNESSES: `${foreign.vkey} ${foreign.url}` });
}, 60_000);
afterAll(async () => {
  if (!program) return;
  await market.close();
  foreign.stop();
});

const text = (path: string) => market.must<string>('GET', path);
const vkeyIn = (policy: string): string => /^log (\S+)/m.exec(policy)![1]!;
async function until(what: string, is: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 40_000; Date.now() < end;) {
    if (await is()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`in vain: ${what}`);
}

judged(
  `${title}a whole evening is cosigned by both, and both stand in the certificate`,
  async () => {
    const token = await market.host();
    const showId = await market.draft(token, [pot(), pot({ title: '君子兰' }), pot({ title: '蝴蝶兰' })]);
    const show = `/api/shows/${showId}`;
    const registry = await market.must<RegistryView>('GET', '/api/townships/siqiao/registry');
    foreign.learn(registry.origin, registry.vkey);
    const vkey = vkeyIn(await text(`${show}/policy`));
    foreign.learn(vkey.split('+')[0]!, vkey);

    const host = await market.enter(showId, token);
    await host.does({ name: 'seal', withoutConsent: 'on-paper' });
    const names = async () => (await market.must<Certificate>('GET', `${show}/certificate`)).witness.names;
    await until('both have cosigned the sealed list', async () => (await names()).length === 2);
    // Witnessed, so the host need give no reason.
    await host.does({ name: 'open' });
    const buyer = await market.signer(showId, '小林');
    for (const lot of ['L1', 'L2', 'L3']) {
      const hammered = host.event('lot.hammered', lot);
      await host.offers(lot, buyer);
      expect(await buyer.bid(lot, 3_600)).toMatchObject({ ok: true });
      await hammered;
    }
    await host.does({ name: 'close' });

    // Any one of them is enough for our own policy; this auditor wants both.
    const policy = (await text(`${show}/policy`)).replace('group witnesses any', 'group witnesses all');
    const pinned = parsePolicy(policy);
    if (!pinned.ok) throw new Error(pinned.reason);
    const keys = [...pinned.value.logs, ...pinned.value.witnesses.map(({ key }) => key)];
    expect(keys).toHaveLength(3);
    const signers = (note: string): string[] => {
      const opened = openCheckpoint(note, keys, verifyByNode);
      return opened.ok ? opened.value.signatures.map(({ key }) => key.name).sort() : [];
    };
    const noteOf = async (at: string) =>
      (await market.must<Certificate>('GET', `${show}/certificate`)).checkpoints.find((one) => one.at === at)
        ?.note;
    for (const at of ['sealed', 'closed']) {
      await until(`three signatures at ${at}`, async () => signers((await noteOf(at)) ?? '').length === 3);
      expect(signers((await noteOf(at))!)).toContain(NAME);
    }
    expect(await market.must<WitnessState>('GET', `${show}/witness`)).toMatchObject({
      witnesses: 2,
      sealed: true,
    });

    const bundle = JSON.stringify(await market.must('GET', `${show}/bundle`));
    const judgedByUs = verifyBundle(bundle, { policy, verify: verifyByNode });
    expect(judgedByUs).toMatchObject({ verdict: 'ALL_SOLD_UNSETTLED', findings: [] });
    expect(judgedByUs.notes.map(({ code }) => code)).not.toContain('late-witness');
    // The same leaves without the other's lines: both were asked for, so nobody vouches any more.
    const stripped = JSON.parse(bundle) as { checkpoints: string[]; digest: string };
    stripped.checkpoints = stripped.checkpoints.map((note) =>
      note
        .split('\n')
        .filter((line) => !line.startsWith(`— ${NAME} `))
        .join('\n'),
    );

    stripped.digest = bundleDigest(stripped)!;
    const alone = verifyBundle(JSON.stringify(stripped), { policy, verify: verifyByNode });
    expect(alone).toMatchObject({ verdict: 'UNTRUSTED', findings: [{ code: 'quorum-missing' }] });

    await until('the registry is cosigned as well', async () =>
      (await text('/api/townships/siqiao/log/checkpoint')).includes(`— ${NAME} `),
    );
  },
  120_000,
);
