import { clockPriceFen, leastBidFen, type OnBlock, openLots, standingOffers } from '@qingpai/auction/rules';
import type { LotState, OfferingState, ShowState, Snapshot } from '@qingpai/wire';
import { elsewhereLine } from './elsewhereLine.js';
import { escapeHtml } from './html.js';

/**
 * The room before any JavaScript: what is open (in a timed show often several lots), each with its price and a plain
 * form that bids. The server puts
 * this HTML into the built page in place of `<!--room:static-->`; the page's script then takes its place.
 */
export interface StaticRoomOptions {
  language: 'zh' | 'en';
  /** A fresh id for the form, so that a form sent twice is one bid. */
  bidId: string;
  /**
   * The reader; who has no paddle yet takes one with his first bid. Null: a guest, whose form asks for a nickname, with
   * which the server asks the host to admit.
   */
  me: { paddle: number | null; nickname: string; bidder?: string | null } | null;
  /** What came of the form, in words, when it was just sent. */
  notice?: string;
}

const zh = {
  host: (title: string) => `主播 ${title}`,
  priceNow: '当前价',
  priceStart: '起拍价',
  leads: (paddle: number) => `${paddle}号领先`,
  youLead: (paddle: number) => `您 ${paddle}号 领先`,
  noBids: '还没有人出价',
  floorMet: '有保留价，已达',
  floorNotMet: '有保留价，未达',
  floorSome: '有保留价',
  floorNone: '无保留价',
  zeroStart: '0元起拍',
  nth: (number: string, all: number) => `第 ${number} 件，共 ${all} 件`,
  grade: (grade: string) => `${grade} 级`,
  closes: (time: string) => `${time} 截拍，有人出价会延时`,
  frozen: '暂停中',
  bid: (price: string) => `出价 ${price}`,
  take: (price: string, unit: string) => `${price} 要 1 ${unit}`,
  units: (n: number, unit: string) => `剩余 ${n} ${unit}`,
  you: (paddle: number, nickname: string) => `您是 ${paddle}号 ${nickname}`,
  noPaddle: (nickname: string) => `${nickname}，首次出价即领号牌`,
  nickname: '昵称',
  askHost: '先请主播放行',
  guest: '还没有号牌：写上昵称，按一下就请主播放行，放行后刷新再出价。',
  refresh: '刷新',
  kept: (lot: string) => `为您保留：${lot}`,
  keptUntil: (price: string, n: number, unit: string, time: string) =>
    `每${unit} ${price}，共 ${n} ${unit}，${time} 前答复有效`,
  accept: (price: string) => `${price} 买下`,
  decline: '不要了',
  resting: '休拍中，主播准备好就开拍',
  before: (time: string) => `${time} 开拍`,
  over: '本场已结束',
  continued: '本场由新的一场接着拍',
  cancelled: '本场已取消',
  goToNext: '去新的一场',
  next: (lot: string) => `下一件 ${lot}`,
  certificate: '看清拍证明',
  depositEvery: (sum: string) => `出价前先交保证金 ${sum}，交一次管全场`,
  depositAbove: (sum: string, above: string) => `合计超过 ${above} 的出价，先交保证金 ${sum}`,
  depositRule: '拍到不付款抵给花农；收场后不欠款即退。',
  depositHow: '怎么交',
  stop: '。',
  code: '核验码',
  codeLater: '待锁定',
  other: 'English',
};
type Words = typeof zh;

