import {
  certificateOf,
  inOrder,
  judgeBundle,
  type JudgedBundle,
  type LeafCertificate,
  verifyContinued,
  type VerifyOptions,
  verifySeason,
} from '@qingpai/auction/rules';
import { type Material } from './files.js';
import { type CheckSignature, judgeTwice } from './twoPass.js';
import { type SeasonVerification, type Verification } from '@qingpai/wire';

type Finding = Verification['findings'][number];
/** A leaf that does not hold, as the file has it. */
export interface BrokenLeaf {
  i: number;
  text: string;
  /** What the leaf says that it is; null where it cannot be read. */
  type: string | null;
  findings: Finding[];
  /** The log that it stands in, where several are judged. */
  log: string | null;
}
export interface Judged {
  verification: Verification | SeasonVerification;
  /** Counts, grades and lots; null where the leaves do not hold: what they count would mean nothing. */
  facts: LeafCertificate | null;
  broken: BrokenLeaf[];
  /** The keys that were pinned: name and key, as in the policy. */
  pinned: string[];
  /** Whether a policy was there at all, good or not. */
  hasPolicy: boolean;
}

/** Judges what was dropped, with the signatures checked by `check`. */
export async function judgeMaterial(
  material: Material,
  check: CheckSignature,
  onProgress?: (done: number, of: number) => void,
): Promise<Judged> {
  const options: VerifyOptions = {
    known: material.known.map(({ text }) => text),
    receipts: material.receipts.map(({ text }) => text),
    ...(material.policy && { policy: material.policy.text }),
  };
  const pinned = material.policy?.text.match(/^log \S+/gm)?.map((line) => line.slice(4)) ?? [];
  const { season, bundles } = material;
  const keys = { pinned, hasPolicy: material.policy !== null };
  if (season) {
    const verification = await judgeTwice(
      (verify) => verifySeason(season.text, { ...options, verify }),
      check,
      onProgress,
    );
    return { verification, facts: null, broken: brokenInSeason(verification, season.text), ...keys };
  }
  const { chain, aside } = inOrder(bundles.map(({ text }) => text));
  const [last] = chain;
  if (last === undefined) throw new Error('bug: nothing to judge');
  const judged = await judgeTwice(
    (verify): JudgedBundle => {
      const alone = judgeBundle(last, { ...options, verify });
      if (chain.length === 1) return alone;
      return { ...alone, verification: verifyContinued(chain, { ...options, verify }) };
    },
    check,
    onProgress,
  );
  const { verification, read, state } = judged;
  const notes = [
    ...verification.notes,
    ...bundles.filter(({ text }) => aside.includes(text)).map(({ name }) => asideNote(name)),
  ];
  return {
    verification: { ...verification, notes },
    facts: read && state && certificateOf(read.bundle.rules, read.events),
    broken: brokenInLogs(
      verification.findings,
      chain.map((text) => parsed<Log>(text)),
      null,
    ),
    ...keys,
  };
}

/** Of a bundle that does not belong to the one that was dropped last. */
const asideNote = (name: string): Verification['notes'][number] => ({
  code: 'bundle-aside',
  zh: `${name}：另一场的账本，没有核验`,
  en: `${name}: of another show, not judged`,
});

/** As the file has them, whether they can be read or not. */
function leavesIn(log: { leaves?: unknown } | undefined): string[] {
  const leaves = log?.leaves;
  return Array.isArray(leaves) ? leaves.filter((leaf): leaf is string => typeof leaf === 'string') : [];
}

function parsed<T>(text: string | undefined): T | undefined {
  try {
    return JSON.parse(text ?? '') as T;
  } catch {
    return undefined;
  }
}

type Log = { origin?: unknown; leaves?: unknown };

/** Those of the newest log first: a finding names another where it is of another. */
function brokenInLogs(
  findings: readonly Finding[],
  logs: readonly (Log | undefined)[],
  own: string | null,
): BrokenLeaf[] {
  const names = [...new Set(findings.map(({ log }) => log))];
  return names.flatMap((name) => {
    const leaves = () => leavesIn(logs.find((log) => name === undefined || log?.origin === name));
    const its = findings.filter(({ log }) => log === name);
    return brokenLeaves(its, leaves, name ?? own);
  });
}

/** Every leaf once, with all that is found of it. */
function brokenLeaves(findings: readonly Finding[], read: () => string[], log: string | null): BrokenLeaf[] {
  // A lot that was not sold stands in a leaf that holds.
  const own = findings.filter(({ code }) => code !== 'lot-unsold');
  const numbers = new Set(own.flatMap(({ i }) => (i === null ? [] : [i])));
  const leaves = numbers.size === 0 ? [] : read();
  return [...numbers].flatMap((i) => {
    const text = leaves[i];
    if (text === undefined) return [];
    const type = parsed<{ type?: unknown }>(text)?.type;
    const said = typeof type === 'string' ? type : null;
    return [{ i, text, type: said, findings: own.filter((finding) => finding.i === i), log }];
  });
}

/** Of the registry, and of every show that it lists. */
function brokenInSeason({ registry, findings, shows }: SeasonVerification, text: string): BrokenLeaf[] {
  const read = parsed<{ registry?: Log; shows?: Log[] }>(text);
  const ofShow = (origin: string) => (read?.shows ?? []).filter((log) => log.origin === origin);
  return [
    ...brokenInLogs(findings, [read?.registry, ...(read?.shows ?? [])], registry),
    ...shows.flatMap(({ origin, verification }) =>
      brokenInLogs(verification?.findings ?? [], ofShow(origin), origin),
    ),
  ];
}
