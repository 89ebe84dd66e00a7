import type { DepositStanding, ShowRules } from '@qingpai/wire';
import { computed } from 'vue';
import { money } from '../shared/format';
import { language, type Language } from '../shared/language';

/** What a buyer reads of his deposit; it comes when somebody looks. */
const zh = {
  title: '保证金',
  amount: (sum: string) => `保证金 ${sum}`,
  loading: '正在查您的保证金…',
  failed: '没取到，请再试一次',
  again: '再试一次',
  standings: {
    none: '未交',
    recorded: '已登记，待确认',
    held: '已收，可以出价',
    releasing: '退还中',
    returned: '已退',
    forfeited: '已抵',
  } satisfies Record<DepositStanding, string>,
  steps: ['未交', '登记', '已收', '退还中', '已退'],
  stepsLabel: '走到哪一步',
  needEvery: (sum: string) => `本场出价前，先交保证金 ${sum}，交一次管全场。`,
  needAbove: (sum: string, above: string) =>
    `一次出价合计超过 ${above}，或用自动加价，要先交保证金 ${sum}，交一次管全场。`,
  loses: '拍到不付款，就抵给那件的花农，最多抵到那件的成交价。',
  comesBack: '收场后没拍到、或付清了，就退回；想提前退，请联系乡镇。',
  how: '怎么交',
  payee: '收款方',
  contact: '联系',
  remark: '备注',
  remarkOf: (paddle: string) => `${paddle} 保证金`,
  paddle: (n: number) => `${n}号`,
  never: '不要转给个人。',
  then: '主播登记、第二人确认后，这里变成“已收”，就能出价。',
  recordedNow: '主播已登记，等第二人确认，一般几分钟。',
  online: '在线交',
  consent: '我同意：为了付款，把编号和金额传给境外的 Stripe 公司。姓名、电话都不传。',
  pay: (sum: string) => `交 ${sum}`,
  paying: '正在打开付款页…',
  inWeChat: '微信里打不开支付宝：点右上角 ⋯，选“在浏览器打开”。',
  leaves: '会离开本页，到 Stripe 的付款页；付完自动回来。退的时候原路退回。',
  underway: '银行处理中，到账后这里变成“已收”。',
  look: '查一下到账没有',
  over: '本场已收场，不再收保证金。',
  takePaddle: '先领号牌',
  lost: (lot: string, sum: string) => `${lot} 没有付款，抵了 ${sum}`,
  back: (sum: string) => `已退 ${sum}`,
  onWay: (sum: string) => `${sum} 正在退还`,
  close: '关闭',
  // the line in the dock
  noteEvery: (sum: string) => `出价前先交保证金 ${sum}`,
  noteAbove: (sum: string, above: string) => `合计超过 ${above} 的出价，先交保证金 ${sum}`,
  noteMost: (sum: string) => `自动加价要先交保证金 ${sum}`,
  noteRefused: (sum: string) => `没有出成：先交保证金 ${sum}`,
  noteGo: '怎么交',
  noteSee: '看看',
  cameIn: '保证金已收到，可以出价了',
};
export type DepositWords = typeof zh;

const en: DepositWords = {
  title: 'Deposit',
  amount: (sum) => `Deposit ${sum}`,
  loading: 'Looking for your deposit…',
  failed: 'It did not arrive; please try again',
  again: 'Try again',
  standings: {
    none: 'Not given',
    recorded: 'Recorded, to be confirmed',
    held: 'Held: you may bid',
    releasing: 'On its way back',
    returned: 'Returned',
    forfeited: 'Lost',
  },
  steps: ['Not given', 'Recorded', 'Held', 'Going back', 'Returned'],
  stepsLabel: 'Where it stands',
  needEvery: (sum) => `Before you bid here you give a deposit of ${sum}, once for the whole show.`,
  needAbove: (sum, above) =>
    `For a bid that comes to more than ${above}, or a maximum bid, you give a deposit of ${sum}, once for the whole show.`,
  loses: 'If you win and do not pay, it goes to the lot’s grower, never more than that lot came to.',
  comesBack:
    'After the show it comes back to you, if you won nothing or have paid. Earlier: ask the township.',
  how: 'How to give it',
  payee: 'Pay to',
  contact: 'Contact',
  remark: 'Write on it',
  remarkOf: (paddle) => `${paddle} deposit`,
  paddle: (n) => `No. ${n}`,
  never: 'Never pay a private person.',
  then: 'The host records it and a second person confirms; then this says Held, and you may bid.',
  recordedNow: 'The host has recorded it; a second person confirms, mostly within minutes.',
  online: 'Give it online',
  consent:
    'I agree that, for paying, a number and the amount go to Stripe, abroad. My name and my phone do not.',
  pay: (sum) => `Give ${sum}`,
  paying: 'Opening the page to pay on…',
  inWeChat: 'Alipay does not open in WeChat: tap ⋯ on the top right and open this page in your browser.',
  leaves: 'You leave for a page of Stripe’s and come back when you have paid. It goes back the same way.',
  underway: 'The bank is at work; this turns to Held when the money is there.',
  look: 'See whether it arrived',
  over: 'The show is over: no deposit is taken any more.',
  takePaddle: 'Take a paddle first',
  lost: (lot, sum) => `${lot} was not paid: ${sum} of it went to the grower`,
  back: (sum) => `${sum} returned`,
  onWay: (sum) => `${sum} on its way back`,
  close: 'Close',
  noteEvery: (sum) => `A deposit of ${sum} comes before your first bid`,
  noteAbove: (sum, above) => `Bids above ${above} in all need a deposit of ${sum}`,
  noteMost: (sum) => `A maximum bid needs a deposit of ${sum}`,
  noteRefused: (sum) => `Not taken: a deposit of ${sum} comes first`,
  noteGo: 'How',
  noteSee: 'See',
  cameIn: 'Your deposit has come: you may bid',
};

const words: Record<Language, DepositWords> = { zh, en };
export const useDepositWords = () => computed(() => words[language.value]);

/** What a show asks for, in one line. */
export const depositLine = (w: DepositWords, { amountFen, abovePriceFen = 0 }: Asked): string =>
  abovePriceFen > 0 ? w.needAbove(money(amountFen), money(abovePriceFen)) : w.needEvery(money(amountFen));
type Asked = NonNullable<ShowRules['deposit']>;
