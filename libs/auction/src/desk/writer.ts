import { Refused, refusalOf } from '@qingpai/platform';
import { type LoggedEvent, type Reason } from '@qingpai/wire';
import { type EntityManager } from 'typeorm';
import { booksRootOf, moneyFactsOf } from '../rules/index.js';
import { Away, Fenced, heardUntilMs, OutcomeUnknown, type TakenShow } from '../store/showLog.js';
import { refusedBid } from './answers.js';
import { cutsBatch, decidePlace, type KnownBefore, leavesToSeal, type Outcome } from './deciding.js';
import * as limits from './limits.js';
import { asksFor, type Place, quotesLog } from './line.js';
import { ShowMemory } from './memory.js';
import { type DeskPorts } from './ports.js';
import { type ShowClock } from './showClock.js';

/** Places taken out of the line together, and what became of each of them. */
interface Batch {
  places: Place[];
  outcomes: Outcome[];
  /** When its first place was stamped. */
  begunMs: number;
  /** Whatever comes now goes into the next one. */
  isFull: boolean;
  /** Why it cannot be decided, where it cannot. */
  error?: unknown;
}

/** A batch on its way into the log. */
interface Flight {
  batch: Batch;
  leaves: LoggedEvent[];
  /** Never rejects. */
  landing: Promise<Landing>;
}
type Landing = { ok: true } | { ok: false; error: unknown };
const landed: Landing = { ok: true };

export type NewPlace = Place extends infer P ? (P extends Place ? Omit<P, 't' | 'tries'> : never) : never;

/**
 * The line before one show's log, and the one who empties it. It takes all that waits, decides it, appends it in one
 * transaction, and only then answers. While one batch is being committed the next is decided on top of it, and sent when
 * the first is known to be in the log. Whatever goes wrong with a commit, memory is thrown away with all that was built
 * on it, and the log is asked what happened; nothing is guessed.
 */
export class Writer {
  memory: ShowMemory;
  /**
   * Away: the database has not answered for so long that nobody is kept waiting any more. Closing: the line is
   * finished, nothing joins it. Fenced: another owner writes this log, so this one has nothing more to say.
   */
  private state: 'ready' | 'recovering' | 'away' | 'closing' | 'fenced' = 'ready';
  private readonly line: Place[] = [];
  private stampedMs: number;
  private writing: Promise<void> | null = null;
  /** So many of the first places go into batches of their own, to find the one that the database refuses. */
  private singly = 0;
  private handleArrival: () => void = () => undefined;
  /** Whose places have not been told yet: at most one on its way and one behind it. */
  private readonly untold = new Set<Batch>();

  constructor(
    private readonly showId: string,
    taken: TakenShow,
    private readonly ports: DeskPorts,
    private readonly clock: ShowClock,
    private readonly handleCommitted: () => void,
    private readonly handleFenced: () => void,
  ) {
    this.memory = new ShowMemory(taken);
    this.stampedMs = taken.state.t;
  }

  /** Why nothing can take a place now, or null. */
  get turnsAway(): Reason | null {
    if (this.memory.ended !== null) return this.memory.ended;
    if (this.state === 'away' || this.state === 'closing' || this.state === 'fenced') return 'not-ready';
    return this.line.length >= limits.DESK_WAITING_MAX ? 'too-busy' : null;
  }
  get isBusy(): boolean {
    return this.writing !== null;
  }
  /** Nothing waits and nothing is in doubt: whoever speaks now is heard. */
  get isHearing(): boolean {
    this.ports.watch.check(); // after a stall, not before its place has been written
    return this.state === 'ready' && this.memory.ended === null && !this.isBusy;
  }

  /** Whether a silence matters to this show; a line that is full takes it all the same. */
  private get takesSilence(): boolean {
    const away = this.turnsAway;
    return this.memory.committed.phase === 'open' && (away === null || away === 'too-busy');
  }

  /** When something arrives: never before what arrived earlier, nor before the log's last leaf. */
  stamp(): number {
    this.ports.watch.check(); // after a stall its own place comes into the line first
    this.stampedMs = Math.max(this.stampedMs, this.clock.nowMs());
    return this.stampedMs;
  }

