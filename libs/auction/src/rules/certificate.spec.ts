import { certificateOf } from './index.js';
import { GROWER, HASH, LIN, type PaperOptions, PaperShow, WU } from './testing/paperShow.js';

const SUPPORT = 'support-aaaaaaaa';
const certify = (show: PaperShow) => certificateOf(show.state.rules, show.leaves);

/** L1 sold at once; L2 set aside, then sold by the clock; L3 (three pots) partly sold and passed; L4 withdrawn. */
function evening(options: PaperOptions = {}): PaperShow {
  const show = new PaperShow({
    lots: {
      L1: { units: 2 },
      L2: { floorFen: 9_000 },
      L3: { format: 'dutch', units: 3, startFen: 2_000, stepFen: 200, floorFen: 1_500 },
      L4: {},
    },
    ...options,
  });
  show.register(SUPPORT, 'supporter');
  show.does(1_000, { name: 'offer', lot: 'L1' });
  show.bid(2_000, LIN, 3_600);
  show.pass(61_000);
  show.does(80_000, { name: 'offer', lot: 'L2' });
  show.bid(81_000, WU, 3_600);
  show.bid(82_000, LIN, 3_600);
  show.pass(140_000);
  show.does(150_000, { name: 'offer', lot: 'L3' });
  show.bid(151_500, SUPPORT, 1_800);
  show.pass(200_000);
  show.does(200_000, { name: 'reoffer', lot: 'L2' });
  show.bid(201_600, WU, 10_300);
  show.does(210_000, { name: 'pass', lot: 'L3' });
  show.does(210_000, { name: 'withdraw', lot: 'L4', reason: 'damaged' });
  return show;
}

