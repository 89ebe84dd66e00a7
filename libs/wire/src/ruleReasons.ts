/** Words of what the rules themselves refuse: the verifier brings these along, and no others. */
export const ruleReasons = {
  // bids (RULES §2.1, in the order of the checks)
  'not-open': {
    zh: '这件现在不在拍，请看正在拍的一件',
    en: 'This lot is not on the block now; look at the current one',
  },
  frozen: { zh: '本件暂停中，恢复后再出价', en: 'This lot is frozen; bid again when it resumes' },
  'too-late': { zh: '已截拍，这次出价来晚了', en: 'The lot had closed; this bid came too late' },
  'bidder-not-allowed': {
    zh: '这个号牌不能在本场出价，请联系主播',
    en: 'This paddle may not bid in this show; ask the host',
  },
  'own-lot': {
    zh: '主播、场控和本件花农不能出价',
    en: "The host, moderators and the lot's grower cannot bid",
  },
  'already-leading': { zh: '您已经领先，不用再加', en: 'You are already leading; no need to raise' },
  'below-start': {
    zh: '低于起拍价，请按按钮上的价格出',
    en: 'Below the start price; use the price on the button',
  },
  'not-above-price': {
    zh: '已有人出到这个价或更高，请看新价',
    en: 'Someone already stands at this price or above; see the new price',
  },
  'off-grid': {
    zh: '不在加价幅度上，请按按钮上的价格出',
    en: 'Not on the increment grid; use the price on the button',
  },
  'above-cap': {
    zh: '高于封顶价；出到封顶价就成交',
    en: 'Above the cap price; at the cap the lot is yours at once',
  },
  'buy-now-gone': {
    zh: '一口价已经不能用了，请看新价',
    en: 'The buy-now price is not available any more; see the new price',
  },
  'no-proxy-here': {
    zh: '这件不能设自动加价：只有还没结束的升价拍可以',
    en: 'No maximum bid here: only on rising lots that have not ended',
  },
  'no-proxy': { zh: '您在这件上没有自动加价', en: 'You have no maximum bid on this lot' },
  'over-limit': { zh: '超过您的出价额度，请联系主播', en: 'Above your bidding limit; ask the host' },
  'deposit-needed': {
    zh: '需先交保证金：按付款页的说明交给主办方，确认后即可出价',
    en: 'A deposit is needed first: pay it as the payment page says; once it is confirmed you can bid',
  },
  'deposit-none': { zh: '本场不收保证金', en: 'This show asks for no deposit' },
  'deposit-bound': {
    zh: '买家还在领先、设有最高价或尚未付款，保证金暂不能退',
    en: 'The bidder leads, has a maximum bid or owes: the deposit stays for now',
  },
  'deposits-open': {
    zh: '还有保证金没有退还',
    en: 'Deposits are still to be returned',
  },
  'slip-confirm': {
    zh: '比现价高出三手以上，请再确认一次',
    en: 'More than three steps above the price; please confirm',
  },
  'clock-stale': {
    zh: '拍卖钟已重新开始，请按新的价格',
    en: 'The clock has started again; press at the new price',
  },
  'above-pressed': {
    zh: '到达时价格高于您按下的价，没有成交',
    en: 'The price on arrival was above the one you pressed; nothing was bought',
  },
  'units-not-left': { zh: '剩余份数不够，请减少份数', en: 'Not that many units are left; take fewer' },
  'below-minimum-take': { zh: '少于最少拿货量', en: 'Less than the minimum take' },
  'id-reused': { zh: '这个出价编号已用于另一次出价', en: 'This bid id was already used for another bid' },
  'bad-signature': {
    zh: '签名与内容不符，请刷新页面后再试',
    en: 'The signature does not fit what was sent, or no key of yours is registered',
  },
  'key-taken': { zh: '这把密钥已由别人登记', en: 'This key is already registered to someone else' },
  'not-witnessed': {
    zh: '乡镇见证机还没有签清单：请等见证，或说明原因后开场',
    en: 'No witness has cosigned the sealed catalogue yet: wait, or open with a reason',
  },
  'not-sealed': { zh: '清单还没有锁定', en: 'The catalogue is not sealed yet' },
  'slow-down': { zh: '太快了，请稍等再试', en: 'Too fast; wait a moment and try again' },
  'no-paddle': { zh: '请先领号牌', en: 'Take a paddle number first' },
  // shows and lots
  'unknown-lot': { zh: '没有这件拍品', en: 'There is no such lot' },
  'unknown-sale': { zh: '没有这笔成交', en: 'There is no such sale' },
  'show-cancelled': { zh: '这一场已经取消', en: 'This show was cancelled' },
  'show-continued': {
    zh: '这一场的账本已由新的一场接续，请到新的一场',
    en: 'Another show goes on from the log of this one; go there',
  },
  'wrong-phase': { zh: '专场现在的阶段不能这样做', en: 'The show is not in a phase that allows this' },
  'nothing-to-seal': {
    zh: '清单是空的，请先导入或添加拍品',
    en: 'The catalogue is empty; import or add lots first',
  },
  'number-taken': { zh: '这个拍品号已经有了', en: 'This lot number is taken' },
  'floor-with-zero-start': { zh: '0元起拍不能有底价', en: 'A lot that starts at 0 has no floor' },
  'clock-without-start': { zh: '降价拍要有起拍价', en: 'A falling clock needs a start price' },
  'start-below-floor': {
    zh: '降价拍的起拍价不能低于底价',
    en: 'A falling clock cannot start below its floor',
  },
  'cap-not-fitting': {
    zh: '封顶价和一口价只用于升价拍：要在加价幅度上，不低于起拍价和底价，一口价不高于封顶价',
    en: 'Cap and buy-now are for rising lots: on the increment grid, not below start and floor, buy-now not above the cap',
  },
  'lot-on-block': { zh: '还有一件正在拍', en: 'A lot is on the block' },
  'clock-alone': {
    zh: '降价拍要单独拍：等其他拍品都截拍后再开拍',
    en: 'A falling clock runs alone: wait until nothing else is open',
  },
  'too-many-open': {
    zh: '同时在拍的已到本场上限，请等一件截拍',
    en: 'As many lots are open as this show allows; wait until one has closed',
  },
  'lot-not-on-block': { zh: '这件不在拍', en: 'This lot is not on the block' },
  'lot-not-ready': { zh: '这件现在不能开拍', en: 'This lot cannot be offered now' },
  'lot-not-waiting': { zh: '这件不在待返场里', en: 'This lot does not wait for re-offer' },
  'lot-ended': { zh: '这件已经有结果了', en: 'This lot has already ended' },
  'has-valid-bid': {
    zh: '已有达到保留价的出价，不能流拍或撤拍',
    en: 'A valid bid stands; the lot can be neither passed nor withdrawn',
  },
  'no-more-offerings': { zh: '返场次数已用完', en: 'No further offering is allowed' },
  'offer-over': {
    zh: '这份保留已经结束',
    en: 'This offer is over',
  },
  'offer-stands': {
    zh: '这件正保留给一位买家：请等他答复，或先停止询问',
    en: 'This lot is offered to somebody: wait for the answer, or end the offers first',
  },
  'lots-left': {
    zh: '还有拍品没有结果：请返场、流拍、撤拍或转下场',
    en: 'Some lots have no result yet: re-offer, pass, withdraw or carry them',
  },
  'not-rising': { zh: '降价拍没有最后一次', en: 'A falling clock has no last call' },
  'not-falling': { zh: '升价拍没有降价的钟', en: 'A rising lot has no falling clock' },
  'already-frozen': { zh: '本件已经暂停', en: 'The lot is already frozen' },
  'not-frozen': { zh: '本件没有暂停', en: 'The lot is not frozen' },
  'nothing-to-undo': {
    zh: '没有可以撤销的落槌（开拍下一件后就不能撤销）',
    en: 'There is no hammer to undo (not after the next lot is offered)',
  },
  'sale-paid': { zh: '已付款的成交不能撤销', en: 'A paid sale cannot be undone' },
  'sales-open': { zh: '还有成交没有付款', en: 'Some sales are not paid yet' },
  'complaint-time': { zh: '售后期还没有结束', en: 'The time for complaints is not over' },
  'amount-differs': { zh: '金额和账单不一致', en: 'The amount differs from the bill' },
  'still-payable': { zh: '付款期限还没到', en: 'There is still time to pay' },
  'pay-by-not-later': {
    zh: '新的期限要晚于现在和原期限，最多到结束后 31 天',
    en: 'The new deadline must be later than now and than the old one, 31 days after the close at most',
  },
  'nothing-owed': { zh: '这位买家没有待付的成交', en: 'This buyer owes nothing' },
  'freight-differs': { zh: '运费和本场的运费表不符', en: 'The freight is not that of the sealed table' },
  'not-served': {
    zh: '这个地区不送：请换地址或自提',
    en: 'Nothing is sent there: give another address, or fetch it',
  },
  'no-pick-up': { zh: '本场不能自提', en: 'Nothing can be fetched in this show' },
  'freight-paid': { zh: '这位买家的运费已经付过', en: 'The freight of this buyer is already paid' },
  'not-paid': { zh: '这笔成交没有付过款', en: 'This sale was not paid' },
  'refund-above-paid': { zh: '退款超过实付', en: 'The refund is more than was paid' },
  'already-paid': { zh: '这笔成交已经付款', en: 'This sale is already paid' },
  'not-packed': { zh: '还没有打包', en: 'It is not packed yet' },
  'already-packed': { zh: '已经打包了', en: 'It is packed already' },
  'not-shipped': { zh: '还没有发货', en: 'It was not shipped yet' },
  'already-shipped': { zh: '已经发货了', en: 'It was shipped already' },
  'already-received': { zh: '已经签收了', en: 'It was received already' },
  'still-underway': { zh: '还在路上，没到自动签收的时间', en: 'It is still on its way' },
  'tracking-used': {
    zh: '这个快递单号已用于另一位买家的包裹',
    en: "This tracking number is already on another buyer's parcel",
  },
  // recordings
  'recording-known': { zh: '这一段录像已经记过了', en: 'This piece of the recording is in the log already' },
  'recording-misplaced': {
    zh: '录像要一段接一段按时间记',
    en: 'Pieces of a recording are logged one after the other, in the order of their times',
  },
  'not-received': { zh: '请先确认收到', en: 'Say first that it came' },
  'claim-late': { zh: '超过了可以申请的时间', en: 'The time for this is over' },
  'living-goods': {
    zh: '鲜活商品不适用七天无理由退货；有坏损可申请坏损包赔',
    en: 'Living goods cannot be sent back without reason; damage is made good',
  },
  'already-claimed': { zh: '这些份数已经申请过了', en: 'These units were claimed already' },
  'unknown-claim': { zh: '没有这件售后申请', en: 'There is no such claim' },
  'claims-open': { zh: '还有售后申请或投诉没有处理完', en: 'A claim or complaint is still open' },
  'refunds-owed': { zh: '还有同意的赔付没有退款', en: 'What was granted has not been paid back yet' },
  'goods-underway': { zh: '还有包裹没有签收', en: 'Some goods have not been received yet' },
  'same-person': { zh: '记录的人不能确认，请另一个人确认', en: 'A second person must confirm this' },
  'already-decided': { zh: '已经处理过了', en: 'This was already decided' },
  // people
  'not-allowed': { zh: '您没有这个权限', en: 'You are not allowed to do this' },
  // requests
  malformed: { zh: '内容不合格式', en: 'The request does not match its schema' },
  'not-found': { zh: '找不到', en: 'Not found' },
  // growers' money
  'not-payable': { zh: '这笔货款还不能付给花农', en: 'This sale cannot be paid out yet' },
  'paid-out': { zh: '这笔货款已经付给花农', en: 'This sale has been paid out' },
  'other-grower': { zh: '不是这位花农的货款', en: 'This sale is of another grower' },
  'payouts-left': { zh: '还有花农没有付清', en: 'Growers are still to be paid' },
  'clawback-none': { zh: '这位花农没有要退回的款', en: 'This grower owes nothing back' },
  'clawback-above-owed': { zh: '超过了花农要退回的数额', en: 'More than the grower owes back' },
  'clawback-left': {
    zh: '还有花农要退回的款没有处理：从货款里扣、当面收回，或转下一场',
    en: 'What growers owe back is still open: take it off a payout, take it back, or carry it on',
  },
  'clawback-takeable': {
    zh: '这位花农本场还有货款，先从里面扣',
    en: 'More is to come to this grower in this show: take it off there first',
  },
} as const;

/** What a rule says of its refusal. */
export const ruleWords = (reason: string): { zh: string; en: string } =>
  reason in ruleReasons ? ruleReasons[reason as keyof typeof ruleReasons] : { zh: reason, en: reason };
