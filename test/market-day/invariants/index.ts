import {
  bidBook,
  evolve,
  evolveBook,
  initialShow,
  judge,
  type LeafCertificate,
} from '@qingpai/auction/rules';
import { type JournalEntry } from '@qingpai/ledger/rules';
import {
  type BidAnswer,
  type CommandAnswer,
  type EventsFrame,
  type LoggedEvent,
  type ShowRules,
  type ShowState,
} from '@qingpai/wire';
import { type BreakableLog, SHOW } from '../breakableLog.js';
import { gradesFollow } from './afterSale.js';
import { Broken } from './broken.js';
import * as clocks from './clocks.js';
import { type Silence } from './clocks.js';
import * as ending from './ending.js';
import { Facts } from './facts.js';
import { leafInvariants } from './leaves.js';
import * as stored from './stored.js';
import * as told from './told.js';

export { Broken };

const looks = Object.entries(leafInvariants);

/** Names of all that is looked at but the leaves one by one, in the order of RELIABILITY §5. */
const names = {
  epoch: 'an epoch never goes back',
  owner: 'only the newest owner writes',
  ahead: 'nothing is stamped ahead of the clock',
  inTime: 'a lot closes in time',
  silence: 'no clock falls through a silence',
  setBack: 'no clock is set back to before somebody was heard',
  rules: 'the rules hold, both ways',
  asItStood: 'a stored leaf stays as it was',
  sameAnswer: 'the same bid has the same answer',
  acknowledged: 'no acknowledged bid is lost',
  asLogged: 'an answer is what the log says',
  byLeaf: 'a refusal is in the log',
  doneAsLogged: 'a command was done as it was told',
  stands: 'never refused for a bid that stands',
  fair: 'a fair bid is never late',
  announced: 'nothing is announced that is not stored',
  toldAsStored: 'what is announced is what is stored',
  frames: 'frames leave no gap',
  page: 'a page that watched holds the state of the log',
  answered: 'every bid is answered',
  held: 'the show comes to its end',
  accounted: 'no lot vanished',
  alike: 'the desk holds what the log says',
  cut: 'a checkpoint ends at each seal and close',
  books: 'the books balance',
  grades: 'the certificate counts what was paid and what came',
  verified: 'the verifier finds nothing',
  again: 'a second judge finds nothing',
} as const;
/** `nothing crashes` and `nothing spins` are the runner's. */
export const invariantNames: readonly string[] = [
  ...Object.keys(leafInvariants),
  ...Object.values(names),
  'nothing crashes',
  'nothing spins',
];

/** Which of them are looked at, by name. */
export type Looking = (name: string) => boolean;
export const everything: Looking = () => true;
/** Without the rules' own judge, the verifier and the second judge: what is wrong with the rules is seen all the same. */
export const withoutTheRules: Looking = (name) =>
  name !== names.rules && name !== names.verified && name !== names.again;

/** What must hold whatever happens (RELIABILITY §5). It looks at the stored log and at what people were told. */
export class Invariants {
  readonly state: ShowState;
  readonly facts: Facts;
  private readonly book = bidBook();
  private readonly told = new Map<string, BidAnswer>();
  private readonly seen: string[] = [];
  private readonly lastTo = new Map<object, number>();
  private readonly silences: Silence[] = [];
  private epochs = 0;
  private written = 0;

  constructor(
    private readonly log: BreakableLog,
    private readonly rules: ShowRules,
    private readonly looking: Looking = everything,
  ) {
    this.state = initialShow(rules);
    this.facts = new Facts(rules, log.floors);
  }

  /** One that is not looked at is not broken either. */
  private must(name: string, wrong: string | null): void {
    if (wrong !== null && this.looking(name)) throw new Broken(name, wrong);
  }

  /** After every step: how it was written, and what was stored since the last look. */
  afterStep(): void {
    const { epochs, written, leaves } = this.log;
    for (; this.epochs < epochs.length; this.epochs += 1) {
      this.must(names.epoch, stored.epochGrows(epochs[this.epochs - 1] ?? 0, epochs[this.epochs]!));
    }
    for (; this.written < written.length; this.written += 1) {
      const write = written[this.written]!;
      this.must(names.owner, stored.byItsOwner(write));
      this.must(names.ahead, stored.notAhead(write));
    }
    if (leaves.length < this.seen.length) this.must(names.asItStood, stored.asItStood(this.seen, leaves));
    while (this.seen.length < leaves.length) this.leaf(leaves[this.seen.length]!);
  }

