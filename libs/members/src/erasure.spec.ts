import {
  buyerPhone,
  membersDatabase,
  type MembersDatabase,
  officerPhone,
  reasonOf,
  seedSiqiao,
  serviceOn,
  showId,
  vaultKey,
} from './testing/index.js';
import { type KeptOfMember } from './members.service.js';
import { type KeptRecord } from './rules/retention.js';
import { Vault } from './vault.js';

const day = 86_400_000;
let database: MembersDatabase;

beforeAll(async () => {
  database = await membersDatabase();
});
afterAll(() => database.close());
beforeEach(() => database.dataSource.query('DELETE FROM codes; DELETE FROM members'));

const query = (sql: string, parameters: unknown[] = []) => database.dataSource.query(sql, parameters);
const dayOf = (ms: number | null) => ms && new Date(ms).toISOString().slice(0, 10);

/** A buyer signed in by phone; `kept` is what others say they keep of him. */
async function buyerWith(kept: Partial<KeptOfMember> = {}) {
  const kit = serviceOn(database);
  const said = { records: [], dealsOpen: false, ...kept };
  kit.members.findKeptBy(async () => said);
  await kit.members.requestCode(buyerPhone);
  const session = await kit.members.verifyCode(buyerPhone, kit.sms.lastCodeOf(buyerPhone), '阿梅');
  return { ...kit, ...session, said };
}

const deal = (endedAtMs: number | null): KeptRecord => ({
  kind: 'deal',
  endedAtMs,
  showId,
  townshipId: null,
});

describe('a person who asks to be erased', () => {
  test('is locked for six months when he has done nothing but sign in, and is signed out', async () => {
    const { members, memberId, token } = await buyerWith();
    const ended: string[] = [];
    members.onSessionEnded((one) => ended.push(one.memberId));
    expect(dayOf(await members.askToBeErased(memberId))).toBe('2027-05-24');
    expect(ended).toEqual([memberId]);
    expect(await members.sessionOf(`qp_session=${token}`)).toBeNull();
  });

  test('is locked by the longest of his records', async () => {
    const { members, memberId, clock } = await buyerWith({
      records: [{ ...deal(Date.UTC(2026, 10, 24)) }, { ...deal(Date.UTC(2026, 10, 24)), kind: 'auction' }],
    });
    expect(dayOf(await members.askToBeErased(memberId))).toBe('2031-11-24');
    clock.pass(4 * 365 * day);
    await members.sweep();
    expect(await query('SELECT 1 FROM member_keys')).toHaveLength(1);
  });

  test('whose deal is not done pays first; nothing changes', async () => {
    const { members, memberId, token } = await buyerWith({ dealsOpen: true });
    expect(await reasonOf(members.askToBeErased(memberId))).toBe('sales-open');
    expect(await members.sessionOf(`qp_session=${token}`)).not.toBeNull();
  });

  test('is erased at once when nothing of him has to be kept', async () => {
    const { members } = serviceOn(database);
    const { host } = await seedSiqiao(members);
    expect(await members.askToBeErased(host.memberId)).toBeNull();
    expect(await query('SELECT state FROM members WHERE id = $1', [host.memberId])).toEqual([
      { state: 'erased' },
    ]);
    expect(await reasonOf(members.exchangeToken(host.link.token))).toBe('wrong-token');
  });
});

