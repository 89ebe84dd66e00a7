import { isStanding } from '@qingpai/auction/rules';
import {
  leafHash,
  parseCheckpoint,
  parseNote,
  parseProof,
  shortCode,
  toBase64,
  utf8,
} from '@qingpai/ledger/rules';
import { type LotState, type Receipt, type SaleState, type Snapshot } from '@qingpai/wire';
import { renderSVG } from 'uqr';
import { type SlipMoney } from './slipMoney.js';
import { type Language } from './language.js';
import { escapeHtml } from './html.js';

/**
 * The grower's slip: what became of a lot, and the proof that it stands in the log, on paper. Nothing on it is about a
 * person; whoever is handed it can check it without us.
 */
export const papers = ['58', '80', 'a4'] as const;
/** Width of the roll in mm, or a sheet. */
export type Paper = (typeof papers)[number];

export interface Slip {
  snapshot: Snapshot;
  lot: LotState;
  /** Of the leaf that describes the lot. */
  catalogued: Receipt;
  /** Of the seal of its list, with the proof that its head extends the one above: that head has the code. */
  sealed: Receipt;
  /** What it brings its grower; null: it has no sale that stands. */
  money: SlipMoney | null;
  /** Short code of the main list's sealed root. */
  code: string;
  /** Hammers that stand or were undone, oldest first, each with the receipt of its leaf. */
  sales: { sale: SaleState; receipt: Receipt }[];
  /** Address of this page, for the square. */
  address: string;
  paper: Paper;
}

const zh = {
  lang: 'zh-CN',
  title: '拍品小票',
  lot: '拍品',
  units: (n: number, unit: string) => `${n} ${unit}`,
  hammer: '成交价',
  each: (price: string, n: number, unit: string) => `${price} × ${n} ${unit}`,
  states: {
    draft: '待锁定',
    struck: '已取消',
    sealed: '待拍',
    onBlock: '正在拍',
    waiting: '稍后返场',
    hammered: '已成交',
    passed: '本场已结束拍卖',
    withdrawn: '已撤拍',
    carried: '转下场',
  } satisfies Record<LotState['phase'], string>,
  passedAtLast: '流拍',
  sales: {
    awaiting: '待付款',
    paid: '已付款',
    voided: '已撤销',
    defaulted: '未付款',
    refunded: '已退款',
  } as Record<string, string>,
  code: '核验码',
  inLog: '在账本里的位置',
  catalogued: '写进清单',
  sealed: '锁定清单',
  hammered: '落槌',
  index: '账本序号',
  of: (n: number) => `共 ${n} 条`,
  hash: '这一条的指纹',
  root: '账本当时的码',
  scan: '扫码看最新状态',
  help: '核验码与主播念的、清拍证明上的一致，就是同一份锁定清单。以上各条可用公开的工具核对，不必相信我们。',
  whole: '完整证明（逐字）',
  file: '下载证明',
  papers: { '58': '58 毫米小票', '80': '80 毫米小票', a4: 'A4 纸' } satisfies Record<Paper, string>,
  print: '选好纸，用浏览器打印：',
  files: { png: '存成图片', pdf: '存成 PDF' },
};
type Words = typeof zh;
const en: Words = {
  lang: 'en',
  title: 'Slip of the lot',
  lot: 'Lot',
  units: (n, unit) => `${n} ${unit}`,
  hammer: 'Hammer price',
  each: (price, n, unit) => `${price} × ${n} ${unit}`,
  states: {
    draft: 'Not sealed yet',
    struck: 'Struck',
    sealed: 'To come',
    onBlock: 'On the block',
    waiting: 'Comes back',
    hammered: 'Sold',
    passed: 'Ended in this show',
    withdrawn: 'Withdrawn',
    carried: 'Next show',
  },
  passedAtLast: 'Passed',
  sales: {
    awaiting: 'Awaiting payment',
    paid: 'Paid',
    voided: 'Voided',
    defaulted: 'Not paid',
    refunded: 'Given back',
  },
  code: 'Code',
  inLog: 'Where it stands in the log',
  catalogued: 'The lot',
  sealed: 'The seal of its list',
  hammered: 'The hammer',
  index: 'Leaf',
  of: (n) => `of ${n}`,
  hash: 'Hash of the leaf',
  root: 'Code of the log then',
  scan: 'Scan for the newest state',
  help: 'The same code as the host reads out and the certificate shows means the same sealed catalogue. Each leaf can be checked with public tools, without trusting us.',
  whole: 'The whole proof, letter by letter',
  file: 'Download the proof',
  papers: { '58': '58 mm roll', '80': '80 mm roll', a4: 'A4' },
  print: 'Choose the paper, then print:',
  files: { png: 'As a picture', pdf: 'As a PDF' },
};
const dictionaries: Record<Language, Words> = { zh, en };

/** What the slip says on a picture too. */
export const slipWords = (language: Language): Pick<Words, 'lot' | 'code' | 'scan'> => dictionaries[language];

export interface PlainPage {
  lang: string;
  title: string;
  /** HTML; every foreign word in it is escaped. */
  body: string;
}

