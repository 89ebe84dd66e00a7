import { parseCount } from '@qingpai/ledger/rules';
import { WITNESS_ANSWER_MS } from './limits.js';

/** What a witness said: signature lines, the size it stands at, or that it will not. */
export type WitnessReply =
  { said: 'lines'; lines: string } | { said: 'size'; size: number } | { said: 'no'; status: number };

/** The outside world's edge: tests bring their own. Throws when nobody answers. */
export type AskWitness = (url: string, request: string) => Promise<WitnessReply>;

/** C2SP tlog-witness over HTTP. */
export const askWitness: AskWitness = async (url, request) => {
  const response = await fetch(`${url}/add-checkpoint`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: request,
    redirect: 'error',
    signal: AbortSignal.timeout(WITNESS_ANSWER_MS),
  });
  const { status } = response;
  const text = await response.text();
  if (status === 200) return { said: 'lines', lines: text };
  const size = text.endsWith('\n') ? parseCount(text.slice(0, -1)) : undefined;
  const isSize = response.headers.get('content-type')?.startsWith('text/x.tlog.size') ?? false;
  return status === 409 && isSize && size !== undefined ? { said: 'size', size } : { said: 'no', status };
};
