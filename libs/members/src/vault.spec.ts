import { randomBytes } from 'node:crypto';
import { maskPhone } from './rules/mask.js';
import { Vault } from './vault.js';

const key = randomBytes(32);
const vault = new Vault(key);
const phone = '13800000001';

describe('the vault', () => {
  test('opens what it sealed, for the same owner and under the same key', () => {
    const sealed = vault.seal(Buffer.from(phone), 'm1');
    expect(new Vault(key).open(sealed, 'm1').toString()).toBe(phone);
    expect(() => vault.open(sealed, 'm2')).toThrow();
    expect(() => new Vault(randomBytes(32)).open(sealed, 'm1')).toThrow();
  });

  test('does not open what was changed by a single bit, anywhere', () => {
    const sealed = vault.seal(Buffer.from(phone), 'm1');
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed[at]! ^= 1;
      expect(() => vault.open(changed, 'm1')).toThrow();
    }
  });

  test('seals the same phone differently each time, and finds it by the same mac', () => {
    expect(vault.seal(Buffer.from(phone), 'm1')).not.toEqual(vault.seal(Buffer.from(phone), 'm1'));
    expect(new Vault(key).phoneMac(phone)).toEqual(vault.phoneMac(phone));
    expect(new Vault(randomBytes(32)).phoneMac(phone)).not.toEqual(vault.phoneMac(phone));
  });

  test('a code is bound to its phone', () => {
    expect(vault.codeMac(phone, '123456')).not.toEqual(vault.codeMac('13800000002', '123456'));
  });

  test('a key of the wrong length is a bug', () => {
    expect(() => new Vault(randomBytes(16))).toThrow('bug:');
  });

  test('a masked phone shows three digits and four', () => {
    expect(maskPhone(phone)).toBe('138****0001');
  });
});
