import { createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { openUnder, SEAL_KEY_BYTES, sealUnder } from './seal.js';

/** Seals and opens the data of one owner. */
export interface Seal {
  seal(plain: Buffer, owner: string): Buffer;
  /** Throws when the value was changed, belongs to another owner or was sealed under another key. */
  open(sealed: Buffer, owner: string): Buffer;
}

/** A person's own key: `wrapped` is what is stored, and all there is to destroy. */
export interface PersonKey {
  wrapped: Buffer;
  seal: Seal;
}

/**
 * Seals what is personal before it reaches the database: AES-256-GCM under a key that is never stored there.
 * A stolen database holds no phone number, and nothing to try numbers against: look-ups go by HMAC, and the
 * salts of identity commitments are sealed too, since eleven digits are soon guessed once their salt is known.
 *
 * What belongs to a person is sealed under a key of his own, which the vault's key wraps. Destroying that one
 * row makes everything of his unreadable, in this database and in every copy of its other tables.
 */
export class Vault implements Seal {
  private readonly sealKey: Buffer;
  private readonly macKey: Buffer;

  /** @param vaultKey 32 bytes; who loses them loses every phone number. */
  constructor(vaultKey: Buffer) {
    if (vaultKey.length !== SEAL_KEY_BYTES) throw new Error('bug: a vault key has 32 bytes');
    this.sealKey = derived(vaultKey, 'seal');
    this.macKey = derived(vaultKey, 'mac');
  }

  seal(plain: Buffer, owner: string): Buffer {
    return sealUnder(this.sealKey, plain, owner);
  }

  open(sealed: Buffer, owner: string): Buffer {
    return openUnder(this.sealKey, sealed, owner);
  }

  newPersonKey(memberId: string): PersonKey {
    const key = randomBytes(SEAL_KEY_BYTES);
    return { wrapped: this.seal(key, keyOwner(memberId)), seal: sealOf(key) };
  }

  openPersonKey(wrapped: Buffer, memberId: string): Seal {
    return sealOf(this.open(wrapped, keyOwner(memberId)));
  }

  /** Equal phones have equal macs: how a phone is found without being stored. */
  phoneMac(phone: string): Buffer {
    return this.mac('phone', phone);
  }

  /** Six digits alone would be found by trying them all; under the key they are not. */
  codeMac(phone: string, code: string): Buffer {
    return this.mac('code', phone, code);
  }

  private mac(purpose: string, ...parts: string[]): Buffer {
    return createHmac('sha256', this.macKey)
      .update(JSON.stringify([purpose, ...parts]))
      .digest();
  }
}

const keyOwner = (memberId: string): string => `member-key/${memberId}`;

const sealOf = (key: Buffer): Seal => ({
  seal: (plain, owner) => sealUnder(key, plain, owner),
  open: (sealed, owner) => openUnder(key, sealed, owner),
});

function derived(vaultKey: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', vaultKey, '', `qingpai/vault/v1/${purpose}`, 32));
}
