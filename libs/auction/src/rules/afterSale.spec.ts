import { defaultRules, type EventBody } from '@qingpai/wire';
import { certificateOf } from './certificate.js';
import { CLAIMS_OPEN_MAX } from './claims.js';
import { CHEN, LIN, PaperShow, WU } from './testing/paperShow.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const hash = (letter: string): string => `${letter.repeat(43)}=`;
const [ONE, OTHER] = ['o'.repeat(16), 'p'.repeat(16)];
const afterSale = { ...defaultRules.afterSale!, grantAloneMaxFen: 500 };

/** L1 to Lin for 38 yuan, L2 to Wu; the show is closed at 200 s. */
function sold({ isPaid = true, fresh }: { isPaid?: boolean; fresh?: false } = {}): PaperShow {
  const rules = { afterSale };
  const show = new PaperShow({ rules, lots: { L1: { fresh }, L2: {} } });
  show.does(10_000, { name: 'offer', lot: 'L1' });
  show.bid(11_000, LIN, 3_800);
  show.pass(90_000);
  show.does(100_000, { name: 'offer', lot: 'L2' });
  show.bid(101_000, WU, 3_600, { lot: 'L2' });
  show.pass(190_000);
  show.does(200_000, { name: 'close' });
  if (isPaid)
    for (const [sale, amountFen] of [
      ['S1', 3_800],
      ['S2', 3_600],
    ] as const)
      pay(show, sale, amountFen);
  return show;
}
const pay = (show: PaperShow, sale: string, amountFen: number) =>
  show.does(210_000, { name: 'paid', body: { sale, amountFen, channel: 'cash', txn: hash(sale[1]!) } });

function sent(show = sold()): PaperShow {
  show.does(300_000, { name: 'pack', sale: 'S1' });
  show.does(300_000, { name: 'ship', body: parcel('S1') });
  return show;
}
function came(show = sent()): PaperShow {
  show.does(400_000, { name: 'receive', body: mine }, LIN);
  return show;
}
const parcel = (sale: string, tracking = 'k') =>
  ({ sale, courier: 'zto', tracking: hash(tracking) }) as const;
const mine: EventBody<'sale.received'> = { sale: 'S1', cause: 'buyer', bidder: LIN };
const damage = { kind: 'damaged', bidder: LIN, sale: 'S1', units: 1, photo: hash('P') } as const;
const refused = (reason: string) => ({ ok: false, reason });

describe('the way of the goods', () => {
  it('goes from paid to packed to shipped to received, and nothing is left out', () => {
    const show = sold();
    expect(show.ask(300_000, { name: 'ship', body: parcel('S1') })).toMatchObject(refused('not-packed'));
    expect(show.ask(300_000, { name: 'receive', body: mine }, LIN)).toMatchObject(refused('not-shipped'));
    came(sent(show));
    expect(show.state.sales.S1!.goods).toMatchObject({
      ...{ packed: 300_000, shipped: 300_000, received: 400_000, cause: 'buyer', courier: 'zto' },
    });
    expect(show.ask(500_000, { name: 'receive', body: mine }, LIN)).toMatchObject(
      refused('already-received'),
    );
  });

  it('ships nothing that is not paid for', () => {
    const show = sold({ isPaid: false });
    expect(show.ask(300_000, { name: 'pack', sale: 'S1' })).toMatchObject(refused('not-paid'));
    const receive = { sale: 'S1', cause: 'pickup' } as const;
    expect(show.ask(300_000, { name: 'receive', body: receive })).toMatchObject(refused('not-paid'));
  });

  it('keeps in the house what was packed and then paid back', () => {
    const show = sold();
    show.does(300_000, { name: 'pack', sale: 'S1' });
    const back = { sale: 'S1', amountFen: 3_800, channel: 'cash', txn: hash('R') } as const;
    show.does(310_000, { name: 'refunded', body: back });
    expect(show.ask(320_000, { name: 'ship', body: parcel('S1') })).toMatchObject(refused('not-paid'));
  });

  it('has one buyer to a parcel', () => {
    const show = sent();
    show.does(300_000, { name: 'pack', sale: 'S2' });
    expect(show.ask(300_000, { name: 'ship', body: parcel('S2') })).toMatchObject(refused('tracking-used'));
  });

  it('ends at once for who takes his goods along', () => {
    const show = sold();
    show.does(300_000, { name: 'receive', body: { sale: 'S1', cause: 'pickup' } });
    expect(show.ask(300_001, { name: 'ship', body: parcel('S1') })).toMatchObject(
      refused('already-received'),
    );
  });

  it('lapses a sealed time after the goods were shipped, not before', () => {
    const show = sent();
    const receive = { sale: 'S1', cause: 'lapse' } as const;
    const at = 300_000 + afterSale.lapseAfterMs;
    expect(show.ask(at - 1, { name: 'receive', body: receive }, 'platform')).toMatchObject(
      refused('still-underway'),
    );
    show.does(at, { name: 'receive', body: receive }, 'platform');
  });

  it('counts as delivered on the certificate what was received and stays paid', () => {
    const show = came();
    const grade = () => certificateOf(show.state.rules, show.leaves).delivered;
    expect(grade()).toEqual({ units: 1, of: 2 });
    const back = { sale: 'S1', amountFen: 3_800, channel: 'cash', txn: hash('R') } as const;
    show.does(500_000, { name: 'refunded', body: back });
    expect(grade()).toEqual({ units: 0, of: 2 });
  });
});

