import type { HostCommand, WitnessState } from '@qingpai/wire';

/** How the witness stands to a show that is sealed: what the page says, and by which command it may open. */
export type WitnessSeen = 'none' | 'waits' | 'signed' | 'late' | 'alarm';

export function witnessSeen(witness: WitnessState | null): WitnessSeen {
  if (witness === null || witness.witnesses === 0) return 'none';
  if (witness.alarm) return 'alarm';
  if (!witness.sealed) return 'waits';
  return witness.late ? 'late' : 'signed';
}

type Open = Extract<HostCommand, { name: 'open' }>;
/** Opens without asking back; null: a witness has not signed yet, so the host waits or gives a reason. */
export function openAtOnce(seen: WitnessSeen): Open | null {
  if (seen === 'none') return { name: 'open', reason: 'none-configured' };
  return seen === 'signed' || seen === 'late' ? { name: 'open' } : null;
}
