import { type Ledger, LogTrees, type SignedHead, verifyByNode } from '@qingpai/ledger';
import {
  type Cosignature,
  formatWitnessRequest,
  parseCheckpoint,
  parseNote,
  parseSignatures,
  readCosignatures,
} from '@qingpai/ledger/rules';
import { Refused } from '@qingpai/platform';
import { type WitnessState } from '@qingpai/wire';
import { type DataSource } from 'typeorm';
import { type Timers } from '../desk/timers.js';
import { type AppendListener } from '../store/postgresShowLog.js';
import { type ShowStore } from '../store/showStore.js';
import { type Ahead } from './ahead.js';
import { type AskWitness } from './askWitness.js';
import { logsBehind, logsThatMayGrow } from './behind.js';
import { type ConfiguredWitness } from './configured.js';
import { bodyOf, Courier } from './courier.js';
import * as limits from './limits.js';
import { type Moments } from './moments.js';
import { nextHead } from './nextHead.js';
import { stateOfLog } from './stateOfLog.js';

export interface WitnessingParts {
  db: DataSource;
  ledger: Ledger;
  shows: Pick<ShowStore, 'show'>;
  moments: Moments;
  ahead: Ahead;
  witnesses: readonly ConfiguredWitness[];
  ask: AskWitness;
  /** Tells witnesses that learn from a file of ours; default: each is told by its operator. */
  introduce?(vkey: string): void | Promise<void>;
  nowMs(): number;
  timers: Timers;
  warn(event: string, details: Record<string, unknown>): void;
}

type ChangeListener = (showId: string) => void;

/**
 * Has the heads of our logs cosigned by whoever is configured to witness them. Nobody waits for it but who opens a
 * show: bids go on whatever becomes of the witnesses, and these get later what they missed.
 */
export class Witnessing {
  private readonly trees: LogTrees;
  private readonly couriers = new Map<string, Courier[]>();
  private readonly introduced = new Map<string, Promise<void>>();
  private readonly listeners = new Set<ChangeListener>();
  private readonly states = new Map<string, { value: Promise<WitnessState>; untilMs: number }>();
  private readonly looked = new Map<string, Promise<WitnessState>>();
  /** What listeners were told last. */
  private readonly told = new Map<string, string>();
  private stopSweeping: () => void = () => undefined;

  constructor(private readonly parts: WitnessingParts) {
    this.trees = new LogTrees(parts.ledger);
  }

  get isConfigured(): boolean {
    return this.parts.witnesses.length > 0;
  }

  /**
   * Looks for what is behind, now and then, and at first at all logs that may still grow: while we were away our database
   * may have been put back from a copy, and then a witness holds more than we do.
   */
  start(): void {
    if (!this.isConfigured) return;
    this.parts.ahead.asked = this.within(limits.ASKED_FIRST_MS, this.sweep(this.askOfAll()));
  }

  private async askOfAll(): Promise<void> {
    const origins = await logsThatMayGrow(this.parts.db);
    await Promise.all(origins.flatMap((origin) => this.couriersOf(origin).map((courier) => courier.now())));
  }

  stop(): void {
    this.stopSweeping();
    for (const courier of [...this.couriers.values()].flat()) courier.stop();
    this.couriers.clear();
  }

