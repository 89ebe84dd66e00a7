import type { ConsentWaiver } from '@qingpai/wire';
import type { Language } from '../shared/language';

const zh = {
  title: '花农同意最低愿卖价',
  entry: '花农同意底价',
  how: '给每位花农一个链接，他在手机上看自己的拍品，逐件同意，或写上想要的价。链接用一次，七天内有效。',
  noLots: '还没有待锁定的拍品',
  noFloor: '不设底价',
  states: { none: '还没答复', agreed: '✓ 已同意', asked: '' },
  asked: (price: string) => `想要 ${price}`,
  make: '做链接并复制',
  again: '再做一个',
  copied: '链接已复制，发给花农：',
  missing: (n: number) => `还有 ${n} 件的花农没有同意。锁定前请选一个原因：`,
  all: '花农都已同意底价',
  reasons: {
    'agreed-by-word': '口头同意过',
    'on-paper': '签过纸面同意',
    'not-reachable': '联系不上',
    'no-time': '来不及',
  } as Record<ConsentWaiver, string>,
};
const en: typeof zh = {
  title: 'Growers agree to their floors',
  entry: 'Floors: consent',
  how: 'A link for each grower: on his phone he agrees lot by lot, or writes the price he wants. It is used once, within seven days.',
  noLots: 'No lots that wait to be sealed',
  noFloor: 'No floor',
  states: { none: 'No answer yet', agreed: '✓ Agreed', asked: '' },
  asked: (price) => `Wants ${price}`,
  make: 'Make a link and copy it',
  again: 'Another link',
  copied: 'The link is copied; send it to the grower:',
  missing: (n) => `The growers of ${n} lots have not agreed. Choose why you seal all the same:`,
  all: 'All growers agreed to their floors',
  reasons: {
    'agreed-by-word': 'Agreed by word',
    'on-paper': 'Agreed on paper',
    'not-reachable': 'Not to be reached',
    'no-time': 'No time',
  },
};
export const consentWords: Record<Language, typeof zh> = { zh, en };
