import { booksRootOf, feeOfFen, growerOf, growersFen, keptFen, moneyFactsOf } from '@qingpai/auction/rules';
import { type JournalEntry, journalOf } from '@qingpai/ledger/rules';
import { LIN, PaperShow } from '../../../auction/src/rules/testing/paperShow.js';
import { tenInvariants } from './tenInvariants.js';

const txn = (letter: string) => `${letter.repeat(43)}=`;

/** One pot at ¥58 with a fee of ten percent: paid online, a part given back, its grower paid, another part given back. */
function evening(): PaperShow {
  const show = new PaperShow({ lots: { L1: {} }, rules: { feePercent: 10, complaintMs: 0 } });
  show.does(1_000, { name: 'offer', lot: 'L1' });
  show.bid(2_000, LIN, 5_800, { confirmed: true });
  show.pass(100_000);
  show.does(100_000, { name: 'close' });
  const money = (amountFen: number, letter: string) =>
    ({ sale: 'S1', amountFen, channel: 'stripe', txn: txn(letter) }) as const;
  show.does(100_001, { name: 'paid', body: money(5_800, 'B') });
  show.does(100_002, { name: 'refunded', body: money(800, 'C') });
  const sale = show.state.sales.S1!;
  const [amountFen, feeFen] = [growersFen(show.state.rules, sale), feeOfFen(show.state.rules, keptFen(sale))];
  const body = { payout: 'P1', sale: 'S1', grower: growerOf(show.state, sale), amountFen, feeFen };
  show.does(100_003, { name: 'payOut', body: { ...body, channel: 'transfer', txn: txn('G') } }, 'officer');
  show.does(100_004, { name: 'refunded', body: money(1_000, 'D') });
  return show;
}
const settled = (): PaperShow => {
  const show = evening();
  show.does(100_005, { name: 'settle', books: booksRootOf(moneyFactsOf(show.state, show.leaves)) });
  return show;
};
const entriesOf = (show: PaperShow): JournalEntry[] => journalOf(moneyFactsOf(show.state, show.leaves));
const looked = (show: PaperShow, entries = entriesOf(show)) =>
  tenInvariants({ state: show.state, events: show.leaves, entries });
const notYes = (all: ReturnType<typeof looked>) =>
  all.filter(({ holds }) => holds !== 'yes').map(({ id, holds }) => `${id} ${holds}`);

test('all ten hold at the settlement; before it, those about it wait', () => {
  expect(notYes(looked(settled()))).toEqual([]);
  expect(notYes(looked(evening()))).toEqual(['I3 later', 'I6 later', 'I7 later']);
  expect(looked(settled()).find(({ id }) => id === 'I7')?.figures).toContainEqual({
    ...{ name: 'leftFen', value: 0, isFen: true },
  });
});

test('each tampering with the books turns its rule red', () => {
  const show = settled();
  const broken = (change: (entries: JournalEntry[]) => void) => {
    const entries = structuredClone(entriesOf(show));
    change(entries);
    return notYes(looked(show, entries)).map((one) => one.split(' ')[0]);
  };
  expect(broken(([entry]) => void (entry!.lines[0]!.amountFen -= 1))).toEqual(['I1', 'I2', 'I3', 'I4']);
  expect(broken((entries) => void entries.splice(2, 1))).toEqual(['I2', 'I6', 'I9']);
  expect(broken(([, entry]) => void (entry!.lines[0]!.version = 9))).toContain('I9');
  expect(broken(([entry]) => entry!.lines.forEach((line) => (line.amountFen = 0.5)))).toContain('I10');
  const fee = (entries: JournalEntry[]) => {
    for (const { lines } of entries)
      for (const line of lines) if (line.account === 'platform:fee') line.amountFen += 100;
  };
  expect(broken((entries) => fee(entries.slice(0, -1)))).toEqual(expect.arrayContaining(['I7', 'I8']));
});
