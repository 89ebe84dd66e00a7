import { formatVkey, type Signer, toBase64, utf8 } from '@qingpai/ledger/rules';
import { type Bundle, type EventBody, type RegistryBundle, type RegistryContinues } from '@qingpai/wire';
import {
  catalogueLeaves,
  catalogueRootOf,
  checkpointHash,
  rootsAt,
  seasonDigest,
  vouchedBytes,
} from '@qingpai/auction/rules';
import { digested, leavesOf, noteAt, signerOf } from '../../libs/auction/src/rules/testing/paperBundle.js';
import { LIN, type PaperLot, PaperShow, WU } from '../../libs/auction/src/rules/testing/paperShow.js';
import {
  originOf,
  quoted,
  REGISTRY,
  registrySigner,
} from '../../libs/auction/src/rules/testing/paperSeason.js';
import { Chance } from './chance.js';
import { changeNames, changes, type LooseLeaf, written } from './mutations.js';

/** What becomes of a lot: `open` where the log breaks off before it has an end. */
type Fate = 'sold' | 'carried' | 'withdrawn' | 'open' | 'draft';
interface PlannedLot extends PaperLot {
  fate: Fate;
}
type Continues = NonNullable<EventBody<'log.opened'>['continues']>;

/** A show of a season, as somebody with all keys may still change it. */
interface LooseShow {
  id: string;
  origin: string;
  paper: PaperShow;
  leaves: LooseLeaf[];
  /** Which key signs it: 1 is the one that is registered. */
  fill: number;
  isGiven: boolean;
}
interface LooseSeason {
  shows: LooseShow[];
  /** Without their index and number, in which order they happened. */
  registry: { type: string; body: Record<string, unknown>; t: number }[];
  /** After so many of them another log goes on, as after a restore. */
  wentOnAt: number[];
  /** Of what that log says of the one before, of its key, or of what is given of it. */
  link: (typeof links)[number];
  how: string[];
}

const DAY_MS = 24 * 3_600_000;
const TOWNSHIP = REGISTRY;
const letter = (of: string): string => `${of.repeat(43)}=`;

/** An evening in which every lot meets the end it was planned for. */
function evening(
  origin: string,
  startMs: number,
  lots: Record<string, PlannedLot>,
  before: { paper: PaperShow; continues: Continues } | null,
  township: string | undefined,
): PaperShow {
  const opened = { origin, ...(township !== undefined && { township }) };
  const show = before
    ? new PaperShow({ draft: true, rules: before.paper.state.rules, takesOver: before.paper, opened: { ...opened, continues: before.continues } })
    : new PaperShow({ draft: true, opened }); // prettier-ignore
  const at = () => Math.max(startMs, show.state.t);
  const entries = Object.entries(lots);
  for (const [lot, { fate, ...paper }] of entries) if (fate !== 'draft') show.describe(at(), lot, paper);
  const bytes = leavesOf(show.leaves, origin);
  show.does(at(), { name: 'seal', catalogue: catalogueRootOf(catalogueLeaves(show.state, 1).map((i) => bytes[i]!)) });
  show.does(at(), { name: 'open', reason: 'none-configured' });
  // A further list that nobody seals.
  for (const [lot, { fate, ...paper }] of entries) if (fate === 'draft') show.describe(at(), lot, { list: 2, ...paper });
  for (const [lot, { fate, startFen = 3_600 }] of entries) {
    if (fate === 'withdrawn') show.does(at() + 100, { name: 'withdraw', lot, reason: 'damaged' });
    if (fate === 'carried') show.does(at() + 100, { name: 'carry', lot });
    if (fate !== 'sold') continue;
    show.does(at() + 100, { name: 'offer', lot });
    show.bid(at() + 1_000, lot.endsWith('1') ? LIN : WU, startFen);
    show.pass(at() + 200_000);
  }
  if (!entries.some(([, { fate }]) => fate === 'open')) show.does(at(), { name: 'close' });
  return show;
} // prettier-ignore

