import type { Me, Problem } from '@qingpai/wire';
import { computed, inject, onScopeDispose, ref, watch, type InjectionKey, type Ref } from 'vue';
import { get, post, type Asked } from '../shared/api';
import { language } from '../shared/language';
import { commonWords } from '../shared/words';
import { words as certificateWords } from '../certificate/words';
import { addressOf, placeOf, type Place } from './place';
import { words } from './words';

/** What every part of the desk shares: where one is, who one is, the words. */
export function createDesk() {
  const place = ref(placeOf(location.search));
  /** Null until the server has told. */
  const me = ref<Me | null>(null);
  const w = computed(() => words[language.value]);
  const c = computed(() => ({ ...commonWords[language.value], ...certificateWords[language.value] }));

  addEventListener('popstate', () => (place.value = placeOf(location.search)));

  /** A place given by what differs from here; `at` and `lot` are dropped unless given. */
  const to = (change: Partial<Place>): Place => ({
    view: place.value.view,
    filter: place.value.filter,
    at: null,
    lot: null,
    ...change,
  });
  function go(next: Place): void {
    const turned =
      next.view !== place.value.view || next.at !== place.value.at || next.lot !== place.value.lot;
    history.pushState(null, '', addressOf(next));
    place.value = next;
    if (turned) scrollTo(0, 0);
  }
  async function askMe(): Promise<Asked<Me>> {
    const told = await get<Me>('/api/me');
    if (told.ok) me.value = told.value;
    return told;
  }
  async function signOut(): Promise<void> {
    await post('/api/sign-out');
    await askMe();
  }
  return { place, me, w, c, language, to, go, askMe, signOut };
}
export type Desk = ReturnType<typeof createDesk>;
export const deskKey: InjectionKey<Desk> = Symbol('desk');

export function useDesk(): Desk {
  const desk = inject(deskKey);
  if (!desk) throw new Error('bug: no desk was provided');
  return desk;
}

export interface Told<T> {
  value: Ref<T | null>;
  problem: Ref<Problem | null>;
  loading: Ref<boolean>;
  reload: () => Promise<void>;
}

/**
 * Asks for what an address says, again whenever it changes; null asks nothing. What was told before stays until
 * the new answer is there. A session that has ended leads back to the sign-in.
 */
export function useTold<T>(path: () => string | null): Told<T> {
  const { askMe } = useDesk();
  const value = ref(null) as Ref<T | null>;
  const problem = ref<Problem | null>(null);
  const loading = ref(false);
  let turn = 0;
  onScopeDispose(() => (turn += 1));

  async function reload(): Promise<void> {
    const asked = path();
    const mine = ++turn;
    if (asked === null) return;
    loading.value = true;
    const told = await get<T>(asked);
    if (mine !== turn) return; // the reader has moved on
    loading.value = false;
    problem.value = told.ok ? null : told.problem;
    value.value = told.ok ? told.value : null;
    if (!told.ok && told.problem.status === 401) await askMe();
  }
  watch(path, reload, { immediate: true });
  /** An evening goes on while the officer looks elsewhere. */
  const renew = () => void (document.visibilityState === 'visible' && reload());
  document.addEventListener('visibilitychange', renew);
  onScopeDispose(() => document.removeEventListener('visibilitychange', renew));
  return { value, problem, loading, reload };
}
