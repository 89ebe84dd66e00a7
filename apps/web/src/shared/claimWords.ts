import type {
  ClaimKind,
  ClaimView,
  ComplaintCategory,
  Courier,
  DeclineReason,
  GoodsStep,
} from '@qingpai/wire';
import type { Language } from './language';

/** Words that the buyer's parcel and the packing table share. */
const zh = {
  steps: {
    unpaid: '未付款',
    paid: '待打包',
    packed: '已打包',
    shipped: '已发货',
    received: '已签收',
  } satisfies Record<GoodsStep, string>,
  couriers: {
    sf: '顺丰',
    jd: '京东',
    ems: 'EMS',
    zto: '中通',
    yto: '圆通',
    sto: '申通',
    yunda: '韵达',
    jt: '极兔',
    deppon: '德邦',
    other: '其他快递',
  } satisfies Record<Courier, string>,
  kinds: { damaged: '坏损包赔', unwanted: '七天退货', complaint: '投诉' } satisfies Record<ClaimKind, string>,
  categories: {
    'not-as-described': '和说的不一样',
    'not-arrived': '没有收到货',
    refund: '退款问题',
    bidding: '拍卖过程',
    service: '服务态度',
    other: '其他',
  } satisfies Record<ComplaintCategory, string>,
  declines: {
    'not-visible': '照片看不出坏损',
    'not-ours': '不是本场的货',
    'cared-for-wrongly': '签收后养护不当',
    'agreed-otherwise': '已另外商定',
    other: '其他原因',
  } satisfies Record<DeclineReason, string>,
  states: {
    open: '等答复',
    proposed: '等第二人同意',
    granted: '已同意，等退款',
    paidBack: '已退款',
    declined: '没有同意',
    closed: '已办结',
  } satisfies Record<ClaimView['state'], string>,
};
export type ClaimWords = typeof zh;
const en: ClaimWords = {
  steps: {
    unpaid: 'Not paid',
    paid: 'To be packed',
    packed: 'Packed',
    shipped: 'Shipped',
    received: 'Received',
  },
  couriers: {
    sf: 'SF',
    jd: 'JD',
    ems: 'EMS',
    zto: 'ZTO',
    yto: 'YTO',
    sto: 'STO',
    yunda: 'Yunda',
    jt: 'J&T',
    deppon: 'Deppon',
    other: 'Another courier',
  },
  kinds: { damaged: 'Damage made good', unwanted: 'Sent back', complaint: 'Complaint' },
  categories: {
    'not-as-described': 'Not as described',
    'not-arrived': 'It never came',
    refund: 'About a refund',
    bidding: 'About the bidding',
    service: 'About the service',
    other: 'Something else',
  },
  declines: {
    'not-visible': 'The photo shows no damage',
    'not-ours': 'Not from this show',
    'cared-for-wrongly': 'Cared for wrongly since it came',
    'agreed-otherwise': 'Agreed otherwise',
    other: 'Another reason',
  },
  states: {
    open: 'Waits for an answer',
    proposed: 'Waits for a second person',
    granted: 'Granted, money on its way',
    paidBack: 'Paid back',
    declined: 'Not granted',
    closed: 'Closed',
  },
};
export const claimWords: Record<Language, ClaimWords> = { zh, en };

/** '3 小时 20 分', '20 分': how long is left; never less than nothing. */
export function hoursLeft(leftMs: number, language: Language): string {
  const minutes = Math.max(0, Math.floor(leftMs / 60_000));
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  const [h, min] = language === 'zh' ? ['小时', '分'] : ['h', 'min'];
  const parts = [hours && `${hours} ${h}`, (rest || !hours) && `${rest} ${min}`];
  return parts.filter(Boolean).join(' ');
}
