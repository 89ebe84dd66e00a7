import { type ShowStanding, type Verdict } from '@qingpai/wire';

/** Every word that the auditor's command and page share. */
export const verdictWords: Record<Verdict, { zh: string; en: string }> = {
  ALL_SOLD_AND_SETTLED: { zh: '全部成交，已结清', en: 'all sold and settled' },
  ALL_SOLD_UNSETTLED: { zh: '全部成交，款项未结清', en: 'all sold, not settled yet' },
  ALL_ACCOUNTED_NOT_ALL_SOLD: {
    zh: '每件都有去向，但没有全部成交',
    en: 'all accounted for, not all sold',
  },
  INCOMPLETE: { zh: '还没有结束，或账本包不全', en: 'not over yet, or the bundle is not complete' },
  INVALID: { zh: '有记录不合规则或被改动', en: 'a leaf breaks the rules or was changed' },
  EQUIVOCATION: { zh: '签过两份互相矛盾的账本', en: 'two contradicting histories were signed' },
  STALE: { zh: '这个账本包已过时', en: 'this bundle is out of date' },
  DAMAGED: {
    zh: '文件损坏，请重新拷贝；不说明有人作假',
    en: 'the file is damaged, copy it again; it accuses nobody',
  },
  UNTRUSTED: { zh: '没有可信的签名，不能作准', en: 'no trusted signature: not to be relied on' },
};
export const gateWords: Record<string, { zh: string; en: string }> = {
  parse: { zh: '文件', en: 'file' },
  signatures: { zh: '签名', en: 'signatures' },
  roots: { zh: '账本根', en: 'roots' },
  freshness: { zh: '新旧', en: 'freshness' },
  replay: { zh: '规则重放', en: 'replay' },
  disposition: { zh: '去向', en: 'disposition' },
  registry: { zh: '登记簿', en: 'registry' },
  shows: { zh: '各场', en: 'shows' },
  chain: { zh: '转场', en: 'carried lots' },
  before: { zh: '前一本账本', en: 'log before' },
};
export const standingWords: Record<ShowStanding, { zh: string; en: string }> = {
  notDue: { zh: '未到期', en: 'not due yet' },
  cancelled: { zh: '已取消', en: 'cancelled' },
  continued: { zh: '由另一本账本接续', en: 'continued in another log' },
  judged: { zh: '已核验', en: 'judged' },
  unsealed: { zh: '过期未锁定', en: 'overdue and not sealed' },
  missing: { zh: '账本包缺失', en: 'its bundle is missing' },
};
/** What no log can prove. */
export const NOT_PROVED = {
  zh: '不能证明：未入清单的花、私下串通、品质与重量，以及没有得到任何答复的出价。',
  en: 'Not proved: produce never catalogued, collusion, quality or weight, and bids that got no answer at all.',
};
