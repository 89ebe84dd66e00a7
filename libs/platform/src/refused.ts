import { reasons, type Problem, type Reason, type Refusal } from '@qingpai/wire';

/** One field that did not pass, by its path inside the body, e.g. `lots.3.units`. */
export type FieldError = Problem['errors'][number];

/** HTTP status per reason. What is not named here is a conflict with the state of things: 409. */
const statuses: Partial<Record<Reason, number>> = {
  malformed: 400,
  'wrong-nth': 400,
  'bad-signature': 400,
  'signature-missing': 400,
  'not-signed-in': 401,
  'wrong-code': 401,
  'wrong-token': 401,
  'bidder-not-allowed': 403,
  'own-lot': 403,
  'two-defaults': 403,
  'no-paddle': 403,
  'not-allowed': 403,
  'not-admitted': 403,
  muted: 403,
  'own-role': 403,
  'same-person': 403,
  'foreign-origin': 403,
  'not-found': 404,
  'unknown-show': 404,
  'unknown-lot': 404,
  'unknown-sale': 404,
  'recording-gone': 404,
  'replay-not-open': 403,
  'unknown-payment': 404,
  'unknown-claim': 404,
  'unknown-event': 404,
  'camera-replaced': 410,
  'too-large': 413,
  'bad-file': 415,
  'bad-photo': 415,
  'import-has-errors': 422,
  'amount-differs': 422,
  'refund-above-paid': 422,
  'freight-differs': 422,
  'not-served': 422,
  'no-pick-up': 422,
  'pay-by-not-later': 422,
  'floor-with-zero-start': 422,
  'clock-without-start': 422,
  'start-below-floor': 422,
  'wild-dug': 422,
  'personal-data': 422,
  'cap-not-fitting': 422,
  'floor-word-missing': 422,
  'units-of-carried': 422,
  'slow-down': 429,
  'slow-mode': 429,
  internal: 500,
  'too-busy': 503,
  'no-online-payment': 503,
  'not-ready': 503,
  'no-live-video': 503,
};

export function statusOf(reason: Reason): number {
  return statuses[reason] ?? 409;
}

/**
 * An expected failure on its way to the person who asked: thrown in guards, pipes and controllers, turned into
 * a `problem` over HTTP and a `refusal` on sockets. Rules do not throw it, they return the reason.
 */
export class Refused extends Error {
  constructor(
    readonly reason: Reason,
    readonly status: number = statusOf(reason),
    readonly errors: FieldError[] = [],
  ) {
    super(reasons[reason].en);
    this.name = 'Refused';
  }
}

/** The answer of a refused request (RFC 9457). `requestId` is what a person can quote to the operator. */
export function problemOf(refused: Refused, requestId: string): Problem {
  return {
    type: `urn:qingpai:reason:${refused.reason}`,
    title: reasons[refused.reason].en,
    status: refused.status,
    code: refused.reason,
    detail: reasons[refused.reason].zh,
    requestId,
    errors: refused.errors,
  };
}

/** The same refusal as it travels on a socket. */
export function refusalOf(reason: Reason, errors: FieldError[] = []): Refusal {
  const { zh, en } = reasons[reason];
  return { ok: false, reason, message: { zh, en }, ...(errors.length > 0 && { errors }) };
}