const en: Words = {
  host: (title) => `Host: ${title}`,
  priceNow: 'Price now',
  priceStart: 'Start price',
  leads: (paddle) => `No. ${paddle} leads`,
  youLead: (paddle) => `You, No. ${paddle}, lead`,
  noBids: 'No bid yet',
  floorMet: 'Reserve met',
  floorNotMet: 'Reserve not met',
  floorSome: 'Has a reserve',
  floorNone: 'No reserve',
  zeroStart: 'Starts at ¥0',
  nth: (number, all) => `Lot ${number} of ${all}`,
  grade: (grade) => `Grade ${grade}`,
  closes: (time) => `Closes ${time}; a bid extends it`,
  frozen: 'Paused',
  bid: (price) => `Bid ${price}`,
  take: (price, unit) => `Take 1 ${unit} at ${price}`,
  units: (n, unit) => `${n} ${unit} left`,
  you: (paddle, nickname) => `You are No. ${paddle} ${nickname}`,
  noPaddle: (nickname) => `${nickname}: your first bid gives you a paddle`,
  nickname: 'Nickname',
  askHost: 'The host admits you first',
  guest: 'No paddle yet: give a nickname and press to ask the host; when admitted, refresh and bid.',
  refresh: 'Refresh',
  kept: (lot) => `Kept for you: ${lot}`,
  keptUntil: (price, n, unit, time) => `${price} per ${unit}, ${n} ${unit} in all; answer before ${time}`,
  accept: (price) => `Buy at ${price}`,
  decline: 'No, thank you',
  resting: 'A short break; the host offers the next lot soon',
  before: (time) => `Starts ${time}`,
  over: 'The show is over',
  continued: 'Another show goes on from here',
  cancelled: 'This show was called off',
  goToNext: 'Go to the new show',
  next: (lot) => `Next: ${lot}`,
  certificate: 'Clearance Certificate',
  depositEvery: (sum) => `A deposit of ${sum} comes before your first bid, once for the show`,
  depositAbove: (sum, above) => `Bids above ${above} in all need a deposit of ${sum}`,
  depositRule: 'It goes to the grower if you win and do not pay; else it comes back after the show.',
  depositHow: 'How to give it',
  stop: '. ',
  code: 'Code',
  codeLater: 'after sealing',
  other: '中文',
};
const dictionaries = { zh, en };

/** JSON inside a `<script type="application/json">`: no `<` can end the element or open a comment. */
export const bootJson = (snapshot: Snapshot): string => JSON.stringify(snapshot).replace(/</g, '\\u003c');

const yuan = (amountFen: number) =>
  amountFen % 100 ? (amountFen / 100).toFixed(2) : String(amountFen / 100);
const money = (amountFen: number) => `¥${yuan(amountFen)}`;
/** The township's wall clock, UTC+8. */
const wallClock = (atMs: number) => new Date(atMs + 8 * 3_600_000).toISOString();

/** @param nowMs the server's time, for a falling clock's price. Returns HTML; every foreign word is escaped. */
export function staticRoomHtml(snapshot: Snapshot, nowMs: number, options: StaticRoomOptions): string {
  const { state, card, code } = snapshot;
  const w = dictionaries[options.language];
  const open = snapshot.ended ? [] : openLots(state);
  const here = `/r/${card.showId}`;
  const other = options.language === 'zh' ? 'en' : 'zh';
  return [
    '<main class="stage static"><div class="stage-top">',
    `<header class="top"><div class="host"><span class="host-name"><b>${escapeHtml(card.title)}</b>`,
    `<small>${escapeHtml(w.host(card.hostTitle))}</small></span></div></header>`,
    `<p class="facts">${w.code} ${escapeHtml(code ?? w.codeLater)}</p></div></main>`,
    '<section class="dock">',
    ...(snapshot.ended ? [] : offerForms(snapshot, options, w)),
    open.length === 0
      ? resting(snapshot, w)
      : open.map((one, k) => openLot(snapshot, one, nowMs, withOwnId(options, k), w)).join(''),
    options.notice ? `<p class="say gold" role="status">${escapeHtml(options.notice)}</p>` : '',
    `<p class="foot"><a class="quiet" href="${here}?lang=${options.language}">${w.refresh}</a>`,
    `<a class="quiet" href="${here}?lang=${other}">${w.other}</a></p>`,
    elsewhereLine(card, options.language),
    `<p class="rest-note">${escapeHtml(card.freight)}</p>${depositLine(snapshot, w)}</section>`,
  ].join('');
}

