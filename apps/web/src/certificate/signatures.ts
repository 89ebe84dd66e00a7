import { fromU64be, parseNote } from '@qingpai/ledger/rules';
import type { Certificate } from '@qingpai/wire';

type Checkpoint = Certificate['checkpoints'][number];

/** A witness's line under a checkpoint, as the note says it: whether it holds is the verifier's to say. */
export interface Cosigner {
  name: string;
  atMs: number;
}

/** cosignature/v1: eight bytes of time, then the signature. */
const COSIGNATURE_BYTES = 8 + 64;

/** Who cosigned a checkpoint besides the log itself, in the order of the lines. */
export function cosignersOf({ note }: Pick<Checkpoint, 'note'>): Cosigner[] {
  const parsed = parseNote(note);
  if (!parsed.ok) return [];
  return parsed.value.signatures
    .filter(({ blob }) => blob.length === COSIGNATURE_BYTES)
    .map(({ name, blob }) => ({ name, atMs: Number(fromU64be(blob.slice(0, 8))) * 1_000 }));
}

/** One line of the table: a moment of the show, and who signed the log as it stood. Null: not there yet. */
export interface Signed {
  at: string;
  checkpoint: Checkpoint | null;
  witnesses: Cosigner[];
}

/** The moments in their order, a moment of its own for each list that was sealed. */
export function signedAt(checkpoints: readonly Checkpoint[]): Signed[] {
  return ['sealed', 'closed', 'settled'].flatMap((at): Signed[] => {
    const found = checkpoints.filter((checkpoint) => checkpoint.at === at);
    if (found.length === 0) return [{ at, checkpoint: null, witnesses: [] }];
    return found.map((checkpoint) => ({ at, checkpoint, witnesses: cosignersOf(checkpoint) }));
  });
}

/** How the show was witnessed: before bidding · not yet opened · only afterwards (事后见证) · by nobody at all. */
export type Witnessing = 'before' | 'notOpened' | 'late' | 'nobody';

export function witnessingOf({ witnessed, witness }: Pick<Certificate, 'witnessed' | 'witness'>): Witnessing {
  if (witnessed === null) return 'notOpened';
  if (witnessed) return 'before';
  return witness.names.length === 0 ? 'nobody' : 'late';
}
