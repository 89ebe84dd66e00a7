import { canonical, formatPolicy, formatVkey, toBase64, utf8 } from '@qingpai/ledger/rules';
import { type Bundle } from '@qingpai/wire';
import { catalogueLeaves, catalogueRootOf, clockPriceFen, vouchedBytes } from '../index.js';
import { verifySeason } from './index.js';
import {
  bundleOf,
  cosigned,
  digested,
  essenceOf,
  leavesOf,
  noteAt,
  policyWith,
  receiptOf,
  sealedShow,
  signerOf,
  witnessOf,
} from '../testing/paperBundle.js';
import {
  originOf,
  PaperSeason,
  quoted,
  REGISTRY,
  registryPolicy,
  registrySigner,
} from '../testing/paperSeason.js';
import { HASH, LIN, type PaperLot, PaperShow, WU } from '../testing/paperShow.js';

const DAY = 24 * 3_600_000;
const [FIRST, SECOND] = ['20261124-01', '20261124-02'];
const policy = registryPolicy;

/** One evening: the lots are sold one after the other, or carried. */
function evening(show: string, lots: Record<string, PaperLot>, carried: string[] = []): PaperShow {
  const paper = sealedShow(lots, {
    opened: { origin: originOf(show), township: 'market.example/township/siqiao' },
  });
  for (const lot of carried) paper.does(0, { name: 'carry', lot });
  for (const lot of Object.keys(lots)) {
    if (carried.includes(lot)) continue;
    const atMs = paper.state.t + 1_000;
    paper.does(atMs, { name: 'offer', lot });
    paper.bid(atMs + 1_000, LIN, 3_600);
    paper.pass(atMs + 200_000);
  }
  paper.does(paper.state.t, { name: 'close' });
  return paper;
}

/** Two evenings, all sold. */
function twoEvenings(): PaperSeason {
  const season = new PaperSeason();
  season.registers(FIRST);
  season.registers(SECOND);
  season.holds(evening(FIRST, { L1: {} }));
  season.holds(evening(SECOND, { L1: {}, L2: { units: 3 } }));
  return season;
}
const judged = (text: string, options = {}) => verifySeason(text, { policy, ...options });
const codes = (text: string, options = {}) => {
  const { verdict, findings } = judged(text, options);
  return [verdict, ...findings.map(({ code }) => code)];
};

describe('a season that holds', () => {
  it('has the worst verdict of its shows, and tells that of each', () => {
    const verification = judged(twoEvenings().text());
    expect(verification).toMatchObject({ verdict: 'ALL_SOLD_UNSETTLED', exitCode: 10, findings: [] });
    expect(verification.gates.map(({ ok }) => ok)).toEqual(Array(7).fill(true));
    expect(verification.shows).toMatchObject([
      { show: FIRST, standing: 'judged', verification: { verdict: 'ALL_SOLD_UNSETTLED' } },
      { show: SECOND, standing: 'judged', verification: { verdict: 'ALL_SOLD_UNSETTLED' } },
    ]);
  });

  it('needs no bundle of a show that was cancelled', () => {
    const season = twoEvenings();
    season.registers('20261125-01');
    season.logs({ type: 'show.cancelled', body: { show: '20261125-01' } }, 9 * DAY);
    const { verdict, notes, shows } = judged(season.text());
    expect([verdict, shows[2]!.standing]).toEqual(['ALL_SOLD_UNSETTLED', 'cancelled']);
    expect(notes.map(({ code }) => code)).toContain('show-cancelled');
  });

  it('is incomplete while a registered show is not due', () => {
    const season = twoEvenings();
    season.registers('20261125-01', 5 * DAY);
    season.logs({ type: 'report.filed', body: { hash: HASH } }, 6 * DAY - 1);
    const { verdict, findings, shows } = judged(season.text());
    expect([verdict, findings, shows[2]!.standing]).toEqual(['INCOMPLETE', [], 'notDue']);
  });

  it('is incomplete while nothing was judged', () => {
    expect(codes(new PaperSeason().text())).toEqual(['INCOMPLETE']);
  });

  it('is incomplete while the registry has not noted a close', () => {
    const season = new PaperSeason();
    season.registers(FIRST);
    const paper = sealedShow({ L1: {} }, { opened: { origin: originOf(FIRST) } });
    season.holds(paper);
    paper.does(1_000, { name: 'withdraw', lot: 'L1', reason: 'damaged' });
    paper.does(1_000, { name: 'close' });
    season.bundles.set(FIRST, digested(bundleOf(paper)));
    const { verdict, notes } = judged(season.text());
    expect([verdict, notes.map(({ code }) => code).at(-1)]).toEqual(['INCOMPLETE', 'close-not-noted']);
  });
});

