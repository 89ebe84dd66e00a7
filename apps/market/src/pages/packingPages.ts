import { pickingOf } from '@qingpai/auction';
import { type Parcel, type ParcelLine } from '@qingpai/wire';
import { renderSVG } from 'uqr';
import { type PlainPage } from './growerSlip.js';
import { type Language } from './language.js';
import { escapeHtml } from './html.js';

/** Lists for the packing table, on A4, and a slip per parcel for a thermal printer. Phones are masked. */
export interface Printed {
  /** Of the show. */
  title: string;
  language: Language;
  /** Width of the roll, mm. */
  paper: '58' | '80';
  /** Where the buyer sees his parcel, for the square. */
  receipt: (parcel: Parcel) => string;
}

const zh = {
  lang: 'zh-CN',
  packing: '打包单',
  picking: '拣货单',
  slips: '包裹小票',
  paddle: (n: number) => `${n}号`,
  parcels: (n: number) => `${n} 个包裹`,
  units: (n: number) => `${n} 份`,
  noAddress: '没有地址',
  nothing: '没有要发的包裹。',
  scan: '扫码看包裹，坏损包赔',
};
type Words = typeof zh;
const en: Words = {
  lang: 'en',
  packing: 'Packing list',
  picking: 'Picking list',
  slips: 'Parcel slips',
  paddle: (n) => `No. ${n}`,
  parcels: (n) => `${n} parcels`,
  units: (n) => (n === 1 ? '1 unit' : `${n} units`),
  noAddress: 'No address',
  nothing: 'No parcel is to be sent.',
  scan: 'Scan to see the parcel; damage is made good',
};
const dictionaries: Record<Language, Words> = { zh, en };

const isToSend = ({ step }: ParcelLine): boolean => step === 'paid' || step === 'packed';
const toSend = (parcels: readonly Parcel[]): Parcel[] =>
  parcels
    .map((parcel) => ({ ...parcel, lines: parcel.lines.filter(isToSend) }))
    .filter(({ lines }) => lines.length > 0);

export function packingPage(all: readonly Parcel[], { title, language }: Printed): PlainPage {
  const w = dictionaries[language];
  const parcels = toSend(all);
  const rows = parcels.map(
    (parcel) => `
    <li class="pack-parcel"><h2><span class="pack-box"></span>${w.paddle(parcel.paddle)} ${escapeHtml(parcel.nickname)}</h2>
      <p>${addressOf(parcel, w)}</p>${linesOf(parcel, w)}</li>`,
  );
  return page(`${w.packing} · ${title}`, w, 'a4', [
    `<p>${w.parcels(parcels.length)}</p>`,
    parcels.length > 0 ? `<ul class="pack-list">${rows.join('')}</ul>` : `<p>${w.nothing}</p>`,
  ]);
}

/** Village by village, grower by grower: who fetches has one way to go. */
export function pickingPage(all: readonly Parcel[], { title, language }: Printed): PlainPage {
  const w = dictionaries[language];
  const villages = pickingOf(all).map(({ village, growers }) => {
    const parts = growers.map(({ growerName, lots }) => {
      const rows = lots.map(({ number, title: name, unit, units, takers }) => {
        const who = takers
          .map(({ paddle, units: n }) => `${w.paddle(paddle)}${n > 1 ? `×${n}` : ''}`)
          .join('、');
        return `<tr><td class="pack-box"></td><td>${Number(number)}</td><td>${escapeHtml(name)}</td><td>${units} ${escapeHtml(unit)}</td><td>${who}</td></tr>`;
      });
      return `<p><b>${escapeHtml(growerName)}</b></p><table class="pack-table">${rows.join('')}</table>`;
    });
    return `<section><h2>${escapeHtml(village)}</h2>${parts.join('')}</section>`;
  });
  const body = villages.length > 0 ? villages : [`<p>${w.nothing}</p>`];
  return page(`${w.picking} · ${title}`, w, 'a4', body);
}

/** One parcel per slip, each on a page of its own. */
export function parcelSlips(all: readonly Parcel[], { title, language, paper, receipt }: Printed): PlainPage {
  const w = dictionaries[language];
  const slips = toSend(all).map(
    (parcel) => `
    <main class="slip p${paper} pack-slip"><p>${escapeHtml(title)}</p>
      <h1>${w.paddle(parcel.paddle)} ${escapeHtml(parcel.nickname)}</h1>
      <p>${addressOf(parcel, w)}</p>${linesOf(parcel, w)}
      <figure class="slip-square">${renderSVG(receipt(parcel), { ecc: 'M', border: 2 })}<figcaption>${w.scan}</figcaption></figure></main>`,
  );
  const body = slips.length > 0 ? slips.join('') : `<main class="slip p${paper}"><p>${w.nothing}</p></main>`;
  return { lang: w.lang, title: `${w.slips} · ${title}`, body };
}

function addressOf({ address, phone }: Parcel, w: Words): string {
  const words = address ? [address.name, address.phone, address.text] : [phone ?? '', w.noAddress];
  return escapeHtml(words.filter((word) => word !== '').join(' '));
}

function linesOf({ lines }: Parcel, w: Words): string {
  const rows = lines.map(
    ({ number, title, units }) =>
      `<li><span>${Number(number)} ${escapeHtml(title)}</span><b>${w.units(units)}</b></li>`,
  );
  return `<ul class="slip-sales">${rows.join('')}</ul>`;
}

const page = (title: string, w: Words, paper: 'a4', parts: readonly string[]): PlainPage => ({
  lang: w.lang,
  title,
  body: `<main class="slip p${paper}"><h1>${escapeHtml(title)}</h1>${parts.join('')}</main>`,
});
