import { generateKeyPairSync, sign } from 'node:crypto';

/** A key as a phone makes it: the public half in base64 for the log, and a pen. */
export function newKey() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    key: Buffer.from(publicKey.export({ format: 'jwk' }).x, 'base64url').toString('base64'),
    sign: (message) => sign(null, message, privateKey).toString('base64'),
  };
}