describe('坏损包赔', () => {
  it('is claimed by the buyer, with a photo, within its time after the goods came', () => {
    expect(sent().ask(350_000, { name: 'fileClaim', body: damage }, LIN)).toMatchObject(
      refused('not-received'),
    );
    const show = came();
    const noPhoto = { ...damage, photo: undefined };
    expect(show.ask(500_000, { name: 'fileClaim', body: noPhoto }, LIN)).toMatchObject(refused('malformed'));
    const others = { ...damage, bidder: WU };
    expect(show.ask(500_000, { name: 'fileClaim', body: others }, WU)).toMatchObject(refused('unknown-sale'));
    expect(show.ask(400_000 + DAY, { name: 'fileClaim', body: damage }, LIN)).toMatchObject(
      refused('claim-late'),
    );
  });

  it('says of which sale, of how many units, and nothing that belongs to a complaint', () => {
    const show = came();
    for (const differs of [{ sale: undefined }, { units: undefined }, { category: 'service' as const }]) {
      const body = { ...damage, ...differs };
      expect(show.ask(500_000, { name: 'fileClaim', body }, LIN)).toMatchObject(refused('malformed'));
    }
  });

  it('is granted out of money that is there: neither on a complaint nor once all of it went back', () => {
    const show = came();
    show.does(
      500_000,
      { name: 'fileClaim', body: { kind: 'complaint', bidder: LIN, category: 'other' } },
      LIN,
    );
    show.does(500_000, { name: 'fileClaim', body: damage }, LIN);
    const back = { sale: 'S1', amountFen: 3_800, channel: 'cash', txn: hash('R') } as const;
    show.does(550_000, { name: 'refunded', body: back });
    for (const claim of ['C1', 'C2'])
      expect(show.ask(600_000, { name: 'grantClaim', claim, amountFen: 100, person: ONE })).toMatchObject(
        refused('not-paid'),
      );
  });

  it('is not taken where the sealed rules know nothing of it', () => {
    const show = new PaperShow({ rules: { afterSale: undefined }, lots: { L1: {} } });
    const words = { kind: 'complaint', bidder: LIN, category: 'other' } as const;
    for (const body of [damage, words])
      expect(show.ask(10_000, { name: 'fileClaim', body }, LIN)).toMatchObject(refused('wrong-phase'));
  });

  it('is filed to the last millisecond, and once for each unit', () => {
    const show = came();
    show.does(400_000 + DAY - 1, { name: 'fileClaim', body: damage }, LIN);
    expect(show.ask(400_000 + DAY - 1, { name: 'fileClaim', body: damage }, LIN)).toMatchObject(
      refused('already-claimed'),
    );
  });

  it('is granted by one person up to a sealed sum, above it by two', () => {
    const show = came();
    show.does(500_000, { name: 'fileClaim', body: damage }, LIN);
    const grant = (amountFen: number, person: string) =>
      show.ask(600_000, { name: 'grantClaim', claim: 'C1', amountFen, person });
    expect(grant(3_801, ONE)).toMatchObject(refused('refund-above-paid'));
    expect(grant(501, ONE)).toMatchObject({ ok: true, events: [{ type: 'claim.proposed' }] });
    expect(grant(501, ONE)).toMatchObject(refused('same-person'));
    expect(grant(502, OTHER)).toMatchObject({ ok: true, events: [{ type: 'claim.proposed' }] });
    expect(grant(502, ONE)).toMatchObject({ ok: true, events: [{ type: 'claim.granted' }] });
    expect(grant(1, ONE)).toMatchObject(refused('already-decided'));
  });

  it('cannot be granted above that sum in small pieces', () => {
    const show = came();
    const back = { sale: 'S1', amountFen: 400, channel: 'cash', txn: hash('R') } as const;
    show.does(450_000, { name: 'refunded', body: back });
    show.does(500_000, { name: 'fileClaim', body: damage }, LIN);
    const [leaf] = show.does(600_000, { name: 'grantClaim', claim: 'C1', amountFen: 101, person: ONE });
    expect(leaf!.type).toBe('claim.proposed');
  });

  it('is paid back whole and once; other refunds leave what is owed', () => {
    const show = came();
    show.does(500_000, { name: 'fileClaim', body: damage }, LIN);
    show.does(600_000, { name: 'grantClaim', claim: 'C1', amountFen: 500, person: ONE });
    const back = (amountFen: number, more: object) =>
      show.ask(700_000, {
        name: 'refunded',
        body: { sale: 'S1', amountFen, channel: 'cash', txn: hash('R'), ...more },
      });
    expect(back(3_400, {})).toMatchObject(refused('refund-above-paid'));
    expect(back(499, { claim: 'C1' })).toMatchObject(refused('amount-differs'));
    expect(back(500, { claim: 'C2' })).toMatchObject(refused('unknown-claim'));
    expect(back(500, { claim: 'C1' })).toMatchObject({ ok: true });
    expect(back(500, { claim: 'C1' })).toMatchObject(refused('already-decided'));
  });
});

