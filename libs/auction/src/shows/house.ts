import { type ShowCard, type ShowRules } from '@qingpai/wire';

/** What every show of this installation says of its seller, freight and payment; configured once. */
export interface House {
  hostTitle: string;
  seller: ShowCard['seller'];
  /** In words, shown before the first bid. */
  freight: string;
  payBy: string;
}

/** For an installation that was told nothing yet: true, and easily replaced. */
export const defaultHouse: House = {
  hostTitle: '驻村干部',
  seller: {
    name: '本乡花农',
    statement: '自产农副产品，由乡镇组织竞价',
    address: '',
    contact: '',
    legalMode: 'seller-priced',
    licence: null,
  },
  freight: '同一买家合并一个包裹，运费只收一次',
  payBy: '请在次日中午 12:00 前付款；坏损包赔，签收后 24 小时内凭照片或视频',
};

/**
 * What is wrong with a show's rules beyond their shape; the paths of the fields. A clock without a tick would never
 * end, and a row of increments goes upwards.
 */
export function problemsOfRules(rules: ShowRules): string[] {
  const bounds = rules.increments.map(({ belowFen }) => belowFen);
  const wrong: [boolean, string][] = [
    [bounds.some((bound, nth) => nth > 0 && bound <= bounds[nth - 1]!), 'rules.increments'],
    [rules.openForMs < OPEN_FOR_MS_MIN, 'rules.openForMs'],
    [rules.clock.tickMs < TICK_MS_MIN, 'rules.clock.tickMs'],
    [rules.lastCallMs < LAST_CALL_MS_MIN, 'rules.lastCallMs'],
  ];
  return wrong.filter(([is]) => is).map(([, path]) => path);
}

/** Shorter than this, no network brings a bid in time. */
const OPEN_FOR_MS_MIN = 200;
const LAST_CALL_MS_MIN = 100;
const TICK_MS_MIN = 50;
