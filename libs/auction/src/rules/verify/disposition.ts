import { type LotState, type ShowState, type Verdict } from '@qingpai/wire';
import { isStanding } from '../sales.js';
import { isOwnSale } from '../takenOver.js';
import { finding, type VerifyFinding } from './finding.js';

export interface Disposed {
  verdict: Verdict;
  zh: string;
  en: string;
  findings: VerifyFinding[];
}

/** Gate 6: every sealed unit in exactly one end state, and what follows from it (LEDGER §1.3). */
export function disposition(state: ShowState, isLate: boolean): Disposed {
  const sealed = Object.values(state.lots).filter((lot) => lot.phase !== 'struck' && lot.phase !== 'draft');
  const sum = (of: (lot: LotState) => number) => sealed.reduce((all, lot) => all + of(lot), 0);
  const units = sum((lot) => lot.units);
  const sold = sum((lot) => lot.soldUnits);
  const passed = sum((lot) => lot.passedUnits);
  const withdrawn = sum((lot) => lot.withdrawnUnits);
  const carried = sum((lot) => lot.carriedUnits);
  const open = units - sold - passed - withdrawn - carried;
  if (open < 0 || (open > 0 && state.closedAt !== null)) {
    const wrong = finding('not-conserved');
    return { verdict: 'INVALID', zh: wrong.zh, en: wrong.en, findings: [wrong] };
  }
  const unpaid = Object.values(state.sales)
    .filter((sale) => sale.phase === 'defaulted' && isStanding(sale) && isOwnSale(sale))
    .reduce((all, sale) => all + sale.units, 0);
  const [owedZh, owedEn] = unpaid > 0 ? [`（其中逾期未付 ${unpaid}）`, ` (${unpaid} in default)`] : ['', ''];
  const zh = `清单 ${units} = 成交 ${sold}${owedZh} + 流拍 ${passed} + 撤拍 ${withdrawn} + 转下场 ${carried}`;
  const en = `sealed ${units} = sold ${sold}${owedEn} + passed ${passed} + withdrawn ${withdrawn} + carried ${carried}`;
  if (state.closedAt === null) {
    return { verdict: 'INCOMPLETE', zh: `${zh} + 未定 ${open}`, en: `${en} + open ${open}`, findings: [] };
  }
  const late = isLate ? ' · LATE_WITNESS' : '';
  const verdict =
    sold < units
      ? 'ALL_ACCOUNTED_NOT_ALL_SOLD'
      : state.settledAt === null
        ? 'ALL_SOLD_UNSETTLED'
        : 'ALL_SOLD_AND_SETTLED';
  return { verdict, zh: zh + late, en: en + late, findings: sealed.filter(isUnsold).map(unsoldLot) };
}

const isUnsold = (lot: LotState): boolean => lot.passedUnits + lot.withdrawnUnits + lot.carriedUnits > 0;

/** A show that passed a lot says which one. */
function unsoldLot(lot: LotState): VerifyFinding {
  const ends = [
    { units: lot.passedUnits, zh: '流拍', en: 'passed' },
    { units: lot.withdrawnUnits, zh: '撤拍', en: 'withdrawn' },
    { units: lot.carriedUnits, zh: '转下场', en: 'carried' },
  ].filter(({ units }) => units > 0);
  const name = `${lot.number} ${lot.title}`;
  return finding('lot-unsold', {
    i: lot.i,
    more: {
      zh: `${name}（${ends.map(({ zh, units }) => `${zh} ${units}`).join('，')}）`,
      en: `${name} (${ends.map(({ en, units }) => `${en} ${units}`).join(', ')})`,
    },
  });
}