describe('a registry that goes on in another log after a restore', () => {
  const THIRD = '20261125-01';
  /** Two evenings, a restore, and a third that the new log lists; its show's log names the new registry. */
  function threeEvenings(change?: Parameters<PaperSeason['goesOn']>[0]): PaperSeason {
    const season = twoEvenings();
    season.goesOn(change);
    season.registers(THIRD);
    const paper = sealedShow({ L1: {} }, { opened: { origin: originOf(THIRD), township: season.origin } });
    paper.does(0, { name: 'offer', lot: 'L1' });
    paper.bid(1_000, LIN, 3_600);
    paper.pass(200_000);
    paper.does(paper.state.t, { name: 'close' });
    season.holds(paper);
    return season;
  }
  const signedAt = (season: PaperSeason, size: number) =>
    noteAt(season.before[0]!.leaves.map(utf8), size, registrySigner);

  it('is judged with the one before by the one key that was pinned at first', () => {
    const verification = judged(threeEvenings().text());
    expect(verification).toMatchObject({ verdict: 'ALL_SOLD_UNSETTLED', findings: [] });
    expect(verification.shows.map(({ show }) => show)).toEqual([FIRST, SECOND, THIRD]);
    expect(verification.notes).toContainEqual(
      expect.objectContaining({ code: 'registry-continued', en: expect.stringContaining(`${REGISTRY} (7)`) }),
    );
    const twice = threeEvenings();
    twice.goesOn();
    twice.registers('20261126-01', DAY);
    const { verdict, findings, shows } = judged(twice.text());
    expect([verdict, findings, shows.length]).toEqual(['INCOMPLETE', [], 4]);
  });

  it('is worth nothing without the one before, or beside another', () => {
    const season = threeEvenings();
    expect(codes(season.text((text) => delete text.before))).toEqual(['UNTRUSTED', 'key-not-pinned']);
    const both = formatPolicy({
      ...{ logs: [registrySigner.key, season.signer.key], witnesses: [], groups: [], quorum: 'none' },
    });
    expect(
      codes(
        season.text((text) => delete text.before),
        { policy: both },
      ),
    ).toEqual(['INCOMPLETE', 'registry-before-missing']);
    expect(codes(season.text())).toEqual(codes(season.text(), { policy: both }));
    const other = new PaperSeason();
    const text = other.text((made) => Object.assign(made, { before: season.before }));
    expect(codes(text)).toEqual(['INVALID', 'registry-not-vouched']);
  });

  it('vouches for the new key with the old one, and for no other', () => {
    const forged = threeEvenings((honest) => ({ ...honest, size: honest.size - 1 }));
    expect(codes(forged.text())).toEqual(['INVALID', 'registry-not-vouched']);
    const byItself = threeEvenings((honest) => {
      const signer = signerOf(`${REGISTRY}/2`, 41);
      return { ...honest, vouched: toBase64(signer.sign(vouchedBytes(honest))) };
    });
    expect(codes(byItself.text())).toEqual(['INVALID', 'registry-not-vouched']);
    const pinnedOther = formatPolicy({
      ...{ logs: [registrySigner.key, signerOf(`${REGISTRY}/2`, 99).key], witnesses: [], groups: [] },
      quorum: 'none',
    });
    expect(codes(threeEvenings().text(), { policy: pinnedOther })).toEqual(['INVALID', 'key-differs']);
  });

  it('goes on from the very head that the one before leads to', () => {
    const abandoned = threeEvenings(() => {
      const bytes = twoEvenings().leaves.map(utf8);
      const by = { origin: REGISTRY, signer: registrySigner };
      return quoted(bytes, by, signerOf(`${REGISTRY}/2`, 41), bytes.length - 2);
    });
    expect(codes(abandoned.text())).toEqual(['INVALID', 'leaves-abandoned']);
    const cut = threeEvenings();
    const short = cut.text(({ before: [log] = [] }) => {
      log!.leaves.pop();
      log!.checkpoints = [noteAt(log!.leaves.map(utf8), log!.leaves.length, registrySigner)];
    });
    expect(codes(short)).toEqual(['INCOMPLETE', 'leaves-missing']);
    const another = threeEvenings();
    const changed = another.text(({ before: [log] = [] }) => {
      log!.leaves[6] = log!.leaves[6]!.replace(/"note":"[^"]+"/, `"note":"${HASH}"`);
      log!.checkpoints = [noteAt(log!.leaves.map(utf8), log!.leaves.length, registrySigner)];
    });
    expect(codes(changed)).toEqual(['INVALID', 'before-differs']);
  });

  it('opens once, goes on once, and lists no show twice', () => {
    const again = threeEvenings();
    again.writes({
      ...{ type: 'show.registered', i: again.leaves.length, t: again.state.t },
      body: { n: again.state.n + 1, show: FIRST, origin: originOf(FIRST), vkey: formatVkey(signerOf(originOf(FIRST)).key), startsAt: 0 },
    }); // prettier-ignore
    expect(codes(again.text())).toEqual(['INVALID', 'registered-twice']);
    const inside = threeEvenings();
    const continues = quoted(inside.leaves.map(utf8), inside, signerOf(`${REGISTRY}/9`, 9));
    inside.writes({
      ...{ type: 'registry.opened', i: inside.leaves.length, t: inside.state.t },
      body: { n: inside.state.n + 1, origin: `${REGISTRY}/9`, township: 'siqiao', continues },
    });
    expect(codes(inside.text())).toEqual(['INVALID', 'registry-first']);
    const renumbered = threeEvenings();
    renumbered.leaves.splice(0, 1, renumbered.leaves[0]!.replace('"n":8', '"n":1'));
    expect(codes(renumbered.text())).toEqual(['INVALID', 'registry-number']);
  });

  it('is older than who holds a head of the one before from after the copy, and accuses nobody', () => {
    const season = threeEvenings();
    const longer = twoEvenings();
    longer.logs({ type: 'report.filed', body: { hash: HASH } });
    const lost = noteAt(longer.leaves.map(utf8), 8, registrySigner);
    expect(codes(season.text(), { known: [signedAt(season, 7)] })).toEqual(['ALL_SOLD_UNSETTLED']);
    expect(codes(season.text(), { known: [lost] })).toEqual(['STALE', 'older-than-known']);
    // Had it grown from the copy, the same note would convict it.
    const forked = twoEvenings();
    forked.registers(THIRD);
    expect(codes(forked.text(), { known: [lost] })).toEqual(['EQUIVOCATION', 'two-histories']);
  });

  it('must be witnessed from its opening on, where the one before noted a close', () => {
    const season = twoEvenings();
    season.goesOn();
    const strict = policyWith([witnessOf()], registrySigner);
    expect(codes(season.text(), { policy: strict })).toEqual(['UNTRUSTED', 'quorum-missing']);
    const seen = season.text(({ registry }) => {
      const log = registry as { leaves: string[]; checkpoints: string[] };
      log.checkpoints = [cosigned(noteAt(log.leaves.map(utf8), 1, season.signer), 1)];
    });
    // The shows' own notes bear no witness: their registry's do.
    expect(
      judged(seen, { policy: strict })
        .gates.slice(0, 5)
        .map(({ ok }) => ok),
    ).toEqual(Array(5).fill(true));
  });
});

