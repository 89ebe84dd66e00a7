import {
  certificateOf,
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

/** A leaf that does not hold, as the file has it. */
export interface BrokenLeaf {
  i: number;
  text: string;
}
export interface Judged {
  verification: Verification | SeasonVerification;
  /** Counts, grades and lots; null where the leaves do not hold: what they count would mean nothing. */
  facts: LeafCertificate | null;
  broken: BrokenLeaf[];
  /** The keys that were pinned: name and key, as in the policy. */
  pinned: string[];
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
  if (season) {
    const verification = await judgeTwice(
      (verify) => verifySeason(season.text, { ...options, verify }),
      check,
      onProgress,
    );
    return { verification, facts: null, broken: [], pinned };
  }
  const [last, before] = inOrder(bundles.map(({ text }) => text));
  if (last === undefined) throw new Error('bug: nothing to judge');
  const judged = await judgeTwice(
    (verify): JudgedBundle => {
      const alone = judgeBundle(last, { ...options, verify });
      if (before === undefined) return alone;
      return { ...alone, verification: verifyContinued(before, last, { ...options, verify }) };
    },
    check,
    onProgress,
  );
  const { verification, read, state } = judged;
  return {
    verification,
    facts: read && state && certificateOf(read.bundle.rules, read.events),
    broken: brokenLeaves(verification, last),
    pinned,
  };
}

/** Newest first: of two bundles, the one that goes on from the other's log; else the later dropped, alone. */
function inOrder(texts: readonly string[]): string[] {
  const [first, second] = texts;
  if (first === undefined || second === undefined) return [...texts];
  if (goesOnFrom(second, first)) return [second, first];
  return goesOnFrom(first, second) ? [first, second] : [second];
}

/** As they say themselves; whether it is true is then judged. */
function goesOnFrom(text: string, before: string): boolean {
  const link = bodyOfLeaf0(text)?.continues?.origin;
  return link !== undefined && link === bodyOfLeaf0(before)?.origin;
}

const bodyOfLeaf0 = (text: string): { origin?: string; continues?: { origin?: string } } | undefined =>
  parsed<{ body?: object }>(leavesIn(text)[0])?.body;

/** As the file has them, whether they can be read or not. */
function leavesIn(text: string): string[] {
  const leaves = parsed<{ leaves?: unknown }>(text)?.leaves;
  return Array.isArray(leaves) ? leaves.filter((leaf): leaf is string => typeof leaf === 'string') : [];
}

function parsed<T>(text: string | undefined): T | undefined {
  try {
    return JSON.parse(text ?? '') as T;
  } catch {
    return undefined;
  }
}

function brokenLeaves({ findings }: Verification, text: string): BrokenLeaf[] {
  const numbers = new Set(findings.flatMap(({ i }) => (i === null ? [] : [i])));
  const leaves = numbers.size === 0 ? [] : leavesIn(text);
  return [...numbers].flatMap((i) => (leaves[i] === undefined ? [] : [{ i, text: leaves[i] }]));
}
