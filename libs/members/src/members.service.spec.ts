import {
  buyerPhone,
  hostPhone,
  membersDatabase,
  type MembersDatabase,
  officerPhone,
  reasonOf,
  seedSiqiao,
  serviceOn,
  showId,
} from './testing/index.js';
import { CODES_PER_PHONE_MAX } from './limits.js';
import { ConsoleSms } from './sms.js';

const minute = 60_000;
const day = 86_400_000;
let database: MembersDatabase;

beforeAll(async () => {
  database = await membersDatabase();
});
afterAll(() => database.close());
beforeEach(() =>
  database.dataSource.query('DELETE FROM one_time_tokens; DELETE FROM codes; DELETE FROM members'),
);

/** A code that is not the one sent. */
const otherThan = (code: string) => (code === '000000' ? '000001' : '000000');
const cookieOf = (token: string) => `qp_session=${token}`;

async function signInByPhone(kit: ReturnType<typeof serviceOn>, phone: string) {
  await kit.members.requestCode(phone);
  return kit.members.verifyCode(phone, kit.sms.lastCodeOf(phone));
}

describe('a code by SMS', () => {
  test('signs an unknown phone in as a buyer, and the same phone as the same buyer again', async () => {
    const kit = serviceOn(database);
    const first = await signInByPhone(kit, buyerPhone);
    kit.clock.pass(minute);
    const second = await signInByPhone(kit, buyerPhone);
    expect(second.memberId).toBe(first.memberId);
    expect(await kit.members.meOf(first.memberId)).toEqual({
      signedIn: true,
      role: 'buyer',
      nickname: '买家',
      phone: '139****0003',
      township: null,
      townshipCode: null,
    });
  });

  test('is asked for with the same answer whether the phone is known or not', async () => {
    const { members, sms } = serviceOn(database);
    await seedSiqiao(members);
    const known = await members.requestCode(hostPhone);
    const unknown = await members.requestCode(buyerPhone);
    expect(known).toEqual(unknown);
    expect(sms.sent.map(({ phone }) => phone)).toEqual([hostPhone, buyerPhone]);
  });

  test('is not sent again within a minute, also to two who ask at once', async () => {
    const { members, sms, clock } = serviceOn(database);
    const answers = await Promise.all([1, 2].map(() => reasonOf(members.requestCode(buyerPhone))));
    expect(answers.sort()).toEqual(['nothing refused', 'slow-down']);
    clock.pass(minute - 1);
    expect(await reasonOf(members.requestCode(buyerPhone))).toBe('slow-down');
    clock.pass(1);
    await members.requestCode(buyerPhone);
    expect(sms.sent).toHaveLength(2);
  });

  test('does not wait a minute when the last one could not be sent', async () => {
    const { members, sms } = serviceOn(database);
    jest.spyOn(sms, 'send').mockRejectedValueOnce(new Error('gateway down'));
    await expect(members.requestCode(buyerPhone)).rejects.toThrow('gateway down');
    await members.requestCode(buyerPhone);
    expect(sms.sent).toHaveLength(1);
  });

  test('is void after five wrong tries, even when the sixth is right', async () => {
    const { members, sms } = serviceOn(database);
    await members.requestCode(buyerPhone);
    const code = sms.lastCodeOf(buyerPhone);
    for (let tried = 0; tried < 5; tried++) {
      expect(await reasonOf(members.verifyCode(buyerPhone, otherThan(code)))).toBe('wrong-code');
    }
    expect(await reasonOf(members.verifyCode(buyerPhone, code))).toBe('wrong-code');
  });

  test('cannot be guessed by trying many at once: five are compared', async () => {
    const { members, sms } = serviceOn(database);
    await members.requestCode(buyerPhone);
    const wrong = otherThan(sms.lastCodeOf(buyerPhone));
    await Promise.all(Array.from({ length: 20 }, () => reasonOf(members.verifyCode(buyerPhone, wrong))));
    const [row] = await database.dataSource.query('SELECT tries FROM codes');
    expect(row.tries).toBe(5);
  });

  test('is used once, also by two at once', async () => {
    const { members, sms } = serviceOn(database);
    await members.requestCode(buyerPhone);
    const code = sms.lastCodeOf(buyerPhone);
    const answers = await Promise.all([1, 2].map(() => reasonOf(members.verifyCode(buyerPhone, code))));
    expect(answers.sort()).toEqual(['nothing refused', 'wrong-code']);
  });

  test('expires after five minutes', async () => {
    const { members, sms, clock } = serviceOn(database);
    await members.requestCode(buyerPhone);
    clock.pass(5 * minute);
    expect(await reasonOf(members.verifyCode(buyerPhone, sms.lastCodeOf(buyerPhone)))).toBe('wrong-code');
  });

  test('of one phone does not open another', async () => {
    const { members, sms } = serviceOn(database);
    await members.requestCode(buyerPhone);
    const code = sms.lastCodeOf(buyerPhone);
    expect(await reasonOf(members.verifyCode(hostPhone, code))).toBe('wrong-code');
  });

  test('is sent to one phone ten times a day at most, to a village of phones without end', async () => {
    const { members, clock, sms } = serviceOn(database, true);
    for (let sent = 0; sent < CODES_PER_PHONE_MAX; sent++) {
      await members.requestCode(buyerPhone);
      clock.pass(minute);
    }
    expect(await reasonOf(members.requestCode(buyerPhone))).toBe('slow-down');
    for (let buyer = 10; buyer < 60; buyer++) await members.requestCode(`138000000${buyer}`);
    expect(sms.sent).toHaveLength(CODES_PER_PHONE_MAX + 50);
  });

  test('is printed by the console driver as one fixed line', async () => {
    const lines: string[] = [];
    await new ConsoleSms((line) => lines.push(line)).send(hostPhone, '012345');
    expect(lines).toEqual(['SMS-CODE phone=13800000001 code=012345\n']);
  });
});

