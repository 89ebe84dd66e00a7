/** What somebody dropped on the page. It is told by what it says, never by its name. */
export type FileKind = 'bundle' | 'season' | 'policy' | 'receipts' | 'known';

/** Enough of a file to tell: what its first lines are, and which format a JSON file names early or late. */
const LOOK_CHARS = 65_536;

/**
 * Which kind of file this is. A JSON file that names none of our formats is taken for a bundle: it may be a copy that was
 * cut short, and the verifier then says so. Null: it is nothing that we know.
 */
export function kindOf(text: string): FileKind | null {
  const head = text.slice(0, LOOK_CHARS);
  if (/^\s*[{[]/.test(head)) {
    const ends = head + text.slice(-LOOK_CHARS);
    if (/"qingpai\/(receipts|evidence)\/v1"/.test(ends)) return 'receipts';
    return ends.includes('"qingpai/season/v1"') ? 'season' : 'bundle';
  }
  if (head.startsWith('qingpai/receipt/v1 ')) return 'receipts';
  if (/^[^\n]+\n\d+\n[A-Za-z0-9+/]+=*\n\n— /.test(head)) return 'known';
  return /^(log|witness|group|quorum)\s/m.test(head) ? 'policy' : null;
}

export interface NamedFile {
  name: string;
  kind: FileKind;
  text: string;
}

/** What is judged, and by what. */
export interface Material {
  /** A season, or bundles: those that go on from each other's logs belong together. */
  season: NamedFile | null;
  bundles: NamedFile[];
  policy: NamedFile | null;
  known: NamedFile[];
  receipts: NamedFile[];
}

/** The newest of each kind counts, and all bundles; a season stands for its bundles. */
export function materialOf(files: readonly NamedFile[]): Material {
  const all = (kind: FileKind) => files.filter((file) => file.kind === kind);
  const season = all('season').at(-1) ?? null;
  return {
    season,
    bundles: season ? [] : all('bundle'),
    policy: all('policy').at(-1) ?? null,
    known: all('known'),
    receipts: all('receipts'),
  };
}