describe('a locked person', () => {
  test('is shown nowhere, but what must be kept is still there', async () => {
    const { members, memberId } = await buyerWith();
    await members.askToBeErased(memberId);
    expect([...(await members.contactsOf([memberId])).values()]).toEqual([
      { nickname: '已注销', phone: null },
    ]);
    expect((await members.identityOpening(memberId)).identity.phone).toBe(buyerPhone);
  });

  test('who signs in again by the same phone is somebody new', async () => {
    const { members, memberId, sms, clock } = await buyerWith();
    await members.askToBeErased(memberId);
    clock.pass(60_000);
    await members.requestCode(buyerPhone);
    const again = await members.verifyCode(buyerPhone, sms.lastCodeOf(buyerPhone));
    expect(again.memberId).not.toBe(memberId);
  });

  test('stands in the list with what keeps him and nothing personal', async () => {
    const { members, memberId } = await buyerWith({ records: [deal(Date.UTC(2026, 10, 20))] });
    await members.askToBeErased(memberId);
    const [locked, ...others] = await members.lockedMembers();
    expect(others).toEqual([]);
    expect(locked).toMatchObject({ memberId, role: 'buyer' });
    expect(locked!.records.map(({ kind }) => kind)).toEqual(['deal', 'network']);
    for (const personal of ['阿梅', buyerPhone]) expect(JSON.stringify(locked)).not.toContain(personal);
  });

  test('is erased by the sweep on his day and not before', async () => {
    const { members, memberId, clock } = await buyerWith();
    const untilMs = (await members.askToBeErased(memberId))!;
    clock.ms = untilMs - 1;
    await members.sweep();
    expect((await members.lockedMembers()).map((one) => one.memberId)).toEqual([memberId]);
    clock.pass(1);
    await members.sweep();
    expect(await members.lockedMembers()).toEqual([]);
    expect(await query('SELECT 1 FROM member_keys WHERE member_id = $1', [memberId])).toEqual([]);
  });

  test('stays locked when a period turns out to run longer', async () => {
    const { members, memberId, clock, said } = await buyerWith();
    clock.ms = (await members.askToBeErased(memberId))!;
    said.records.push(deal(clock.ms - day));
    await members.sweep();
    const [locked] = await members.lockedMembers();
    expect(dayOf(locked!.lockedUntilMs)).toBe('2030-05-23');
  });
});

describe('an erased person', () => {
  /** Everything sealed of a member, taken before and tried after, with the vault's key in hand. */
  async function erased() {
    const kit = await buyerWith();
    const { members, memberId, clock } = kit;
    const opening = await members.identityOpening(memberId);
    const [copy] = await query('SELECT * FROM members WHERE id = $1', [memberId]);
    clock.ms = (await members.askToBeErased(memberId))!;
    await members.sweep();
    return { ...kit, opening, copy };
  }

  test('has no key, salt, name or phone left, and his identity opens no more', async () => {
    const { members, memberId } = await erased();
    const [row] = await query('SELECT * FROM members WHERE id = $1', [memberId]);
    const { id, role, state, created_at, locked_at, ...left } = row;
    expect([id, role, state, created_at, locked_at].every(Boolean)).toBe(true);
    expect(Object.values(left).filter((value) => value !== null)).toEqual([]);
    expect(await reasonOf(members.identityOpening(memberId))).toBe('not-found');
    expect(await members.meOf(memberId)).toMatchObject({ signedIn: false, nickname: null });
  });

  test('cannot be read from an old copy of the members table either, not even with the key of the vault', async () => {
    const { memberId, copy } = await erased();
    const vault = new Vault(vaultKey);
    for (const column of ['phone_cipher', 'nickname_cipher', 'identity_salt']) {
      expect(() => vault.open(copy[column], memberId)).toThrow();
    }
  });

  test('does not take others with him', async () => {
    const { members } = await erased();
    const { officer } = await seedSiqiao(members);
    expect((await members.identityOpening(officer.memberId)).identity.phone).toBe(officerPhone);
  });
});

describe('a row from before persons had keys', () => {
  async function older() {
    const kit = await buyerWith();
    const vault = new Vault(vaultKey);
    const salt = Buffer.alloc(32, 9);
    await query('DELETE FROM member_keys WHERE member_id = $1', [kit.memberId]);
    await query(
      `UPDATE members SET nickname = '阿梅', nickname_cipher = NULL, phone_cipher = $2, identity_salt = $3
       WHERE id = $1`,
      [kit.memberId, vault.seal(Buffer.from(buyerPhone), kit.memberId), vault.seal(salt, kit.memberId)],
    );
    return { ...kit, salt };
  }

  test('still opens', async () => {
    const { members, memberId, salt, token } = await older();
    expect((await members.identityOpening(memberId)).salt).toEqual(salt);
    expect(await members.sessionOf(`qp_session=${token}`)).toMatchObject({ nickname: '阿梅' });
  });

  test('is sealed anew under a key of the person, once, and says the same', async () => {
    const { members, memberId, salt } = await older();
    expect([await members.sealAnew(), await members.sealAnew()]).toEqual([1, 0]);
    const [row] = await query('SELECT nickname FROM members WHERE id = $1', [memberId]);
    expect(row.nickname).toBeNull();
    const { identity, salt: same } = await members.identityOpening(memberId);
    expect([identity.phone, same]).toEqual([buyerPhone, salt]);
    expect(await members.meOf(memberId)).toMatchObject({ nickname: '阿梅', phone: '139****0003' });
  });
});
