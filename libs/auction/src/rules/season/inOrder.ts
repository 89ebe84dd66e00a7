import { parseJson } from '../verify/parse.js';

/** Newest first: of two bundles, the one that goes on from the other's log; else the later given, alone. */
export function inOrder(texts: readonly string[]): string[] {
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