describe('the certificate', () => {
  it('counts every sealed unit in exactly one end', () => {
    const show = evening();
    show.does(220_000, { name: 'close' });
    const certificate = certify(show);
    expect(certificate).toMatchObject({
      phase: 'closed',
      sealedLots: 4,
      sealedUnits: 7,
      soldUnits: 4,
      passedUnits: 2,
      withdrawnUnits: 1,
      carriedUnits: 0,
      openUnits: 0,
      hammerFen: 7_200 + 10_300 + 1_800,
      paidFen: 0,
    });
  });

  it('gives four grades over sealed units, and counts supporting units apart', () => {
    const show = evening();
    const txn = `${'B'.repeat(43)}=`;
    show.does(215_000, { name: 'paid', body: { sale: 'S1', amountFen: 7_200, channel: 'cash', txn } });
    expect(certify(show)).toMatchObject({
      firstPass: { units: 3, of: 7 },
      afterReoffer: { units: 4, of: 7 },
      paid: { units: 2, of: 7 },
      delivered: { units: 0, of: 7 },
      armsLength: { units: 3, of: 7 },
      paidFen: 7_200,
    });
  });

  it('keeps every attempt, with the leaves where it began and ended', () => {
    const show = evening();
    const ends = show.leaves.filter(({ type }) => type === 'lot.setAside' || type === 'lot.hammered');
    const [, second] = certify(show).lots;
    expect(second).toMatchObject({ lot: 'L2', phase: 'hammered', hammerFen: 10_300 });
    expect(second?.attempts).toEqual([
      {
        offering: 1,
        format: 'english',
        i: show.leaves.find(({ t }) => t === 80_000)?.i,
        endI: ends[1]?.i,
        startFen: 3_600,
        bids: 1,
        bestFen: 3_600,
        result: 'setAside',
        soldUnits: 0,
      },
      {
        offering: 2,
        format: 'dutch',
        i: show.leaves.find(({ t }) => t === 200_000)?.i,
        endI: ends.at(-1)?.i,
        startFen: 10_800,
        bids: 1,
        bestFen: 10_300,
        result: 'hammered',
        soldUnits: 1,
      },
    ]);
  });

  it('leaves the end of an attempt open while it runs', () => {
    const show = new PaperShow({ lots: { L1: {} } });
    show.does(1_000, { name: 'offer', lot: 'L1' });
    show.bid(2_000, LIN, 3_600);
    expect(certify(show).lots[0]?.attempts).toMatchObject([{ endI: null, bids: 1, result: null }]);
  });

  it('names what was not sold, and counts attempts that failed and lots that came back', () => {
    expect(certify(evening())).toMatchObject({
      passedAttempts: 2,
      reoffers: 1,
      unsold: [
        { lot: 'L3', phase: 'passed', units: 2 },
        { lot: 'L4', phase: 'withdrawn', units: 1 },
      ],
    });
  });

  it('counts an undone sale for nothing, and counts it as undone', () => {
    const show = evening();
    show.does(216_000, { name: 'undo', sale: 'S3', reason: 'technical' });
    expect(certify(show)).toMatchObject({
      voided: 1,
      soldUnits: 3,
      openUnits: 1,
      afterReoffer: { units: 3, of: 7 },
      hammerFen: 9_000,
    });
  });

  it('counts bids by form apart from bids that carry no signature', () => {
    const show = evening();
    const form = show.leaves.map((leaf) =>
      leaf.type === 'bid.accepted' && leaf.body.bidder === LIN
        ? { ...leaf, body: { ...leaf.body, form: true as const } }
        : leaf,
    );
    const signed = form.map((leaf) => (leaf.type === 'bid.refused' ? { ...leaf, sig: 'c2ln' } : leaf));
    expect(certificateOf(show.state.rules, form)).toMatchObject({ formBids: 1, unsignedBids: 4 });
    expect(certificateOf(show.state.rules, signed)).toMatchObject({ formBids: 1, unsignedBids: 3 });
  });

  it('counts extensions for other causes than a bid', () => {
    const show = new PaperShow({ lots: { L1: {} } });
    show.does(1_000, { name: 'offer', lot: 'L1' });
    show.does(50_000, { name: 'extend', lot: 'L1', closesAt: 65_000, cause: 'stall' }, 'platform');
    show.bid(60_000, LIN, 3_600);
    expect(certify(show)).toMatchObject({ extendedOtherwise: 1, witnessed: false, demo: false });
  });

  it('counts a clock that was set back among them', () => {
    const show = new PaperShow({ lots: { L1: { format: 'dutch' } } });
    show.does(1_000, { name: 'offer', lot: 'L1' });
    show.givesBack(50_000, 49_000);
    expect(certify(show)).toMatchObject({ extendedOtherwise: 1 });
  });

  it("counts a grower's own purchase apart", () => {
    const show = new PaperShow({ lots: { L1: { grower: WU } } });
    show.register(GROWER, 'grower');
    show.does(1_000, { name: 'offer', lot: 'L1' });
    show.bid(2_000, GROWER, 3_600);
    show.pass(61_000);
    expect(certify(show)).toMatchObject({ afterReoffer: { units: 1 }, armsLength: { units: 0 } });
  });

  it.each([
    ['a supporting unit', 'supporter', {}, 'supporterUnits'],
    ['a grower', 'grower', {}, 'growerUnits'],
    ['a second account on one device', 'buyer', { device: 'device-aaaaaaaaa' }, 'sameDeviceUnits'],
  ] as const)('counts what went to %s apart', (_, kind, device, apart) => {
    const show = new PaperShow({ lots: { L1: {}, L2: {} } });
    const [first, second] = ['first-aaaaaaaaaa', 'second-aaaaaaaaa'];
    show.does(0, { name: 'register', bidder: first, id: HASH, kind: 'buyer', ...device }, 'platform');
    show.does(0, { name: 'register', bidder: second, id: HASH, kind, ...device }, 'platform');
    show.does(1_000, { name: 'offer', lot: 'L1' });
    show.bid(2_000, second, 3_600);
    show.pass(61_000);
    show.does(62_000, { name: 'offer', lot: 'L2' });
    show.bid(63_000, first, 3_600);
    show.pass(200_000);
    const nobody = { hostUnits: 0, growerUnits: 0, supporterUnits: 0, sameDeviceUnits: 0 };
    expect(certify(show)).toMatchObject({
      apart: { ...nobody, [apart]: 1 },
      armsLength: { units: 1, of: 2 },
    });
  });

  it('counts a supplementary list by itself', () => {
    const show = new PaperShow({ lots: { L1: {} } });
    show.describe(1_000, 'L2', { units: 3 });
    show.does(1_000, { name: 'seal', catalogue: HASH });
    show.does(2_000, { name: 'offer', lot: 'L1' });
    show.bid(3_000, LIN, 3_600);
    show.pass(63_000);
    show.does(64_000, { name: 'withdraw', lot: 'L2', reason: 'damaged' });
    expect(certify(show).lists).toMatchObject([
      { list: 1, lots: 1, units: 1, soldUnits: 1, withdrawnUnits: 0, approved: false },
      { list: 2, lots: 1, units: 3, soldUnits: 0, withdrawnUnits: 3, approved: false },
    ]);
  });

  it('counts signatures: of bids, and of what the host answers for', () => {
    const silent = new PaperShow({ lots: { L1: {} } });
    const signed = new PaperShow({ lots: { L1: {} }, signed: true });
    for (const show of [silent, signed]) {
      show.does(1_000, { name: 'offer', lot: 'L1' });
      show.bid(2_000, LIN, 3_600);
      show.pass(62_000);
      show.does(63_000, { name: 'close' });
    }
    expect(certify(silent)).toMatchObject({ signedBids: 0, unsignedBids: 1, unsignedActs: 2 });
    expect(certify(signed)).toMatchObject({ signedBids: 1, unsignedBids: 0, unsignedActs: 0 });
  });

  it('says which log it goes on from', () => {
    const continues = { origin: 'market.example/shows/20261124-01', size: 12, root: HASH };
    const show = new PaperShow({ draft: true });
    const [opened, ...rest] = show.leaves;
    if (opened?.type !== 'log.opened') throw new Error('no first leaf');
    const after = { ...opened, body: { ...opened.body, continues } };
    expect(certificateOf(show.state.rules, [after, ...rest])).toMatchObject({ continues });
    expect(certify(show).continues).toBeNull();
  });

  it('of a draft counts nothing', () => {
    const show = new PaperShow({ draft: true });
    show.describe(0, 'L1');
    expect(certify(show)).toMatchObject({ sealedLots: 0, sealedUnits: 0, lots: [], unsold: [] });
  });
});
