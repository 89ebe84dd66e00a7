import { formatPolicy, formatVkey, leafBytes, toBase64, utf8 } from '@qingpai/ledger/rules';
import {
  type Bundle,
  type EventType,
  type LoggedRegistryEvent,
  type RegistryBundle,
  type RegistryContinues,
} from '@qingpai/wire';
import {
  checkpointHash,
  decideRegistry,
  emptyRegistry,
  evolveRegistry,
  type RegistryWish,
  rootsAt,
  seasonDigest,
  vouchedBytes,
} from '../index.js';
import { bundleOf, digested, leavesOf, noteAt, signerOf } from './paperBundle.js';
import { type PaperShow } from './paperShow.js';

export const REGISTRY = 'market.example/township/siqiao';
export const originOf = (show: string): string => `market.example/shows/${show}`;
export const registrySigner = signerOf(REGISTRY, 40);
export const registryPolicy = formatPolicy({
  ...{ logs: [registrySigner.key], witnesses: [], groups: [], quorum: 'none' },
});

/** What the registry of these leaves says when another goes on from it, of this key and size. */
export function quoted(
  bytes: readonly Uint8Array[],
  by: { origin: string; signer: ReturnType<typeof signerOf> },
  next: ReturnType<typeof signerOf>,
  size = bytes.length,
): RegistryContinues {
  const vkey = formatVkey(next.key);
  const head = { origin: by.origin, size, root: toBase64(rootsAt(bytes, [size]).get(size)!), vkey };
  return { ...head, vouched: toBase64(by.signer.sign(vouchedBytes(head))) };
}

/** A township's registry on paper, and the shows that it lists. */
export class PaperSeason {
  readonly state = emptyRegistry();
  readonly leaves: string[] = [];
  /** Those that it goes on from, the nearest first. */
  readonly before: RegistryBundle[] = [];
  origin = REGISTRY;
  signer = registrySigner;
  /** By show id, as they go into the season's bundle: a test may leave one out, or put another in its place. */
  readonly bundles = new Map<string, string>();

  constructor() {
    this.logs({ type: 'registry.opened', body: { origin: REGISTRY, township: 'siqiao' } });
  }

  logs(wish: RegistryWish, t = this.state.t): void {
    const decided = decideRegistry(this.state, wish);
    if (!decided.ok) throw new Error(decided.fault);
    this.writes({ ...decided.event, i: this.leaves.length, t });
  }
  /** Whatever it is, as an operator with the key could. */
  writes(event: LoggedRegistryEvent): void {
    const leaf = { ...event, by: 'platform', show: this.origin, v: 2 } as Parameters<typeof leafBytes>[0];
    this.leaves.push(new TextDecoder().decode(leafBytes(leaf)));
    evolveRegistry(this.state, event);
  }

  /** After a restore another log goes on. @param change what an operator with both keys might say instead */
  goesOn(change: (continues: RegistryContinues) => RegistryContinues = (honest) => honest): void {
    const origin = `${REGISTRY}/${this.before.length + 2}`;
    const signer = signerOf(origin, 41 + this.before.length);
    const continues = change(quoted(this.leaves.map(utf8), this, signer));
    this.before.unshift(this.log());
    this.leaves.length = 0;
    Object.assign(this, { origin, signer });
    const body = { origin, township: 'siqiao', continues, n: this.state.n + 1 };
    this.writes({ type: 'registry.opened', body, i: 0, t: this.state.t });
  }
  private log(): RegistryBundle {
    const bytes = this.leaves.map(utf8);
    const checkpoints = [noteAt(bytes, bytes.length, this.signer)];
    return { origin: this.origin, leaves: [...this.leaves], checkpoints };
  }

  registers(show: string, startsAt = 0, origin = originOf(show)): void {
    const vkey = formatVkey(signerOf(origin).key);
    this.logs({ type: 'show.registered', body: { show, origin, vkey, startsAt } });
  }
  /** What its own log says of seal and close goes into the registry, and all of it into the season. */
  holds(paper: PaperShow): void {
    const { origin } = paper.state;
    const show = origin.slice(-11);
    for (const type of ['show.sealed', 'show.closed'] as const) {
      const note = noteOf(paper, type);
      if (note !== null) this.logs({ type, body: { show, note } });
    }
    this.bundles.set(show, digested(bundleOf(paper)));
  }

  /** The season's bundle, signed and digested. */
  text(
    change: (season: { registry: object; before?: RegistryBundle[]; shows: Bundle[] }) => void = () => {},
  ): string {
    const shows = [...this.bundles.values()].map((text) => JSON.parse(text) as Bundle);
    const before = structuredClone(this.before);
    const season = {
      ...{ format: 'qingpai/season/v1', registry: this.log(), shows },
      ...(before.length > 0 && { before }),
    };
    change(season);
    return JSON.stringify({ ...season, digest: seasonDigest(season) });
  }
}

/** What the registry notes of a show after its first leaf of this type; null: it has none. */
export function noteOf(paper: PaperShow, type: EventType): string | null {
  const { origin } = paper.state;
  const event = paper.leaves.find((leaf) => leaf.type === type);
  if (!event) return null;
  const size = event.i + 1;
  return checkpointHash(origin, size, rootsAt(leavesOf(paper.leaves, origin), [size]).get(size)!);
}