/** Pays what is owed and waits the complaints out. */
function settles(show: PaperShow): void {
  for (const [k, sale] of Object.values(show.state.sales).entries()) {
    if (sale.phase !== 'awaiting') continue;
    const txn = letter('ABCDEFGHIJKLMNOP'.charAt(k));
    const body = {
      sale: sale.sale,
      amountFen: sale.unitPriceFen * sale.units,
      channel: 'cash' as const,
      txn,
    };
    show.does(show.state.t, { name: 'paid', body });
  }
  show.does(show.state.t + 30 * DAY_MS, { name: 'settle' });
}

const looseLeaves = (paper: PaperShow): LooseLeaf[] =>
  leavesOf(paper.leaves, paper.state.origin).map(
    (leaf) => JSON.parse(new TextDecoder().decode(leaf)) as LooseLeaf,
  );

const headOf = (paper: PaperShow): Continues => {
  const [{ origin }, size] = [paper.state, paper.leaves.length];
  return { origin, size, root: toBase64(rootsAt(leavesOf(paper.leaves, origin), [size]).get(size)!) };
}; // prettier-ignore

interface Waiting {
  from: string;
  units: number;
}

/** Some evenings of a township: lots are carried from one to the next, and now and then one is continued, also twice. */
function shows(chance: Chance): { shows: LooseShow[]; how: string[] } {
  const made: LooseShow[] = [];
  const how: string[] = [];
  let carried: Waiting[] = [];
  let before: { paper: PaperShow; continues: Continues } | null = null;
  const evenings = 2 + chance.below(3);
  const ends: Fate[] = chance.maybe(0.4) ? ['sold'] : ['sold', 'sold', 'carried', 'withdrawn'];
  const isSettled = chance.maybe(0.3);
  const township = chance.maybe(0.5) ? TOWNSHIP : undefined;
  for (let k = 0; k < evenings; k++) {
    const id = `202611${24 + k}-01`;
    const origin = originOf(id);
    const lots: Record<string, PlannedLot> = {};
    let n = 0;
    const add = (lot: PlannedLot) => {
      n += 1;
      // What goes on under another id is another lot.
      const [name, number] = [`L${made.length}${n}`, `${n}`.padStart(3, '0')];
      lots[name] = { number, ...lot };
    };
    const fate = () => chance.one(ends);
    if (before) {
      for (const lot of Object.values(before.paper.state.lots)) {
        const open = lot.units - lot.soldUnits - lot.withdrawnUnits - lot.carriedUnits - lot.passedUnits;
        if (lot.phase === 'draft' || open === 0) continue;
        add({ fate: fate(), units: open, from: `${before.paper.state.origin}#${lot.lot}` });
      }
    }
    const waiting: Waiting[] = [];
    for (const { from, units } of carried) {
      if (chance.maybe(0.3)) waiting.push({ from, units });
      else if (chance.maybe(0.1)) {
        add({ fate: 'draft', units, from });
        waiting.push({ from, units });
      } else if (units > 1 && chance.maybe(0.5)) {
        add({ fate: fate(), units: 1, from });
        if (chance.maybe(0.5)) add({ fate: fate(), units: units - 1, from });
        else waiting.push({ from, units: units - 1 });
      } else add({ fate: fate(), units, from });
    }
    if (!Object.values(lots).some((lot) => lot.fate !== 'draft') || chance.maybe(0.7))
      add({ fate: fate(), units: 1 + chance.below(3) });
    if (chance.maybe(0.5)) add({ fate: fate() });
    const isBroken = k < evenings - 1 && chance.maybe(0.4);
    if (isBroken) add({ fate: 'open', units: 1 + chance.below(2) });
    wrongLots(chance, lots, made, how);
    const paper = evening(origin, k * DAY_MS, lots, before, township);
    if (!isBroken && isSettled) settles(paper);
    carried = [
      ...waiting,
      ...Object.values(paper.state.lots).flatMap(({ lot, carriedUnits: units }) => (units > 0 ? [{ from: `${origin}#${lot}`, units }] : [])),
    ]; // prettier-ignore
    // Also one that was closed may have to go on, for its sales.
    const goesOn = isBroken || (k < evenings - 1 && paper.state.phase === 'closed' && chance.maybe(0.1));
    before = goesOn ? { paper, continues: headOf(paper) } : null;
    made.push({ id, origin, paper, leaves: looseLeaves(paper), fill: 1, isGiven: true });
  }
  return { shows: made, how };
}

