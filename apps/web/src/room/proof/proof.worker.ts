import * as judge from './judge';

/** The judge, off the main thread: one question, one answer, in order. */
export type Question = {
  [N in keyof typeof judge]: { id: number; name: N; args: Parameters<(typeof judge)[N]> };
}[keyof typeof judge];
export type Reply = { id: number; value: unknown } | { id: number; error: string };

self.addEventListener('message', ({ data: { id, name, args } }: MessageEvent<Question>) => {
  try {
    const judged = (judge[name] as (...asked: unknown[]) => unknown)(...args);
    self.postMessage({ id, value: judged } satisfies Reply);
  } catch (error) {
    self.postMessage({ id, error: String(error) } satisfies Reply);
  }
});
