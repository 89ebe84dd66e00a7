import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals what is personal before it reaches the database: AES-256-GCM under a key that is never stored there.
 * A stolen database holds no phone number, and nothing to try numbers against: look-ups go by HMAC, and the
 * salts of identity commitments are sealed too, since eleven digits are soon guessed once their salt is known.
 */
export class Vault {
  private readonly sealKey: Buffer;
  private readonly macKey: Buffer;

  /** @param vaultKey 32 bytes; who loses them loses every phone number. */
  constructor(vaultKey: Buffer) {
    if (vaultKey.length !== 32) throw new Error('bug: a vault key has 32 bytes');
    this.sealKey = derived(vaultKey, 'seal');
    this.macKey = derived(vaultKey, 'mac');
  }

  /** nonce ‖ tag ‖ ciphertext. `owner` is bound in: a sealed value copied into another's row does not open. */
  seal(plain: Buffer, owner: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.sealKey, nonce).setAAD(Buffer.from(owner));
    const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  /** Throws when the value was changed, belongs to another owner or was sealed under another key. */
  open(sealed: Buffer, owner: string): Buffer {
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.sealKey, nonce, { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(owner))
      .setAuthTag(tag);
    return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
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

function derived(vaultKey: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', vaultKey, '', `qingpai/vault/v1/${purpose}`, 32));
}