  place(place: NewPlace, t = this.stamp()): void {
    this.line.push({ ...place, t, tries: 0 });
    this.handleArrival();
    this.writing ??= this.write();
  }

  /** The loop stood still: what was heard before stands in line already, what comes now finds the time given back. */
  placeStall(fromMs: number, toMs: number): void {
    if (!this.takesSilence) return;
    this.stampedMs = Math.max(this.stampedMs, toMs);
    this.place({ kind: 'giveBack', cause: 'stall', fromMs, toMs }, this.stampedMs);
  }

  /**
   * The room was dark until now: in front of everybody, who could not be heard any earlier. One silence with those that
   * have not been written yet: each alone would give back less. Between lots too, so that no clock begins in the dark.
   */
  placeDark(darkFromMs: number): void {
    const { committed } = this.memory;
    if (!this.takesSilence) return;
    const toMs = this.clock.nowMs();
    const earlier = this.line.filter((place) => place.kind === 'giveBack');
    const fromMs = Math.min(darkFromMs, ...earlier.map((place) => place.fromMs));
    const others = this.line.splice(0).filter((place) => place.kind !== 'giveBack');
    const t = Math.max(committed.t, Math.min(toMs, others[0]?.t ?? toMs));
    this.stampedMs = Math.max(this.stampedMs, t);
    this.line.push({ kind: 'giveBack', cause: 'dark', fromMs, toMs, t, tries: 0 }, ...others);
    this.handleArrival();
    this.writing ??= this.write();
  }

  /** Finishes the line, then takes nothing more. */
  async close(): Promise<void> {
    if (this.state !== 'fenced') this.state = 'closing';
    await this.writing;
    this.turnAway(this.line.splice(0), 'not-ready');
  }

  // ---------------------------------------------------------------- one batch after the other

  private async write(): Promise<void> {
    let flight: Flight | null = null;
    while (flight !== null || this.line.length > 0) {
      const { ended } = this.memory;
      if (ended !== null && flight === null) this.turnAway(this.line.splice(0), ended);
      flight = await this.writeBatch(flight);
    }
    this.writing = null;
  }

  /** Gathers a batch while the one before it is on its way, and sends it after that; only then is that one told. */
  private async writeBatch(before: Flight | null): Promise<Flight | null> {
    const batch: Batch = { places: [], outcomes: [], begunMs: this.memory.committed.t, isFull: false };
    this.untold.add(batch);
    const landing = await this.gather(batch, before);
    if (before && !landing.ok) {
      this.line.unshift(...batch.places);
      this.untold.delete(batch);
      await this.recover(before, landing.error);
      return null;
    }
    const isGood = batch.error === undefined;
    const flight = isGood && batch.places.length > 0 ? this.send(batch) : null;
    if (before) this.land(before.batch);
    if (!flight && isGood) this.untold.delete(batch);
    if (!isGood) await this.recover({ batch, leaves: this.memory.cut() }, batch.error);
    return flight;
  }

  /** Decides what stands in line and what comes, until the flight before has landed. Answers how it landed. */
  private async gather(batch: Batch, before: Flight | null): Promise<Landing> {
    for (;;) {
      // Whoever goes alone waits for the one before: if that one is refused, nobody else is with him.
      if (before && (this.singly > 0 || batch.isFull)) return before.landing;
      // One turn of the loop: what has been received by now comes into the same batch.
      if (this.line.length > 0) await new Promise<void>((resolve) => this.ports.timers.soon(resolve));
      await this.fill(batch, before !== null);
      if (!before) return landed;
      const landing = await Promise.race([before.landing, this.arrival()]);
      if (landing) return landing;
    }
  }

  private arrival(): Promise<null> {
    return new Promise((resolve) => (this.handleArrival = () => resolve(null)));
  }

  private async fill(batch: Batch, isFlying: boolean): Promise<void> {
    try {
      await this.takeInto(batch, isFlying);
    } catch (error) {
      Object.assign(batch, { error, isFull: true });
    }
  }

