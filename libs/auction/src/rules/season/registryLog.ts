import {
  emptyRegistry,
  evolveRegistry,
  judgeRegistry,
  registryFaults,
  type RegistryState,
} from '../registry.js';
import { finding, type Stop, told } from '../verify/finding.js';
import { type ReadRegistry } from './readSeason.js';

/** Replays the registry's own rules over its leaves. */
export function replayRegistry({ bundle, events }: ReadRegistry): RegistryState | Stop {
  const state = emptyRegistry();
  for (const event of events) {
    const { i, by } = event;
    const fault = judgeRegistry(state, event);
    if (fault) return invalid(told(fault, registryFaults[fault], { i, by }));
    if (event.type === 'registry.opened' && event.body.origin !== bundle.origin) {
      return invalid(finding('leaf-elsewhere', { i, by }));
    }
    evolveRegistry(state, event);
  }
  return state;
}

const invalid = (wrong: Stop['findings'][number]): Stop => ({ verdict: 'INVALID', findings: [wrong] });
