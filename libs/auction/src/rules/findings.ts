/** What the rules can find wrong with a leaf: stable codes, words in two languages. */
export const findings = {
  'first-leaf': { zh: '账本必须以开账开始，且只开一次', en: 'A log begins with its opening, once' },
  'after-closed': {
    zh: '收场之后只能记付款、逾期的后续、发货、售后、录像和结算',
    en: 'After the close of the show only payments, what follows a default, deliveries, claims, recordings and the settlement are logged',
  },
  'after-settled': { zh: '结算之后不能再记', en: 'Nothing is logged after the settlement' },
  'bid-id-twice': { zh: '同一出价编号记了两次', en: 'The same bid id is logged twice' },
  'nth-gap': { zh: '买家的出价次序断了', en: "The count of the bidder's bids has a gap" },
  'refusals-uncapped': {
    zh: '同一买家被拒的出价记得太多',
    en: 'More refusals of this bidder are logged than the rules allow',
  },
  'bid-not-acceptable': { zh: '接受了不该接受的出价', en: 'A bid was accepted that had to be refused' },
  'good-bid-refused': { zh: '拒绝了有效的出价', en: 'A good bid was refused' },
  'refused-for-other-reason': {
    zh: '拒绝出价的理由不对',
    en: 'A bid was refused for another reason than the rules give',
  },
  'bid-differs': { zh: '出价内容与规则算出的不同', en: 'The bid is not logged as the rules give it' },
  'auto-unfounded': {
    zh: '没有依据的自动加价，或加得太多',
    en: 'An automatic bid that nothing gave rise to, or that went too far',
  },
  'reach-wrong': {
    zh: '自动加价没有证明最高价够得到',
    en: 'An automatic bid does not prove that its maximum reaches there',
  },
  'extension-missing': { zh: '末段出价之后没有延时', en: 'A bid in the last moments did not extend the lot' },
  'extension-unfounded': {
    zh: '没有依据的延时',
    en: 'The lot was extended without an accepted bid that allows it, or by too much',
  },
  'shift-unfounded': {
    zh: '没有依据地拨回拍卖钟，或拨得太多',
    en: 'The clock was set back where it may not be, or by more than since the leaf before',
  },
  'take-unhammered': { zh: '取货之后没有成交', en: 'A take from the clock was not followed by its sale' },
  'offer-unhammered': { zh: '接受保留之后没有成交', en: 'An accepted offer was not followed by its sale' },
  'deposit-unforfeited': {
    zh: '逾期之后没有没收保证金，或没收得不对',
    en: 'A default was not followed by its deposit being forfeited, or not as the rules give it',
  },
  'hammer-early': { zh: '没有到截拍时间就落槌', en: 'The hammer fell before the close' },
  'hammer-differs': {
    zh: '落槌的买家、价格或份数不对',
    en: 'The hammer gave other winner, price or units than the rules',
  },
  'due-skipped': {
    zh: '到时间该截拍或换价，却没有发生',
    en: 'The lot had to close, or the clock to move, before this',
  },
  'due-early': {
    zh: '没有到时间就结束或换价',
    en: 'The offering ended, or the clock moved, before its time',
  },
  'due-differs': {
    zh: '到时间发生的不是规则算出的',
    en: 'What happened at its time is not what the rules give',
  },
  'floor-contradicts': {
    zh: '关于保留价的说法前后矛盾，或与公开的底价不符',
    en: 'What is said of the floor contradicts itself, or the floor that was opened',
  },
  'start-below-floor': {
    zh: '降价拍的起拍价低于底价',
    en: 'A falling clock was sealed that starts below its floor',
  },
  'cap-below-floor': {
    zh: '封顶价或一口价低于底价',
    en: 'A lot was sealed whose cap or buy-now price is below its floor',
  },
  'offered-too-often': { zh: '超过了允许的返场次数', en: 'The lot was offered more often than allowed' },
  'lots-left': { zh: '还有拍品没有结果就收场', en: 'The show was closed while lots had no result' },
  'sealed-miscounted': { zh: '锁定的件数或份数不对', en: 'What was sealed is miscounted' },
  'closed-miscounted': {
    zh: '收场的件数、份数或金额不对',
    en: 'What is declared at the close is miscounted',
  },
  'settled-miscounted': {
    zh: '结算的份数或金额不对',
    en: 'What is declared at the settlement is miscounted',
  },
  'txn-reused': {
    zh: '同一笔付款记到了两个买家',
    en: 'The same payment is logged for two buyers',
  },
  'not-allowed': { zh: '规则不允许这一步', en: 'The rules do not allow this' },
  differs: { zh: '记录的内容与规则算出的不同', en: 'The leaf is not what the rules give' },
} as const;

export type RuleFindingCode = keyof typeof findings;

/** What is wrong with one leaf. */
export interface Finding {
  code: RuleFindingCode;
  zh: string;
  en: string;
}

/** @param more words that tell which of several ways it is wrong */
export function found(code: RuleFindingCode, more?: { zh: string; en: string }): Finding {
  const { zh, en } = findings[code];
  return more ? { code, zh: `${zh}（${more.zh}）`, en: `${en} (${more.en})` } : { code, zh, en };
}