describe('one-use links and slips', () => {
  test('a link signs its member in once and says where to go', async () => {
    const { members } = serviceOn(database);
    const { host } = await seedSiqiao(members);
    expect(host.link.path).toBe(`/host#link=${host.link.token}`);
    const session = await members.exchangeToken(host.link.token);
    expect(session).toMatchObject({ memberId: host.memberId, goTo: '/host' });
    expect(await reasonOf(members.exchangeToken(host.link.token))).toBe('wrong-token');
  });

  test('a link raced by two signs one of them in', async () => {
    const { members } = serviceOn(database);
    const { host } = await seedSiqiao(members);
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => reasonOf(members.exchangeToken(host.link.token))),
    );
    expect(answers.filter((answer) => answer === 'nothing refused')).toHaveLength(1);
    expect(answers.filter((answer) => answer === 'wrong-token')).toHaveLength(7);
    expect(await database.dataSource.query('SELECT 1 FROM sessions')).toHaveLength(1);
  });

  test('a link is over after a day', async () => {
    const { members, clock } = serviceOn(database);
    const { host } = await seedSiqiao(members);
    clock.pass(day);
    expect(await reasonOf(members.exchangeToken(host.link.token))).toBe('wrong-token');
  });

  test('each slip makes one buyer, who needs no phone', async () => {
    const { members } = serviceOn(database);
    await seedSiqiao(members);
    const [first, second] = await members.makeSlips(showId, 2);
    expect(first!.path).toBe(`/shows/${showId}#slip=${first!.token}`);
    const granny = await members.exchangeToken(first!.token, '阿婆');
    expect(await members.meOf(granny.memberId)).toMatchObject({
      role: 'buyer',
      nickname: '阿婆',
      phone: null,
    });
    expect(await reasonOf(members.exchangeToken(first!.token))).toBe('wrong-token');
    expect((await members.exchangeToken(second!.token)).memberId).not.toBe(granny.memberId);
  });

  test('there are no slips for a show that does not exist', async () => {
    const { members } = serviceOn(database);
    expect(await reasonOf(members.makeSlips('20261124-99', 1))).toBe('unknown-show');
  });

  test('a link never leads away from our own pages', async () => {
    const { members } = serviceOn(database);
    const { host } = await seedSiqiao(members);
    for (const goTo of ['https://evil.example', '//evil.example', 'host', '/host#x']) {
      await expect(members.makeLink(host.memberId, goTo)).rejects.toThrow('bug:');
    }
  });
});