describe('no show vanishes', () => {
  it('when its bundle is left out', () => {
    const season = twoEvenings();
    season.bundles.delete(SECOND);
    expect(codes(season.text())).toEqual(['INVALID', 'show-missing']);
    expect(judged(season.text()).shows[1]).toMatchObject({ standing: 'missing', verification: null });
  });

  it('when it was neither sealed nor cancelled in time', () => {
    const season = twoEvenings();
    season.registers('20261125-01', 5 * DAY);
    season.logs({ type: 'report.filed', body: { hash: HASH } }, 6 * DAY);
    const { verdict, findings, shows } = judged(season.text());
    expect([verdict, findings[0]!.code, findings[0]!.i]).toEqual(['INVALID', 'show-unsealed', 7]);
    expect(shows[2]!.standing).toBe('unsealed');
  });

  it('when it was called cancelled although it was sealed', () => {
    const season = new PaperSeason();
    season.registers(FIRST);
    season.logs({ type: 'show.cancelled', body: { show: FIRST } });
    season.bundles.set(FIRST, digested(bundleOf(evening(FIRST, { L1: {} }))));
    expect(codes(season.text())).toEqual(['INVALID', 'cancelled-but-sealed']);
  });

  it('when it was never registered', () => {
    const season = twoEvenings();
    season.bundles.set('20261125-01', digested(bundleOf(evening('20261125-01', { L1: {} }))));
    expect(codes(season.text())).toEqual(['INVALID', 'show-unregistered']);
  });

  it('behind a second bundle of another', () => {
    const season = twoEvenings();
    const [first] = season.bundles.values();
    season.bundles.set('again', first!);
    expect(codes(season.text())).toEqual(['INVALID', 'show-twice']);
  });
});