/** What is asked before the first bid, and where it says how to give it. */
function depositLine({ state, card }: Snapshot, w: Words): string {
  const { deposit } = state.rules;
  if (!deposit) return '';
  const { amountFen, abovePriceFen = 0 } = deposit;
  const asked =
    abovePriceFen > 0
      ? w.depositAbove(money(amountFen), money(abovePriceFen))
      : w.depositEvery(money(amountFen));
  const how = `<a href="/pay/${escapeHtml(card.showId)}">${w.depositHow}</a>`;
  return `<p class="rest-note">${escapeHtml(asked)}${w.stop}${escapeHtml(w.depositRule)} ${how}</p>`;
}

/** Each form of a page has an id of its own: bids on two lots are two bids. */
const withOwnId = (options: StaticRoomOptions, k: number): StaticRoomOptions =>
  k === 0 ? options : { ...options, bidId: `${options.bidId}-${k}` };

function openLot(
  snapshot: Snapshot,
  { lot, offering }: OnBlock,
  nowMs: number,
  options: StaticRoomOptions,
  w: Words,
): string {
  const { state } = snapshot;
  const askFen = offering.clock
    ? clockPriceFen(offering.clock, offering.frozenAt ?? nowMs)
    : leastBidFen(state.rules, lot, offering);
  const priceFen = offering.clock ? askFen : (offering.priceFen ?? offering.startFen);
  const label = offering.clock || offering.priceFen !== null ? w.priceNow : w.priceStart;
  return [
    lotHead(snapshot, lot, w),
    `<div class="now"><div class="price-box"><small>${label}</small>`,
    `<output class="price"><i>¥</i>${yuan(priceFen)}</output>`,
    `<p class="lead">${escapeHtml(standing(state, lot, offering, options, w))}</p></div></div>`,
    bidForm(snapshot.card.showId, lot, offering, askFen, options, w),
  ].join('');
}

function lotHead({ state, cards }: Snapshot, lot: LotState, w: Words): string {
  const card = cards.find((each) => each.lot === lot.lot);
  const { village = '', growerName = '' } = card ?? {};
  // 泗桥村08号花农 of 泗桥村: the village is not said twice.
  const grower = growerName.startsWith(village) ? growerName.slice(village.length) : growerName;
  const facts = [village, grower, `${lot.units} ${lot.unit}`].filter(Boolean).join(' · ');
  const grade = card ? `<span class="grade">${escapeHtml(w.grade(card.grade))}</span>` : '';
  return [
    `<div class="lot rest"><div class="lot-name"><h1>${escapeHtml(lot.title)} ${grade}</h1>`,
    `<p>${escapeHtml(facts)}</p><p>${w.nth(String(Number(lot.number)), lotCount(state))}</p></div></div>`,
  ].join('');
}

const lotCount = (state: ShowState) =>
  Object.values(state.lots).filter((lot) => lot.phase !== 'struck' && lot.phase !== 'draft').length;

/** Who leads, the four words of the floor, and when it closes. */
function standing(
  state: ShowState,
  lot: LotState,
  offering: OfferingState,
  options: StaticRoomOptions,
  w: Words,
): string {
  const paddle = offering.leader === null ? undefined : state.bidders[offering.leader]?.paddle;
  const leader =
    paddle === undefined ? w.noBids : paddle === options.me?.paddle ? w.youLead(paddle) : w.leads(paddle);
  const first = offering.clock ? w.units(offering.unitsLeft, lot.unit) : leader;
  const closes = offering.closesAt === null ? '' : w.closes(wallClock(offering.closesAt).slice(11, 19));
  return [first, floorWords(lot, offering, w), offering.frozenAt === null ? closes : w.frozen]
    .filter(Boolean)
    .join(' · ');
}

function floorWords(lot: LotState, offering: OfferingState, w: Words): string {
  if (lot.floor === null) return lot.startFen === 0 ? w.zeroStart : w.floorNone;
  if (offering.clock || offering.priceFen === null) return w.floorSome;
  return offering.floorMet ? w.floorMet : w.floorNotMet;
}

/**
 * One press bids the least amount. The fields are those of a bid; `bidId` makes a form sent twice one bid, and
 * `run` lets a press from before a clock's restart be refused as stale.
 */
