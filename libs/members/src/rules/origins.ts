import { type Reason } from '@qingpai/wire';

/** The parts of a request by which a forged one is told from our own. Header values as they came. */
export interface RequestMarks {
  method: string;
  origin: string | undefined;
  contentType: string | undefined;
}

const readOnly = ['GET', 'HEAD', 'OPTIONS'];

/** Body types a page of another site can send without asking first, save multipart, always with its Origin. */
const bodyTypes = [
  'application/json',
  'multipart/form-data',
  'application/sdp',
  'application/trickle-ice-sdpfrag',
  'application/webhook+json',
];
/** A plain form needs no JavaScript, so any site can post one: only with an Origin of ours. */
const formType = 'application/x-www-form-urlencoded';

/**
 * Whether a request may change anything: a browser says in Origin which site made it, and only ours may. Clients
 * that are no browsers send no Origin; they pass, and what they may do hangs on their bearer token or cookie.
 */
export function refusalOfRequest(marks: RequestMarks, publicOrigins: readonly string[]): Reason | null {
  if (readOnly.includes(marks.method)) return null;
  if (marks.origin !== undefined && !publicOrigins.includes(marks.origin)) return 'foreign-origin';
  const type = marks.contentType?.split(';')[0]!.trim().toLowerCase();
  if (type === undefined || bodyTypes.includes(type)) return null;
  if (type !== formType) return 'malformed';
  return marks.origin === undefined ? 'foreign-origin' : null;
}

/** Whether a socket may be opened: browsers always say their Origin; without one only a bearer token counts. */
export function mayOpenSocket(
  origin: string | undefined,
  publicOrigins: readonly string[],
  hasBearer: boolean,
): boolean {
  return origin === undefined ? hasBearer : publicOrigins.includes(origin);
}
