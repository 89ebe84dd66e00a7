import { Refused } from '@qingpai/platform';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import * as limits from './limits.js';

/** Counts persons first: an address may be a whole village behind one NAT. Throws `slow-down`. */
export class SignInLimits {
  private readonly perPhone = new RateLimiterMemory({
    points: limits.CODES_PER_PHONE_MAX,
    duration: limits.CODES_PER_PHONE_SECONDS,
  });
  private readonly perAddress = new RateLimiterMemory({
    points: limits.SIGN_INS_PER_ADDRESS_MAX,
    duration: limits.SIGN_INS_PER_ADDRESS_SECONDS,
  });

  constructor(private readonly on: boolean) {}

  /** @param phoneMac not the phone: what is counted stays in memory in clear. */
  codeFor(phoneMac: Buffer): Promise<void> {
    return this.take(this.perPhone, phoneMac.toString('base64'));
  }

  signInFrom(address: string): Promise<void> {
    return this.take(this.perAddress, address);
  }

  private async take(limiter: RateLimiterMemory, key: string): Promise<void> {
    if (!this.on) return;
    try {
      await limiter.consume(key);
    } catch (refusal) {
      throw refusal instanceof RateLimiterRes ? new Refused('slow-down') : refusal;
    }
  }
}