/** A host who says of a lot what is not so: where it comes from, and how much of it. */
function wrongLots(chance: Chance, lots: Record<string, PlannedLot>, made: LooseShow[], how: string[]): void {
  if (!chance.maybe(0.15)) return;
  const [name, lot] = chance.one(Object.entries(lots));
  const origins = [...made.map(({ origin }) => origin), 'limen.example/shows/20261101-01', originOf('20261201-01')];
  const what = chance.one(['from', 'units', 'twice', 'left out']);
  how.push(`${what} of ${name}`);
  if (what === 'from') lot.from = `${chance.one(origins)}#${chance.one(['L01', 'L02', 'L11', 'L12', 'L9'])}`;
  if (what === 'units') lot.units = (lot.units ?? 1) + 1;
  if (what === 'twice') lots.L99 = { ...lot, number: '099' };
  if (what === 'left out') lot.from = undefined as never;
  if (lot.from === undefined) delete lot.from;
} // prettier-ignore

/** What an honest registry says of these shows. */
function registryOf(chance: Chance, shows: readonly LooseShow[]): LooseSeason['registry'] {
  const events: LooseSeason['registry'] = [{ type: 'registry.opened', body: { origin: REGISTRY, township: 'siqiao' }, t: 0 }];
  for (const [k, { id, origin }] of shows.entries()) {
    const vkey = formatVkey(signerOf(origin).key);
    events.push({ type: 'show.registered', body: { show: id, origin, vkey, startsAt: k * DAY_MS }, t: k * DAY_MS });
    for (const type of ['show.sealed', 'show.closed']) {
      // Its note is written when all is said and done.
      if (type === 'show.sealed' || shows[k]!.paper.state.closedAt !== null) events.push({ type, body: { show: id, note: '' }, t: k * DAY_MS });
    }
  }
  const last = (shows.length - 1) * DAY_MS;
  if (chance.maybe(0.3)) {
    const show = '20261210-01';
    const [origin, t] = [originOf(show), last + chance.one([0, DAY_MS - 1])];
    events.push({ type: 'show.registered', body: { show, origin, vkey: formatVkey(signerOf(origin).key), startsAt: last + DAY_MS }, t: last });
    if (chance.maybe(0.7)) events.push({ type: 'show.cancelled', body: { show }, t });
  }
  if (chance.maybe(0.3)) events.push({ type: 'report.filed', body: { hash: letter('R') }, t: last + DAY_MS });
  return events;
} // prettier-ignore

const links = [
  'honest',
  'another size',
  'another root',
  'another key',
  'not signed',
  'left out',
  'a leaf more',
  'a leaf less',
] as const;

