import { checkForm, emptyForm, formOf, rememberedOf, suggestedStartFen, type LotForm } from './lotForm';
import { fenOf } from '../shared/yuan';
import { live } from './testing/show';

const form = (changed: Partial<LotForm> = {}): LotForm => ({
  ...emptyForm,
  title: '茶梅 白花',
  growerName: '泗桥村08号花农',
  village: '泗桥村',
  ...changed,
});

describe('yuan as people type them', () => {
  it.each([
    ['58', 5_800],
    ['58.5', 5_850],
    ['¥1,200', 120_000],
    ['１２．５０', 1_250],
    ['￥３，０００', 300_000],
    ['58元', 5_800],
    ['0', 0],
    ['0.29', 29],
  ])('%s', (text, amountFen) => expect(fenOf(text)).toBe(amountFen));

  it.each(['', '五十八', '5.999', '-3', '1e3', '.', '5 8 x'])('%s is no amount', (text) =>
    expect(fenOf(text)).toBeNull(),
  );
});

describe('a lot in ten seconds', () => {
  it('is of living goods unless the host says otherwise', () => {
    const fresh = (is: boolean) => checkForm(form({ fresh: is }));
    expect(fresh(true)).not.toHaveProperty('draft.fresh');
    expect(fresh(false)).toMatchObject({ ok: true, draft: { fresh: false } });
  });

  it('needs a name; the start follows from the floor', () => {
    const checked = checkForm(form({ floor: '50' }));
    expect(checked).toEqual({
      ok: true,
      draft: {
        title: '茶梅 白花',
        growerName: '泗桥村08号花农',
        village: '泗桥村',
        grade: 'A',
        unit: '盆',
        units: 1,
        startFen: 3_500,
        floorFen: 5_000,
        format: 'english',
        source: '人工培植',
      },
    });
  });

  it('without a floor starts at 0', () => {
    expect(suggestedStartFen('english', 0)).toBe(0);
    expect(suggestedStartFen('english', 100)).toBe(100);
    expect(suggestedStartFen('dutch', 4_800)).toBe(9_600);
    expect(suggestedStartFen('dutch', 0)).toBeNull();
  });

  it('says which field is wrong, and how', () => {
    const problems = (changed: Partial<LotForm>) => {
      const checked = checkForm(form(changed));
      return checked.ok ? {} : checked.problems;
    };
    expect(problems({ title: ' ', village: '' })).toEqual({ title: 'needed', village: 'needed' });
    expect(problems({ floor: '三十' })).toEqual({ floor: 'notMoney' });
    expect(problems({ units: '两' })).toEqual({ units: 'notCount' });
    expect(problems({ number: 'A3' })).toEqual({ number: 'notNumber' });
    expect(problems({ start: '0', floor: '30' })).toEqual({ start: 'floorNeedsStart' });
    expect(problems({ format: 'dutch' })).toEqual({ start: 'clockNeedsStart' });
    expect(problems({ format: 'dutch', start: '20', floor: '30' })).toEqual({ start: 'startBelowFloor' });
  });

  it('gives a short number its zeros, and reads full-width digits', () => {
    const checked = checkForm(form({ number: '６５', units: '１２' }));
    expect(checked.ok && [checked.draft.number, checked.draft.units]).toEqual(['065', 12]);
  });

  it('remembers the grower, not the plant', () => {
    expect(rememberedOf(form({ floor: '30', start: '20', grade: 'B' }))).toEqual({
      ...emptyForm,
      growerName: '泗桥村08号花农',
      village: '泗桥村',
      grade: 'B',
    });
  });

  it('comes back unchanged when a lot is opened and saved', () => {
    const lot = live().lots.L1!;
    const card = {
      lot: 'L1',
      growerName: '08号花农',
      village: '泗桥村',
      grade: 'A',
      source: '人工培植',
      photos: [],
    };
    const checked = checkForm(formOf(lot, card, 4_850));
    expect(checked.ok && checked.draft).toMatchObject({
      number: '001',
      title: lot.title,
      startFen: 3_600,
      floorFen: 4_850,
    });
    const zero = checkForm(formOf(live().lots.L2!, { ...card, lot: 'L2' }, 0));
    expect(zero.ok && zero.draft.startFen).toBe(0);
  });
});

describe('prices that sell at once', () => {
  const form = { ...emptyForm, title: '绣球', growerName: '郑', village: '泗桥村', start: '36', floor: '40' };
  it('go into the draft of a rising lot', () => {
    expect(checkForm({ ...form, buyNow: '58', cap: '66' })).toMatchObject({
      ok: true,
      draft: { buyNowFen: 5_800, capFen: 6_600 },
    });
  });
  it.each([
    [{ cap: '36' }, { cap: 'capTooLow' }],
    [{ buyNow: '38' }, { buyNow: 'capTooLow' }],
    [{ buyNow: '66', cap: '58' }, { buyNow: 'buyNowAboveCap' }],
    [{ format: 'dutch' as const, start: '80', cap: '90' }, { cap: 'notForClock' }],
  ])('are told what is wrong with %o', (differs, problems) => {
    expect(checkForm({ ...form, ...differs })).toEqual({ ok: false, problems });
  });
});
