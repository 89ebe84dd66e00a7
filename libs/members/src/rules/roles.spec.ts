import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { role } from '@qingpai/wire';
import { actions, type Actor, may, refusalOfAction, refusalOn, roleTable } from './roles.js';
import { rolesPage } from './rolesPage.js';

const actor = (changes: Partial<Actor>): Actor => ({
  memberId: 'm1',
  townshipId: 't1',
  role: 'host',
  state: 'active',
  ...changes,
});

describe('who may do what', () => {
  test('the table is exactly this', () => {
    const table = actions.map((action) => {
      const cells = role.options.map((one) => (may(one, action) ? one : '-'));
      return `${action}: ${cells.join(' ')}`;
    });
    expect(table).toEqual([
      'show.create: host - - - -',
      'show.cancel: host - - officer -',
      'show.continue: host - - - operator',
      'registry.continue: - - - officer -',
      'report.file: - - - officer -',
      'catalogue.edit: host - - - -',
      'floors.read: host - - officer -',
      'show.seal: host - - - -',
      'show.approve: - - - officer -',
      'staff.enrol: host moderator - officer -',
      'show.command: host moderator - - -',
      'stage.publish: host moderator - - -',
      'recording.watch: host moderator buyer officer -',
      'recording.open: host - - officer -',
      'recording.disk: - - - officer -',
      'show.takeOver: host moderator - - -',
      'bid.place: - - buyer - -',
      'chat.say: host moderator buyer officer -',
      'chat.moderate: host moderator - - -',
      'chat.record: host - - officer -',
      'waiting.admit: host moderator - - -',
      'slips.make: host - - officer -',
      'bill.read: host - buyer officer -',
      'bill.pay: - - buyer - -',
      'parcel.read: host - - officer -',
      'payment.dispute: host - buyer officer -',
      'payment.refund: - - - officer -',
      'payment.record: host - - officer -',
      'payment.confirm: host - - officer -',
      'parcel.handle: host - - officer -',
      'parcel.mine: - - buyer - -',
      'claim.answer: host - - officer -',
      'claim.see: host - buyer officer -',
      'consent.ask: host - - officer -',
      'payout.read: host - - officer -',
      'payout.make: - - - officer -',
      'payout.confirm: host - - officer -',
      'grower.account: host - - officer -',
      'books.read: - - - officer -',
      'statement.take: - - - officer -',
      'township.read: - - - officer -',
      'daily.read: - - - officer -',
      'report.sign: - - - officer -',
      'issue.open: host - - officer -',
      'issue.close: - - - officer -',
      'bundle.openings: - - - officer -',
      'witness.bring: host - - officer -',
      'locked.read: - - - officer operator',
      'me.erase: host moderator buyer officer operator',
      'bidding.lift: - - - officer -',
      'invariants.read: - - - officer operator',
      'operator.read: - - - - operator',
    ]);
  });

  test('docs/roles.md is the printed table; it is rewritten here when it is not', () => {
    const path = join(__dirname, '../../../../docs/roles.md');
    const printed = rolesPage();
    const found = readFileSync(path, 'utf8');
    if (found !== printed) writeFileSync(path, printed);
    expect(found).toBe(printed);
  });

  test('each role is asked for each action, and only granted ones pass', () => {
    const answers = role.options.flatMap((one) =>
      actions.map((action) => refusalOfAction(actor({ role: one }), action) === null),
    );
    expect(answers).toHaveLength(role.options.length * actions.length);
    expect(answers.filter((passed) => passed)).toHaveLength(roleTable().length);
  });

  test('a guest is asked to sign in', () => {
    expect(refusalOfAction(null, 'bid.place')).toBe('not-signed-in');
  });

  test('a buyer who waits cannot bid yet', () => {
    expect(refusalOfAction(actor({ role: 'buyer', state: 'waiting' }), 'bid.place')).toBe('not-admitted');
    expect(refusalOfAction(actor({ role: 'buyer', state: 'waiting' }), 'show.seal')).toBe('not-allowed');
  });

  test('but may ask to be forgotten', () => {
    expect(refusalOfAction(actor({ role: 'buyer', state: 'waiting' }), 'me.erase')).toBeNull();
  });

  test.each(['banned', 'locked', 'erased'] as const)('a member who is %s may do nothing', (state) => {
    const refusals = actions.map((action) => refusalOfAction(actor({ state }), action));
    expect(new Set(refusals)).toEqual(new Set(['not-allowed']));
  });

  test('a host commands his own shows only, a moderator all of his township', () => {
    const own = { townshipId: 't1', hostId: 'm1' };
    const colleagues = { townshipId: 't1', hostId: 'm2' };
    expect(refusalOn(actor({}), 'show.command', own)).toBeNull();
    expect(refusalOn(actor({}), 'show.command', colleagues)).toBe('not-allowed');
    expect(refusalOn(actor({ role: 'moderator' }), 'show.command', colleagues)).toBeNull();
  });

  test('nobody reaches into another township, not even a host named there', () => {
    const elsewhere = { townshipId: 't2', hostId: 'm1' };
    const passed = roleTable().filter(
      ({ role: one, action, scope }) =>
        scope !== 'all' && refusalOn(actor({ role: one }), action, elsewhere) === null,
    );
    expect(passed).toEqual([]);
  });

  test('a buyer reads his own bill and no other', () => {
    const buyer = actor({ role: 'buyer', townshipId: null });
    expect(refusalOn(buyer, 'bill.read', { memberId: 'm1' })).toBeNull();
    expect(refusalOn(buyer, 'bill.read', { memberId: 'm2', townshipId: 't1' })).toBe('not-allowed');
  });

  test('a target that does not say whose it is is refused', () => {
    expect(refusalOn(actor({}), 'show.create', {})).toBe('not-allowed');
    expect(refusalOn(actor({ role: 'buyer', townshipId: null }), 'bid.place', {})).toBe('not-allowed');
  });
});
