import type { Me, Problem, signedIn } from '@qingpai/wire';
import { ref } from 'vue';
import type { z } from 'zod';
import { get, post } from '../shared/api';

/** asking: not known yet; other: signed in, but not as someone who runs shows. */
export type Session = 'asking' | 'unreachable' | 'out' | 'other' | 'in';
export type SignedIn = z.infer<typeof signedIn>;

export const session = ref<Session>('asking');
export const me = ref<Me | null>(null);
/** Why a one-time link did not work. */
export const linkProblem = ref<Problem | null>(null);

/** A link's token comes in the fragment; it leaves the address before anything else happens. */
function takeToken(): string | null {
  const token = new URLSearchParams(location.hash.slice(1)).get('link');
  if (token !== null) history.replaceState(null, '', location.pathname + location.search);
  return token;
}

export function enter(as: Me): void {
  me.value = as;
  linkProblem.value = null;
  if (!as.signedIn) session.value = 'out';
  else session.value = as.role === 'host' || as.role === 'moderator' ? 'in' : 'other';
}

export async function begin(): Promise<void> {
  const token = takeToken();
  if (token !== null) {
    const exchanged = await post<SignedIn>('/api/sign-in/link', { token });
    if (exchanged.ok) return enter(exchanged.value.me);
    linkProblem.value = exchanged.problem;
  }
  const asked = await get<Me>('/api/me');
  if (asked.ok) {
    const why = linkProblem.value;
    enter(asked.value);
    linkProblem.value = why;
  } else session.value = asked.problem.status === 401 ? 'out' : 'unreachable';
}

export async function signOut(): Promise<void> {
  await post('/api/sign-out');
  me.value = null;
  session.value = 'out';
}

/** A link opened while the page is open changes the fragment only. */
addEventListener('hashchange', () => void (location.hash.includes('link=') && begin()));
