import { PaperShow } from '../testing/paperShow.js';
import { disposition } from './disposition.js';

/** No leaves lead here, since the replay refuses them first; the last gate counts for itself all the same. */
it.each([
  ['more units have an end than were sealed', { soldUnits: 2 }],
  ['a unit has no end when the show is over', { soldUnits: 0 }],
])('a show is invalid where %s', (_, lot) => {
  const { state } = new PaperShow({ lots: { L1: {} } });
  state.closedAt = state.t;
  expect(disposition(state, false).verdict).toBe('INVALID');
  Object.assign(state.lots.L1!, { soldUnits: 1 });
  expect(disposition(state, false)).toMatchObject({ verdict: 'ALL_SOLD_UNSETTLED', findings: [] });
  Object.assign(state.lots.L1!, lot);
  expect(disposition(state, false).findings).toMatchObject([{ code: 'not-conserved' }]);
});
