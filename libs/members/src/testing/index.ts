import { testDatabase } from '@qingpai/platform/testing';
import { membersEntities } from '../entities.js';
import { MembersService, type ShowPlace } from '../members.service.js';
import { membersMigrations } from '../migrations/index.js';
import { SignInLimits } from '../signInLimits.js';
import { type SmsSender } from '../sms.js';
import { Vault } from '../vault.js';

export const hostPhone = '13800000001';
export const officerPhone = '13800000002';
export const buyerPhone = '13900000003';
export const vaultKey = Buffer.alloc(32, 7);
export const showId = '20261124-01';

/** Keeps what would have been sent. */
export class SmsBox implements SmsSender {
  readonly sent: { phone: string; code: string }[] = [];

  async send(phone: string, code: string): Promise<void> {
    this.sent.push({ phone, code });
  }

  lastCodeOf(phone: string): string {
    const sent = this.sent.filter((one) => one.phone === phone).at(-1);
    if (!sent) throw new Error('bug: no code was sent');
    return sent.code;
  }
}

/** A clock the test turns. */
export class TestClock {
  ms = Date.UTC(2026, 10, 24, 11, 30);
  readonly now = () => this.ms;

  pass(ms: number): void {
    this.ms += ms;
  }
}

export function membersDatabase() {
  return testDatabase({ entities: membersEntities, migrations: membersMigrations });
}

export type MembersDatabase = Awaited<ReturnType<typeof membersDatabase>>;

export function serviceOn(database: MembersDatabase, limits = false) {
  const sms = new SmsBox();
  const clock = new TestClock();
  const members = new MembersService({
    db: database.dataSource,
    vault: new Vault(vaultKey),
    sms,
    limits: new SignInLimits(limits),
    nowMs: clock.now,
  });
  return { members, sms, clock };
}

/** Siqiao with its host and officer, and one show of that host. */
export async function seedSiqiao(members: MembersService) {
  const seeded = await members.ensureSeed({
    township: { name: '泗桥乡', code: 'siqiao' },
    people: [
      { role: 'host', phone: hostPhone, nickname: '小周', goTo: '/host' },
      { role: 'officer', phone: officerPhone, nickname: '老郑', goTo: '/township' },
    ],
  });
  const [host, officer] = seeded.people;
  if (!host || !officer) throw new Error('bug: two people were asked for');
  const place: ShowPlace = {
    townshipId: seeded.townshipId,
    hostId: host.memberId,
    roomPath: `/shows/${showId}`,
  };
  members.findShowsBy(async (id) => (id === showId ? place : null));
  return { townshipId: seeded.townshipId, host, officer, place };
}

/** The reason of an expected refusal. */
export async function reasonOf(attempt: Promise<unknown>): Promise<string> {
  return attempt.then(
    () => 'nothing refused',
    (refused: { reason?: string }) => refused.reason ?? String(refused),
  );
}