const tricks: Record<string, (chance: Chance, season: LooseSeason) => void> = {
  none: () => undefined,
  'a show left out': (chance, { shows }) => void (chance.one(shows).isGiven = false),
  'a show struck from the registry': (chance, season) => {
    const { id } = chance.one(season.shows);
    season.registry = season.registry.filter(({ body }) => body.show !== id);
  },
  'a show that never was': (chance, { shows, registry }) => {
    const { id } = chance.one(shows);
    const of = registry.filter(({ body }) => body.show === id);
    for (const event of of.slice(1)) registry.splice(registry.indexOf(event), 1);
    if (chance.maybe(0.5)) registry.push({ type: 'show.cancelled', body: { show: id }, t: registry.at(-1)!.t });
    if (chance.maybe(0.5)) shows.find((one) => one.id === id)!.isGiven = false;
  },
  'a show registered and forgotten': (chance, { registry }) => {
    const [show, t] = ['20261220-01', registry.at(-1)!.t];
    const startsAt = t + chance.one([-DAY_MS, -1, 0, DAY_MS]);
    registry.push({ type: 'show.registered', body: { show, origin: originOf(show), vkey: formatVkey(signerOf(originOf(show)).key), startsAt: Math.max(0, startsAt) }, t });
    if (chance.maybe(0.5)) registry.push({ type: 'report.filed', body: { hash: letter('S') }, t: t + DAY_MS });
  },
  'an event of the registry gone': (chance, { registry }) => void registry.splice(chance.below(registry.length), 1),
  'an event of the registry twice': (chance, { registry }) => {
    const at = chance.below(registry.length);
    registry.splice(at, 0, structuredClone(registry[at]!));
  },
  'events of the registry exchanged': (chance, { registry }) => {
    const at = chance.below(registry.length - 1);
    const [one, other] = [registry[at]!, registry[at + 1]!];
    [one.t, other.t] = [other.t, one.t];
    registry.splice(at, 2, other, one);
  },
  'another note': (chance, { registry }) => {
    const noted = registry.filter(({ type }) => type === 'show.sealed' || type === 'show.closed');
    if (noted.length > 0) chance.one(noted).body.note = letter('N');
  },
  'a close not noted': (chance, { registry }) => {
    const closes = registry.filter(({ type }) => type === 'show.closed');
    if (closes.length > 0) registry.splice(registry.indexOf(chance.one(closes)), 1);
  },
  'another key': (chance, { shows }) => void (chance.one(shows).fill = 9),
  'an older copy': (chance, { shows }) => {
    const { leaves } = chance.one(shows);
    leaves.splice(1 + chance.below(leaves.length - 1));
  },
  'another township': (chance, { shows }) => {
    (chance.one(shows).leaves[0]!.body as { township?: string }).township = 'market.example/township/limen';
  },
  'another head quoted': (chance, { shows }) => {
    const quoting = shows.filter(({ leaves }) => leaves[0]!.body.continues);
    if (quoting.length === 0) return;
    const quoted = chance.one(quoting).leaves[0]!.body.continues as Record<string, unknown>;
    if (chance.maybe(0.4)) quoted.root = letter('A');
    else if (chance.maybe(0.5)) quoted.size = Number(quoted.size) + chance.one([-1, 1]);
    else quoted.origin = chance.one([...shows.map(({ origin }) => origin), originOf('20261111-01')]);
  },
  'a leaf changed': (chance, { shows, how }) => {
    const { leaves, id } = chance.one(shows);
    const [name, at] = [chance.one(changeNames), 1 + chance.below(leaves.length - 1)];
    how.push(`${name} at ${at} of ${id}`);
    changes[name]!(chance, leaves, at);
  },
}; // prettier-ignore

/** A season's text, honest or not, and how it was made. */
export function randomSeason(seed: number): { text: string; how: string } {
  const chance = new Chance(seed);
  const made = shows(chance);
  const registry = registryOf(chance, made.shows);
  const wentOnAt = [0.3, 0.2].flatMap((rate) =>
    chance.maybe(rate) ? [1 + chance.below(registry.length)] : [],
  );
  const link = chance.maybe(0.6) ? 'honest' : chance.one(links);
  const season: LooseSeason = {
    ...made,
    registry,
    wentOnAt: [...new Set(wentOnAt)].sort((a, b) => a - b),
    link,
  };
  if (wentOnAt.length > 0) made.how.push(`went on, ${link}`);
  const name = chance.maybe(0.25) ? 'none' : chance.one(Object.keys(tricks));
  tricks[name]!(chance, season);
  return { text: seasonText(chance, season), how: [...season.how, name].join(', ') };
}

function seasonText(chance: Chance, { shows, registry, wentOnAt, link, how }: LooseSeason): string {
  const bundles = shows.map((show) => ({ show, texts: written(show.leaves) }));
  for (const { type, body } of registry) {
    if (body.note !== '') continue;
    const bundle = bundles.find(({ show }) => show.id === body.show);
    body.note = (bundle && noteIn(bundle.show.origin, bundle.texts, type)) ?? letter('Z');
  }
  const logs = registryLogs(registry, wentOnAt, link);
  const given = bundles.filter(({ show }) => show.isGiven).map(({ show, texts }) => JSON.parse(bundleText(show, texts)) as Bundle);
  if (chance.maybe(0.03) && given.length > 0) {
    how.push('a bundle twice');
    given.push(chance.one(given));
  }
  const [log, ...before] = logs.reverse();
  const season = { format: 'qingpai/season/v1', registry: log!, ...(before.length > 0 && { before }), shows: given };
  return JSON.stringify({ ...season, digest: seasonDigest(season) });
} // prettier-ignore

