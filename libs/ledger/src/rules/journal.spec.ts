import fc from 'fast-check';
import { isBalanced, journalOf, type MoneyFact } from './journal.js';

const hammered = (
  i: number,
  sale: string,
  amountFen: number,
  buyer = 'lin',
  grower = 'zheng',
): MoneyFact => ({
  ...{ i, sale, kind: 'hammered', buyer, grower, amountFen },
});
const balances = (facts: MoneyFact[]): Record<string, number> =>
  Object.fromEntries(
    journalOf(facts).flatMap(({ lines }) => lines.map(({ account, afterFen }) => [account, afterFen])),
  );

describe('the books', () => {
  it('owe the grower what the buyer owes, until he pays', () => {
    const facts: MoneyFact[] = [
      hammered(7, 'S1', 5_800),
      { i: 9, sale: 'S1', kind: 'paid', channel: 'cash', amountFen: 5_800 },
    ];
    expect(journalOf(facts)[0]).toEqual({
      ...{ n: 1, i: 7, kind: 'hammered', sale: 'S1' },
      lines: [
        {
          account: 'buyer:lin:receivable',
          side: 'debit',
          amountFen: 5_800,
          version: 1,
          beforeFen: 0,
          afterFen: 5_800,
        },
        {
          account: 'grower:zheng:payable',
          side: 'credit',
          amountFen: 5_800,
          version: 1,
          beforeFen: 0,
          afterFen: -5_800,
        },
      ],
    });
    expect(balances(facts)).toEqual({
      'buyer:lin:receivable': 0,
      'grower:zheng:payable': -5_800,
      'bank:escrow': 5_800,
    });
  });

  it('take a hammer back by an entry that names it, when it was undone and when nobody paid', () => {
    for (const kind of ['voided', 'defaulted'] as const) {
      const facts: MoneyFact[] = [hammered(7, 'S1', 5_800), { i: 8, sale: 'S1', kind }];
      expect(journalOf(facts)[1]).toMatchObject({ n: 2, reverses: 1 });
      expect(balances(facts)).toEqual({ 'buyer:lin:receivable': 0, 'grower:zheng:payable': 0 });
    }
  });

  it('lessen what the grower is owed by what was given back, and keep what a provider holds apart', () => {
    const facts: MoneyFact[] = [
      hammered(7, 'S1', 5_800),
      { i: 8, sale: 'S1', kind: 'paid', channel: 'stripe', amountFen: 5_800 },
      { i: 9, sale: 'S1', kind: 'refunded', channel: 'stripe', amountFen: 800 },
    ];
    expect(balances(facts)).toMatchObject({
      'grower:zheng:payable': -5_000,
      'gateway:stripe:clearing': 5_000,
    });
  });

  it('know no sale that was never hammered', () => {
    expect(() => journalOf([{ i: 1, sale: 'S9', kind: 'voided' }])).toThrow('bug: the books know no sale S9');
  });

  it('balance whatever happens, by entry and over all, and every account counts its lines without gaps', () => {
    const sale = fc.record({
      amountFen: fc.integer({ min: 1, max: 10_000_000 }),
      buyer: fc.constantFrom('lin', 'wu'),
      end: fc.constantFrom('voided', 'defaulted', 'paid', 'refunded', 'open'),
      part: fc.double({ min: 0.01, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(sale, { maxLength: 30 }), (sales) => {
        const facts = sales.flatMap(({ amountFen, buyer, end, part }, k): MoneyFact[] => {
          const [id, i] = [`S${k + 1}`, 10 * k];
          const paid: MoneyFact = { i: i + 1, sale: id, kind: 'paid', channel: 'wechat', amountFen };
          const back: MoneyFact = {
            i: i + 2,
            sale: id,
            kind: 'refunded',
            channel: 'wechat',
            amountFen: Math.ceil(amountFen * part),
          };
          const rest = {
            open: [],
            paid: [paid],
            refunded: [paid, back],
            voided: [{ i: i + 1, sale: id, kind: 'voided' as const }],
            defaulted: [{ i: i + 1, sale: id, kind: 'defaulted' as const }],
          };
          return [hammered(i, id, amountFen, buyer), ...rest[end]];
        });
        const journal = journalOf(facts);
        expect(journal.map(({ n }) => n)).toEqual(facts.map((_, k) => k + 1));
        expect(journal.every(isBalanced)).toBe(true);
        const versions = new Map<string, number>();
        const ends = new Map<string, number>();
        for (const { account, version, beforeFen, afterFen } of journal.flatMap(({ lines }) => lines)) {
          expect([version, beforeFen]).toEqual([(versions.get(account) ?? 0) + 1, ends.get(account) ?? 0]);
          versions.set(account, version);
          ends.set(account, afterFen);
        }
        expect([...ends.values()].reduce((sum, one) => sum + one, 0)).toBe(0);
      }),
    );
  });
});
