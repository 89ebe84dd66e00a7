import { type Ledger, type LogTrees, type SignedHead, verifyByNode } from '@qingpai/ledger';
import { formatWitnessRequest, readCosignatures } from '@qingpai/ledger/rules';
import { type Timers } from '../desk/timers.js';
import { type AskWitness } from './askWitness.js';
import { type ConfiguredWitness } from './configured.js';
import * as limits from './limits.js';
import { type Moments } from './moments.js';
import { nextHead } from './nextHead.js';

export interface CourierParts {
  ledger: Ledger;
  trees: LogTrees;
  moments: Moments;
  ask: AskWitness;
  /** Before a witness is asked about a log for the first time: where it can be told of new logs, this does it. */
  introduce(origin: string): Promise<void>;
  nowMs(): number;
  timers: Timers;
  warn(event: string, details: Record<string, unknown>): void;
  onCosigned(origin: string): void;
  /** A witness holds what our log does not: a longer history, or another one. */
  onAlarm(origin: string): void;
}

/** Why a head was not cosigned; how long to wait depends on it. */
class NotCosigned extends Error {
  constructor(
    readonly why: string,
    readonly againMaxMs = limits.AGAIN_MAX_MS,
  ) {
    super(why);
  }
}

/**
 * Brings the heads of one log to one witness, one after the other and never in anybody's way. A witness that is away
 * is asked again later, and then gets all that it missed.
 */
export class Courier {
  private under: Promise<void> | null = null;
  private waiting: { stop: () => void; atMs: number } | null = null;
  private failures = 0;
  /** Since we started: had it held more than our log, we would have heard. */
  private hasAnswered = false;
  /** Not before: it was asked lately, or is away. */
  private restsUntilMs = 0;
  private awayUntilMs = 0;
  private stopped = false;

  constructor(
    private readonly origin: string,
    private readonly witness: ConfiguredWitness & { url: string },
    private readonly parts: CourierParts,
  ) {}

  /** There is a new head. @param urgent at once, unless the witness is away */
  news(urgent: boolean): void {
    this.wait(Math.max(urgent ? 0 : this.restsUntilMs, this.awayUntilMs));
  }

  /** At once, even if the witness was away a moment ago; resolves when it has all or will not. */
  async now(): Promise<void> {
    // What is under way may have begun before the newest head.
    await this.under;
    this.run();
    await this.under;
  }

  stop(): void {
    this.stopped = true;
    this.waiting?.stop();
    this.waiting = null;
  }

  private wait(untilMs: number): void {
    if (this.stopped || (this.waiting && this.waiting.atMs <= untilMs)) return;
    this.waiting?.stop();
    const afterMs = Math.max(0, untilMs - this.parts.nowMs());
    const stop = this.parts.timers.later(() => {
      this.waiting = null;
      void (this.under ?? Promise.resolve()).then(() => this.run());
    }, afterMs);
    this.waiting = { stop, atMs: untilMs };
  }

  private run(): void {
    if (this.stopped || this.under) return;
    this.restsUntilMs = this.parts.nowMs() + limits.WITNESS_EVERY_MS;
    this.under = this.bringAll()
      .then(
        () => this.handleBrought(),
        (error: unknown) => this.handleFailed(error),
      )
      .finally(() => (this.under = null));
  }

  private handleBrought(): void {
    if (this.failures > 0) this.parts.warn('witness.back', this.named());
    this.failures = 0;
    this.awayUntilMs = 0;
  }

  private handleFailed(error: unknown): void {
    const maxMs = error instanceof NotCosigned ? error.againMaxMs : limits.AGAIN_MAX_MS;
    const why = error instanceof NotCosigned ? error.why : String(error);
    // Once when it begins: it may be away for hours.
    if (this.failures === 0) this.parts.warn('witness.not-cosigned', { ...this.named(), why });
    this.awayUntilMs =
      this.parts.nowMs() + Math.min(maxMs, limits.AGAIN_FIRST_MS * 2 ** Math.min(this.failures, 20));
    this.failures++;
    this.wait(this.awayUntilMs);
  }

