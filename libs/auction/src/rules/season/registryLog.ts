import {
  emptyRegistry,
  evolveRegistry,
  judgeRegistry,
  registryFaults,
  type RegistryState,
} from '../registry.js';
import { finding, type Stop, told } from '../verify/finding.js';
import { type ReadRegistry } from './readSeason.js';

/** Replays the registry's own rules over its leaves, and before them over those that it goes on from. */
export function replayRegistries(registries: readonly ReadRegistry[]): RegistryState | Stop {
  const state = emptyRegistry();
  for (const { bundle, events } of registries) {
    for (const event of events) {
      const { i, by } = event;
      const isOpening = event.type === 'registry.opened';
      const fault = isOpening === (i === 0) ? judgeRegistry(state, event) : 'registry-first';
      if (fault) return invalid(told(fault, registryFaults[fault], { i, by, log: bundle.origin }));
      if (isOpening && event.body.origin !== bundle.origin)
        return invalid(finding('leaf-elsewhere', { i, by }));
      evolveRegistry(state, event);
    }
  }
  return state;
}

const invalid = (wrong: Stop['findings'][number]): Stop => ({ verdict: 'INVALID', findings: [wrong] });
