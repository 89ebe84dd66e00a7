import { type Ledger } from '@qingpai/ledger';
import { leafBytes } from '@qingpai/ledger/rules';
import { type LoggedRegistryEvent } from '@qingpai/wire';
import { LessThan, MoreThan, type EntityManager } from 'typeorm';
import {
  decideRegistry,
  emptyRegistry,
  evolveRegistry,
  type RegistryFault,
  registryFaults,
  type RegistryState,
  type RegistryWish,
} from '../rules/index.js';
import { RegistryRow } from './entities.js';

/** The registry's rules do not allow this now. */
export class RegistryRefused extends Error {
  override readonly name = 'RegistryRefused';
  constructor(readonly fault: RegistryFault) {
    super(registryFaults[fault].en);
  }
}

/** Another log goes on from this one: what is to be logged belongs there. */
export class RegistryWentOn extends Error {
  override readonly name = 'RegistryWentOn';
}

/** What may be logged depends on what is logged already; none: nothing to do. */
export type WishesOf = (state: RegistryState) => readonly RegistryWish[];

/**
 * Logs what is wished, by the registry's rules, in the caller's transaction: from here to its end the log is his alone,
 * so that deciding and writing are one act, whichever server does it. Throws `RegistryRefused`, `RegistryWentOn`.
 */
export async function appendToRegistry(
  ledger: Ledger,
  manager: EntityManager,
  origin: string,
  wishesOf: WishesOf,
  nowMs: number,
): Promise<LoggedRegistryEvent[]> {
  const held = await ledger.takeOver(origin, manager);
  const row = await manager.findOneByOrFail(RegistryRow, { origin });
  const { townshipId, nth } = row;
  const isOver = await manager.existsBy(RegistryRow, { townshipId, nth: MoreThan(nth) });
  if (isOver) throw new RegistryWentOn(`another log goes on from ${origin}`);
  const state = await foldBefore(ledger, manager, row);
  await ledger.replay(held, (bytes) => void evolveRegistry(state, registryEvent(bytes)), manager);
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

/** The registries that one goes on from, the nearest first. */
export const registriesBefore = (
  manager: EntityManager,
  { townshipId, nth }: Pick<RegistryRow, 'townshipId' | 'nth'>,
): Promise<RegistryRow[]> =>
  manager.find(RegistryRow, { where: { townshipId, nth: LessThan(nth) }, order: { nth: 'DESC' } });

/** What those before it have said. */
async function foldBefore(ledger: Ledger, manager: EntityManager, row: RegistryRow): Promise<RegistryState> {
  const state = emptyRegistry();
  for (const { origin } of (await registriesBefore(manager, row)).reverse()) {
    await foldInto(state, ledger, origin);
  }
  return state;
}

/** Folded from all leaves of a registry and of those before it, up to its newest head. */
export async function foldRegistry(
  ledger: Ledger,
  manager: EntityManager,
  row: RegistryRow,
): Promise<RegistryState> {
  const state = await foldBefore(ledger, manager, row);
  await foldInto(state, ledger, row.origin);
  return state;
}

async function foldInto(state: RegistryState, ledger: Ledger, origin: string): Promise<void> {
  const size = (await ledger.headOf(origin))?.size ?? 0;
  for await (const page of ledger.pages(origin, size)) {
    for (const bytes of page) evolveRegistry(state, registryEvent(bytes));
  }
}

/** What our own log holds was checked before it was written. */
export const registryEvent = (bytes: Buffer): LoggedRegistryEvent => {
  const { i, t, type, body } = JSON.parse(bytes.toString('utf8')) as LoggedRegistryEvent;
  return { i, t, type, body } as LoggedRegistryEvent;
};

const registryLeaf = ({ body, i, t, type }: LoggedRegistryEvent, origin: string): Uint8Array =>
  leafBytes({ body, by: 'platform', i, show: origin, t, type, v: 2 });