it('goods that do not live may be sent back for seven days, living ones may not', () => {
  const unwanted = { kind: 'unwanted', bidder: LIN, sale: 'S1', units: 1 } as const;
  expect(came().ask(500_000, { name: 'fileClaim', body: unwanted }, LIN)).toMatchObject(
    refused('living-goods'),
  );
  const show = came(sent(sold({ fresh: false })));
  expect(show.ask(400_000 + 7 * DAY, { name: 'fileClaim', body: unwanted }, LIN)).toMatchObject(
    refused('claim-late'),
  );
  expect(
    came(sent(sold({ fresh: false }))).ask(400_000 + 6 * DAY, { name: 'fileClaim', body: unwanted }, LIN).ok,
  ).toBe(true);
});

describe('a complaint', () => {
  const complaint = { kind: 'complaint', bidder: CHEN, category: 'service' } as const;
  it('is taken from whoever has a paddle until its time is over, and later from who got goods later', () => {
    const show = came();
    const until = 200_000 + show.state.rules.complaintMs;
    expect(show.ask(until, { name: 'fileClaim', body: complaint }, CHEN)).toMatchObject(
      refused('claim-late'),
    );
    expect(show.ask(until, { name: 'fileClaim', body: { ...complaint, bidder: LIN } }, LIN).ok).toBe(true);
  });

  it('is taken at any time while the show is open, however long that is', () => {
    const show = new PaperShow({ rules: { afterSale }, lots: { L1: {} } });
    expect(show.ask(30 * DAY, { name: 'fileClaim', body: complaint }, CHEN).ok).toBe(true);
  });

  it('is taken from nobody without a paddle', () => {
    const stranger = 'nobody-aaaaaaaaa';
    const body = { ...complaint, bidder: stranger };
    expect(came().ask(500_000, { name: 'fileClaim', body }, stranger)).toMatchObject(refused('no-paddle'));
  });

  it('is closed by a person, and keeps the show from being settled until then', () => {
    const show = came();
    show.does(500_000, { name: 'fileClaim', body: complaint }, CHEN);
    const late = 400_000 + 2 * DAY;
    expect(show.ask(late, { name: 'settle' })).toMatchObject(refused('claims-open'));
    const declined = { claim: 'C1', reason: 'other', person: ONE } as const;
    expect(show.ask(late, { name: 'declineClaim', body: declined })).toMatchObject(
      refused('already-decided'),
    );
    show.does(late, { name: 'closeClaim', body: { claim: 'C1', person: ONE } });
    show.does(late, { name: 'settle' });
  });
});

