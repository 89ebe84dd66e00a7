import fc from 'fast-check';
import {
  type BilledSale,
  dueFenOf,
  nextPaymentStates,
  paidFenOf,
  plainReference,
  refusalOfDeciding,
  refusalOfRecording,
} from './payment.js';

const sale = (of: Partial<BilledSale>): BilledSale => ({
  sale: 'S1',
  bidder: 'anna',
  amountFen: 5_800,
  phase: 'awaiting',
  ...of,
});

describe('a payment by hand', () => {
  it('pays sales of one buyer, to the fen', () => {
    const sales = [sale({}), sale({ sale: 'S2', amountFen: 201 })];
    expect(refusalOfRecording(sales, 6_001)).toBeNull();
    expect(refusalOfRecording(sales, 6_000)).toBe('amount-differs');
    expect(refusalOfRecording(sales, 6_002)).toBe('amount-differs');
  });

  it('cannot pay what is paid, undone, named twice or of two buyers', () => {
    expect(refusalOfRecording([sale({ phase: 'paid' })], 5_800)).toBe('already-paid');
    expect(refusalOfRecording([sale({ phase: 'voided' })], 5_800)).toBe('unknown-sale');
    expect(refusalOfRecording([sale({}), sale({})], 11_600)).toBe('malformed');
    expect(refusalOfRecording([sale({}), sale({ sale: 'S2', bidder: 'bert' })], 11_600)).toBe('malformed');
  });

  it('is decided once, and by a second person', () => {
    const recorded = { state: 'recorded' as const, recordedBy: 'host' };
    expect(refusalOfDeciding(recorded, 'officer')).toBeNull();
    expect(refusalOfDeciding(recorded, 'host')).toBe('same-person');
    expect(refusalOfDeciding({ ...recorded, state: 'confirmed' }, 'officer')).toBe('already-decided');
    expect(refusalOfDeciding({ ...recorded, state: 'rejected' }, 'officer')).toBe('already-decided');
  });

  it('never goes back to being recorded', () => {
    expect(Object.values(nextPaymentStates).flat()).not.toContain('recorded');
  });

  it('has one reference, however it is written', () => {
    expect(plainReference('ｎｏ. 12 a')).toBe('NO.12A');
  });
});

describe('a bill', () => {
  it('is what is paid and what is due, and what was undone is neither', () => {
    const phases = fc.constantFrom<BilledSale['phase']>('awaiting', 'paid', 'voided');
    const sales = fc.array(fc.record({ amountFen: fc.nat(), phase: phases }).map(sale));
    fc.assert(
      fc.property(sales, (all) => {
        const standing = all.filter(({ phase }) => phase !== 'voided');
        const sum = standing.reduce((fen, one) => fen + one.amountFen, 0);
        expect(dueFenOf(all) + paidFenOf(all)).toBe(sum);
      }),
    );
  });
});