  /** Told whenever a show's state of witness changes; answers how to stop listening. */
  onChange(listener: ChangeListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  // ---------------------------------------------------------------- heads to witnesses

  /** After a commit, from the desk's log: it only notes what there is to do. */
  readonly handleAppended: AppendListener = ({ showId, origin }, { events, state }) => {
    if (!this.isConfigured || state.phase === 'draft') return;
    const types = events.map(({ type }) => type);
    if (types.includes('show.sealed')) this.look(showId);
    this.news(
      origin,
      types.some((type) => urgent.has(type)),
    );
  };

  /** A log has a new head. @param urgent it is not to wait for the next round */
  news(origin: string, isUrgent: boolean): void {
    for (const courier of this.couriersOf(origin)) courier.news(isUrgent);
  }

  /**
   * What opening needs to know: whether a witness has cosigned the sealed head; undefined: none is configured. One that
   * has not is asked at once, and waited for a moment.
   */
  async mayOpen(showId: string): Promise<boolean | undefined> {
    if (!this.isConfigured) return undefined;
    if (await this.isSealCosigned(showId)) return true;
    const { origin } = await this.parts.shows.show(showId);
    const asked = this.couriersOf(origin).map((courier) => courier.now());
    await this.within(limits.OPENING_WAITS_MS, Promise.all(asked));
    return this.isSealCosigned(showId);
  }

  async isSealCosigned(showId: string): Promise<boolean> {
    return (await this.readState(showId)).sealed === true;
  }

  private couriersOf(origin: string): Courier[] {
    let couriers = this.couriers.get(origin);
    if (!couriers) {
      couriers = this.parts.witnesses.flatMap((witness) =>
        witness.url === null ? [] : [this.courier(origin, { ...witness, url: witness.url })],
      );
      this.couriers.set(origin, couriers);
    }
    return couriers;
  }

  private courier(origin: string, witness: ConfiguredWitness & { url: string }): Courier {
    const { ledger, moments, ask, nowMs, timers, warn } = this.parts;
    return new Courier(origin, witness, {
      ...{ ledger, moments, ask, nowMs, timers, warn, trees: this.trees },
      introduce: (log) => this.introduce(log),
      onCosigned: (log) => this.lookAtLog(log),
      onAlarm: (log) => {
        this.parts.ahead.add(log);
        this.lookAtLog(log);
      },
    });
  }

  private introduce(origin: string): Promise<void> {
    let introduced = this.introduced.get(origin);
    if (!introduced) {
      introduced = this.parts.ledger
        .vkeyOf(origin)
        .then((vkey) => this.parts.introduce?.(vkey))
        .then(() => undefined);
      this.introduced.set(origin, introduced);
      introduced.catch(() => this.introduced.delete(origin));
    }
    return introduced;
  }

  private async sweep(first = Promise.resolve()): Promise<void> {
    const { db, witnesses, timers, warn } = this.parts;
    this.stopSweeping = timers.later(() => void this.sweep(), limits.SWEEP_EVERY_MS);
    try {
      await first;
      const names = witnesses.map(({ key }) => key.name);
      for (const { origin, showId } of await logsBehind(db, names)) {
        // Time alone makes a show late, and nothing else would tell.
        if (showId !== null) this.look(showId);
        this.news(origin, false);
      }
    } catch (error) {
      warn('witness.sweep-failed', { error: String(error) });
    }
  }

  private async within(ms: number, work: Promise<unknown>): Promise<void> {
    let stop = () => {};
    const late = new Promise<void>((resolve) => (stop = this.parts.timers.later(resolve, ms)));
    await Promise.race([work, late]);
    stop();
  }

  // ---------------------------------------------------------------- how far it is

  /** As a show's pages are told. Refuses: `unknown-show`. */
  stateOf(showId: string): Promise<WitnessState> {
    const nowMs = this.parts.nowMs();
    const kept = this.states.get(showId);
    if (kept && kept.untilMs > nowMs) return kept.value;
    const value = this.readState(showId);
    this.states.set(showId, { value, untilMs: nowMs + limits.STATE_LIFE_MS });
    value.catch(() => this.states.delete(showId));
    return value;
  }

  private async readState(showId: string): Promise<WitnessState> {
    const { db, ledger, moments, witnesses, nowMs } = this.parts;
    const { origin } = await this.parts.shows.show(showId);
    if (!this.isConfigured) return { witnesses: 0, sealed: null, size: null, atMs: null, late: false };
    const names = witnesses.map(({ key }) => key.name);
    const state = await stateOfLog({ db, ledger, moments }, origin, names, nowMs());
    return {
      witnesses: names.length,
      ...state,
      ...(this.parts.ahead.has(origin) && { alarm: true as const }),
    };
  }

  /** Reads the state anew and tells it if it has changed. */
  private look(showId: string): void {
    this.states.delete(showId);
    const looked = this.stateOf(showId);
    this.looked.set(showId, looked);
    looked.then(
      (state) => {
        const text = JSON.stringify(state);
        // Who looked later tells it himself.
        if (this.looked.get(showId) !== looked || this.told.get(showId) === text) return;
        this.told.set(showId, text);
        for (const listener of this.listeners) listener(showId);
      },
      (error: unknown) => this.parts.warn('witness.state-unknown', { show: showId, error: String(error) }),
    );
  }

  private lookAtLog(origin: string): void {
    const showId = /\/shows\/([^/]+)$/.exec(origin)?.[1];
    if (showId !== undefined) this.look(showId);
  }

  // ---------------------------------------------------------------- by file

  /**
   * What a witness is asked, for a USB stick: the same body as over HTTP. Refuses: `not-sealed`, `not-found` for a
   * witness that is not configured.
   * @param oldSize where the witness stands, if it says so; default: where we know it
   */
  async requestOf(showId: string, witness?: string, oldSize?: number): Promise<string> {
    const { ledger, moments, witnesses } = this.parts;
    const { origin, phase } = await this.parts.shows.show(showId);
    if (phase === 'draft') throw new Refused('not-sealed');
    const asked =
      witness === undefined ? byFileFirst(witnesses) : witnesses.find(({ key }) => key.name === witness);
    if (!asked) throw new Refused('not-found');
    const head = await ledger.headOf(origin);
    if (!head) throw new Error(`bug: ${origin} has no leaf`);
    const [newest] = await ledger.cosignatures.newestOf(origin, [asked.key.name]);
    const given = newest?.size ?? 0;
    const at = oldSize ?? given;
    if (at > head.size) throw new Refused('not-found');
    const sizes = (await moments.of(origin, head.size)).map(({ size }) => size);
    const size = nextHead({ at, given, moments: sizes, newest: head.size }) ?? head.size;
    const [target] = await ledger.headsAt(origin, [size]);
    if (!target) throw new Refused('not-found');
    const proof = await this.trees.proof(origin, at, size);
    return formatWitnessRequest({ oldSize: at, proof, checkpoint: target.note });
  }

  /**
   * Takes cosignatures that came by another way: signature lines, or a whole note with them. Refuses: `malformed`,
   * `bad-signature` when no configured witness gave them on a head of this log.
   */
  async add(showId: string, text: string): Promise<WitnessState> {
    const { origin } = await this.parts.shows.show(showId);
    const lines = text.includes('\n\n') ? text.slice(text.lastIndexOf('\n\n') + 2) : text;
    if (!parseSignatures(lines).ok) throw new Refused('malformed');
    const found = await this.headBehind(origin, text, lines);
    if (!found) throw new Refused('bad-signature');
    await this.parts.ledger.cosignatures.add(origin, found.head.size, found.cosignatures);
    this.look(showId);
    return this.stateOf(showId);
  }

  private async headBehind(origin: string, text: string, lines: string) {
    const keys = this.parts.witnesses.map(({ key }) => key);
    for (const head of await this.headsFor(origin, text)) {
      const read = readCosignatures(bodyOf(head.note), lines, keys, verifyByNode);
      if (read.ok && read.value.length > 0) return { head, cosignatures: read.value as Cosignature[] };
    }
    return null;
  }

  /** The head that a whole note names; bare lines name none, so the likely ones are tried. */
  private async headsFor(origin: string, text: string): Promise<SignedHead[]> {
    const { ledger, moments } = this.parts;
    const note = parseNote(text);
    const named = note.ok ? parseCheckpoint(note.value.body) : undefined;
    if (named?.ok) return named.value.origin === origin ? ledger.headsAt(origin, [named.value.size]) : [];
    const head = await ledger.headOf(origin);
    const upTo = head?.size ?? 0;
    const sizes = (await moments.of(origin, upTo)).map(({ size }) => size);
    const newest = await ledger.newestHeads(origin, limits.HEADS_TRIED_MAX);
    return [...(await ledger.headsAt(origin, sizes)), ...newest];
  }
}

/** After these a head is cosigned at once. */
const urgent: ReadonlySet<string> = new Set(['show.sealed', 'show.closed', 'show.settled', 'lot.hammered']);

const byFileFirst = (witnesses: readonly ConfiguredWitness[]): ConfiguredWitness | undefined =>
  witnesses.find(({ url }) => url === null) ?? witnesses[0];
