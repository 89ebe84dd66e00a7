import { type Verification } from '@qingpai/wire';
import { told, type VerifyFinding, type Where } from '../verify/finding.js';

/** What can be wrong with a season beyond its logs: between the registry, the shows, and one show and the next. */
const findings = {
  'show-unregistered': {
    zh: '登记簿里没有登记这场专场',
    en: 'The registry does not list this show',
  },
  'show-twice': { zh: '同一专场给了两份账本包', en: 'Two bundles were given for the same show' },
  'show-unsealed': {
    zh: '登记的专场过了开场时间，既没有锁定清单，也没有取消',
    en: 'A registered show is overdue: it was neither sealed nor cancelled',
  },
  'show-missing': {
    zh: '登记的专场没有账本包：不能让一场专场消失',
    en: 'The bundle of a registered show is missing: no show may vanish',
  },
  'show-fails': { zh: '有专场自己的账本没有通过', en: 'The log of a show does not hold' },
  'cancelled-but-sealed': {
    zh: '登记为取消的专场其实锁定过清单',
    en: 'A show that was registered as cancelled had sealed its catalogue',
  },
  'note-differs': {
    zh: '登记簿记下的检查点不是这个账本包的：历史被换过',
    en: 'The registry notes another checkpoint than this bundle leads to: history was replaced',
  },
  'bundle-behind': {
    zh: '这份账本包比登记簿记下的旧',
    en: 'This bundle is older than what the registry notes',
  },
  'township-differs': {
    zh: '专场的账本说它属于另一本登记簿',
    en: 'The log of the show names another registry',
  },
  'key-differs': {
    zh: '登记的公钥与您名单里的不同',
    en: 'The key in the registry is not the one in your policy',
  },
  'carried-unfounded': {
    zh: '说是转自另一场的拍品，那一场没有转出这么多',
    en: 'A lot says it was carried from another show, which did not carry that many units',
  },
  'carried-twice': {
    zh: '同一份转场的拍品被用了两次',
    en: 'Units that were carried once are taken up twice',
  },
  'carried-early': {
    zh: '拍品在转出之前就已接到下一场',
    en: 'The lot was taken up before it was carried',
  },
  'before-differs': {
    zh: '前一本账本算不出本账本所接续的根',
    en: 'The log before does not lead to the root that this one quotes',
  },
  'leaves-abandoned': {
    zh: '前一本账本在接续点之后还有签过名的记录，被丢弃了',
    en: 'The log before had signed leaves after the head that was continued; they were abandoned',
  },
  'units-lost': {
    zh: '前一本账本里没有结果的份数，没有全部编入接续的清单',
    en: 'Units without an end in the log before are not all in the list of the one that goes on',
  },
  'taken-over-differs': {
    zh: '接续时照录的与前一本账本不符',
    en: 'What was taken over is not what the log before says',
  },
  'taken-over-unfounded': {
    zh: '接续时照录了前一本账本没有的内容',
    en: 'Something was taken over that the log before does not have',
  },
  'taken-over-incomplete': {
    zh: '前一本账本的成交或款项没有全部接过来',
    en: 'Sales or money of the log before were not all taken over',
  },
  'registry-not-vouched': {
    zh: '前一本登记簿的密钥没有为接续的这一本签名',
    en: 'The key of the registry before has not signed for the one that goes on from it',
  },
  'registry-before-missing': {
    zh: '登记簿接续前一本，那一本没有给出',
    en: 'The registry goes on from another, which is not in the file',
  },
  'continued-twice': {
    zh: '同一本账本被接续了两次',
    en: 'The same log is continued twice',
  },
} as const;
export type SeasonFindingCode = keyof typeof findings;

export const seasonFinding = (code: SeasonFindingCode, where: Where = {}): VerifyFinding =>
  told(code, findings[code], where);

/** What a reader of a season should know although nothing is wrong. */
const notes = {
  'show-not-due': {
    zh: '已登记，还没有到期，尚未锁定清单',
    en: 'registered and not due yet: not sealed',
  },
  'show-cancelled': { zh: '登记后取消', en: 'registered and cancelled' },
  'registry-continued': {
    zh: '恢复备份后由另一本接着写；是否还有过更多条，见证机知道',
    en: 'goes on in another log after a restore; whether it had more leaves its witnesses can tell',
  },
  'show-continued': { zh: '由另一本账本接续', en: 'continued in another log' },
  'close-not-noted': {
    zh: '已收场，登记簿还没有记下',
    en: 'closed; the registry has not noted it yet',
  },
  'carried-waiting': {
    zh: '份已转出，还没有下一场接走',
    en: 'units were carried, and no show has taken them up yet',
  },
  'before-missing': {
    zh: '本账本接续另一本，那一本没有一起给出：只看到一部分',
    en: 'This log goes on from another, which was not given: only a part was judged',
  },
  'sales-left-behind': {
    zh: '前一本账本的成交没有接过来，按当时的状态计',
    en: 'The sales of the log before were not taken over; they count as they stood',
  },
  'before-counted': {
    zh: '与本账本合并计数',
    en: 'counted together with the log that goes on from it',
  },
} as const;
export type SeasonNoteCode = keyof typeof notes;

/** @param about what the words are about, before them */
export function seasonNote(code: SeasonNoteCode, about?: string): Verification['notes'][number] {
  const { zh, en } = notes[code];
  const head = about === undefined ? '' : `${about} `;
  return { code, zh: head + zh, en: head + en };
}
