import { formatVkey } from '@qingpai/ledger/rules';
import {
  decideRegistry,
  emptyRegistry,
  evolveRegistry,
  judgeRegistry,
  type RegistryState,
  type RegistryWish,
} from './registry.js';
import { signerOf } from './testing/paperBundle.js';
import { HASH } from './testing/paperShow.js';

const [show, other] = ['20261124-01', '20261124-02'];
const opened: RegistryWish = {
  type: 'registry.opened',
  body: { origin: 'market.example/township/siqiao', township: 'siqiao' },
};
const originOf = (id: string) => `market.example/shows/${id}`;
const registered = (id = show, key = originOf(id)): RegistryWish => ({
  type: 'show.registered',
  body: { show: id, origin: originOf(id), vkey: formatVkey(signerOf(key).key), startsAt: 5 },
});
const noted = (type: 'show.sealed' | 'show.closed', id = show): RegistryWish => ({
  type,
  body: { show: id, note: HASH },
});
const cancelled: RegistryWish = { type: 'show.cancelled', body: { show } };
const enrolledBy = (key: string): RegistryWish => ({
  type: 'officer.enrolled',
  body: { person: 'officer-aaaaaaaa', key },
});
const enrolled = enrolledBy(HASH);

function after(...wishes: RegistryWish[]): RegistryState {
  const state = emptyRegistry();
  for (const wish of wishes) {
    const decided = decideRegistry(state, wish);
    if (!decided.ok) throw new Error(decided.fault);
    expect(judgeRegistry(state, decided.event)).toBeNull();
    evolveRegistry(state, { ...decided.event, i: state.n, t: state.n });
  }
  return state;
}
const fault = (before: RegistryWish[], wish: RegistryWish) => {
  const decided = decideRegistry(after(...before), wish);
  return decided.ok ? null : decided.fault;
};

describe('the registry of a township', () => {
  it('follows a show from its registration to its close, and numbers what it logs', () => {
    const state = after(opened, registered(), noted('show.sealed'), noted('show.closed'), enrolled);
    expect(state.n).toBe(5);
    expect(state.shows.get(show)).toMatchObject({ i: 1, sealed: HASH, closed: HASH, isCancelled: false });
    expect([...state.officers]).toEqual([HASH]);
  });

  it.each([
    ['begins with its opening', [], registered(), 'registry-first'],
    ['is opened once', [opened], opened, 'registry-first'],
    ['registers a show once', [opened, registered()], registered(), 'registered-twice'],
    ['takes only the key of the very log', [opened], registered(show, originOf(other)), 'registry-key'],
    ['notes no seal of a show it does not know', [opened], noted('show.sealed'), 'not-registered'],
    [
      'notes a seal once',
      [opened, registered(), noted('show.sealed')],
      noted('show.sealed'),
      'already-sealed',
    ],
    ['notes no close before the seal', [opened, registered()], noted('show.closed'), 'not-sealed-yet'],
    [
      'notes a close once',
      [opened, registered(), noted('show.sealed'), noted('show.closed')],
      noted('show.closed'),
      'already-closed',
    ],
    [
      'lets no sealed show be cancelled',
      [opened, registered(), noted('show.sealed')],
      cancelled,
      'already-sealed',
    ],
    [
      'notes nothing more of a cancelled show',
      [opened, registered(), cancelled],
      noted('show.sealed'),
      'already-cancelled',
    ],
    ['enrols a key once', [opened, enrolled], enrolled, 'enrolled-twice'],
    ['enrols no key that is too short to be one', [opened], enrolledBy('AAAA'), 'registry-key'],
    ['enrols nothing that is no base64', [opened], enrolledBy('no key'), 'registry-key'],
  ] as [string, RegistryWish[], RegistryWish, string][])('%s', (_, before, wish, expected) => {
    expect(fault(before, wish)).toBe(expected);
  });

  it('finds a number that is missing or used twice', () => {
    const state = after(opened, registered());
    for (const n of [2, 4]) {
      const event = { type: 'show.cancelled' as const, body: { n, show } };
      expect(judgeRegistry(state, event)).toBe('registry-number');
    }
  });
});
