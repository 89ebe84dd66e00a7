import { type Problem, type showSummary } from '@qingpai/wire';
import { type z } from 'zod';
import { type BuiltPages } from './builtPages.js';
import { type PlainPage } from './growerSlip.js';
import { type Language } from './language.js';
import { escapeHtml } from './html.js';

/** Pages that need no script: the list of shows, and what is said when something cannot be shown. */
type ShowSummary = z.infer<typeof showSummary>;

const zh = {
  lang: 'zh-CN',
  name: '清拍',
  claim: '件件有着落，场场可核验',
  about: '乡镇鲜花直播拍卖。每一次出价都记入公开账本，散场后人人可以核验“零流拍”是不是真的。',
  shows: '专场',
  none: '还没有专场。主播新建专场、锁定清单后会出现在这里。',
  phases: { draft: '筹备中', sealed: '待开拍', open: '正在拍', closed: '已结束', settled: '已结算' },
  counts: (lots: number, units: number) => `${lots} 件 · ${units} 份`,
  host: (title: string) => `主播 ${title}`,
  enter: '进房间',
  watch: '去看看',
  result: '看成交',
  certificate: '清拍证明',
  code: '核验码',
  forHosts: '我是主播',
  forTownship: '乡镇工作台',
  docs: '接口文档',
  other: 'English',
  home: '回首页',
  quote: '联系乡镇时可报此编号：',
};
type Words = typeof zh;
const en: Words = {
  lang: 'en',
  name: 'Qingpai',
  claim: 'Every lot finds its buyer, and anyone can prove it',
  about:
    'Live flower auctions of a township. Every bid goes into a public log; after the show anybody can check whether truly no lot passed.',
  shows: 'Shows',
  none: 'No show yet. One appears here when a host makes it and seals its catalogue.',
  phases: {
    draft: 'In preparation',
    sealed: 'Starts soon',
    open: 'Live now',
    closed: 'Over',
    settled: 'Settled',
  },
  counts: (lots, units) => `${lots} lots · ${units} units`,
  host: (title) => `Host: ${title}`,
  enter: 'Enter the room',
  watch: 'Have a look',
  result: 'See the results',
  certificate: 'Clearance Certificate',
  code: 'Code',
  forHosts: 'For hosts',
  forTownship: "Township's desk",
  docs: 'API',
  other: '中文',
  home: 'Home',
  quote: 'Quote this number when you ask for help: ',
};
const dictionaries: Record<Language, Words> = { zh, en };

export class PlainPages {
  constructor(private readonly built: BuiltPages) {}

  /** The front page: live shows first, then those to come, then those that are over. */
  home(shows: readonly ShowSummary[], language: Language): string {
    const w = dictionaries[language];
    const cards = inOrder(shows).map((show) => showCard(show, w));
    return this.page(
      w,
      `${w.name} · ${w.claim}`,
      [
        `<header class="plain-head"><p class="plain-name">${w.name}</p><h1>${w.claim}</h1>`,
        `<p class="plain-about">${w.about}</p></header>`,
        `<main><h2>${w.shows}</h2>`,
        cards.length > 0
          ? `<ul class="plain-shows">${cards.join('')}</ul>`
          : `<p class="plain-none">${w.none}</p>`,
        `</main>${foot(w, language)}`,
      ].join(''),
    );
  }

  /** A refusal in both languages, the reader's first, with the number to quote. */
  problem(problem: Problem, language: Language): string {
    const w = dictionaries[language];
    const said = language === 'zh' ? [problem.detail, problem.title] : [problem.title, problem.detail];
    return this.page(
      w,
      `${problem.status} · ${w.name}`,
      [
        `<header class="plain-head"><p class="plain-name">${w.name}</p><h1>${escapeHtml(said[0]!)}</h1>`,
        `<p class="plain-about" lang="${language === 'zh' ? 'en' : 'zh-CN'}">${escapeHtml(said[1]!)}</p></header>`,
        `<main><p class="plain-none">${problem.status} · ${w.quote}<code>${escapeHtml(problem.requestId)}</code></p>`,
        `<p><a class="plain-go" href="/">${w.home}</a></p></main>${foot(w, language)}`,
      ].join(''),
    );
  }

  /** @param page its body is HTML already */
  of({ lang, title, body }: PlainPage): string {
    return this.built.filled('plain', {
      'plain:lang': lang,
      'plain:title': escapeHtml(title),
      'plain:body': body,
    });
  }

  private page({ lang }: Words, title: string, body: string): string {
    return this.of({ lang, title, body });
  }
}

const order: ShowSummary['phase'][] = ['open', 'sealed', 'draft', 'closed', 'settled'];
/** Among those that are over the last one first; among the others the next one. */
function inOrder(shows: readonly ShowSummary[]): ShowSummary[] {
  const isOver = (show: ShowSummary) => order.indexOf(show.phase) > 2;
  return [...shows].sort(
    (a, b) =>
      order.indexOf(a.phase) - order.indexOf(b.phase) ||
      (a.startsAtMs - b.startsAtMs) * (isOver(a) ? -1 : 1) ||
      a.showId.localeCompare(b.showId),
  );
}

function showCard(show: ShowSummary, w: Words): string {
  const { phase } = show;
  const over = phase === 'closed' || phase === 'settled';
  const room = `/r/${escapeHtml(show.showId)}`;
  const word = over ? w.result : phase === 'open' ? w.enter : w.watch;
  const certificate = over ? `<a href="/c/${escapeHtml(show.showId)}">${w.certificate}</a>` : '';
  const code = show.code === null ? '' : `<span>${w.code} ${escapeHtml(show.code)}</span>`;
  return [
    `<li class="plain-show ${phase}"><div><p class="plain-phase">${w.phases[phase]}</p>`,
    `<h3><a href="${room}">${escapeHtml(show.title)}</a></h3>`,
    `<p>${escapeHtml(show.card.township)} · ${escapeHtml(w.host(show.card.hostTitle))}</p>`,
    `<p class="plain-facts"><time datetime="${new Date(show.startsAtMs).toISOString()}">${wallClock(show.startsAtMs)}</time>`,
    `<span>${w.counts(show.lots, show.units)}</span>${code}</p></div>`,
    `<p class="plain-acts"><a class="plain-go" href="${room}">${word}</a>${certificate}</p></li>`,
  ].join('');
}

/** '11-24 19:30', the township's time (UTC+8). */
const wallClock = (atMs: number) =>
  new Date(atMs + 8 * 3_600_000).toISOString().slice(5, 16).replace('T', ' ');

function foot(w: Words, language: Language): string {
  const other = language === 'zh' ? 'en' : 'zh';
  return [
    '<footer class="plain-foot">',
    `<a href="/host">${w.forHosts}</a><a href="/township">${w.forTownship}</a><a href="/docs">${w.docs}</a>`,
    `<a href="/?lang=${other}" lang="${dictionaries[other].lang}">${w.other}</a></footer>`,
  ].join('');
}