function bidForm(
  showId: string,
  lot: LotState,
  offering: OfferingState,
  askFen: number,
  options: StaticRoomOptions,
  w: Words,
): string {
  const fields: Record<string, string | number> = {
    bidId: options.bidId,
    lot: lot.lot,
    offering: offering.offering,
    amountFen: askFen,
    lang: options.language,
    ...(offering.clock ? { run: offering.clock.run, units: 1 } : {}),
  };
  const hidden = Object.entries(fields).map(
    ([name, value]) => `<input type="hidden" name="${name}" value="${escapeHtml(String(value))}">`,
  );
  const words = offering.clock ? w.take(money(askFen), lot.unit) : w.bid(money(askFen));
  const off = offering.frozenAt === null ? '' : ' disabled';
  const hint = options.me
    ? ''
    : `<p class="say wait">${w.guest}</p><label class="field"><span>${w.nickname}</span><input type="text" name="nickname" maxlength="16" required></label>`;
  const who = whoBids(options.me, w);
  return [
    `<form class="bid wide static-form" method="post" action="/r/${escapeHtml(showId)}/bid">${hidden.join('')}${hint}`,
    `<button type="submit" class="go"${off}>${escapeHtml(words)}<small>${escapeHtml(who)}</small></button></form>`,
  ].join('');
}

/** What is offered to the reader alone: two buttons in one form each. */
function offerForms({ state, card }: Snapshot, { me, language }: StaticRoomOptions, w: Words): string[] {
  const his = standingOffers(state).filter(({ offer }) => offer.bidder === me?.bidder);
  return his.map(({ lot, offer }) => {
    const { units, unitPriceFen, expiresAt } = offer;
    const until = w.keptUntil(money(unitPriceFen), units, lot.unit, wallClock(expiresAt).slice(11, 19));
    return [
      `<form class="static-form" method="post" action="/r/${escapeHtml(card.showId)}/offer">`,
      `<p><b>${escapeHtml(w.kept(`${Number(lot.number)} ${lot.title}`))}</b></p><p>${escapeHtml(until)}</p>`,
      `<input type="hidden" name="offer" value="${offer.offer}"><input type="hidden" name="lang" value="${language}">`,
      `<button type="submit" class="go" name="answer" value="accept">${w.accept(money(unitPriceFen * units))}</button>`,
      `<button type="submit" class="quiet" name="answer" value="decline">${w.decline}</button></form>`,
    ].join('');
  });
}

function whoBids(me: StaticRoomOptions['me'], w: Words): string {
  if (me === null) return w.askHost;
  return me.paddle === null ? w.noPaddle(me.nickname) : w.you(me.paddle, me.nickname);
}

function resting({ state, card, cards, ended }: Snapshot, w: Words): string {
  if (ended) {
    const next = ended.byShow && `<p><a href="/r/${escapeHtml(ended.byShow)}">${w.goToNext}</a></p>`;
    return `<h1>${ended.how === 'continued' ? w.continued : w.cancelled}</h1>${next ?? ''}`;
  }
  if (state.phase === 'closed' || state.phase === 'settled') {
    return `<h1>${w.over}</h1><p><a href="/c/${escapeHtml(card.showId)}">${w.certificate}</a></p>`;
  }
  const next = Object.values(state.lots)
    .filter((lot) => lot.phase === 'sealed')
    .sort((a, b) => a.list - b.list || a.number.localeCompare(b.number))[0];
  const title =
    state.phase === 'open' ? w.resting : w.before(wallClock(card.startsAtMs).slice(5, 16).replace('T', ' '));
  const village = cards.find((each) => each.lot === next?.lot)?.village ?? '';
  return [
    `<div class="lot rest"><div class="lot-name"><h1>${escapeHtml(title)}</h1>`,
    next ? `<p>${escapeHtml(w.next(`${Number(next.number)} ${next.title} ${village}`.trim()))}</p>` : '',
    '</div></div>',
  ].join('');
}
