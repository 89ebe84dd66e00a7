import { type Ledger } from '@qingpai/ledger';
import { append, emptyFrontier, equal, leafHash, rootOf } from '@qingpai/ledger/rules';

/**
 * The first leaf that was changed after it was signed, or null when all roots hold. The bundle carries a few signed
 * heads, this server one for every batch: the first that its leaves miss tells in which batch the changed leaf is, and
 * mostly a batch is one leaf. Of a larger batch the first leaf is named.
 */
export async function brokenLeaf(
  ledger: Pick<Ledger, 'headOf' | 'headsUpTo' | 'pages'>,
  origin: string,
): Promise<number | null> {
  const size = (await ledger.headOf(origin))?.size ?? 0;
  const signed = new Map((await ledger.headsUpTo(origin, size)).map((head) => [head.size, head.root]));
  let frontier = emptyFrontier;
  let held = 0;
  for await (const page of ledger.pages(origin, size)) {
    for (const leaf of page) {
      frontier = append(frontier, leafHash(leaf));
      const root = signed.get(frontier.size);
      if (!root) continue;
      if (!equal(rootOf(frontier), root)) return held;
      held = frontier.size;
    }
  }
  return null;
}