  private leaf(leaf: LoggedEvent): void {
    for (const [name, look] of looks) this.must(name, look(this.facts, leaf));
    this.must(names.inTime, this.closedInTime(leaf));
    this.must(names.silence, clocks.fellInSilence(this.facts, leaf, this.silences));
    this.must(names.setBack, clocks.setBackTooFar(this.facts, leaf, this.log.heardAtMs));
    const finding = judge(this.state, this.book, leaf, this.log.floors);
    this.must(names.rules, finding && `${finding.code} ${JSON.stringify(leaf)}`);
    evolve(this.state, structuredClone(leaf));
    evolveBook(this.book, leaf);
    this.facts.fold(leaf);
    this.seen.push(JSON.stringify(leaf));
  }

  /** Nobody could be heard meanwhile, by the log's time. */
  silent(silence: Silence): void {
    this.silences.push(silence);
  }

  private closedInTime(leaf: LoggedEvent): string | null {
    if (leaf.type !== 'lot.hammered' && leaf.type !== 'lot.setAside') return null;
    const round = this.facts.lots.get(leaf.body.lot)?.round;
    if (!round || round.clock) return null;
    const { leaves, storedAtMs } = this.log;
    const at = (i: number) => ({ t: leaves[i]!.t, storedAtMs: storedAtMs[i]! });
    return stored.inTime(at(round.offeredI), { t: leaf.t, storedAtMs: storedAtMs[this.seen.length]! });
  }

  /** @param atSocketMs by the clock of the process that answered */
  answered(bidder: string, answer: BidAnswer, atSocketMs: number): void {
    const { leaves } = this.log;
    if (!told.isSettled(answer)) return;
    this.must(names.sameAnswer, told.sameAnswer(this.told.get(answer.bidId!), answer));
    this.must(names.acknowledged, told.acknowledged(leaves, bidder, answer));
    this.must(names.asLogged, told.asLogged(leaves, bidder, answer));
    this.must(names.byLeaf, told.refusedByLeaf(answer));
    this.told.set(answer.bidId!, answer);
    const leaf = answer.i === undefined ? undefined : leaves[answer.i];
    this.must(names.fair, told.fairToTheLast(this.state, leaf, answer, atSocketMs));
  }

  commanded(answer: CommandAnswer): void {
    this.must(names.doneAsLogged, told.doneAsLogged(this.log.leaves, answer));
  }

  /** @param by the desk, when it is one of its frames and no answer to who asks what he missed */
  announced(frame: EventsFrame, by?: object): void {
    this.must(names.announced, told.storedBeforeTold(this.log.leaves, frame));
    this.must(names.toldAsStored, told.toldAsStored(this.log.leaves, frame));
    if (!by) return;
    this.must(names.frames, told.noGapInFrames(this.lastTo.get(by) ?? null, frame));
    this.lastTo.set(by, frame.to);
  }

  /**
   * When all is over and quiet.
   * @param desk what the last process holds; null: it has ended
   * @param waiting bids without an answer
   * @param house what the house makes of the leaves: its books and its certificate
   */
  atEnd(
    pages: readonly ending.Page[],
    desk: ending.Page | null,
    waiting: number,
    { journal, certificate }: { journal: readonly JournalEntry[]; certificate: LeafCertificate },
  ): void {
    this.afterStep();
    const { log, state, facts } = this;
    const heads = log.memory.headsOf(SHOW);
    this.must(names.asItStood, stored.asItStood(this.seen, log.leaves));
    this.must(names.answered, waiting > 0 ? `${waiting} are not` : null);
    this.must(names.stands, this.refusedAndStands());
    this.must(names.accounted, ending.allAccounted(facts));
    this.must(names.held, state.phase === 'settled' ? null : state.phase);
    this.must(names.alike, desk && (ending.pageHolds(desk, state) ?? ending.foldedAlike(facts, desk.state)));
    for (const page of pages) this.must(names.page, ending.pageHolds(page, state));
    this.must(names.cut, ending.cutAtSeals(log.leaves, heads));
    this.must(names.books, ending.booksBalance(facts, journal));
    this.must(names.grades, gradesFollow(facts, certificate));
    if (![names.verified, names.again].some(this.looking)) return;
    const bundle = ending.bundleOf(this.rules, log.leaves, heads, log.floors, journal);
    if (this.looking(names.verified)) this.must(names.verified, ending.verified(bundle));
    if (this.looking(names.again)) this.must(names.again, ending.judgedAgain(bundle));
  }

  private refusedAndStands(): string | null {
    for (const [bidId, { ok }] of this.told) {
      if (!ok && this.book.bids.get(bidId)?.reason === null) return bidId;
    }
    return null;
  }
}
