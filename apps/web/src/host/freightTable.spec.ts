import { freightWords } from '@qingpai/auction/rules';
import { defaultFreight, freightRule, provinceCodes } from '@qingpai/wire';
import { checkFreight, type FreightForm, putRest, standsIn, toggle, usualFreight } from './freightTable';

const filled = (change: (form: FreightForm) => void) => {
  const form = usualFreight();
  change(form);
  return checkFreight(form);
};
const ruleOf = (checked: ReturnType<typeof checkFreight>) => (checked.ok ? checked.rule : null);

describe('the freight table of a new show', () => {
  it('begins with the usual one, and says the same again when nothing is changed', () => {
    expect(filled(() => undefined)).toEqual({ ok: true, rule: defaultFreight });
  });

  it('has one price for every place, and rows for those that cost something else', () => {
    const checked = filled((form) => {
      form.elsewhere = '15';
      form.rows = [
        { fee: '0', provinces: ['35'] },
        { fee: '25.5', provinces: ['23', '22'] },
      ];
      form.freeFrom = '';
      form.pickUp = false;
    });
    expect(checked).toEqual({
      ok: true,
      rule: {
        zones: [
          { provinces: ['35'], feeFen: 0 },
          { provinces: ['22', '23'], feeFen: 2_550 },
        ],
        ...{ elsewhereFen: 1_500, notServed: defaultFreight.notServed, pickUp: false },
      },
    });
    expect(freightWords(ruleOf(checked)!)).toBe(
      '运费：福建包邮，其他 ¥15–¥25.50；西藏、新疆、台湾、香港、澳门不送；合并只收一次',
    );
  });

  it('keeps a province in one place: put into another, it leaves the first, and a second tap takes it out', () => {
    const form = usualFreight();
    toggle(form, 0, '54');
    expect(form.rows[0]!.provinces).toEqual(['35', '54']);
    expect([form.notServed.includes('54'), standsIn(form, '54')]).toEqual([false, 0]);
    toggle(form, 'notServed', '35');
    expect([form.rows[0]!.provinces, standsIn(form, '35')]).toEqual([['54'], 'notServed']);
    toggle(form, 'notServed', '35');
    expect(standsIn(form, '35')).toBeNull();
    expect(freightRule.safeParse(ruleOf(checkFreight(form))).success).toBe(true);
  });

  it('can leave out all places but some', () => {
    const form = usualFreight();
    form.rows = [{ fee: '8', provinces: ['35', '36'] }];
    putRest(form, 'notServed');
    expect(form.notServed).toHaveLength(provinceCodes.length - 2);
    expect(form.rows[0]!.provinces).toEqual(['35', '36']);
    expect(freightRule.safeParse(ruleOf(checkFreight(form))).success).toBe(true);
  });

  it('says what is wrong with which field', () => {
    const wrong = (change: (form: FreightForm) => void) => {
      const checked = filled(change);
      return checked.ok ? null : checked.problems;
    };
    expect(wrong((form) => void (form.elsewhere = ' '))).toMatchObject({ elsewhere: 'needed' });
    expect(wrong((form) => void (form.elsewhere = '十二'))).toMatchObject({ elsewhere: 'notMoney' });
    expect(wrong((form) => void form.rows.push({ fee: '1.234', provinces: [] }))).toMatchObject({
      fees: [undefined, undefined, undefined, 'notMoney'],
      places: [undefined, undefined, undefined, 'noPlace'],
    });
    expect(wrong((form) => void (form.freeFrom = '0'))).toMatchObject({ freeFrom: 'notSum' });
    expect(wrong((form) => void (form.freeFrom = '很多'))).toMatchObject({ freeFrom: 'notSum' });
    const nowhere = (form: FreightForm) => {
      form.rows = [];
      putRest(form, 'notServed');
    };
    expect(wrong(nowhere)).toBeNull();
    expect(wrong((form) => (nowhere(form), void (form.pickUp = false)))).toMatchObject({
      notServed: 'nowhere',
    });
  });
});