describe('waiting for the host', () => {
  test('a waiting buyer is listed, admitted with one tap, and then active', async () => {
    const { members } = serviceOn(database);
    await seedSiqiao(members);
    const heard: unknown[] = [];
    members.onWaitingChanged((id) => heard.push(id));
    members.onAdmitted((admitted) => heard.push(admitted.memberId));
    const { memberId, token } = await members.waitFor('老李', showId);
    expect(await members.waitingFor(showId)).toMatchObject([{ member: memberId, nickname: '老李' }]);
    expect((await members.sessionOf(cookieOf(token)))?.state).toBe('waiting');
    await members.admit(memberId, showId);
    expect((await members.sessionOf(cookieOf(token)))?.state).toBe('active');
    expect(await members.waitingFor(showId)).toEqual([]);
    expect(heard).toEqual([showId, memberId, showId]);
  });

  test('a buyer is admitted only to where he waits, and once', async () => {
    const { members } = serviceOn(database);
    const { host } = await seedSiqiao(members);
    const { memberId } = await members.waitFor('老李', showId);
    expect(await reasonOf(members.admit(memberId, '20261124-02'))).toBe('not-found');
    expect(await reasonOf(members.admit(host.memberId, showId))).toBe('not-found');
    expect(await reasonOf(members.admit('no uuid', showId))).toBe('not-found');
    const twice = await Promise.all([1, 2].map(() => reasonOf(members.admit(memberId, showId))));
    expect(twice.sort()).toEqual(['not-found', 'nothing refused']);
  });
});

describe('sessions', () => {
  test('are known by cookie or bearer token, and by nothing else', async () => {
    const kit = serviceOn(database);
    const { memberId, token } = await signInByPhone(kit, buyerPhone);
    expect((await kit.members.sessionOf(cookieOf(token)))?.memberId).toBe(memberId);
    expect((await kit.members.sessionOf(undefined, `Bearer ${token}`))?.memberId).toBe(memberId);
    expect(await kit.members.sessionOf(cookieOf(`${token}x`))).toBeNull();
    expect(await kit.members.sessionOf(undefined)).toBeNull();
  });

  test('last thirty days from the last visit', async () => {
    const kit = serviceOn(database);
    const cookie = cookieOf((await signInByPhone(kit, buyerPhone)).token);
    kit.clock.pass(29 * day);
    expect((await kit.members.sessionOf(cookie))?.renewed).toBe(true);
    expect((await kit.members.sessionOf(cookie))?.renewed).toBe(false);
    kit.clock.pass(29 * day);
    expect(await kit.members.sessionOf(cookie)).not.toBeNull();
    kit.clock.pass(30 * day);
    expect(await kit.members.sessionOf(cookie)).toBeNull();
  });

  test('of a member end all at once, and listeners are told which', async () => {
    const kit = serviceOn(database);
    const phone = await signInByPhone(kit, buyerPhone);
    kit.clock.pass(minute);
    const tablet = await signInByPhone(kit, buyerPhone);
    const ids = await Promise.all(
      [phone, tablet].map(async ({ token }) => (await kit.members.sessionOf(cookieOf(token)))!.sessionId),
    );
    const told: string[][] = [];
    const stop = kit.members.onSessionEnded((ended) => told.push(ended.sessionIds.sort()));
    await kit.members.endSessions(phone.memberId);
    expect(told).toEqual([ids.sort()]);
    expect(await kit.members.sessionOf(cookieOf(tablet.token))).toBeNull();
    stop();
    await kit.members.endSessions(phone.memberId);
    expect(told).toHaveLength(1);
  });

  test('signing out ends this session and leaves the other', async () => {
    const kit = serviceOn(database);
    const phone = await signInByPhone(kit, buyerPhone);
    kit.clock.pass(minute);
    const tablet = await signInByPhone(kit, buyerPhone);
    await kit.members.signOut(phone.token);
    expect(await kit.members.sessionOf(cookieOf(phone.token))).toBeNull();
    expect(await kit.members.sessionOf(cookieOf(tablet.token))).not.toBeNull();
  });

  test('a banned member is sent out, and no code or link lets him in again', async () => {
    const kit = serviceOn(database);
    const { memberId, token } = await signInByPhone(kit, buyerPhone);
    const link = await kit.members.makeLink(memberId, '/');
    const told: string[] = [];
    kit.members.onSessionEnded((ended) => told.push(ended.memberId));
    await kit.members.ban(memberId);
    expect(told).toEqual([memberId]);
    expect(await kit.members.sessionOf(cookieOf(token))).toBeNull();
    kit.clock.pass(minute);
    expect(await reasonOf(signInByPhone(kit, buyerPhone))).toBe('not-allowed');
    expect(await reasonOf(kit.members.exchangeToken(link.token))).toBe('not-allowed');
  });

  test('a session that slipped in while its member was banned is no session', async () => {
    const kit = serviceOn(database);
    const { token } = await signInByPhone(kit, buyerPhone);
    await database.dataSource.query(`UPDATE members SET state = 'banned'`);
    expect(await kit.members.sessionOf(cookieOf(token))).toBeNull();
  });

  test('what has long expired is swept away, what lives stays', async () => {
    const kit = serviceOn(database);
    await signInByPhone(kit, buyerPhone);
    kit.clock.pass(20 * day);
    await signInByPhone(kit, officerPhone);
    kit.clock.pass(12 * day);
    await kit.members.sweep();
    expect(await database.dataSource.query('SELECT 1 FROM sessions')).toHaveLength(1);
    expect(await database.dataSource.query('SELECT 1 FROM codes')).toHaveLength(0);
  });
});

