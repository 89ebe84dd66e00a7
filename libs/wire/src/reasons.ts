import { ruleReasons } from './ruleReasons.js';

/** Words of what is refused around them. */
const otherReasons = {
  // bids (RULES §2.1, in the order of the checks)
  'two-defaults': {
    zh: '在本乡两场拍到没有付款，不能再出价；可以观看。要恢复出价，请联系乡镇',
    en: 'Two shows of this township were left unpaid: no more bidding, watching is free. To bid again, ask the township',
  },
  'wrong-nth': {
    zh: '出价次序不对，请刷新后再出',
    en: 'The count of your bids is off; use the `nth` of the last answer',
  },
  'signature-missing': {
    zh: '这台设备已登记密钥，出价要带签名',
    en: 'You have registered a key: this must be signed, with `nth`',
  },
  'unknown-head': {
    zh: '您手里的账本头不在本账本里：请保留凭证并联系乡镇',
    en: 'The head you hold is none of this log: keep your receipts and tell the township',
  },
  'too-busy': { zh: '房间太忙，请用同一编号再试', en: 'The room is too busy; try again with the same id' },
  // shows and lots
  'unknown-show': { zh: '没有这场专场', en: 'There is no such show' },
  'registry-behind': {
    zh: '见证机那里的登记簿比服务器上的长：恢复过备份。请乡镇干部在“登记簿”页另起一本，再试一次',
    en: 'A witness holds more of the registry than this server, which was put back from a copy: have an officer let it go on in another log (page “Registry”), then try again',
  },
  'not-carried': {
    zh: '那一场没有转出这件拍品',
    en: 'That show has not carried this lot',
  },
  'already-taken-up': {
    zh: '这件转场的拍品已经在别的清单里',
    en: 'Another list has taken up this carried lot already',
  },
  'floor-word-missing': {
    zh: '这件有底价：请重新约定，或注明花农同意沿用原底价',
    en: "This lot has a floor: agree on it anew, or state the grower's word that it stands",
  },
  'units-of-carried': {
    zh: '转场的拍品份数不能改',
    en: 'A lot that was carried keeps its number of units',
  },
  'wild-dug': { zh: '下山、野采的植物不能上拍', en: 'Plants dug up in the wild cannot be sold here' },
  'personal-data': {
    zh: '名称里不能有电话号码：名称会永久记在账本里',
    en: 'A title cannot hold a phone number: it stays in the log for good',
  },
  'consent-missing': {
    zh: '还有花农没有同意最低愿卖价：请他同意，或写明为什么先锁定',
    en: 'A grower has not agreed to a floor: ask for his consent, or give a reason for sealing without',
  },
  'fresh-unconfirmed': {
    zh: '请先点一下“我知道了”：花木是鲜活商品，不适用七天无理由退货，坏损包赔',
    en: 'Confirm first what holds for living goods: they do not go back, and damage is made good',
  },
  'freight-stays': {
    zh: '这位买家还有货没有全退，运费先不退：先办那一笔，再重新记这一笔',
    en: 'Not all goods of this buyer go back, so his freight stays: decide on the other refund first, then write this one anew',
  },
  'parcel-needed': {
    zh: '请先填收货地址，或选到站自提：运费按地址算',
    en: 'Say first where the parcel goes, or that you fetch it: the freight depends on it',
  },
  'parcel-fixed': {
    zh: '已付款，运费会变的地址不能自己改：请联系主播',
    en: 'Already paid: an address that changes the freight is for the host to change',
  },
  'payment-pending': {
    zh: '这笔成交已有一笔待确认的付款',
    en: 'A payment of this sale is waiting for confirmation',
  },
  'payment-disputed': {
    zh: '这笔付款有异议，先由第二人处理',
    en: 'This payment is disputed: a second person must settle that first',
  },
  'no-online-payment': {
    zh: '现在不能在线支付，请线下付款',
    en: 'No online payment at present; please pay by hand',
  },
  // recordings
  'recording-gone': {
    zh: '没有这段录像：没有录，或已过保存期',
    en: 'There is no such recording: it was not made, or its time to be kept is over',
  },
  'replay-not-open': {
    zh: '本场录像还没有开放给买家回看',
    en: 'Buyers may not watch this show again yet',
  },
  'paid-online': {
    zh: '这笔是在线付的，请原路退回',
    en: 'It was paid online: give it back the way it came',
  },
  'reference-used': { zh: '这个付款参考号已经用过', en: 'This payment reference was already used' },
  'unknown-payment': { zh: '没有这笔付款', en: 'There is no such payment' },
  // people
  'not-signed-in': { zh: '请先登录', en: 'Sign in first' },
  'wrong-code': { zh: '验证码不对或已过期', en: 'The code is wrong or has expired' },
  'wrong-token': { zh: '链接或纸条已用过或已过期', en: 'The link or slip was used or has expired' },
  'not-admitted': { zh: '请等主播放行', en: 'Wait for the host to admit you' },
  muted: { zh: '您已被禁言', en: 'You are muted' },
  'slow-mode': { zh: '慢速模式，请稍等再说', en: 'Slow mode: wait before you write again' },
  'locked-until': {
    zh: '资料已锁定，不再显示；法定保存期满后自动销毁',
    en: 'Locked and shown no more; erased when the retention period by law is over',
  },
  'own-role': { zh: '不能对主播或场控这样做', en: 'This cannot be done to a host or moderator' },
  // requests
  'unknown-event': { zh: '没有这种消息', en: 'There is no such message' },
  'too-large': { zh: '内容太大', en: 'Too large' },
  'bad-file': { zh: '文件读不出来，请用 CSV 或 XLSX', en: 'The file cannot be read; use CSV or XLSX' },
  'bad-photo': {
    zh: '图片读不出来，请用 JPEG、PNG 或 WebP；苹果 HEIC 请先转 JPEG',
    en: 'The picture cannot be read; use JPEG, PNG or WebP (convert HEIC to JPEG first)',
  },
  'photos-full': { zh: '每件最多六张照片', en: 'Six photos per lot at most' },
  'import-has-errors': {
    zh: '有行没有通过，全部改好才能导入',
    en: 'Some rows were refused; nothing is imported until all are right',
  },
  'import-stale': {
    zh: '清单在预览之后变过，请重新上传',
    en: 'The catalogue has changed since the preview; upload again',
  },
  'foreign-origin': { zh: '来源不对', en: 'Foreign origin' },
  'not-ready': {
    zh: '服务器正在启动或恢复，请稍后用同一编号再试',
    en: 'The server is starting or recovering; try again with the same id',
  },
  'no-live-video': { zh: '这里没有开通直播视频', en: 'There is no live video here' },
  'camera-held': {
    zh: '另一个人的画面正在直播；等它停了再开',
    en: 'Another person’s picture is on air; wait until it stops',
  },
  'camera-replaced': {
    zh: '同一个人的另一台设备接着拍了',
    en: 'Another device of the same person sends now',
  },
  internal: { zh: '服务器出错了，请稍后再试', en: 'Something went wrong on the server; try again' },
  // the township's daily report
  'day-not-over': { zh: '这一天还没过完，过完再签', en: 'The day is not over; sign its report when it is' },
  'report-changed': {
    zh: '数字刚有变动，或别人先签了：看过最新的再签',
    en: 'The figures have changed, or somebody else has signed: look again before you sign',
  },
  // growers' money
  'no-account': { zh: '还没有这位花农的收款账号', en: 'The account of this grower is not known' },
} as const;

/**
 * Every reason an answer can carry, with what the person can do about it. The codes are stable: programs
 * branch on the code, people read the words.
 */
export const reasons = { ...ruleReasons, ...otherReasons };

export type Reason = keyof typeof reasons;
export const reasonCodes = Object.keys(reasons) as [Reason, ...Reason[]];
