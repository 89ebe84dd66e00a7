import { defaultFreight, type FreightRule, type Province, provinceCodes } from '@qingpai/wire';
import { yuan } from '../shared/format';
import { fenOf } from '../shared/yuan';

/** The freight table as a host fills it in: one price for every place, and rows for those that cost something else. */
export interface FreightForm {
  /** Yuan as typed; 0: free. */
  elsewhere: string;
  rows: FreightRow[];
  notServed: Province[];
  /** From which sum on nothing is charged, yuan as typed; empty: never free. */
  freeFrom: string;
  pickUp: boolean;
}
export interface FreightRow {
  fee: string;
  provinces: Province[];
}

/** `notSum`: no amount above nothing; `nowhere`: it can neither be sent nor fetched. */
export type FreightProblem = 'needed' | 'notMoney' | 'noPlace' | 'notSum' | 'nowhere';
export interface FreightProblems {
  elsewhere?: FreightProblem;
  /** By row. */
  fees: (FreightProblem | undefined)[];
  places: (FreightProblem | undefined)[];
  notServed?: FreightProblem;
  freeFrom?: FreightProblem;
}
export type CheckedFreight = { ok: true; rule: FreightRule } | { ok: false; problems: FreightProblems };

/** As it would be filled in for this rule. */
export const freightFormOf = (rule: FreightRule): FreightForm => ({
  elsewhere: yuan(rule.elsewhereFen ?? 0),
  rows: rule.zones.map(({ feeFen, provinces }) => ({ fee: yuan(feeFen), provinces: [...provinces] })),
  notServed: [...rule.notServed],
  freeFrom: rule.freeFromFen === undefined ? '' : yuan(rule.freeFromFen),
  pickUp: rule.pickUp,
});
/** What a host begins with: the table that every new show has. */
export const usualFreight = (): FreightForm => freightFormOf(defaultFreight);

/** The rule, or what is wrong with which field. */
export function checkFreight(form: FreightForm): CheckedFreight {
  const problems: FreightProblems = {
    elsewhere: problemOfFee(form.elsewhere),
    fees: form.rows.map(({ fee }) => problemOfFee(fee)),
    places: form.rows.map(({ provinces }) => (provinces.length === 0 ? 'noPlace' : undefined)),
    notServed: form.notServed.length === provinceCodes.length && !form.pickUp ? 'nowhere' : undefined,
    freeFrom: form.freeFrom.trim() === '' || fenOf(form.freeFrom) ? undefined : 'notSum',
  };
  const { fees, places, ...single } = problems;
  const isWrong = [...Object.values(single), ...fees, ...places].some((problem) => problem !== undefined);
  return isWrong ? { ok: false, problems } : { ok: true, rule: ruleOf(form) };
}

function problemOfFee(typed: string): FreightProblem | undefined {
  if (typed.trim() === '') return 'needed';
  return fenOf(typed) === null ? 'notMoney' : undefined;
}

const ruleOf = ({ elsewhere, rows, notServed, freeFrom, pickUp }: FreightForm): FreightRule => ({
  zones: rows.map(({ fee, provinces }) => ({ provinces: inOrder(provinces), feeFen: fenOf(fee)! })),
  elsewhereFen: fenOf(elsewhere)!,
  notServed: inOrder(notServed),
  ...(freeFrom.trim() !== '' && { freeFromFen: fenOf(freeFrom)! }),
  pickUp,
});
const inOrder = (some: readonly Province[]): Province[] =>
  provinceCodes.filter((code) => some.includes(code));

// ---------------------------------------------------------------- where a province stands

/** A row, or those that are not served. */
export type Place = number | 'notServed';

/** Null: nowhere, so it costs what all others do. */
export function standsIn({ rows, notServed }: FreightForm, province: Province): Place | null {
  if (notServed.includes(province)) return 'notServed';
  const row = rows.findIndex(({ provinces }) => provinces.includes(province));
  return row < 0 ? null : row;
}

/** Puts a province there and out of where it stood, or takes it out again: a province stands in one place. */
export function toggle(form: FreightForm, place: Place, province: Province): void {
  const before = standsIn(form, province);
  const without = (some: readonly Province[]) => some.filter((one) => one !== province);
  for (const row of form.rows) row.provinces = without(row.provinces);
  form.notServed = without(form.notServed);
  if (before === place) return;
  if (place === 'notServed') form.notServed = inOrder([...form.notServed, province]);
  else form.rows[place]!.provinces = inOrder([...form.rows[place]!.provinces, province]);
}

/** Every place that stands nowhere yet: 除了这几个省都不送. */
export function putRest(form: FreightForm, place: Place): void {
  for (const province of provinceCodes) if (standsIn(form, province) === null) toggle(form, place, province);
}
