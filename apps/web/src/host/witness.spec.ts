import type { WitnessState } from '@qingpai/wire';
import { openAtOnce, witnessSeen } from './witness';

const state = (differs: Partial<WitnessState>): WitnessState => ({
  witnesses: 1,
  sealed: true,
  size: 70,
  atMs: 1_000,
  late: false,
  ...differs,
});

describe('before going on air', () => {
  it('opens at once when the witness has signed the list', () => {
    expect(openAtOnce(witnessSeen(state({})))).toEqual({ name: 'open' });
  });

  it('waits when it has not, and when the room has not told yet whether there is one', () => {
    expect(openAtOnce(witnessSeen(state({ sealed: false })))).toBeNull();
    expect(openAtOnce(witnessSeen(state({ sealed: null })))).toBeNull();
  });

  it('writes that there is none where none is configured', () => {
    expect(openAtOnce(witnessSeen(state({ witnesses: 0 })))).toEqual({
      name: 'open',
      reason: 'none-configured',
    });
  });

  it('does not open by itself when a witness holds another history', () => {
    expect(openAtOnce(witnessSeen(state({ alarm: true })))).toBeNull();
  });
});

test('a witness that falls behind is late, and no more than that', () => {
  expect(witnessSeen(state({ late: true }))).toBe('late');
});
