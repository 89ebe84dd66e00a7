import { type Verdict } from '@qingpai/wire';

export interface Compared {
  verdict: Verdict;
  /** Null: the two judges say the same. */
  disagreement: string | null;
}

/**
 * Tests that two judges agree on so many random files, in so many parts, each within the time of one test; and that the
 * files met each of these kinds of verdict, so that agreeing says something.
 * @param compare has both judge the file of this seed
 */
export function theyAgree(
  files: number,
  parts: number,
  compare: (seed: number) => Compared,
  kinds: readonly Verdict[],
): void {
  const verdicts = new Map<Verdict, number>();

  it.each(Array.from({ length: parts }, (_, part) => part + 1))(
    `part %i of ${parts}`,
    (part) => {
      const disagreements: string[] = [];
      const [from, to] = [part - 1, part].map((end) => Math.floor((end * files) / parts));
      for (let seed = from!; seed < to!; seed++) {
        const { verdict, disagreement } = compare(seed);
        verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
        if (disagreement) disagreements.push(disagreement);
      }
      expect(disagreements).toEqual([]);
    },
    120_000,
  );

  it('and they met every kind of verdict', () => {
    process.stdout.write(
      `\n${files} files: ${[...verdicts].map(([kind, n]) => `${kind} ${n}`).join(', ')}\n`,
    );
    expect(kinds.filter((kind) => !verdicts.has(kind))).toEqual([]);
  });
}
