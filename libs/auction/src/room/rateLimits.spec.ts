import { rates } from './limits.js';
import { RateLimits } from './rateLimits.js';

async function allowedOf(asked: number, limits: RateLimits): Promise<number> {
  let allowed = 0;
  for (let n = 0; n < asked; n += 1) if (await limits.allows('bid', 'lin')) allowed += 1;
  return allowed;
}

describe('rates', () => {
  it('are those of the table unless somebody asks for more', async () => {
    expect(await allowedOf(rates.bid.points * 4, new RateLimits())).toBe(rates.bid.points);
  });

  it('are still counted when they are wider, for a load test', async () => {
    expect(await allowedOf(rates.bid.points * 4, new RateLimits(3))).toBe(rates.bid.points * 3);
  });
});
