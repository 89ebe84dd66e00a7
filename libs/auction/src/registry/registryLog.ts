import { type HeldLog, type Ledger } from '@qingpai/ledger';
import { leafBytes } from '@qingpai/ledger/rules';
import { type LoggedRegistryEvent } from '@qingpai/wire';
import { type EntityManager } from 'typeorm';
import {
  decideRegistry,
  emptyRegistry,
  evolveRegistry,
  type RegistryFault,
  registryFaults,
  type RegistryState,
  type RegistryWish,
} from '../rules/index.js';

/** The registry's rules do not allow this now. */
export class RegistryRefused extends Error {
  override readonly name = 'RegistryRefused';
  constructor(readonly fault: RegistryFault) {
    super(registryFaults[fault].en);
  }
}

/** What may be logged depends on what is logged already; none: nothing to do. */
export type WishesOf = (state: RegistryState) => readonly RegistryWish[];

/**
 * Logs what is wished, by the registry's rules, in the caller's transaction: from here to its end the log is his alone,
 * so that deciding and writing are one act, whichever server does it. Throws `RegistryRefused`.
 */
export async function appendToRegistry(
  ledger: Ledger,
  manager: EntityManager,
  origin: string,
  wishesOf: WishesOf,
  nowMs: number,
): Promise<LoggedRegistryEvent[]> {
  const held = await ledger.takeOver(origin, manager);
  const state = await foldRegistry(ledger, manager, held);
  const wishes = wishesOf(state);
  if (wishes.length === 0) return [];
  const tMs = Math.max(state.t, nowMs);
  const events = wishes.map((wish, at) => {
    const decided = decideRegistry(state, wish);
    if (!decided.ok) throw new RegistryRefused(decided.fault);
    const event = { ...decided.event, i: held.frontier.size + at, t: tMs };
    evolveRegistry(state, event);
    return event;
  });
  const leaves = events.map((event) => registryLeaf(event, origin));
  await ledger.appendIn(manager, held, { leaves, tMs });
  return events;
}

async function foldRegistry(ledger: Ledger, manager: EntityManager, held: HeldLog): Promise<RegistryState> {
  const state = emptyRegistry();
  await ledger.replay(held, (bytes) => void evolveRegistry(state, registryEvent(bytes)), manager);
  return state;
}

/** What our own log holds was checked before it was written. */
export const registryEvent = (bytes: Buffer): LoggedRegistryEvent => {
  const { i, t, type, body } = JSON.parse(bytes.toString('utf8')) as LoggedRegistryEvent;
  return { i, t, type, body } as LoggedRegistryEvent;
};

const registryLeaf = ({ body, i, t, type }: LoggedRegistryEvent, origin: string): Uint8Array =>
  leafBytes({ body, by: 'platform', i, show: origin, t, type, v: 2 });
