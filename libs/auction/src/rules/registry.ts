import { canonical, ED25519, fromBase64, parseVkey, utf8 } from '@qingpai/ledger/rules';
import {
  type LoggedRegistryEvent,
  type RegistryBody,
  type RegistryContinues,
  type RegistryEvent,
} from '@qingpai/wire';

/** A show as the registry tells of it. */
export interface RegisteredShow extends Omit<RegistryBody<'show.registered'>, 'n'> {
  /** The leaf that registered it, and in which registry. */
  i: number;
  log: string;
  isCancelled: boolean;
  /** Hashes of the checkpoints' bodies that end with its seal and its close (base64); null: not yet. */
  sealed: string | null;
  closed: string | null;
}

/** A township's registry, folded from its leaves. */
export interface RegistryState {
  /** Null before `registry.opened`; after a restore that of the log that goes on. */
  origin: string | null;
  /** All that it went by, the newest last. */
  origins: string[];
  /** Of the last event; the next has the number after it. */
  n: number;
  /** Time of the newest leaf, ms since 1970 UTC. */
  t: number;
  /** By show id, in the order they were registered. */
  shows: Map<string, RegisteredShow>;
  /** Keys of officers, base64, by which catalogues may be approved. */
  officers: Set<string>;
}

export const emptyRegistry = (): RegistryState => ({
  origin: null,
  origins: [],
  n: 0,
  t: 0,
  shows: new Map(),
  officers: new Set(),
});

/** What the registry's rules can find wrong: stable codes, words in two languages. */
export const registryFaults = {
  'registry-first': {
    zh: '登记簿必须以开簿开始，且只开一次；恢复后另起的，接着前一本',
    en: 'A registry begins with its opening, once; one that goes on after a restore follows the one before',
  },
  'registry-number': { zh: '登记簿的编号断了', en: 'The numbers of the registry have a gap' },
  'registry-key': {
    zh: '登记的公钥不是这个账本的公钥',
    en: 'What was registered is no key of this log',
  },
  'registered-twice': { zh: '同一专场登记了两次', en: 'The same show was registered twice' },
  'enrolled-twice': { zh: '同一把干部密钥登记了两次', en: "The same officer's key was enrolled twice" },
  'not-registered': { zh: '这场专场没有登记过', en: 'This show was never registered' },
  'already-sealed': { zh: '这场专场已登记为锁定', en: 'This show is noted as sealed already' },
  'not-sealed-yet': { zh: '这场专场还没有登记为锁定', en: 'This show is not noted as sealed yet' },
  'already-closed': { zh: '这场专场已登记为收场', en: 'This show is noted as closed already' },
  'already-cancelled': { zh: '这场专场已取消', en: 'This show was cancelled' },
} as const;
export type RegistryFault = keyof typeof registryFaults;

type WithoutNumber<E> = E extends RegistryEvent ? { type: E['type']; body: Omit<E['body'], 'n'> } : never;
/** An event to be: the registry gives it its number. */
export type RegistryWish = WithoutNumber<RegistryEvent>;

/** What the key of a registry signs of the one that goes on from it (wire/registry.ts, `continues`). */
export const vouchedBytes = ({ origin, size, root, vkey }: Omit<RegistryContinues, 'vouched'>): Uint8Array =>
  utf8(`qingpai/registry-continues/v1\n${canonical({ origin, root, size, vkey })}`);

/** Numbers what may be logged now, or says why it may not. */
export function decideRegistry(
  state: RegistryState,
  wish: RegistryWish,
): { ok: true; event: RegistryEvent } | { ok: false; fault: RegistryFault } {
  const fault = faultOf(state, wish);
  if (fault) return { ok: false, fault };
  const event = { type: wish.type, body: { ...wish.body, n: state.n + 1 } } as RegistryEvent;
  return { ok: true, event };
}

/** The same rules for what was logged: null when it is what the rules allow in this state. */
export function judgeRegistry(state: RegistryState, event: RegistryEvent): RegistryFault | null {
  return event.body.n === state.n + 1 ? faultOf(state, event) : 'registry-number';
}

function faultOf(state: RegistryState, { type, body }: RegistryWish): RegistryFault | null {
  if (type !== 'registry.opened' && state.origin === null) return 'registry-first';
  switch (type) {
    case 'registry.opened':
      return faultOfOpening(state, body);
    case 'report.filed':
      return null;
    case 'show.registered':
      return faultOfNewShow(state, body);
    case 'officer.enrolled':
      if (fromBase64(body.key)?.length !== 32) return 'registry-key';
      return state.officers.has(body.key) ? 'enrolled-twice' : null;
    case 'show.cancelled':
    case 'show.sealed':
    case 'show.closed':
      return faultOfStep(state.shows.get(body.show), type);
  }
}

function faultOfOpening(
  { origin: before, origins }: RegistryState,
  { origin, continues }: Omit<RegistryBody<'registry.opened'>, 'n'>,
): RegistryFault | null {
  const isNext = (continues?.origin ?? null) === before && !origins.includes(origin);
  if (!isNext) return 'registry-first';
  return continues && !isKeyOf(continues.vkey, origin) ? 'registry-key' : null;
}

function isKeyOf(vkey: string, origin: string): boolean {
  const key = parseVkey(vkey);
  return key.ok && key.value.type === ED25519 && key.value.name === origin;
}

function faultOfNewShow(
  state: RegistryState,
  { show, origin, vkey }: Omit<RegistryBody<'show.registered'>, 'n'>,
): RegistryFault | null {
  if (!isKeyOf(vkey, origin)) return 'registry-key';
  const isKnown = state.shows.has(show) || [...state.shows.values()].some((known) => known.origin === origin);
  return isKnown ? 'registered-twice' : null;
}

/** Registered → sealed → closed; cancelled only before it was sealed. */
function faultOfStep(
  show: RegisteredShow | undefined,
  type: 'show.cancelled' | 'show.sealed' | 'show.closed',
): RegistryFault | null {
  if (!show) return 'not-registered';
  if (show.isCancelled) return 'already-cancelled';
  if (type === 'show.closed') {
    if (show.sealed === null) return 'not-sealed-yet';
    return show.closed === null ? null : 'already-closed';
  }
  return show.sealed === null ? null : 'already-sealed';
}

/** Folds a leaf that was decided or judged good, in place. */
export function evolveRegistry(state: RegistryState, event: LoggedRegistryEvent): RegistryState {
  state.n = event.body.n;
  state.t = event.t;
  switch (event.type) {
    case 'registry.opened':
      state.origin = event.body.origin;
      state.origins.push(state.origin);
      break;
    case 'show.registered': {
      const { show, origin, vkey, startsAt } = event.body;
      const fresh = { isCancelled: false, sealed: null, closed: null };
      const where = { i: event.i, log: state.origin! };
      state.shows.set(show, { show, origin, vkey, startsAt, ...where, ...fresh });
      break;
    }
    case 'show.cancelled':
      known(state, event.body.show).isCancelled = true;
      break;
    case 'show.sealed':
      known(state, event.body.show).sealed = event.body.note;
      break;
    case 'show.closed':
      known(state, event.body.show).closed = event.body.note;
      break;
    case 'officer.enrolled':
      state.officers.add(event.body.key);
      break;
    case 'report.filed':
      break;
  }
  return state;
}

function known(state: RegistryState, show: string): RegisteredShow {
  const found = state.shows.get(show);
  if (!found) throw new Error(`bug: the registry does not know the show ${show}`);
  return found;
}