/** The registry's events in one log after the other, the newest last. */
function registryLogs(
  events: LooseSeason['registry'],
  wentOnAt: readonly number[],
  link: LooseSeason['link'],
): RegistryBundle[] {
  const logs: RegistryBundle[] = [];
  let n = 0;
  for (const [k, from] of [0, ...wentOnAt].entries()) {
    const [origin, signer] =
      k === 0
        ? [REGISTRY, registrySigner]
        : [`${REGISTRY}/${k + 1}`, signerOf(`${REGISTRY}/${k + 1}`, 40 + k)];
    const before = logs.at(-1);
    const mine = events.slice(from, wentOnAt[k]);
    if (before)
      mine.unshift({
        type: 'registry.opened',
        body: { origin, township: 'siqiao', continues: continuesOf(before, origin, signer, link, k) },
        t: (mine[0] ?? events.at(-1)!).t,
      });
    const leaves = written(
      mine.map(({ type, body, t }, i) => ({
        body: { ...body, n: (n += 1) },
        by: 'platform',
        i,
        show: origin,
        t,
        type,
        v: 2,
      })) as LooseLeaf[],
    );
    const bytes = leaves.map(utf8);
    logs.push({ origin, leaves, checkpoints: [noteAt(bytes, bytes.length, signer)] });
  }
  if (link === 'left out' && logs.length > 1) logs.shift();
  const [first] = logs;
  if (logs.length > 1 && (link === 'a leaf more' || link === 'a leaf less')) {
    if (link === 'a leaf less') first!.leaves.pop();
    else
      first!.leaves.push(
        ...written([
          {
            body: { hash: letter('T'), n: 99 },
            by: 'platform',
            i: first!.leaves.length,
            show: REGISTRY,
            t: events.at(-1)!.t,
            type: 'report.filed',
            v: 2,
          },
        ] as unknown as LooseLeaf[]),
      );
    const bytes = first!.leaves.map(utf8);
    first!.checkpoints = [noteAt(bytes, bytes.length, registrySigner)];
  }
  return logs;
}

function continuesOf(
  { origin, leaves }: RegistryBundle,
  next: string,
  signer: Signer,
  link: LooseSeason['link'],
  k: number,
): RegistryContinues {
  const own = k === 1 ? registrySigner : signerOf(origin, 39 + k);
  const honest = quoted(leaves.map(utf8), { origin, signer: own }, signer);
  const changed = { ...honest };
  if (link === 'another size') changed.size += 1;
  if (link === 'another root') changed.root = letter('A');
  if (link === 'another key') changed.vkey = formatVkey(signerOf(next, 77).key);
  if (link === 'not signed') return { ...honest, vouched: toBase64(signer.sign(vouchedBytes(honest))) };
  return { ...changed, vouched: toBase64(own.sign(vouchedBytes(changed))) };
}

/** What the registry is to note of a show after its first leaf of this type; null: there is none. */
function noteIn(origin: string, texts: readonly string[], type: string): string | null {
  const at = texts.findIndex((text) => text.includes(`"type":"${type}"`));
  return at < 0 ? null : checkpointHash(origin, at + 1, rootsAt(texts.map(utf8), [at + 1]).get(at + 1)!);
}

function bundleText({ origin, paper, fill }: LooseShow, texts: readonly string[]): string {
  const signer = signerOf(origin, fill);
  const bytes = texts.map(utf8);
  const ends = texts.flatMap((text, i) => (/"type":"show\.(sealed|closed|settled)"/.test(text) ? [i + 1] : []));
  const checkpoints = [...new Set([...ends, texts.length])].map((size) => noteAt(bytes, size, signer));
  return digested({ format: 'qingpai/bundle/v1', origin, rules: paper.state.rules, leaves: texts, checkpoints });
} // prettier-ignore
