import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { authorMessage } from '@qingpai/ledger/rules';
import { type Bid } from '@qingpai/wire';
import { bidMessage, signedBid } from '../rules/index.js';

/** A device, or a person with an office, that signs. */
export class TestKey {
  /** Base64, as it is registered. */
  readonly key: string;
  private readonly secret: KeyObject;

  constructor() {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    this.key = Buffer.from(publicKey.export({ format: 'jwk' }).x!, 'base64url').toString('base64');
    this.secret = privateKey;
  }

  sign(message: Uint8Array): string {
    return sign(null, message, this.secret).toString('base64');
  }
  /** The bid with its signature. */
  bid<B extends Bid & { nth: number }>(
    bid: B,
    { bidder, origin, isClock = false }: Signing,
  ): B & { sig: string } {
    return { ...bid, sig: this.sign(bidMessage(signedBid(bid, bidder, bid.nth, isClock), origin)) };
  }
  /** Under a leaf of one's own. */
  act(type: string, body: object, origin: string): string {
    return this.sign(authorMessage({ body, show: origin, type }));
  }
}

interface Signing {
  bidder: string;
  origin: string;
  isClock?: boolean;
}