describe('the township at first start', () => {
  test('is seeded once; later starts only make new links', async () => {
    const { members } = serviceOn(database);
    const first = await seedSiqiao(members);
    const second = await seedSiqiao(members);
    expect(second.townshipId).toBe(first.townshipId);
    expect(second.host.memberId).toBe(first.host.memberId);
    expect(second.host.link.token).not.toBe(first.host.link.token);
    expect(await members.meOf(second.officer.memberId)).toEqual({
      signedIn: true,
      role: 'officer',
      nickname: '老郑',
      phone: '138****0002',
      township: '泗桥乡',
      townshipCode: 'siqiao',
    });
  });
});

describe('what is stored', () => {
  test('holds no phone, code, token or salt in clear, in no column of any table', async () => {
    const kit = serviceOn(database);
    const { host } = await seedSiqiao(kit.members);
    const buyer = await signInByPhone(kit, buyerPhone);
    await kit.members.waitFor('老李', showId);
    const { salt } = await kit.members.identityOpening(buyer.memberId);
    const [slip] = await kit.members.makeSlips(showId, 1);
    const secrets = [
      hostPhone,
      officerPhone,
      buyerPhone,
      '小周',
      '老李',
      buyer.token,
      host.link.token,
      slip!.token,
    ];
    secrets.push(salt.toString('latin1'), kit.sms.lastCodeOf(buyerPhone));
    const tables = ['townships', 'members', 'member_keys', 'sessions', 'one_time_tokens', 'codes', 'waiting'];
    let columns = 0;
    for (const table of tables) {
      const rows: Record<string, unknown>[] = await database.dataSource.query(`SELECT * FROM ${table}`);
      for (const value of rows.flatMap((row) => Object.values(row))) {
        columns++;
        const text = Buffer.isBuffer(value) ? value.toString('latin1') : String(value);
        expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
      }
    }
    expect(columns).toBeGreaterThan(40);
  });

  test('opens to the identity that a commitment was made of', async () => {
    const kit = serviceOn(database);
    const { memberId } = await signInByPhone(kit, buyerPhone);
    const opening = await kit.members.identityOpening(memberId);
    expect(opening.identity).toEqual({ member: memberId, phone: buyerPhone });
    expect(opening.salt).toHaveLength(32);
    expect((await kit.members.identityOpening(memberId)).salt).toEqual(opening.salt);
  });

  test('is shown masked in bills', async () => {
    const kit = serviceOn(database);
    const { memberId } = await signInByPhone(kit, buyerPhone);
    expect([...(await kit.members.contactsOf([memberId]))]).toEqual([
      [memberId, { nickname: '买家', phone: '139****0003' }],
    ]);
  });
});