describe('the registry vouches for each show', () => {
  it('by its key: a bundle that another key signed is trusted by nobody', () => {
    const season = twoEvenings();
    const paper = evening(SECOND, { L1: {}, L2: { units: 3 } });
    const stranger = signerOf(originOf(SECOND), 9);
    season.bundles.set(SECOND, digested(bundleOf(paper, undefined, stranger)));
    expect(codes(season.text())).toEqual(['UNTRUSTED', 'show-fails']);
  });

  it('by its checkpoints: another history under the same key is found out', () => {
    const season = twoEvenings();
    season.bundles.set(SECOND, digested(bundleOf(evening(SECOND, { L1: {} }))));
    expect(codes(season.text())).toEqual(['INVALID', 'note-differs']);
  });

  it('so that a bundle from before the close is stale', () => {
    const season = twoEvenings();
    const early = sealedShow({ L1: {} }, { opened: { origin: originOf(FIRST) } });
    season.bundles.set(FIRST, digested(bundleOf(early)));
    expect(codes(season.text())).toEqual(['STALE', 'bundle-behind']);
  });

  it('and a show of another township is none of its own', () => {
    const season = new PaperSeason();
    season.registers(FIRST);
    const opened = { origin: originOf(FIRST), township: 'market.example/township/limen' };
    season.holds(sealedShow({ L1: {} }, { opened }));
    expect(codes(season.text())).toEqual(['INVALID', 'township-differs']);
  });

  it('and contradicts who pinned another key of the same log', () => {
    const season = twoEvenings();
    const other = signerOf(originOf(FIRST), 9);
    const both = policy.replace('quorum', `log ${vkeyOf(other)}\nquorum`);
    expect(codes(season.text(), { policy: both })).toEqual(['INVALID', 'key-differs']);
  });

  it("also for its officers' keys", () => {
    const season = new PaperSeason();
    const paper = sealedShow({ L1: {} }, { signed: true, opened: { origin: originOf(FIRST) } });
    const [approval] = paper.state.approvals;
    const notes = () => judged(season.text()).shows[0]!.verification!.notes.map(({ code }) => code);
    season.registers(FIRST);
    season.holds(paper);
    expect(notes()).toContain('officer-not-pinned');
    season.logs({ type: 'officer.enrolled', body: { person: 'officer-aaaaaaaa', key: approval!.key } });
    expect(notes()).not.toContain('officer-not-pinned');
  });

  it('and a show whose own log breaks the rules breaks the season', () => {
    const season = twoEvenings();
    const [first] = season.bundles.values();
    const bundle = JSON.parse(first!) as Bundle;
    const leaves = bundle.leaves.map((leaf) => leaf.replace('"amountFen":3600', '"amountFen":3700'));
    season.bundles.set(FIRST, anew({ ...bundle, leaves }));
    const { verdict, findings } = judged(season.text());
    expect([verdict, findings[0]!.code, findings[0]!.en]).toEqual([
      'INVALID',
      'show-fails',
      expect.stringContaining(`${FIRST} INVALID`),
    ]);
  });
});