export function growerSlip(slip: Slip, language: Language): PlainPage {
  const w = dictionaries[language];
  const { lot, code, paper, address } = slip;
  const { card } = slip.snapshot;
  const title = `${w.lot} ${Number(lot.number)} ${lot.title}`;
  const parts = [
    `<header><p class="plain-name">清拍</p><p>${escapeHtml(card.title)} · ${escapeHtml(card.township)}</p></header>`,
    `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(w.units(lot.units, lot.unit))}</p>`,
    outcome(slip, w),
    slip.money ? moneyOf(slip.money, address, w, language) : '',
    `<dl class="slip-code"><dt>${w.code}</dt><dd>${escapeHtml(code)}</dd></dl>`,
    `<figure class="slip-square">${renderSVG(address, { ecc: 'M', border: 2 })}<figcaption>${w.scan}</figcaption></figure>`,
    `<h2>${w.inLog}</h2>`,
    place(w.catalogued, slip.catalogued, slip, w),
    place(w.sealed, slip.sealed, slip, w),
    ...slip.sales.map(({ receipt }) => place(w.hammered, receipt, slip, w)),
    `<p class="slip-help">${w.help}</p>`,
    `<section class="slip-whole"><h2>${w.whole}</h2>${receiptsOf(slip).map(whole).join('')}</section>`,
  ];
  const body = `<main class="slip p${paper}">${parts.join('')}</main>${choice(address, paper, w, language)}`;
  return { lang: w.lang, title: `${title} · ${w.title}`, body };
}

/** Price in large type, and in words what became of the lot. While the show runs nobody reads 流拍. */
function outcome({ snapshot: { state }, lot, sales }: Slip, w: Words): string {
  const over = state.phase === 'closed' || state.phase === 'settled';
  const word = lot.phase === 'passed' && over ? w.passedAtLast : w.states[lot.phase];
  const rows = sales.map(({ sale }) => {
    const price = w.each(money(sale.unitPriceFen), sale.units, lot.unit);
    return `<li><span>${escapeHtml(price)}</span><b>${w.sales[sale.phase] ?? sale.phase}</b></li>`;
  });
  const standing = sales.filter(({ sale }) => isStanding(sale));
  const totalFen = standing.reduce((sum, { sale }) => sum + sale.unitPriceFen * sale.units, 0);
  const price =
    standing.length > 0 ? `<p class="slip-price"><small>${w.hammer}</small>${money(totalFen)}</p>` : '';
  return `<p class="slip-state">${word}</p>${price}${rows.length > 0 ? `<ul class="slip-sales">${rows.join('')}</ul>` : ''}`;
}

/** What is the grower's, and when; and the same to send on in a chat. */
function moneyOf(money: SlipMoney, address: string, w: Words, language: Language): string {
  const { pathname } = new URL(address);
  const row = ({ name, value }: { name: string; value: string }, mark = '') =>
    `<div${mark}><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`;
  const files = (['png', 'pdf'] as const).map(
    (kind) => `<a href="${escapeHtml(pathname)}/slip.${kind}?lang=${language}">${w.files[kind]}</a>`,
  );
  return [
    `<section class="slip-money"><h2>${escapeHtml(money.title)}</h2>`,
    `<dl>${money.lines.map((line) => row(line)).join('')}${row(money.yours, ' class="slip-yours"')}${money.off ? row(money.off) : ''}</dl>`,
    `<p>${escapeHtml(money.when)}</p><p class="slip-files">${files.join('')}</p></section>`,
  ].join('');
}

/** Where one leaf stands, short enough for the narrowest roll. */
function place(what: string, receipt: Receipt, { snapshot }: Slip, w: Words): string {
  const { index, size } = headUnder(receipt);
  const file = `/api/shows/${escapeHtml(snapshot.card.showId)}/receipts/${index}`;
  return [
    `<dl class="slip-place"><dt>${what}</dt><dd>${w.index} <b>${index}</b>（${w.of(size)}）</dd>`,
    `<dt>${w.hash}</dt><dd><code>${toBase64(leafHash(utf8(receipt.leaf)))}</code></dd>`,
    `<dt>${w.root}</dt><dd><code>${codeUnder(receipt)}</code> <a href="${file}">${w.file}</a></dd></dl>`,
  ].join('');
}

const receiptsOf = ({ catalogued, sealed, sales }: Slip): Receipt[] => [
  catalogued,
  sealed,
  ...sales.map(({ receipt }) => receipt),
];

const whole = ({ leaf, proof, consistency = [] }: Receipt): string =>
  [leaf, proof, consistency.join('\n')].map((text) => text && `<pre>${escapeHtml(text)}</pre>`).join('');

/** Short code of the root that a receipt rests on. */
export const codeUnder = (receipt: Receipt): string => shortCode(headUnder(receipt).root);

/** What a receipt rests on. Our own are well formed, or something is very wrong here. */
export function headUnder(receipt: Receipt): { index: number; size: number; root: Uint8Array } {
  const proof = parseProof(receipt.proof);
  const note = proof.ok ? parseNote(proof.value.checkpoint) : proof;
  const head = note.ok ? parseCheckpoint(note.value.body) : note;
  if (!proof.ok || !head.ok) throw new Error('bug: a receipt of our own cannot be read');
  return { index: proof.value.index, ...head.value };
}

/** On the screen only. */
function choice(address: string, chosen: Paper, w: Words, language: Language): string {
  const { pathname } = new URL(address);
  const links = papers.map((paper) =>
    paper === chosen
      ? `<b>${w.papers[paper]}</b>`
      : `<a href="${escapeHtml(pathname)}?paper=${paper}&amp;lang=${language}">${w.papers[paper]}</a>`,
  );
  return `<nav class="slip-papers"><span>${w.print}</span>${links.join('')}</nav>`;
}

const money = (amountFen: number): string =>
  `¥${amountFen % 100 === 0 ? amountFen / 100 : (amountFen / 100).toFixed(2)}`;
