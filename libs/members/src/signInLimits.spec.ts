import { SIGN_INS_PER_ADDRESS_MAX } from './limits.js';
import { SignInLimits } from './signInLimits.js';
import { reasonOf } from './testing/index.js';

test('a village behind one address gets in; a flood from it is slowed down, and only from there', async () => {
  const limits = new SignInLimits(true);
  for (let n = 0; n < SIGN_INS_PER_ADDRESS_MAX; n++) await limits.signInFrom('192.0.2.1');
  expect(await reasonOf(limits.signInFrom('192.0.2.1'))).toBe('slow-down');
  expect(await reasonOf(limits.signInFrom('192.0.2.2'))).toBe('nothing refused');
});

test('limits that are switched off refuse nothing', async () => {
  const limits = new SignInLimits(false);
  for (let n = 0; n < 2 * SIGN_INS_PER_ADDRESS_MAX; n++) await limits.signInFrom('192.0.2.1');
});