describe('the registry itself is judged like the log of a show', () => {
  it('is untrusted without a policy, and all is judged nevertheless', () => {
    const { verdict, gates, shows } = verifySeason(twoEvenings().text());
    expect([verdict, gates[1]!.ok, gates[6]!.ok]).toEqual(['UNTRUSTED', false, true]);
    expect(shows[0]!.verification!.verdict).toBe('ALL_SOLD_UNSETTLED');
  });

  it.each<[string, string, (text: string) => string]>([
    ['cut off', 'bundle-not-json', (text) => text.slice(0, 900)],
    ['of another format', 'bundle-malformed', (text) => text.replace('season/v1', 'season/v9')],
    [
      'with a changed leaf',
      'bundle-digest',
      (text) => text.replace('township\\":\\"siqiao', 'township\\":\\"siqia0'),
    ],
    [
      'with the digest of one show changed',
      'bundle-digest',
      (text) => text.replace(/"digest":"./, (was) => `"digest":"${was.endsWith('0') ? '1' : '0'}`),
    ],
  ])('a copy %s is damaged: %s', (_, code, change) => {
    const text = twoEvenings().text();
    expect(change(text)).not.toBe(text);
    expect(codes(change(text))).toEqual(['DAMAGED', code]);
  });

  it('finds a leaf that was changed and digested anew', () => {
    const text = twoEvenings().text((season) => {
      const registry = season.registry as { leaves: string[] };
      registry.leaves = registry.leaves.map((leaf) => leaf.replace('"startsAt":0', '"startsAt":9'));
    });
    expect(codes(text)).toEqual(['INVALID', 'root-wrong']);
  });

  it.each<[string, object, string]>([
    ['a number that was used already', { body: { n: 2, hash: HASH } }, 'registry-number'],
    ['a number left out', { body: { n: 9, hash: HASH } }, 'registry-number'],
    ['an event of its own making', { type: 'show.gifted', body: { n: 8 } }, 'event-malformed'],
  ])('finds %s, even if it was signed', (_, event, code) => {
    const season = twoEvenings();
    season.leaves.push(leafOf(season.leaves, event));
    expect(codes(season.text())).toEqual(['INVALID', code]);
  });

  it.each<[string, object, string]>([
    ['by somebody else', { by: 'host' }, 'author-wrong'],
    ['in another log', { show: 'market.example/township/limen' }, 'leaf-elsewhere'],
    ['with a signature', { sig: `${'A'.repeat(86)}==` }, 'author-signature-stray'],
    ['of the first version', { v: 1 }, 'event-malformed'],
  ])('finds a leaf %s', (_, changed, code) => {
    const season = twoEvenings();
    season.leaves.push(leafOf(season.leaves, { body: { n: 8, hash: HASH }, ...changed }));
    expect(codes(season.text())).toEqual(['INVALID', code]);
  });

  it('is stale beside a later note that the auditor kept, and proves two histories', () => {
    const season = twoEvenings();
    const older = season.text();
    season.logs({ type: 'report.filed', body: { hash: HASH } });
    const bytes = season.leaves.map((leaf) => new TextEncoder().encode(leaf));
    const known = [noteAt(bytes, bytes.length, registrySigner)];
    expect(codes(older, { known })).toEqual(['STALE', 'older-than-known']);
    expect(codes(season.text(), { known })[0]).toBe('ALL_SOLD_UNSETTLED');
    const forked = [noteAt(bytes.with(3, Uint8Array.of(1)), 5, registrySigner)];
    expect(codes(season.text(), { known: forked })).toEqual(['EQUIVOCATION', 'two-histories']);
  });

  it('hears nothing, and no other show does, of what a square holds of one show’s receipt', () => {
    const season = twoEvenings();
    const { leaves } = JSON.parse(season.bundles.get(FIRST)!) as Bundle;
    const receipt = receiptOf(leaves.map(utf8), 1, leaves.length, signerOf(originOf(FIRST)));
    const ignoredBy = (square: string): string[] => {
      const { registry, notes, shows } = judged(season.text(), { receipts: [square] });
      const told = [[registry!, notes] as const].concat(
        shows.map(({ show, verification }) => [show, verification!.notes] as const),
      );
      return told.flatMap(([log, of]) => (of.some(({ code }) => code === 'receipt-ignored') ? [log] : []));
    };
    expect(ignoredBy(essenceOf(receipt))).toEqual([]);
    expect(ignoredBy(essenceOf({ ...receipt, leaf: leaves[2]! }))).toEqual([FIRST]);
  });

  it('must be followed by the witnesses that the auditor wants, to its last close', () => {
    const season = twoEvenings();
    const wanting = policyWith([witnessOf()], registrySigner);
    expect(codes(season.text(), { policy: wanting })).toEqual(['UNTRUSTED', 'quorum-missing']);
    const text = season.text((one) => {
      const registry = one.registry as { checkpoints: string[] };
      registry.checkpoints = registry.checkpoints.map((note) => cosigned(note, 1));
      one.shows = one.shows.map((show) => {
        const checkpoints = show.checkpoints.map((note) => cosigned(note, 0));
        return JSON.parse(anew({ ...show, checkpoints })) as Bundle;
      });
    });
    expect(codes(text, { policy: wanting })[0]).toBe('ALL_SOLD_UNSETTLED');
  });
});

/** Two pots of L1 were taken by two who did not pay; each pot is carried in its turn. */
function inParts(): PaperShow {
  const rules = { secondChance: { answerWithinMs: 60_000, perSaleMax: 3, atLast: 'carry' as const } };
  const lot: PaperLot = { format: 'dutch', units: 2, startFen: 2_000, stepFen: 200 };
  const show = sealedShow({ L1: lot }, { rules, opened: { origin: originOf(FIRST) } });
  show.does(1_000, { name: 'offer', lot: 'L1' });
  show.bid(1_000, LIN, 2_000);
  const restarted = show.state.t + 5_000;
  show.pass(restarted);
  show.bid(restarted, WU, clockPriceFen(show.offering().clock!, restarted));
  show.pass(restarted + 10_000);
  show.does(show.state.t, { name: 'close' });
  for (const sale of ['S1', 'S2']) {
    show.does(show.state.t + DAY, { name: 'default', sale });
    show.pass(show.state.t + 600_000);
  }
  return show;
}
/** Both of them, in one lot of another show that was described then. */
function takenAt(atMs: number): PaperShow {
  const show = new PaperShow({ draft: true, opened: { origin: originOf(SECOND) } });
  show.describe(atMs, 'L1', { from: `${originOf(FIRST)}#L1`, units: 2 });
  const bytes = leavesOf(show.leaves, originOf(SECOND));
  const catalogue = catalogueRootOf(catalogueLeaves(show.state, 1).map((i) => bytes[i]!));
  show.does(atMs, { name: 'seal', catalogue });
  show.does(atMs, { name: 'open', reason: 'none-configured' });
  return show;
}

describe('what is carried from show to show is one chain', () => {
  const from = `${originOf(FIRST)}#L2`;
  const season = (
    taken: Record<string, PaperLot>,
    first = evening(FIRST, { L1: {}, L2: { units: 3 } }, ['L2']),
  ) => {
    const paper = new PaperSeason();
    paper.registers(FIRST);
    paper.registers(SECOND);
    paper.holds(first);
    paper.holds(evening(SECOND, taken));
    return paper;
  };

  it('that holds when each unit is taken up once, also in two parts', () => {
    const whole = judged(season({ L1: { from, units: 3 } }).text());
    expect(whole).toMatchObject({ verdict: 'ALL_ACCOUNTED_NOT_ALL_SOLD', notes: [] });
    const parts = judged(season({ L1: { from, units: 1 }, L2: { from, units: 2 } }).text());
    expect([parts.findings, parts.notes]).toEqual([[], []]);
  });

  it('that names what nobody has taken up yet', () => {
    const { verdict, notes } = judged(season({ L1: { from, units: 2 } }).text());
    expect([verdict, notes.map(({ code }) => code)]).toEqual([
      'ALL_ACCOUNTED_NOT_ALL_SOLD',
      ['carried-waiting'],
    ]);
    expect(notes[0]!.en).toContain('002 绣球: 1 ');
  });

  it.each<[string, Record<string, PaperLot>, string]>([
    ['a unit is taken up twice', { L1: { from, units: 3 }, L2: { from, units: 1 } }, 'carried-twice'],
    ['more is taken up than was carried', { L1: { from, units: 4 } }, 'carried-unfounded'],
    ['a lot names one that was sold', { L1: { from: `${originOf(FIRST)}#L1` } }, 'carried-unfounded'],
    ['a lot names one that never was', { L1: { from: `${originOf(FIRST)}#L9` } }, 'carried-unfounded'],
    [
      'a lot names a log that nobody knows',
      { L1: { from: 'limen.example/shows/20261124-01#L1' } },
      'carried-unfounded',
    ],
    ['a lot names no lot at all', { L1: { from: 'nonsense' } }, 'carried-unfounded'],
  ])('that breaks where %s', (_, taken, code) => {
    const { verdict, findings } = judged(season(taken).text());
    expect([verdict, findings[0]!.code]).toEqual(['INVALID', code]);
    expect(findings[0]!.i).not.toBeNull();
  });

  it('that breaks where a lot was taken up before it was carried', () => {
    const late = sealedShow({ L2: { units: 3 } }, { opened: { origin: originOf(FIRST) } });
    late.does(5_000, { name: 'carry', lot: 'L2' });
    late.does(5_000, { name: 'close' });
    expect(codes(season({ L1: { from, units: 3 } }, late).text())).toEqual(['INVALID', 'carried-early']);
  });

  it('that names what a list took up that nobody ever sealed: it still waits', () => {
    const second = sealedShow({ L1: {} }, { opened: { origin: originOf(SECOND) } });
    second.describe(1, 'L2', { list: 2, from, units: 3 });
    second.does(1, { name: 'withdraw', lot: 'L1', reason: 'damaged' });
    second.does(1, { name: 'close' });
    const paper = new PaperSeason();
    for (const show of [FIRST, SECOND]) paper.registers(show);
    paper.holds(evening(FIRST, { L1: {}, L2: { units: 3 } }, ['L2']));
    paper.holds(second);
    expect(judged(paper.text()).notes.map(({ code }) => code)).toEqual(['carried-waiting']);
  });

  it('that breaks where a lot names a show that was called off', () => {
    const paper = new PaperSeason();
    for (const show of [FIRST, SECOND]) paper.registers(show);
    paper.logs({ type: 'show.cancelled', body: { show: FIRST } });
    paper.holds(evening(SECOND, { L1: { from: `${originOf(FIRST)}#L1` } }));
    expect(codes(paper.text())).toEqual(['INVALID', 'carried-unfounded']);
  });

  it('that breaks where more was taken up than had been carried by then', () => {
    const first = inParts();
    const [early, late] = first.leaves.filter(({ type }) => type === 'lot.carried').map(({ t }) => t);
    expect(early).toBeLessThan(late!);
    const text = (atMs: number) => {
      const paper = new PaperSeason();
      for (const show of [FIRST, SECOND]) paper.registers(show);
      paper.holds(first);
      paper.holds(takenAt(atMs));
      return paper.text();
    };
    expect(codes(text(early!))).toEqual(['INVALID', 'carried-early']);
    expect(codes(text(late!))[0]).not.toBe('INVALID');
  });

  it('in which a lot that was struck again takes up nothing', () => {
    const paper = new PaperSeason();
    paper.registers(FIRST);
    paper.registers(SECOND);
    paper.holds(evening(FIRST, { L2: { units: 3 } }, ['L2']));
    const second = sealedShow({ L1: { from, units: 3 } }, { opened: { origin: originOf(SECOND) } });
    second.describe(1, 'L2', { from, units: 3 });
    second.does(1, { name: 'strike', lot: 'L2' });
    paper.holds(second);
    expect(codes(paper.text())).toEqual(['INCOMPLETE']);
  });
});

/** A changed bundle with a digest that fits it again. */
function anew(bundle: Partial<Bundle>): string {
  delete bundle.digest;
  return digested(bundle);
}

function vkeyOf(signer: ReturnType<typeof signerOf>): string {
  return /^log (\S+)$/m.exec(policyWith([], signer))![1]!;
}

/** A further leaf of the registry, however wrong. */
function leafOf(leaves: readonly string[], changed: object): string {
  const last = JSON.parse(leaves.at(-1)!) as { i: number };
  return canonical({ ...last, i: last.i + 1, type: 'report.filed', ...changed });
}