  private named() {
    return { log: this.origin, witness: this.witness.key.name };
  }

  // ---------------------------------------------------------------- one head after the other

  private async bringAll(): Promise<void> {
    const { ledger, moments, introduce } = this.parts;
    await introduce(this.origin);
    const [newestGiven] = await ledger.cosignatures.newestOf(this.origin, [this.witness.key.name]);
    let given = newestGiven?.size ?? 0;
    let at = given;
    for (let conflicts = 0; conflicts < limits.CONFLICTS_MAX && !this.stopped;) {
      const head = await ledger.headOf(this.origin);
      if (!head) return;
      const sizes = (await moments.of(this.origin, head.size)).map(({ size }) => size);
      const next = nextHead({ at, given, moments: sizes, newest: head.size });
      // Our database may be a copy that knows nothing of what was cosigned since: the newest once more, and we hear of it.
      const size = next ?? (this.hasAnswered || given === 0 ? null : given);
      if (size === null) return;
      const { stands, cosigned } = await this.bring(at, size, head.size);
      if (cosigned) given = size;
      else conflicts++;
      at = stands;
    }
    throw new NotCosigned('it sends us from size to size');
  }

  /** Asks for one head; answers where the witness stands now. */
  private async bring(
    from: number,
    size: number,
    newest: number,
  ): Promise<{ stands: number; cosigned: boolean }> {
    const { ledger, trees, ask } = this.parts;
    const [head] = await ledger.headsAt(this.origin, [size]);
    if (!head) throw this.alarm(`it has cosigned a head of ${size} leaves that we never signed`);
    const proof = await trees.proof(this.origin, from, size);
    const request = formatWitnessRequest({ oldSize: from, proof, checkpoint: head.note });
    const reply = await ask(this.witness.url, request);
    if (reply.said !== 'no') this.hasAnswered = true;
    if (reply.said === 'lines') {
      await this.keep(head, reply.lines);
      return { stands: size, cosigned: true };
    }
    if (reply.said === 'no') throw this.refusal(reply.status);
    if (reply.size === from) throw this.alarm(`it has cosigned another history of ${from} leaves`);
    if (reply.size > newest)
      throw this.alarm(`it has cosigned ${reply.size} leaves, our log has ${newest}: was it restored?`);
    // Its memory is older than its own cosignatures: somebody put back a copy.
    if (reply.size < from) this.parts.warn('witness.went-back', { ...this.named(), from, to: reply.size });
    return { stands: reply.size, cosigned: false };
  }

  /** What came back is verified before it is kept. */
  private async keep({ size, note }: SignedHead, lines: string): Promise<void> {
    const read = readCosignatures(bodyOf(note), lines, [this.witness.key], verifyByNode);
    if (!read.ok || read.value.length === 0) throw new NotCosigned('its answer is no cosignature of its key');
    await this.parts.ledger.cosignatures.add(this.origin, size, read.value);
    this.parts.onCosigned(this.origin);
  }

  private refusal(status: number): Error {
    if (status === 422) return this.alarm('it finds that our log does not extend what it has cosigned');
    if (status === 404 || status === 403)
      return new NotCosigned(
        `${status}: it does not know this log; on its machine: witness add <vkey>`,
        limits.AGAIN_UNKNOWN_MAX_MS,
      );
    return new NotCosigned(`it answers ${status}`);
  }

  private alarm(why: string): Error {
    this.parts.trees.forget(this.origin);
    this.parts.warn('witness.alarm', { ...this.named(), why });
    this.parts.onAlarm(this.origin);
    return new NotCosigned(`ALARM: ${why}`);
  }
}

export const bodyOf = (note: string): string => note.slice(0, note.lastIndexOf('\n\n') + 1);