  /** Decides as much of the line as goes into one transaction. */
  private async takeInto(batch: Batch, isFlying: boolean): Promise<void> {
    const { draft } = this.memory;
    const max = this.singly > 0 ? 1 : limits.DESK_BATCH_MAX;
    this.singly = Math.max(0, this.singly - 1);
    while (!batch.isFull && this.line.length > 0) {
      const next = this.line[0]!;
      if (quotesLog(next) && (isFlying || batch.places.length > 0)) return void (batch.isFull = true);
      if (batch.places.length === 0) batch.begunMs = next.t;
      batch.places.push(next);
      this.line.shift();
      const known = await this.lookUp(next);
      const decided = draft.leaves.length;
      // Another owner may have written meanwhile: the log's time never goes back.
      batch.outcomes.push(decidePlace(draft, { ...next, t: Math.max(next.t, draft.state.t) }, known));
      batch.isFull = batch.places.length >= max || cutsBatch(draft.leaves.slice(decided));
    }
  }

  private send(batch: Batch): Flight {
    const leaves = this.memory.cut();
    return {
      batch,
      leaves,
      landing: leaves.length === 0 ? this.confirm(batch) : this.append(batch, leaves),
    };
  }

  /** A refusal that leaves nothing in the log meets no fence there; who is no owner any more knows too little. */
  private async confirm({ outcomes }: Batch): Promise<Landing> {
    if (!outcomes.some(({ isOurWord }) => isOurWord)) return landed;
    const hasAnswer = this.patience();
    try {
      await this.ports.log.confirm(this.held);
      return landed;
    } catch (error) {
      return { ok: false, error };
    } finally {
      hasAnswer();
    }
  }

  private get held(): Pick<TakenShow, 'showId' | 'origin' | 'epoch'> {
    const { committed, epoch } = this.memory;
    return { showId: this.showId, origin: committed.origin, epoch };
  }

  /** Null when this is still the log's owner, so that what it knows is all there is; otherwise why it cannot say. */
  async unlessOwner(): Promise<Reason | null> {
    try {
      await this.ports.log.confirm(this.held);
      return null;
    } catch (error) {
      if (error instanceof Fenced) this.giveWay();
      return 'not-ready';
    }
  }

  private async append({ outcomes }: Batch, leaves: LoggedEvent[]): Promise<Landing> {
    const { showId, memory } = this;
    const { epoch, head, committed, draft } = memory;
    const beside = besidesOf(outcomes);
    const hasAnswer = this.patience();
    try {
      memory.commit(
        leaves,
        await this.ports.log.append(
          { showId, origin: committed.origin, epoch, head },
          { events: leaves, state: draft.state, beside },
        ),
      );
      return landed;
    } catch (error) {
      return { ok: false, error };
    } finally {
      hasAnswer();
    }
  }

  private async lookUp(place: Place): Promise<KnownBefore> {
    const catalogue = asksFor(place, 'seal') ? await this.catalogueRoot() : '';
    const books = asksFor(place, 'settle') ? this.booksRoot() : '';
    const isSigned = place.kind === 'bid' && (await place.isSigned);
    return { catalogue, books, isSigned, signatures: this.ports.signatures };
  }

  private async catalogueRoot(): Promise<string> {
    const leaves = leavesToSeal(this.memory.draft.state);
    return this.ports.log.catalogueRoot(this.showId, leaves);
  }

  private booksRoot(): string {
    const { committed, events } = this.memory;
    return booksRootOf(moneyFactsOf(committed, events));
  }

  private land(batch: Batch): void {
    const wasAway = this.state === 'away';
    if (wasAway) this.state = 'ready';
    this.tell(batch);
    if (wasAway) this.placeDark(batch.begunMs);
  }

  private tell(batch: Batch): void {
    this.untold.delete(batch);
    for (const outcome of batch.outcomes) outcome.tell();
    this.handleCommitted();
  }

  // ---------------------------------------------------------------- when nothing is heard

  /** Answers how to call it off. */
  private patience(alreadyMs = 0): () => void {
    return this.ports.timers.later(
      () => this.losePatience(),
      Math.max(0, limits.DESK_PATIENCE_MS - alreadyMs),
    );
  }

  /**
   * The database has been silent for too long, whether it was asked to append or to say what it holds. What was asked
   * may have happened or may happen yet; nobody is kept waiting for that: the answer is `not-ready`, ask again.
   */
  private losePatience(): void {
    if (this.state === 'ready' || this.state === 'recovering') this.state = 'away';
    this.memory.doubtful = true;
    for (const { places } of this.untold) this.turnAway(places.splice(0), 'not-ready');
    this.turnAway(this.line.splice(0), 'not-ready');
  }