it('a show is settled when what left has arrived, its time to show damage is over, and nothing is owed', () => {
  const show = sent();
  expect(show.ask(2 * DAY, { name: 'settle' })).toMatchObject(refused('goods-underway'));
  show.does(2 * DAY, { name: 'receive', body: mine }, LIN);
  expect(show.ask(3 * DAY - 1, { name: 'settle' })).toMatchObject(refused('complaint-time'));
  show.does(3 * DAY - 1, { name: 'fileClaim', body: damage }, LIN);
  show.does(4 * DAY, { name: 'grantClaim', claim: 'C1', amountFen: 500, person: ONE });
  expect(show.ask(4 * DAY, { name: 'settle' })).toMatchObject(refused('refunds-owed'));
  const back = { sale: 'S1', amountFen: 500, channel: 'cash', txn: hash('R'), claim: 'C1' } as const;
  show.does(4 * DAY, { name: 'refunded', body: back });
  show.does(4 * DAY, { name: 'settle' });
});

it('goods that were packed and whose money went back stay at home, and hold up nothing', () => {
  const show = sold();
  show.does(300_000, { name: 'pack', sale: 'S1' });
  const back = { sale: 'S1', amountFen: 3_800, channel: 'cash', txn: hash('R') } as const;
  show.does(400_000, { name: 'refunded', body: back });
  show.does(2 * DAY, { name: 'settle' });
});

it('what nobody knows is refused by what it is', () => {
  const show = came();
  const ask = (command: Parameters<PaperShow['ask']>[1]) => show.ask(500_000, command);
  for (const command of [
    { name: 'pack', sale: 'S9' },
    { name: 'ship', body: parcel('S9', 'l') },
    { name: 'receive', body: { sale: 'S9', cause: 'pickup' } },
    { name: 'fileClaim', body: { ...damage, sale: 'S9' } },
  ] as const) {
    expect(ask(command)).toMatchObject(refused('unknown-sale'));
  }
  for (const command of [
    { name: 'grantClaim', claim: 'C9', amountFen: 100, person: ONE },
    { name: 'declineClaim', body: { claim: 'C9', reason: 'other', person: ONE } },
    { name: 'closeClaim', body: { claim: 'C9', person: ONE } },
  ] as const) {
    expect(ask(command)).toMatchObject(refused('unknown-claim'));
  }
});

it('one buyer keeps so many people busy at once, and no more', () => {
  const show = came();
  const file = () =>
    show.ask(
      500_000,
      { name: 'fileClaim', body: { kind: 'complaint', bidder: LIN, category: 'service' } },
      LIN,
    );
  for (let n = 0; n < CLAIMS_OPEN_MAX; n += 1) expect(file().ok).toBe(true);
  expect(file()).toMatchObject(refused('slow-down'));
  show.does(500_000, { name: 'closeClaim', body: { claim: 'C1', person: ONE } });
  expect(file().ok).toBe(true);
});
