import type { Problem } from '@qingpai/wire';

/** What came of a request: the body, or the problem the server named. Never throws. */
export type Asked<T> = { ok: true; value: T } | { ok: false; problem: Problem };

const unreachable: Problem = {
  type: 'about:blank',
  title: 'No connection to the server; try again',
  status: 0,
  code: 'unreachable',
  detail: '连不上服务器，请稍后再试',
  requestId: '',
  errors: [],
};

/** GET, or a JSON or multipart body with any other method. A 2xx without a body gives null. */
export async function ask<T>(method: string, path: string, body?: unknown): Promise<Asked<T>> {
  const form = body instanceof FormData;
  try {
    const response = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: body === undefined || form ? {} : { 'content-type': 'application/json' },
      body: form ? body : body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    const value: unknown = text ? JSON.parse(text) : null;
    if (response.ok) return { ok: true, value: value as T };
    return { ok: false, problem: { ...unreachable, status: response.status, ...(value as Problem | null) } };
  } catch {
    return { ok: false, problem: unreachable };
  }
}

export const get = <T>(path: string) => ask<T>('GET', path);
export const post = <T>(path: string, body: unknown = {}) => ask<T>('POST', path, body);

/** The words of a problem in the reader's language. */
export const problemWords = (problem: Problem, language: 'zh' | 'en'): string =>
  language === 'zh' ? problem.detail : problem.title;
