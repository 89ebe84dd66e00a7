import type { Format, LotCard, LotDraft, LotState } from '@qingpai/wire';
import { fenOf } from '../shared/yuan';

/** The form of a lot: text as typed, yuan; out comes a draft in whole fen, or what is wrong with which field. */
export interface LotForm {
  number: string;
  title: string;
  growerName: string;
  village: string;
  grade: string;
  unit: string;
  units: string;
  start: string;
  floor: string;
  reference: string;
  step: string;
  cap: string;
  buyNow: string;
  format: Format;
  source: string;
  /** 鲜活: what is not alive may be sent back. */
  fresh: boolean;
}
export type FormField = keyof LotForm;
export type FormProblem =
  | 'needed'
  | 'notMoney'
  | 'notCount'
  | 'notNumber'
  | 'floorNeedsStart'
  | 'clockNeedsStart'
  | 'startBelowFloor'
  | 'notForClock'
  | 'capTooLow'
  | 'buyNowAboveCap';
export type Checked =
  { ok: true; draft: LotDraft } | { ok: false; problems: Partial<Record<FormField, FormProblem>> };

export const emptyForm: LotForm = {
  number: '',
  title: '',
  growerName: '',
  village: '',
  grade: 'A',
  unit: '盆',
  units: '1',
  start: '',
  floor: '',
  reference: '',
  step: '',
  cap: '',
  buyNow: '',
  format: 'english',
  source: '人工培植',
  fresh: true,
};

/** What the next lot most likely shares with the last one. */
export const rememberedOf = (form: LotForm): LotForm => ({
  ...emptyForm,
  growerName: form.growerName,
  village: form.village,
  grade: form.grade,
  unit: form.unit,
  format: form.format,
  source: form.source,
  fresh: form.fresh,
});

const halfWidth = (text: string) =>
  text.replace(
    /[０-９．，￥]/g,
    (c) => ({ '．': '.', '，': ',', '￥': '¥' })[c] ?? String.fromCharCode(c.charCodeAt(0) - 0xfee0),
  );

/**
 * The start price when the host leaves it blank: 0 without a floor; a rising lot with a floor starts at seven
 * tenths of it in whole yuan, a falling clock at twice the floor. Fen; null: it must be given.
 */
export function suggestedStartFen(format: Format, floorFen: number): number | null {
  if (format === 'dutch') return floorFen > 0 ? floorFen * 2 : null;
  return floorFen === 0 ? 0 : Math.max(100, Math.floor((floorFen * 7) / 1_000) * 100);
}

export function checkForm(form: LotForm): Checked {
  const problems: Partial<Record<FormField, FormProblem>> = {};
  const wrong = (field: FormField, problem: FormProblem) => void (problems[field] ??= problem);
  const moneyIn = (field: 'start' | 'floor' | 'reference' | 'step' | 'cap' | 'buyNow'): number | null => {
    if (form[field].trim() === '') return null;
    const amountFen = fenOf(form[field]);
    if (amountFen === null) wrong(field, 'notMoney');
    return amountFen;
  };
  const texts = { title: form.title.trim(), growerName: form.growerName.trim(), village: form.village.trim(), grade: form.grade.trim(), unit: form.unit.trim(), source: form.source.trim() }; // prettier-ignore
  for (const [field, text] of Object.entries(texts)) if (text === '') wrong(field as FormField, 'needed');
  const number = halfWidth(form.number).trim();
  if (number !== '' && !/^\d{1,6}$/.test(number)) wrong('number', 'notNumber');
  const units = halfWidth(form.units).trim();
  if (!/^[1-9]\d{0,3}$/.test(units)) wrong('units', 'notCount');
  const floorFen = moneyIn('floor') ?? 0;
  const startFen = moneyIn('start') ?? suggestedStartFen(form.format, floorFen);
  const referenceFen = moneyIn('reference');
  const stepFen = moneyIn('step');
  const prices = { cap: moneyIn('cap'), buyNow: moneyIn('buyNow') };
  for (const [field, fen] of Object.entries(prices) as ['cap' | 'buyNow', number | null][]) {
    if (!fen) continue;
    if (form.format === 'dutch') wrong(field, 'notForClock');
    if (fen <= (startFen ?? 0) || fen < floorFen) wrong(field, 'capTooLow');
  }
  if (prices.cap && prices.buyNow && prices.buyNow > prices.cap) wrong('buyNow', 'buyNowAboveCap');
  if (form.format === 'dutch' && !startFen) wrong('start', 'clockNeedsStart');
  if (form.format === 'dutch' && startFen !== null && startFen < floorFen) wrong('start', 'startBelowFloor');
  if (form.format === 'english' && startFen === 0 && floorFen > 0) wrong('start', 'floorNeedsStart');
  if (startFen === null || Object.keys(problems).length > 0) return { ok: false, problems };
  return {
    ok: true,
    draft: {
      ...texts,
      ...(number === '' ? {} : { number: number.padStart(3, '0') }),
      units: Number(units),
      startFen,
      floorFen,
      ...(referenceFen === null ? {} : { referenceFen }),
      ...(stepFen ? { stepFen } : {}),
      ...(prices.cap ? { capFen: prices.cap } : {}),
      ...(prices.buyNow ? { buyNowFen: prices.buyNow } : {}),
      format: form.format,
      ...(!form.fresh && { fresh: false }),
    },
  };
}

const asText = (amountFen: number | null | undefined): string => {
  if (!amountFen) return '';
  const rest = amountFen % 100;
  return `${Math.floor(amountFen / 100)}${rest ? `.${String(rest).padStart(2, '0')}` : ''}`;
};

/** A lot as it stands, back in the form. */
export const formOf = (lot: LotState, card: LotCard | undefined, floorFen: number): LotForm => ({
  number: lot.number,
  title: lot.title,
  growerName: card?.growerName ?? '',
  village: card?.village ?? '',
  grade: card?.grade ?? '',
  unit: lot.unit,
  units: String(lot.units),
  start: lot.startFen === 0 ? '0' : asText(lot.startFen),
  floor: asText(floorFen),
  reference: asText(lot.referenceFen),
  step: asText(lot.stepFen),
  cap: asText(lot.capFen),
  buyNow: asText(lot.buyNowFen),
  format: lot.format,
  source: card?.source ?? '',
  fresh: lot.fresh !== false,
});
