import { timingSafeEqual } from 'node:crypto';
import { Refused } from '@qingpai/platform';
import { type DataSource } from 'typeorm';
import { CODE_AGAIN_MS, CODE_LIFE_MS, CODE_TRIES_MAX } from './limits.js';
import { newCode } from './secrets.js';
import { type SignInLimits } from './signInLimits.js';
import { type SmsSender } from './sms.js';
import { rowsOf } from './sql.js';
import { type Vault } from './vault.js';

/** One-time codes by SMS. One per phone at a time; a new one replaces the old. */
export class Codes {
  constructor(
    private readonly db: DataSource,
    private readonly vault: Vault,
    private readonly sms: SmsSender,
    private readonly limits: SignInLimits,
  ) {}

  /** Sends a code. Known and unknown phones are treated and answered alike. Refuses with `slow-down`. */
  async send(phone: string, nowMs: number): Promise<{ expiresAtMs: number; again: number }> {
    const code = newCode();
    if (!(await this.store(phone, code, nowMs))) throw new Refused('slow-down');
    await this.limits.codeFor(this.vault.phoneMac(phone));
    try {
      await this.sms.send(phone, code);
    } catch (failure) {
      await this.forget(phone);
      throw failure;
    }
    return { expiresAtMs: nowMs + CODE_LIFE_MS, again: nowMs + CODE_AGAIN_MS };
  }

  /** Whether this is the code, which is used up by it. The try is counted before the code is compared. */
  async use(phone: string, code: string, nowMs: number): Promise<boolean> {
    const phoneMac = this.vault.phoneMac(phone);
    const [counted] = await rowsOf<{ code_hash: Buffer }>(
      this.db.manager,
      `UPDATE codes SET tries = tries + 1
       WHERE phone_mac = $1 AND tries < $2 AND expires_at > $3 RETURNING code_hash`,
      [phoneMac, CODE_TRIES_MAX, new Date(nowMs)],
    );
    const given = this.vault.codeMac(phone, code);
    if (!counted || !timingSafeEqual(counted.code_hash, given)) return false;
    // Marked as tried out rather than deleted: the row still says when the next code may be sent.
    const used = await rowsOf(
      this.db.manager,
      `UPDATE codes SET tries = $3, expires_at = $4
       WHERE phone_mac = $1 AND code_hash = $2 AND expires_at > $4 RETURNING 1`,
      [phoneMac, given, CODE_TRIES_MAX, new Date(nowMs)],
    );
    return used.length === 1;
  }

  /** False when the last code is too young: of two requests at once, one sends. */
  private async store(phone: string, code: string, nowMs: number): Promise<boolean> {
    const stored = await rowsOf(
      this.db.manager,
      `INSERT INTO codes (phone_mac, code_hash, expires_at, tries, sent_at) VALUES ($1, $2, $3, 0, $4)
       ON CONFLICT (phone_mac) DO UPDATE
         SET code_hash = excluded.code_hash, expires_at = excluded.expires_at, tries = 0, sent_at = excluded.sent_at
         WHERE codes.sent_at <= $5
       RETURNING 1`,
      [
        this.vault.phoneMac(phone),
        this.vault.codeMac(phone, code),
        new Date(nowMs + CODE_LIFE_MS),
        new Date(nowMs),
        new Date(nowMs - CODE_AGAIN_MS),
      ],
    );
    return stored.length === 1;
  }

  private async forget(phone: string): Promise<void> {
    await this.db.query('DELETE FROM codes WHERE phone_mac = $1', [this.vault.phoneMac(phone)]);
  }
}
