import { type FieldError, Refused, refusalOf } from '@qingpai/platform';
import { type Bid, type ClientMessage, clientMessages, type Reason, type Refusal } from '@qingpai/wire';
import { type z } from 'zod';
import { refusedBid } from '../desk/answers.js';

export type Payload<N extends ClientMessage> = z.infer<(typeof clientMessages)[N]['payload']>;
/** One message that fits its schema. */
export type Parsed = { [N in ClientMessage]: { name: N; payload: Payload<N> } }[ClientMessage];

export const isClientMessage = (name: string): name is ClientMessage => Object.hasOwn(clientMessages, name);

/** Everything a client sends is looked at here first; what does not fit is told which field is wrong. */
export function parse(name: ClientMessage, args: readonly unknown[]): Parsed | FieldError[] {
  if (args.length > 1) return [{ path: '', message: 'one payload only' }];
  const parsed = parsedBy(clientMessages[name].payload, args[0]);
  if (parsed === null) return [{ path: '', message: 'not a value that can be read' }];
  if (parsed.success) return { name, payload: parsed.data } as Parsed;
  return fieldErrors(parsed.error);
}

/**
 * Null: the schema itself stumbled. zod compares the `length` of whatever came in place of a text, and JSON can make
 * one that has no number: `{"length":{"toString":1,"valueOf":null}}`.
 */
function parsedBy(schema: z.ZodType, value: unknown) {
  try {
    return schema.safeParse(value);
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}

const FIELD_ERRORS_MAX = 10;
const MESSAGE_CHARACTERS_MAX = 200;

/** Which fields do not fit; bounded, since a message may be wrong in a thousand places. */
export function fieldErrors({ issues }: z.ZodError): FieldError[] {
  return issues.slice(0, FIELD_ERRORS_MAX).map(({ path, message }) => ({
    path: path.join('.'),
    message: message.slice(0, MESSAGE_CHARACTERS_MAX),
  }));
}

/** A refusal in the shape of this message's answers. */
export function refusalTo(
  name: string,
  reason: Reason,
  payload: unknown,
  errors: FieldError[] = [],
): Refusal {
  if (name !== 'bid' && name !== 'proxy') return refusalOf(reason, errors);
  return { ...refusedBid(bidIdIn(payload), reason), ...(errors.length > 0 && { errors }) };
}

/** As it was sent, so that the client finds its bid again; null when it is none. */
function bidIdIn(payload: unknown): string | null {
  const { bidId } = (payload ?? {}) as Partial<Bid>;
  return typeof bidId === 'string' ? bidId.slice(0, 64) : null;
}

export const reasonOf = (error: unknown): Reason => (error instanceof Refused ? error.reason : 'internal');
