import { defaultFreight, type FreightRule, type ShowRules } from '@qingpai/wire';
import { checkFreight, type FreightForm, usualFreight } from './freightTable';
import { fenOf } from '../shared/yuan';

/** What a host chooses of a show's rules when it is made; all else is the default. Fixed with the seal. */
export interface RulesForm {
  /** One lot after the other in a live room, or several at once in a timed show. */
  mode: 'live' | 'timed';
  /** Timed: how many lots may be open at once, and seconds between their closes. */
  openMax: '5' | '10' | '20' | '50';
  stagger: '10' | '20' | '30' | '60';
  /** Seconds that a rising lot is open at first. */
  openFor: '30' | '60' | '120' | '300' | '600' | '1800';
  suddenDeath: boolean;
  /** 保不流拍: what becomes of lots that nobody bought; by hand: the host decides each. */
  ladder: 'hand' | 'wait' | 'carry' | 'pass';
  /** With a ladder: who bid is asked before a lot is given up. */
  offers: boolean;
  /** The most one bid may come to, yuan as typed; empty: no limit. */
  bidLimit: string;
  /** usual: the table that every new show has; own: `freightTable`; none: nothing is charged where it is sent. */
  freight: 'usual' | 'own' | 'none';
  freightTable: FreightForm;
  /** 保证金 that a bidder needs, yuan as typed; empty: none. */
  deposit: string;
  /** Then only for bids that come to more than this, yuan as typed; empty: for every bid. */
  depositAbove: string;
  /** 顺位成交: what somebody does not pay for is offered to who came next, and carried at last. */
  secondChance: boolean;
  /** Growers are paid from these books, and the show is settled when all are. */
  payGrowers: boolean;
  /** Then the township's share, whole percent as typed; empty: none. */
  feePercent: string;
}
export const usualRules: RulesForm = {
  ...{ mode: 'live', openMax: '10', stagger: '20' },
  ...{ openFor: '60', suddenDeath: false, ladder: 'hand', offers: true, bidLimit: '' },
  ...{ freight: 'usual', freightTable: usualFreight() },
  ...{ deposit: '', depositAbove: '' },
  ...{ secondChance: true, payGrowers: false, feePercent: '' },
};
export const openForChoices = ['30', '60', '120', '300', '600', '1800'] as const;

const LADDER_PAUSE_MS = 10_000;
/** At most nine minutes for all lots together: they are offered side by side. */
const OFFERS = { answerWithinMs: 180_000, perLotMax: 3 };

/** Flowers do not wait: six hours to say yes, three people at most, then the next show. */
const SECOND_CHANCE = { answerWithinMs: 6 * 3_600_000, perSaleMax: 3, atLast: 'carry' } as const;
const FEE_PERCENT_MAX = 30;
/** Null: no whole percent that may be taken. */
function feePercentOf(typed: string): number | null {
  const text = typed.trim().replace(/[%％]$/, '');
  if (text === '') return 0;
  return /^\d{1,2}$/.test(text) && Number(text) <= FEE_PERCENT_MAX ? Number(text) : null;
}

/** No place costs anything: the seller bears it. */
const { notServed } = defaultFreight;
const FREE: FreightRule = { zones: [], elsewhereFen: 0, notServed, pickUp: true };

/** Undefined: the usual one. Null: the table is not filled in. */
export function freightOf({ freight, freightTable }: RulesForm): FreightRule | undefined | null {
  if (freight === 'usual') return undefined;
  if (freight === 'none') return FREE;
  const checked = checkFreight(freightTable);
  return checked.ok ? checked.rule : null;
}

/** Undefined: off. Null: something typed is no amount. */
function depositOf({ deposit, depositAbove }: RulesForm): ShowRules['deposit'] | null {
  if (deposit.trim() === '') return undefined;
  const amountFen = fenOf(deposit);
  const abovePriceFen = depositAbove.trim() === '' ? 0 : fenOf(depositAbove);
  if (amountFen === null || amountFen === 0 || abovePriceFen === null) return null;
  return { amountFen, ...(abovePriceFen > 0 && { abovePriceFen }) };
}

/** What differs from the default rules. Null: a limit, a fee or a deposit is none, or the table of freight is not filled in. */
export function rulesOf(form: RulesForm): Partial<ShowRules> | null {
  const bidLimitFen = form.bidLimit.trim() === '' ? undefined : fenOf(form.bidLimit);
  if (bidLimitFen === null || bidLimitFen === 0) return null;
  const freight = freightOf(form);
  const feePercent = feePercentOf(form.feePercent);
  const deposit = depositOf(form);
  if (deposit === null) return null;
  if (freight === null || (form.payGrowers && feePercent === null)) return null;
  return {
    ...(form.mode === 'timed' && {
      timed: { openMax: Number(form.openMax), staggerMs: Number(form.stagger) * 1_000 },
    }),
    ...(form.openFor !== usualRules.openFor && { openForMs: Number(form.openFor) * 1_000 }),
    ...(form.suddenDeath && { suddenDeath: true }),
    ...(form.ladder !== 'hand' && {
      ladder: {
        ...{ pauseMs: LADDER_PAUSE_MS, atLast: form.ladder },
        ...(form.offers && { offers: OFFERS }),
      },
    }),
    ...(bidLimitFen !== undefined && { bidLimitFen }),
    ...(deposit !== undefined && { deposit }),
    ...(freight !== undefined && { freight }),
    ...(form.secondChance && { secondChance: SECOND_CHANCE }),
    ...(form.payGrowers && feePercent !== null && { feePercent, growerDues: 'settled' as const }),
  };
}
