import type { LiftReason } from '@qingpai/wire';
import { computed } from 'vue';
import { language, type Language } from '../shared/language';

/** What the officer reads of those who left bills unpaid. */
const zh = {
  title: '两次没付款的',
  help: '在本乡两场拍到没有付款的人，不能再领号牌、不能再出价，仍可观看。恢复要写原因，记录不能改。',
  none: '没有人拍到不付款。',
  barred: '不能出价',
  once: '一次',
  lifted: '已恢复',
  lift: '恢复出价',
  why: '为什么恢复',
  reasons: {
    'paid-since': '后来付清了',
    'township-mistake': '是乡镇弄错了',
    hardship: '确有困难',
    other: '其他',
  } satisfies Record<LiftReason, string>,
  go: '恢复',
  cancel: '不恢复',
  liftedBy: (who: string, why: string, at: string) => `${at} ${who}：${why}`,
};
type BarredWords = typeof zh;
const en: BarredWords = {
  title: 'Bills left unpaid',
  help: 'Who left the bills of two shows of this township unpaid gets no paddle and bids no more; watching is free. To let somebody bid again takes a reason, which stays.',
  none: 'Nobody has left a bill unpaid.',
  barred: 'May not bid',
  once: 'Once',
  lifted: 'May bid again',
  lift: 'Let him bid again',
  why: 'Why',
  reasons: {
    'paid-since': 'Paid since',
    'township-mistake': 'A mistake of the township',
    hardship: 'Hardship',
    other: 'Other',
  },
  go: 'Lift',
  cancel: 'Leave it',
  liftedBy: (who, why, at) => `${at} ${who}: ${why}`,
};
const words: Record<Language, BarredWords> = { zh, en };
export const useBarredWords = () => computed(() => words[language.value]);
