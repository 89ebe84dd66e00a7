import { anchoredClock, type Clock } from '@qingpai/platform';
import {
  type Bid,
  type BidAnswer,
  type CommandAnswer,
  defaultRules,
  type EventBody,
  type LoggedEvent,
  type ShowRules,
} from '@qingpai/wire';
import { Desk } from '../desk/desk.js';
import { LoopWatch } from '../desk/loopWatch.js';
import { type Asked } from '../desk/line.js';
import { type DeskPorts } from '../desk/ports.js';
import { nodeSignatures } from '../desk/signatures.js';
import { processTimers } from '../desk/timers.js';
import { bidBook, evolve, evolveBook, initialShow, judge } from '../rules/index.js';
import { type ShowLog } from '../store/showLog.js';
import { MemoryShowLog } from './memoryShowLog.js';

export const SHOW = '20261124-01';
export const HASH = `${'A'.repeat(43)}=`;
export const GROWER = 'grower-aaaaaaaaa';
/** A pseudonym that a person can read. */
export const bidderNamed = (name: string): string => name.padEnd(16, '-').slice(0, 16);

/** Windows short enough for a test, long enough for a slow machine. */
export const quickRules: ShowRules = {
  ...defaultRules,
  openForMs: 600,
  windowMs: 300,
  extensionMs: 300,
  hardEndMs: 5_000,
  lastCallMs: 200,
  complaintMs: 0,
};

/** Time that a test can stop and turn; it goes on by itself otherwise. */
export class TurnedClock implements Clock {
  private aheadMs = 0;
  private readonly real = anchoredClock();
  nowMs(): number {
    return this.real.nowMs() + this.aheadMs;
  }
  /** As if the process had stood still for so long. */
  jump(ms: number): void {
    this.aheadMs += ms;
  }
}

export interface Rig {
  desk: Desk;
  ports: DeskPorts;
  clock: TurnedClock;
  log: MemoryShowLog;
  warnings: string[];
}

export function portsOn(log: ShowLog, clock: Clock = anchoredClock(), warnings: string[] = []): DeskPorts {
  return {
    log,
    clock,
    timers: processTimers,
    watch: new LoopWatch(clock),
    signatures: nodeSignatures,
    warn: (event) => warnings.push(event),
  };
}

/** A desk on a log in memory, with nothing in its show yet. */
export async function rigWith(rules: ShowRules = quickRules): Promise<Rig> {
  const log = new MemoryShowLog();
  const clock = new TurnedClock();
  log.create(SHOW, rules, clock.nowMs());
  const warnings: string[] = [];
  const ports = portsOn(log, clock, warnings);
  ports.watch.start();
  return { desk: await Desk.open(SHOW, ports), ports, clock, log, warnings };
}

export function lotNamed(lot: string, more: Partial<EventBody<'lot.catalogued'>> = {}): Asked {
  const number = lot.slice(1).padStart(3, '0');
  return {
    by: 'host',
    name: 'catalogue',
    floorFen: 0,
    lot: {
      list: 1,
      lot,
      number,
      title: `绣球 ${number}`,
      grower: GROWER,
      unit: '盆',
      units: 1,
      format: 'english',
      startFen: 1_000,
      floor: null,
      ...more,
    },
  };
}

/** Throws unless the desk said yes. */
export async function done<A extends BidAnswer | CommandAnswer>(
  asked: Promise<A>,
): Promise<Extract<A, { ok: true }>> {
  const answer = await asked;
  if (!answer.ok) throw new Error(`refused: ${answer.reason}`);
  return answer as Extract<A, { ok: true }>;
}

/** Catalogue, seal, open: a show on air with these lots and bidders. */
export async function onAir(
  desk: Desk,
  lots: Asked[] = [lotNamed('L1'), lotNamed('L2')],
  bidders = ['lin', 'wu'],
): Promise<void> {
  await done(desk.command(lots));
  await done(desk.command({ by: 'host', name: 'seal' }));
  await done(desk.command({ by: 'host', name: 'open' }));
  for (const name of bidders) {
    await desk.register({ bidder: bidderNamed(name), id: HASH, kind: 'buyer' });
  }
}

let bids = 0;
export function bidOf(amountFen: number, more: Partial<Bid> = {}): Bid {
  bids += 1;
  return { bidId: `bid-${String(bids).padStart(6, '0')}`, lot: 'L1', offering: 1, amountFen, ...more };
}

export const offer = (desk: Desk, lot = 'L1') => done(desk.command({ by: 'host', name: 'offer', lot }));

/** Waits until `truth` holds; throws after two seconds. */
export async function until(truth: () => boolean, withinMs = 2_000): Promise<void> {
  for (let waitedMs = 0; !truth(); waitedMs += 5) {
    if (waitedMs > withinMs) throw new Error('waited in vain');
    await sleep(5);
  }
}
export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** What the rules find wrong with these leaves, by index; nothing, one hopes. */
export function findingsIn(leaves: readonly LoggedEvent[], rules: ShowRules): string[] {
  const [state, book] = [initialShow(rules), bidBook()];
  return leaves.flatMap((leaf) => {
    const finding = judge(state, book, leaf);
    evolve(state, leaf);
    evolveBook(book, leaf);
    return finding ? [`${leaf.i} ${leaf.type}: ${finding.code}`] : [];
  });
}
