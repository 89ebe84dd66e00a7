import type { DayReport } from '@qingpai/wire';
import type { Language } from '../shared/language';

/** The figures of a report in their groups, by the part that they stand in. Amounts end in Fen. */
export const groups = {
  sold: { lots: 'n', units: 'n', hammerFen: 'fen', paidFen: 'fen', backFen: 'fen' },
  due: { sales: 'n', fen: 'fen', lateSales: 'n', lateFen: 'fen', defaultedSales: 'n', defaultedFen: 'fen' },
  goods: { toPack: 'n', toShip: 'n', underway: 'n', received: 'n' },
  claims: { filed: 'n', answered: 'n', open: 'n', late: 'n' },
  payouts: { sales: 'n', paidFen: 'fen', payableFen: 'fen', heldFen: 'fen' },
} as const;
export type Group = keyof typeof groups;
type Names = { [G in Group]: Record<keyof (typeof groups)[G], string> };

const zh = {
  title: (township: string) => `${township}一天一汇报`,
  help: '数字只来自账本和台账，不能改。一天过完一小时内自动存下当天所报；之后有变动，这里并排写明。',
  day: '日期',
  before: '前一天',
  after: '后一天',
  toldAt: (at: string) => `${at} 所报，已存`,
  countedAt: (at: string) => `当天还没存，按 ${at} 的账本`,
  nowIs: (value: string) => `现为 ${value}`,
  changed: (count: number) => (count > 0 ? `所报之后有 ${count} 项变动` : '所报之后没有变动'),
  copy: '复制链接',
  copied: '已复制，对方登录后可看',
  csv: '下载表格',
  print: '打印或存 PDF',
  groups: { sold: '成交', due: '待付与逾期', goods: '发货', claims: '售后', payouts: '付花农' },
  names: {
    sold: {
      lots: '成交拍品（件）',
      units: '成交份数',
      hammerFen: '成交额',
      paidFen: '当日实收',
      backFen: '当日退款',
    },
    due: {
      ...{ sales: '待付（笔）', fen: '待付', lateSales: '逾期（笔）', lateFen: '逾期' },
      ...{ defaultedSales: '当日违约（笔）', defaultedFen: '当日违约' },
    },
    goods: { toPack: '待打包', toShip: '待发货', underway: '在途', received: '当日收货' },
    claims: { filed: '当日申请', answered: '当日答复', open: '未答复', late: '超时未答复' },
    payouts: { sales: '当日付出（笔）', paidFen: '当日付出', payableFen: '可付', heldFen: '保管中' },
  } satisfies Names,
  nextAnswer: (at: string) => `最近一件须在 ${at} 前答复`,
  lateList: '逾期未付',
  payBy: (at: string) => `应在 ${at} 前付`,
  unsold: '未成交及原因',
  noneUnsold: '没有流拍、撤拍、转场',
  hows: { passed: '流拍', withdrawn: '撤拍', carried: '转下场' },
  nobody: '无人出价',
  below: (best: string) => `最高 ${best}，未达保留价`,
  units: (count: number) => `${count} 份`,
  checks: '数据自检',
  checksNever: '还没有自检过',
  checksOf: (at: string) => `${at} 自检`,
  checksAll: (count: number) => `${count} 项全部成立`,
  checksNot: (broken: number, unknown: number) => `${broken} 项不成立，${unknown} 项没查成`,
  certificates: '清拍证明',
  noShows: '还没有锁定过清单的专场',
  code: '核验码',
  noVerdict: '还核不了',
  missing: (count: number) => `缺报 ${count} 天：`,
  said: '说明与签发',
  wordsPlaceholder: '这一天要说明的（不写姓名电话），可不写',
  signHelp:
    '数字不能改，可以写几句说明。用本机的钥匙签发，哈希进乡镇登记簿，签了不能改，只能另签一版更正。没有成交和收付的日子可以不签。',
  notOver: '过完这一天，到次日中午前签发。',
  sign: '签发',
  correct: '更正',
  correctHelp: '按现在的数字另签一版，原来的照样留着。',
  signAgain: '签发更正',
  version: (n: number) => `已签发，第 ${n} 版`,
  signedBy: (who: string, at: string) => `${who} ${at} 签发`,
  keyAndHash: '钥匙、登记簿中的哈希',
  older: (count: number) => `以前签发的 ${count} 版`,
  issues: '问题清单',
  ownerPlaceholder: '谁负责（单位、岗位）',
  due: '期限',
  aboutShow: '关于哪一场',
  aboutNone: '不关哪一场',
  aboutLot: '拍品号',
  owner: (who: string) => `${who} 负责`,
  dueBy: (day: string) => `${day} 前解决`,
  overdue: '已过期',
  lotOf: (number: string) => `拍品 ${number}`,
  noIssues: '没有问题',
  issuePlaceholder: '写明什么问题（不写姓名电话）',
  addIssue: '加一条',
  openedBy: (who: string, at: string) => `${who} 提出 · ${at}`,
  closedBy: (who: string, at: string) => `${who} 销号 · ${at}`,
  close: '销号',
  closePlaceholder: '怎么解决的',
  confirm: '确认销号',
  cancel: '取消',
};
export type ReportWords = typeof zh;

