import { parseJson } from '../verify/parse.js';

/** Bundles by the log that each goes on from. */
export interface InOrder {
  /** Newest first: those that go on from each other, among them the one that was given last. */
  chain: string[];
  /** The others: of other logs, given twice, or not to be read. */
  aside: string[];
}

/** As the bundles say themselves; whether it is true is then judged. */
export function inOrder(texts: readonly string[]): InOrder {
  const aside = [...texts];
  const chain = aside.splice(-1);
  for (let found = next(chain, aside); found; found = next(chain, aside)) {
    aside.splice(aside.indexOf(found.text), 1);
    if (found.isBefore) chain.push(found.text);
    else chain.unshift(found.text);
  }
  return { chain, aside };
}

/** One more at either end; beside an empty chain there is nothing left. */
function next(chain: readonly string[], rest: readonly string[]) {
  for (const text of rest) {
    if (goesOnFrom(chain.at(-1)!, text)) return { text, isBefore: true };
    if (goesOnFrom(text, chain[0]!)) return { text, isBefore: false };
  }
  return null;
}

function goesOnFrom(text: string, before: string): boolean {
  const link = bodyOfLeaf0(text)?.continues?.origin;
  return link !== undefined && link === bodyOfLeaf0(before)?.origin;
}

interface Opened {
  origin?: string;
  continues?: { origin?: string };
}
function bodyOfLeaf0(text: string): Opened | undefined {
  const { leaves } = (parseJson(text) ?? {}) as { leaves?: unknown };
  const [first] = Array.isArray(leaves) ? (leaves as unknown[]) : [];
  const leaf = typeof first === 'string' ? (parseJson(first) as { body?: Opened } | undefined) : undefined;
  return leaf?.body;
}
