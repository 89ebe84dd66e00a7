import { type Reason, type Role } from '@qingpai/wire';

/**
 * How far a grant reaches. `self`: as oneself, for what is one's own · `own-show`: shows one hosts, in one's own
 * township · `own-township`: every show of one's township · `all`: the whole installation.
 */
export type Scope = 'self' | 'own-show' | 'own-township' | 'all';

/** Who may do what, and how far. What is not here is refused. Printed by /api/roles and docs/roles.md. */
export const grants = {
  'show.create': { host: 'own-township' },
  'show.cancel': { host: 'own-show', officer: 'own-township' },
  'show.continue': { host: 'own-show', operator: 'all' },
  'registry.continue': { officer: 'own-township' },
  'report.file': { officer: 'own-township' },
  'catalogue.edit': { host: 'own-show' },
  'floors.read': { host: 'own-show', officer: 'own-township' },
  'show.seal': { host: 'own-show' },
  'show.approve': { officer: 'own-township' },
  'staff.enrol': { host: 'own-show', moderator: 'own-township', officer: 'own-township' },
  'show.command': { host: 'own-show', moderator: 'own-township' },
  'stage.publish': { host: 'own-show', moderator: 'own-township' },
  'recording.watch': {
    host: 'own-show',
    moderator: 'own-township',
    officer: 'own-township',
    buyer: 'self',
  },
  'recording.open': { host: 'own-show', officer: 'own-township' },
  'recording.disk': { officer: 'own-township' },
  'show.takeOver': { host: 'own-township', moderator: 'own-township' },
  'bid.place': { buyer: 'self' },
  'chat.say': { host: 'self', moderator: 'self', buyer: 'self', officer: 'self' },
  'chat.moderate': { host: 'own-show', moderator: 'own-township' },
  'chat.record': { host: 'own-show', officer: 'own-township' },
  'waiting.admit': { host: 'own-show', moderator: 'own-township' },
  'slips.make': { host: 'own-show', officer: 'own-township' },
  'bill.read': { host: 'own-show', buyer: 'self', officer: 'own-township' },
  'bill.pay': { buyer: 'self' },
  'parcel.read': { host: 'own-show', officer: 'own-township' },
  'payment.dispute': { host: 'own-show', buyer: 'self', officer: 'own-township' },
  'payment.refund': { officer: 'own-township' },
  'payment.record': { host: 'own-show', officer: 'own-township' },
  'payment.confirm': { host: 'own-show', officer: 'own-township' },
  'parcel.handle': { host: 'own-show', officer: 'own-township' },
  'parcel.mine': { buyer: 'self' },
  'claim.answer': { host: 'own-show', officer: 'own-township' },
  'claim.see': { host: 'own-show', buyer: 'self', officer: 'own-township' },
  'consent.ask': { host: 'own-show', officer: 'own-township' },
  'payout.read': { host: 'own-show', officer: 'own-township' },
  'payout.make': { officer: 'own-township' },
  'payout.confirm': { host: 'own-show', officer: 'own-township' },
  'grower.account': { host: 'own-show', officer: 'own-township' },
  'books.read': { officer: 'own-township' },
  'statement.take': { officer: 'own-township' },
  'township.read': { officer: 'own-township' },
  'daily.read': { officer: 'own-township' },
  'report.sign': { officer: 'own-township' },
  'issue.open': { host: 'own-township', officer: 'own-township' },
  'issue.close': { officer: 'own-township' },
  'bundle.openings': { officer: 'own-township' },
  'witness.bring': { host: 'own-show', officer: 'own-township' },
  'locked.read': { officer: 'own-township', operator: 'all' },
  'me.erase': { host: 'self', moderator: 'self', buyer: 'self', officer: 'self', operator: 'self' },
  'bidding.lift': { officer: 'own-township' },
  'invariants.read': { officer: 'all', operator: 'all' },
  'operator.read': { operator: 'all' },
} as const satisfies Record<string, Partial<Record<Role, Scope>>>;

export type Action = keyof typeof grants;
export const actions = Object.keys(grants) as Action[];

export function scopeOf(role: Role, action: Action): Scope | null {
  const row: Partial<Record<Role, Scope>> = grants[action];
  return row[role] ?? null;
}

export function may(role: Role, action: Action): boolean {
  return scopeOf(role, action) !== null;
}

export function roleTable(): { role: Role; action: Action; scope: Scope }[] {
  return actions.flatMap((action) =>
    (Object.entries(grants[action]) as [Role, Scope][]).map(([role, scope]) => ({ role, action, scope })),
  );
}

/** `locked`: asked to be erased, and a retention period runs · `erased`: nothing personal of him is left. */
export type MemberState = 'active' | 'waiting' | 'banned' | 'locked' | 'erased';

/** What also a buyer may do who waits to be admitted. */
const whileWaiting: Action[] = ['me.erase'];

/** The part of a member that decides what he may do. `townshipId` is null for buyers: they buy everywhere. */
export interface Actor {
  memberId: string;
  townshipId: string | null;
  role: Role;
  state: MemberState;
}

/** What is acted on: the township and host of a show, or the person whose own thing it is. */
export interface Target {
  townshipId?: string;
  hostId?: string;
  memberId?: string;
}

/** Why this actor (null: nobody is signed in) may not act at all; null when only the scope is left to check. */
export function refusalOfAction(actor: Actor | null, action: Action): Reason | null {
  if (actor === null) return 'not-signed-in';
  const isHere = actor.state === 'active' || actor.state === 'waiting';
  if (!isHere || !may(actor.role, action)) return 'not-allowed';
  return actor.state === 'waiting' && !whileWaiting.includes(action) ? 'not-admitted' : null;
}

/** Role, state and scope together. A target that does not say whose it is, is nobody's: refused. */
export function refusalOn(actor: Actor | null, action: Action, target: Target): Reason | null {
  const refusal = refusalOfAction(actor, action);
  if (refusal !== null || actor === null) return refusal;
  const scope = scopeOf(actor.role, action);
  return scope !== null && reaches(scope, actor, target) ? null : 'not-allowed';
}

function reaches(scope: Scope, actor: Actor, target: Target): boolean {
  if (scope === 'all') return true;
  if (scope === 'self') return target.memberId === actor.memberId;
  if (!sameTownship(actor, target.townshipId)) return false;
  return scope === 'own-township' || target.hostId === actor.memberId;
}

export function sameTownship(actor: Actor, townshipId: string | undefined): boolean {
  return actor.townshipId !== null && actor.townshipId === townshipId;
}
