import { type Author, type ShowState } from '@qingpai/wire';
import { type Decision, type OpenCommand } from './command.js';
import { happens, refuse } from './decision.js';

/**
 * Bidding begins. A catalogue that a witness cosigned before cannot have been changed for what came after; where none
 * has, the leaf says why, for good.
 */
export function open(_state: ShowState, { by, reason, witnessed }: OpenCommand & { by: Author }): Decision {
  if (witnessed) return happens(by, { type: 'show.opened', body: { witnessed } });
  const isConfigured = witnessed === false;
  // A witness that is configured cannot be the one that there is none.
  if (isConfigured && (reason === undefined || reason === 'none-configured')) return refuse('not-witnessed');
  return happens(by, {
    type: 'show.opened',
    body: { witnessed: false, reason: reason ?? 'none-configured' },
  });
}