const en: ReportWords = {
  title: (township) => `${township}: daily report`,
  help: 'Figures come from the logs and the tables alone and cannot be edited. Within an hour after its end a day is kept as told; what changed since stands beside it.',
  day: 'Day',
  before: 'Day before',
  after: 'Day after',
  toldAt: (at) => `As told at ${at}, kept`,
  countedAt: (at) => `Not kept yet; by the logs of ${at}`,
  nowIs: (value) => `now ${value}`,
  changed: (count) => (count > 0 ? `${count} figures changed since` : 'Nothing changed since'),
  copy: 'Copy link',
  copied: 'Copied; it opens after signing in',
  csv: 'Download table',
  print: 'Print or save as PDF',
  groups: { sold: 'Sold', due: 'Due and late', goods: 'Goods', claims: 'Claims', payouts: 'Paid to growers' },
  names: {
    sold: {
      lots: 'Lots sold',
      units: 'Units sold',
      hammerFen: 'Hammer total',
      paidFen: 'Came in',
      backFen: 'Given back',
    },
    due: {
      ...{ sales: 'Sales due', fen: 'Due', lateSales: 'Sales late', lateFen: 'Late' },
      ...{ defaultedSales: 'Put in default', defaultedFen: 'In default' },
    },
    goods: { toPack: 'To pack', toShip: 'To send', underway: 'On the way', received: 'Received' },
    claims: { filed: 'Filed', answered: 'Answered', open: 'Open', late: 'Answer overdue' },
    payouts: { sales: 'Sales paid out', paidFen: 'Paid out', payableFen: 'Payable', heldFen: 'Held' },
  },
  nextAnswer: (at) => `the next must be answered by ${at}`,
  lateList: 'Not paid in time',
  payBy: (at) => `was due by ${at}`,
  unsold: 'Not sold, and why',
  noneUnsold: 'Nothing was passed, withdrawn or carried',
  hows: { passed: 'Passed', withdrawn: 'Withdrawn', carried: 'Carried' },
  nobody: 'nobody bid',
  below: (best) => `best ${best}, below the floor`,
  units: (count) => `${count} units`,
  checks: 'Data checks',
  checksNever: 'Nobody has looked yet',
  checksOf: (at) => `looked at ${at}`,
  checksAll: (count) => `all ${count} hold`,
  checksNot: (broken, unknown) => `${broken} do not hold, ${unknown} unknown`,
  certificates: 'Certificates',
  noShows: 'No list has been sealed yet',
  code: 'Code',
  noVerdict: 'cannot be judged yet',
  missing: (count) =>
    count === 1 ? 'The report of a day is missing:' : `Reports of ${count} days are missing:`,
  said: 'Words and signature',
  wordsPlaceholder: 'What is to be said of the day (no names, no telephones); may stay empty',
  signHelp:
    'Figures cannot be edited; you may add words. Signed under the key of this machine, its hash goes into the township’s registry. What is signed stays; a correction is another version. A day without sales or money needs none.',
  notOver: 'To be signed when the day is over, by noon of the next.',
  sign: 'Sign',
  correct: 'Correct',
  correctHelp: 'Signs another version with the figures as they are by now; what was signed before stays.',
  signAgain: 'Sign the correction',
  version: (n) => `Signed, version ${n}`,
  signedBy: (who, at) => `signed by ${who}, ${at}`,
  keyAndHash: 'key, hash in the registry',
  older: (count) => `${count} signed before`,
  issues: 'Issues',
  ownerPlaceholder: 'Who sees to it (an office)',
  due: 'Until',
  aboutShow: 'About which show',
  aboutNone: 'About no show',
  aboutLot: 'Lot number',
  owner: (who) => `${who} sees to it`,
  dueBy: (day) => `by ${day}`,
  overdue: 'overdue',
  lotOf: (number) => `lot ${number}`,
  noIssues: 'No issues',
  issuePlaceholder: 'What is wrong (no names, no telephones)',
  addIssue: 'Add',
  openedBy: (who, at) => `opened by ${who} · ${at}`,
  closedBy: (who, at) => `closed out by ${who} · ${at}`,
  close: 'Close out',
  closePlaceholder: 'What was done about it',
  confirm: 'Close it out',
  cancel: 'Cancel',
};
export const reportWords: Record<Language, ReportWords> = { zh, en };

export interface FigureLine {
  name: string;
  told: string;
  /** What it is by now, where that is another; null: the same, or nothing was kept. */
  now: string | null;
  alarms: boolean;
}

const alarming = ['lateSales', 'lateFen', 'defaultedSales', 'defaultedFen', 'late'];

/** The lines of one group: as they were told, and as they are where that differs. */
export function linesOf(
  group: Group,
  told: DayReport,
  now: DayReport | null,
  words: ReportWords,
  money: (fen: number) => string,
): FigureLine[] {
  const [then, since] = [
    told[group] as Record<string, number>,
    now?.[group] as Record<string, number> | undefined,
  ];
  return Object.entries(groups[group]).map(([key, kind]) => {
    const shown = (value: number) => (kind === 'fen' ? money(value) : String(value));
    const value = then[key] ?? 0;
    return {
      name: (words.names[group] as Record<string, string>)[key] ?? key,
      told: shown(value),
      now: since && since[key] !== value ? shown(since[key] ?? 0) : null,
      alarms: alarming.includes(key) && value > 0,
    };
  });
}
