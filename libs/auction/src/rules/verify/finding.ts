import { type Fault, faults } from '@qingpai/ledger/rules';
import { type Verdict, type Verification } from '@qingpai/wire';

/** One thing that does not hold: a stable code, the leaf it concerns and its author, words in two languages. */
export type VerifyFinding = Verification['findings'][number];

/** What a gate says when it stops the way. */
export interface Stop {
  verdict: Verdict;
  findings: VerifyFinding[];
}

/** What is wrong with a bundle as a whole; the codes of single leaves are in `../findings.ts` and the ledger's faults. */
const words = {
  'bundle-not-json': { zh: '文件不完整或不是账本包', en: 'The file is cut off or is no bundle' },
  'bundle-malformed': { zh: '账本包缺项或类型不对', en: 'The bundle has missing or mistyped fields' },
  'bundle-digest': {
    zh: '文件内容与自带的摘要不符：多半是拷贝坏了，请重新拷贝',
    en: 'The file does not fit its own digest: most likely a bad copy, copy it again',
  },
  'leaf-elsewhere': {
    zh: '这条记录不在自己的位置上（序号或账本名不符）',
    en: 'The leaf stands in the wrong place (index or log)',
  },
  'time-backwards': { zh: '这条记录的时间早于上一条', en: 'The leaf is older than the one before it' },
  'event-malformed': {
    zh: '这条记录的类型或内容不合规定',
    en: 'The type or body of the leaf does not fit its schema',
  },
  'version-mixed': {
    zh: '同一账本里混了两种版本的记录',
    en: 'Leaves of two versions are mixed in one log',
  },
  'author-signature-missing': {
    zh: '作者登记过密钥，这条却没有他的签名',
    en: 'Its author has registered a key, and this leaf lacks his signature',
  },
  'author-signature-wrong': {
    zh: '作者的签名与内容不符：不是他写的，或被改动过',
    en: "The author's signature does not fit: another wrote this leaf, or it was changed",
  },
  'author-signature-stray': {
    zh: '这条记录不该带签名',
    en: 'Such a leaf bears no signature',
  },
  'approval-differs': {
    zh: '干部签名核对的不是锁定的这份清单',
    en: 'The officer approved something else than this sealed list',
  },
  'seen-foreign': {
    zh: '买家签名时看到的账本头不在本账本里：历史被换过',
    en: 'The head that the bidder had seen is none of this log: history was replaced',
  },
  'author-wrong': { zh: '这条记录不该由此人写入', en: 'This author may not write such a leaf' },
  'no-policy': {
    zh: '没有信任名单（--policy），无法判断签名',
    en: 'Without a policy (--policy) no signature can be judged',
  },
  'no-checkpoint': { zh: '账本包里没有签名检查点', en: 'The bundle holds no signed checkpoint' },
  'key-not-pinned': {
    zh: '信任名单里的密钥没有签这份账本',
    en: 'No key of the policy has signed this log',
  },
  'checkpoint-foreign': { zh: '检查点属于另一个账本', en: 'The checkpoint belongs to another log' },
  'quorum-missing': { zh: '见证人数不够', en: 'Not enough witnesses have cosigned' },
  'leaves-missing': {
    zh: '签过名的账本比这个包长：后面的记录缺失',
    en: 'The signed log is longer than this bundle: leaves are missing',
  },
  'leaf-unsigned': {
    zh: '这条及以后的记录没有签名覆盖',
    en: 'This leaf and those after it are covered by no signature',
  },
  'root-wrong': {
    zh: '记录算不出签过名的根：有记录被改过',
    en: 'The leaves do not lead to the signed root: something was changed',
  },
  'two-histories': {
    zh: '同一账本签过两份互相矛盾的历史',
    en: 'Two histories that contradict each other were signed for the same log',
  },
  'older-than-known': {
    zh: '这个包比您手里的检查点旧',
    en: 'This bundle is older than a checkpoint you already hold',
  },
  'checkpoint-missing': {
    zh: '锁定、收场或结算之后没有紧跟的检查点',
    en: 'No checkpoint ends right after sealing, closing or settling',
  },
  'rules-differ': { zh: '附带的规则不是锁定的规则', en: 'The rules in the bundle are not the sealed ones' },
  'catalogue-differs': {
    zh: '锁定清单的根与拍品记录不符',
    en: 'The sealed catalogue does not fit the lots',
  },
  'opening-wrong': {
    zh: '底价与锁定时的承诺不符',
    en: 'A floor does not open the commitment that was sealed',
  },
  'journal-unbalanced': { zh: '账簿有一笔借贷不平', en: 'An entry of the books does not balance' },
  'journal-differs': {
    zh: '账簿与账本推算的不一致：有人改动、删去或多记了',
    en: 'The books are not those that follow from the leaves: something was edited, deleted or added',
  },
  'lot-unsold': { zh: '没有全部成交', en: 'Not all of it was sold' },
  'not-conserved': {
    zh: '锁定件数与去向对不上',
    en: 'Sealed units do not equal what was sold, passed, withdrawn and carried',
  },
} as const;
export type FindingCode = keyof typeof words;

/** Where it is: the leaf, its author, and what names it more closely, in words of both languages where they differ. */
export interface Where {
  i?: number;
  by?: string;
  /** Origin of the leaf's log, where several are judged together. */
  log?: string;
  more?: string | { zh: string; en: string };
}

export const finding = (code: FindingCode, where: Where = {}): VerifyFinding =>
  told(code, words[code], where);

/** A fault of the ledger's formats, told as a finding. */
export const faultFinding = (fault: Fault, where: Where = {}): VerifyFinding =>
  told(fault, faults[fault], where);

export function told(
  code: string,
  words: { zh: string; en: string },
  { i, by, log, more }: Where = {},
): VerifyFinding {
  const { zh, en } = typeof more === 'string' ? { zh: more, en: more } : (more ?? { zh: '', en: '' });
  const tail = (text: string) => (text === '' ? '' : `: ${text}`);
  const named = log === undefined ? {} : { log };
  return { code, i: i ?? null, by: by ?? null, ...named, zh: words.zh + tail(zh), en: words.en + tail(en) };
}
