import { signerOf, verifyByNode } from '@qingpai/ledger';
import { type JournalEntry, fromBase64, isBalanced, signCheckpoint } from '@qingpai/ledger/rules';
import { verifyBundle } from '@qingpai/auction/rules';
import { type ShowHead } from '@qingpai/auction/testing';
import {
  endsWithCheckpoint,
  type LoggedEvent,
  type ShowRules,
  type ShowState,
  type Verdict,
} from '@qingpai/wire';
import {
  digested,
  leavesOf,
  openingOf,
  ORIGIN,
  policyOf,
} from '../../../libs/auction/src/rules/testing/paperBundle.js';
import { naiveVerdict } from '../../tampering/naive/judge.js';
import { type Facts } from './facts.js';

/** When all is over and quiet. Each answers what is wrong; null: nothing. */

const signer = signerOf(ORIGIN, Buffer.alloc(32, 7));
const policy = policyOf(signer);

/** The bundle of the show, over the roots that the store has kept. */
export function bundleOf(
  rules: ShowRules,
  leaves: readonly LoggedEvent[],
  heads: readonly ShowHead[],
  floors: ReadonlyMap<string, number>,
  journal: readonly JournalEntry[],
): string {
  const ends = new Set(leaves.filter(endsWithCheckpoint).map(({ i }) => i + 1));
  const kept = heads.filter(({ size }) => ends.has(size) || size === leaves.length);
  return digested({
    format: 'qingpai/bundle/v1',
    origin: ORIGIN,
    rules,
    leaves: leavesOf(leaves).map((bytes) => new TextDecoder().decode(bytes)),
    checkpoints: kept.map(({ size, root }) =>
      signCheckpoint({ origin: ORIGIN, size, root: fromBase64(root)! }, signer),
    ),
    openings: [...floors].map(([lot, floorFen]) => openingOf(lot, floorFen)),
    journal,
  });
}

const good: readonly Verdict[] = ['ALL_SOLD_AND_SETTLED', 'ALL_ACCOUNTED_NOT_ALL_SOLD'];

/** By the very verifier that strangers run. */
export function verified(bundle: string): string | null {
  const { verdict, findings } = verifyBundle(bundle, { policy, verify: verifyByNode });
  const [finding] = findings;
  return good.includes(verdict) ? null : `${verdict}: ${finding?.code} ${finding?.i ?? ''}`;
}

/** By a judge that shares no code with it. */
export function judgedAgain(bundle: string): string | null {
  const { verdict, i, why } = naiveVerdict(bundle, { policy });
  return good.includes(verdict) ? null : `${verdict}: ${why} ${i ?? ''}`;
}

/** A checkpoint ends exactly at each seal, close and settlement. */
export function cutAtSeals(leaves: readonly LoggedEvent[], heads: readonly ShowHead[]): string | null {
  const sizes = new Set(heads.map(({ size }) => size));
  const missing = leaves.filter(endsWithCheckpoint).find(({ i }) => !sizes.has(i + 1));
  return missing ? `${missing.type} at ${missing.i}` : null;
}

/**
 * Debits are credits; buyers owe nothing any more; the bank holds what was paid, deposits too, and neither given back nor
 * paid out; where the show waits for its growers, they are owed nothing and owe nothing.
 */
export function booksBalance(facts: Facts, journal: readonly JournalEntry[]): string | null {
  const unbalanced = journal.find((entry) => !isBalanced(entry));
  if (unbalanced) return `entry ${unbalanced.n}`;
  const balances = new Map<string, number>();
  for (const { account, side, amountFen } of journal.flatMap(({ lines }) => lines)) {
    balances.set(account, (balances.get(account) ?? 0) + (side === 'debit' ? amountFen : -amountFen));
  }
  const mustBeNothing = facts.rules.growerDues ? /:(receivable|payable|clawback)$/ : /:receivable$/;
  const owing = [...balances].find(([account, fen]) => mustBeNothing.test(account) && fen !== 0);
  if (owing) return `${owing[0]} ${owing[1]}`;
  const heldFen = ['bank:escrow', 'gateway:stripe:clearing'].reduce(
    (sum, one) => sum + (balances.get(one) ?? 0),
    0,
  );
  const paid = [...facts.sales.values()].filter(({ isPaid }) => isPaid);
  const keptFen = paid.reduce((sum, { totalFen, backFen }) => sum + totalFen - backFen, 0);
  const ofDepositsFen = [...facts.deposits.values()].reduce(
    (sum, { amountFen, returnedFen }) => sum + amountFen - returnedFen,
    0,
  );
  const paidOutFen = [...facts.sales.values()].reduce(
    (sum, { payout }) => sum + (payout ? payout.amountFen - payout.comeBackFen : 0),
    0,
  );
  const allFen = keptFen + ofDepositsFen - paidOutFen;
  return heldFen === allFen ? null : `${heldFen} is held of ${allFen}`;
}

/** Every unit of the list has one end, and what is sold belongs to one sale. */
export function allAccounted(facts: Facts): string | null {
  const left = facts.sealed.find((lot) => lot.round !== null || facts.openUnits(lot) !== 0);
  return left ? `${left.said.lot}: ${facts.openUnits(left)} units` : null;
}

/** What the rules' own state says of it is what the leaves say. */
export function foldedAlike(facts: Facts, state: ShowState): string | null {
  for (const lot of facts.sealed) {
    const { lot: id, units } = lot.said;
    const of = state.lots[id];
    const sold = facts.standing(id).reduce((sum, sale) => sum + sale.units, 0);
    const { passed, withdrawn, carried } = lot.ended;
    const told = of && [of.units, of.soldUnits, of.passedUnits, of.withdrawnUnits, of.carriedUnits];
    const said = [units, sold, passed, withdrawn, carried];
    if (told?.join() !== said.join()) return `${id}: ${told?.join()} and ${said.join()}`;
  }
  return null;
}

/** Refusals move a state's time and size, and pages are not told of them. */
const plain = (state: object): string => JSON.stringify({ ...state, t: 0, next: 0 });
export interface Page {
  state: ShowState;
  next: number;
}
export const pageHolds = (page: Page, state: ShowState): string | null =>
  page.next === state.next && plain(page.state) === plain(state) ? null : `at ${page.next} of ${state.next}`;