  // ---------------------------------------------------------------- when a commit goes wrong

  private async recover({ batch, leaves }: Omit<Flight, 'landing'>, error: unknown): Promise<void> {
    this.memory.doubtful = true;
    this.ports.warn('desk.commit-failed', { show: this.showId, leaves: leaves.length, error: String(error) });
    if (error instanceof Fenced) return this.giveWay();
    if (this.state === 'ready') this.state = 'recovering';
    const hasAnswer = this.patience(this.clock.nowMs() - batch.begunMs);
    const taken = await this.takeOverAgain();
    hasAnswer();
    if (taken === null) return;
    this.memory = new ShowMemory(taken);
    this.clock.goOnFrom(heardUntilMs(taken));
    this.stampedMs = Math.max(this.stampedMs, taken.state.t);
    if (this.state === 'recovering' || this.state === 'away') this.state = 'ready';
    this.ports.warn('desk.taken-over-again', { show: this.showId, leaves: taken.events.length });
    if (this.memory.holds(leaves)) this.tell(batch);
    else this.putBack(batch.places, error);
    this.untold.delete(batch);
    const darkFromMs = Math.max(batch.begunMs, taken.heardAtMs);
    if (this.clock.nowMs() - batch.begunMs > limits.STALL_MS) this.placeDark(darkFromMs);
    this.handleCommitted();
  }

  /** Whoever asks again with the same id is answered from the log, by whoever holds it then. */
  private giveWay(): void {
    this.state = 'fenced';
    for (const { places } of this.untold) this.turnAway(places.splice(0), 'not-ready');
    this.untold.clear();
    this.turnAway(this.line.splice(0), 'not-ready');
    this.handleFenced();
  }

  /** Asks until the log answers, or the server stops. */
  private async takeOverAgain(): Promise<TakenShow | null> {
    for (
      let waitMs = limits.RELOAD_AGAIN_FIRST_MS;
      ;
      waitMs = Math.min(waitMs * 2, limits.RELOAD_AGAIN_MAX_MS)
    ) {
      try {
        return await this.ports.log.takeOver(this.showId);
      } catch (error) {
        this.ports.warn('desk.take-over-failed', { show: this.showId, error: String(error) });
      }
      if (this.state === 'closing') {
        this.losePatience();
        return null;
      }
      await new Promise<void>((resolve) => this.ports.timers.later(resolve, waitMs));
    }
  }

  /**
   * It did not happen: the same places, in the same order, at the front of the line. A batch that the database
   * refused goes one by one; who stands alone and is refused gets the reason.
   */
  private putBack(places: Place[], error: unknown): void {
    const isRefused = !(error instanceof OutcomeUnknown || error instanceof Away);
    // Nobody asks again for the time that a silence cost.
    const isHopeless = isRefused && places.length === 1 && places[0]!.kind !== 'giveBack';
    if (isHopeless) return this.turnAway(places, reasonOf(error));
    const again = places.filter((place) => place.tries < limits.DESK_TRIES_MAX);
    this.turnAway(
      places.filter((place) => place.tries >= limits.DESK_TRIES_MAX),
      'not-ready',
    );
    this.line.unshift(...again.map((place) => ({ ...place, tries: place.tries + 1 })));
    if (isRefused) this.singly = again.length;
  }

  private turnAway(places: readonly Place[], reason: Reason): void {
    for (const place of places) {
      if (place.kind === 'bid') place.answer(refusedBid(place.bid.bidId, reason));
      if (place.kind === 'command') place.answer(refusalOf(reason));
    }
  }
}

const reasonOf = (error: unknown): Reason => (error instanceof Refused ? error.reason : 'internal');

/** What goes into the transaction beside the leaves, in the order of the line. */
function besidesOf(outcomes: readonly Outcome[]): ((manager: EntityManager) => Promise<void>)[] {
  return outcomes.flatMap(({ beside }) =>
    beside ? [(manager: EntityManager) => beside.write(manager, beside.leaves)] : [],
  );
}
