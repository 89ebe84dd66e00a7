import {
  actMessage,
  type Command,
  decide,
  type DecidedEvent,
  lotsToSeal,
  rulesHash,
} from '@qingpai/auction/rules';
import type { EventBody, HostCommand, Office, Problem, sealDraft, ShowState } from '@qingpai/wire';
import type { z } from 'zod';
import { type Asked, get, post } from '../shared/api';
import { type OwnKey, ownKey } from '../shared/ownKey';

/**
 * What stands for good is signed by the host's own hand: sealing, withdrawing, closing. The page makes the leaf by the
 * same rules as the server and signs that; a server that decided anything else could not use the signature.
 */
type Act = Pick<DecidedEvent, 'type' | 'body'>;
type SignedCommand = Extract<HostCommand, { name: 'withdraw' | 'close' }>;

const noSecrets = { floors: new Map<string, number>() };

/** The leaf that withdrawing or closing would make now; null: the rules refuse it, and the server will say why. */
export function actOf(state: ShowState, by: Office, command: SignedCommand, nowMs: number): Act | null {
  const asked: Command = { by, ...command };
  const decision = decide(state, asked, nowMs, noSecrets);
  if (!decision.ok) return null;
  const wanted = command.name === 'close' ? 'show.closed' : 'lot.withdrawn';
  return decision.events.find(({ type }) => type === wanted) ?? null;
}

/** Whether the draft of the seal is the list that the host has before him. Its root only the server can compute. */
export function isListSeen(state: ShowState, draft: EventBody<'show.sealed'>): boolean {
  const lots = lotsToSeal(state);
  return (
    draft.lots === lots.length &&
    draft.units === lots.reduce((sum, { units }) => sum + units, 0) &&
    draft.rules === rulesHash(state.rules)
  );
}

export interface Desk {
  showId: string;
  state: ShowState;
  office: Office;
  nowMs: number;
}

/** The signature that goes with a command; null: none is needed, or there is nothing to sign. */
export async function signatureFor(command: HostCommand, desk: Desk): Promise<Asked<string | null>> {
  const act = await actFor(command, desk);
  if (!act.ok || act.value === null) return act as Asked<null>;
  const key = await ownKey(`office/${desk.showId}`);
  const enrolled = await enrol(desk, key);
  if (!enrolled.ok) return enrolled;
  return { ok: true, value: await key.sign(actMessage(act.value, desk.state.origin)) };
}

async function actFor(command: HostCommand, desk: Desk): Promise<Asked<Act | null>> {
  if (command.name === 'seal') return sealAct(desk);
  const isSigned = command.name === 'withdraw' || command.name === 'close';
  return { ok: true, value: isSigned ? actOf(desk.state, desk.office, command, desk.nowMs) : null };
}

async function sealAct({ showId, state }: Desk): Promise<Asked<Act>> {
  const draft = await get<z.infer<typeof sealDraft>>(`/api/shows/${showId}/seal`);
  if (!draft.ok) return draft;
  if (!isListSeen(state, draft.value)) return { ok: false, problem: listChanged };
  return { ok: true, value: { type: 'show.sealed', body: draft.value } };
}

/** The office signs from the first time on that its holder has brought a key. */
function enrol({ showId, state }: Desk, { key }: OwnKey): Promise<Asked<unknown>> {
  if (state.staff.some((one) => one.key === key)) return Promise.resolve({ ok: true, value: null });
  return post(`/api/shows/${showId}/staff`, { key });
}

const listChanged: Problem = {
  type: 'about:blank',
  title: 'The list has just changed; look at it again before you sign',
  status: 409,
  code: 'list-changed',
  detail: '清单刚刚变过，请再看一遍再锁定',
  requestId: '',
  errors: [],
};
