import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { type Rated, rates } from './limits.js';

/** Counts what each person does; a flood costs only the one who makes it. */
export class RateLimits {
  private readonly limiters: Record<Rated, RateLimiterMemory>;

  /** @param times how much wider than usual; they are still counted, so that measuring does not leave their cost out */
  constructor(times = 1) {
    this.limiters = Object.fromEntries(
      Object.entries(rates).map(([name, { points, duration }]) => [
        name,
        new RateLimiterMemory({ points: points * times, duration }),
      ]),
    ) as Record<Rated, RateLimiterMemory>;
  }

  /** @param key a member, a socket or an address */
  async allows(what: Rated, key: string): Promise<boolean> {
    try {
      await this.limiters[what].consume(key);
      return true;
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return false;
      throw refusal;
    }
  }
}
