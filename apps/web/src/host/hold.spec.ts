import { HOLD_MS, holder } from './hold';

function press() {
  const told: string[] = [];
  let ring: (() => void) | null = null;
  const hold = holder({
    later: (run, afterMs) => {
      expect(afterMs).toBe(HOLD_MS);
      ring = run;
      return () => (ring = null);
    },
    onHeld: () => told.push('held'),
    onShort: () => told.push('short'),
    onChange: (holding) => told.push(holding ? 'down' : 'up'),
  });
  return { hold, told, wait: () => ring?.() };
}

describe('the held button', () => {
  it('acts once it was held for 0.6 s, and letting go then does nothing more', () => {
    const { hold, told, wait } = press();
    hold.down();
    wait();
    hold.up();
    expect(told).toEqual(['down', 'up', 'held']);
  });

  it('does nothing on a short tap but explain', () => {
    const { hold, told, wait } = press();
    hold.down();
    hold.up();
    wait();
    expect(told).toEqual(['down', 'up', 'short']);
  });

  it('is quietly let go when the moment has passed', () => {
    const { hold, told, wait } = press();
    hold.down();
    hold.cancel();
    wait();
    expect(told).toEqual(['down', 'up']);
  });

  it('counts a repeating key as one press', () => {
    const { hold, told } = press();
    hold.down();
    hold.down();
    expect(told).toEqual(['down']);
  });
});
