import { type Action, assertMay, type MembersService, type SessionMember } from '@qingpai/members';
import { Refused } from '@qingpai/platform';

/** The member who acts, and as whom the log names him. */
export interface Cashier {
  memberId: string;
  role: 'host' | 'officer';
}

/** Throws unless this member may do this at this show, in an office whose name a leaf about money may bear. */
export async function cashierAt(
  members: MembersService,
  showId: string,
  member: SessionMember,
  action: Action,
): Promise<Cashier> {
  assertMay(member, action, await members.placeOf(showId));
  const { memberId, role } = member;
  if (role !== 'host' && role !== 'officer') throw new Refused('not-allowed');
  return { memberId, role };
}
