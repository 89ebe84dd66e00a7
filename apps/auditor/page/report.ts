import { type LeafCertificate } from '@qingpai/auction/rules';
import { type SeasonVerification, type Verdict, type Verification } from '@qingpai/wire';
import { inParts } from '../src/inParts.js';
import { gateWords, NOT_PROVED, standingWords, verdictWords } from '../src/words.js';
import { h } from './dom.js';
import { type BrokenLeaf, type Judged } from './judging.js';
import { type Language, type Words } from './words.js';

/** Green only for what the claim says: everything sold. Red only where something does not hold. */
const tones: Record<Verdict, 'good' | 'wait' | 'bad'> = {
  ALL_SOLD_AND_SETTLED: 'good',
  ALL_SOLD_UNSETTLED: 'good',
  ALL_ACCOUNTED_NOT_ALL_SOLD: 'wait',
  INCOMPLETE: 'wait',
  INVALID: 'bad',
  EQUIVOCATION: 'bad',
  STALE: 'wait',
  DAMAGED: 'wait',
  UNTRUSTED: 'wait',
};
const marks = { good: '✓', wait: '!', bad: '✕' };

/** Everything that is said of a verdict, the most important first. */
export function reportOf(
  { verification, facts, broken, pinned, hasPolicy }: Judged,
  w: Words,
  language: Language,
): HTMLElement {
  const said = verification.verdict;
  return h(
    'div',
    { class: `report ${tones[said]}` },
    verdictCard(verification, facts, w, language),
    said === 'UNTRUSTED' &&
      h(
        'div',
        { class: 'card why' },
        h('p', null, hasPolicy ? w.otherPolicy : w.noPolicy),
        facts && h('p', null, w.onlyItsWord),
      ),
    ...broken.map((leaf) => brokenCard(leaf, w, language)),
    'shows' in verification && showsCard(verification, w, language),
    ...findingsCards(verification, broken, w, language),
    facts && countsCard(facts, w),
    facts && lotsCard(facts, w),
    gatesCard(verification, w, language),
    verification.notes.length > 0 &&
      card(w.notes, h('ul', null, ...verification.notes.map((note) => h('li', null, note[language])))),
    pinned.length > 0 &&
      card(
        w.pinned,
        ...pinned.map((key) => h('code', { class: 'key' }, key)),
        h('p', { class: 'small' }, w.pinnedHelp),
      ),
    h('p', { class: 'small limits' }, NOT_PROVED[language]),
  );
}

const card = (title: string, ...inside: (Node | string)[]): HTMLElement =>
  h('section', { class: 'card' }, h('h2', null, title), ...inside);

function verdictCard(
  { verdict, exitCode, size, code }: Verification,
  facts: LeafCertificate | null,
  w: Words,
  language: Language,
): HTMLElement {
  const tone = tones[verdict];
  const about = [
    facts?.origin ?? '',
    size > 0 ? w.leaves(size) : '',
    code === null ? '' : `${w.code} ${code}`,
    facts?.demo ? w.demo : '',
  ].filter((text) => text !== '');
  return h(
    'section',
    { class: 'card verdict', role: 'status', 'data-verdict': verdict, 'data-exit': String(exitCode) },
    h('span', { class: 'mark', 'aria-hidden': 'true' }, marks[tone]),
    h(
      'div',
      null,
      h('p', { class: 'words' }, verdictWords[verdict][language]),
      h('p', { class: 'name' }, h('code', null, verdict), ` ${w.exit(exitCode)}`),
      h('p', { class: 'small about' }, ...about.map((text) => h('span', null, text))),
    ),
  );
}

/** The leaf that does not hold, who wrote it, and its very bytes. */
function brokenCard({ i, text, type, findings, log }: BrokenLeaf, w: Words, language: Language): HTMLElement {
  const by = findings.find((finding) => finding.by !== null)?.by;
  const about = [log, type, by ? w.byWhom(w.authors[by] ?? `${w.authors.bidder} ${by}`) : null];
  return h(
    'section',
    { class: 'card broken', 'data-leaf': String(i) },
    h('h2', null, w.broken(i)),
    ...findings.map((finding) => h('p', null, finding[language])),
    h('p', { class: 'small' }, about.filter(Boolean).join(' · ')),
    h('p', { class: 'small raw' }, w.raw),
    h('pre', { tabindex: '0' }, text),
  );
}

/** What else was found, and which lots were not all sold. */
function findingsCards(
  verification: Verification | SeasonVerification,
  broken: readonly BrokenLeaf[],
  w: Words,
  language: Language,
): HTMLElement[] {
  const told = broken.flatMap((leaf) => leaf.findings);
  const shows = 'shows' in verification ? verification.shows : [];
  const all = [
    ...verification.findings.map((finding) => ({ finding, show: '' })),
    ...shows.flatMap(({ show, verification: one }) =>
      (one?.findings ?? []).map((finding) => ({ finding, show })),
    ),
  ].filter(({ finding }) => !told.includes(finding) && finding.code !== 'no-policy');
  const list = (title: string, some: typeof all) =>
    some.length === 0 ? [] : [card(title, h('ul', null, ...some.map((one) => h('li', null, ...line(one)))))];
  const line = ({ finding, show }: (typeof all)[number]) => {
    const { words, evidence } = inParts(finding[language]);
    return [
      show && `${show} `,
      finding.i === null ? null : h('code', null, `#${finding.i} `),
      words,
      evidence !== '' && h('pre', { tabindex: '0' }, evidence),
    ];
  };
  const isUnsold = ({ finding }: (typeof all)[number]) => finding.code === 'lot-unsold';
  return [
    ...list(
      w.findings,
      all.filter((one) => !isUnsold(one)),
    ),
    ...list(w.unsold, all.filter(isUnsold)),
  ];
}

function showsCard({ shows }: SeasonVerification, w: Words, language: Language): HTMLElement {
  const row = ({ show, standing, verification }: SeasonVerification['shows'][number]) =>
    h(
      'tr',
      {
        class: verification
          ? tones[verification.verdict]
          : standing === 'missing' || standing === 'unsealed'
            ? 'bad'
            : '',
      },
      h('td', null, show),
      h('td', null, standingWords[standing][language]),
      h('td', null, verification ? verdictWords[verification.verdict][language] : '—'),
    );
  return card(
    w.shows,
    h('div', { class: 'wide', tabindex: '0' }, h('table', null, h('tbody', null, ...shows.map(row)))),
  );
}

function countsCard(facts: LeafCertificate, w: Words): HTMLElement {
  const grades = (['firstPass', 'afterReoffer', 'paid', 'delivered'] as const).map((name) =>
    h(
      'li',
      null,
      h('b', null, percent(facts[name])),
      h('span', null, w.grades[name]),
      h('small', null, `${facts[name].units} / ${facts[name].of}`),
    ),
  );
  return card(
    w.counts,
    h('p', { class: 'law' }, lawOf(facts, w)),
    h('p', null, w.sums(money(facts.hammerFen), money(facts.paidFen))),
    h('ul', { class: 'grades' }, ...grades),
  );
}

/** What was not sold comes first. */
function lotsCard({ lots }: LeafCertificate, w: Words): HTMLElement | null {
  if (lots.length === 0) return null;
  const soldOf = (lot: LeafCertificate['lots'][number]) =>
    lot.attempts.reduce((sum, one) => sum + one.soldUnits, 0);
  const isSold = (lot: LeafCertificate['lots'][number]) =>
    lot.phase === 'hammered' && soldOf(lot) === lot.units;
  const row = (lot: LeafCertificate['lots'][number]) =>
    h(
      'tr',
      { class: isSold(lot) ? '' : 'unsold' },
      h('td', null, `${lot.number} ${lot.title}`),
      h('td', null, lot.phase === 'hammered' ? w.soldOf(soldOf(lot), lot.units) : w.phases[lot.phase]),
      h('td', { class: 'n' }, lot.hammerFen > 0 ? money(lot.hammerFen) : '—'),
      h('td', { class: 'n' }, w.times(lot.attempts.length)),
    );
  const ordered = [...lots.filter((lot) => !isSold(lot)), ...lots.filter(isSold)];
  const head = h('tr', null, ...w.lotHead.map((word, k) => h('th', k > 1 ? { class: 'n' } : null, word)));
  const table = h('table', null, h('thead', null, head), h('tbody', null, ...ordered.map(row)));
  return card(w.lots, h('div', { class: 'wide', tabindex: '0' }, table));
}

function gatesCard({ gates }: Verification, w: Words, language: Language): HTMLElement {
  const gate = ({ gate: name, ok, zh, en }: Verification['gates'][number]) =>
    h(
      'li',
      { class: ok === null ? 'off' : ok ? 'ok' : 'no' },
      h('b', { 'aria-hidden': 'true' }, ok === null ? '–' : ok ? '✓' : '✕'),
      h('span', { class: 'unseen' }, ok === null ? w.gateUnreached : ok ? w.gateOk : w.gateNo),
      h(
        'span',
        null,
        `${gateWords[name]?.[language] ?? name}${language === 'zh' ? '：' : ': '}${inParts(language === 'zh' ? zh : en).words}`,
      ),
    );
  return card(w.gates, h('ol', { class: 'gates' }, ...gates.map(gate)));
}

/** A number stays on the line of its word. */
const lawOf = (facts: LeafCertificate, w: Words): string => {
  const { sealedUnits, soldUnits, passedUnits, withdrawnUnits, carriedUnits, openUnits } = facts;
  const law = w.law(sealedUnits, soldUnits, passedUnits, withdrawnUnits, carriedUnits, openUnits);
  return law.replace(/ (?=\d)/g, '\u00a0');
};

const percent = ({ units, of }: { units: number; of: number }): string =>
  // Rounded down: 100 % is written only where all of it is meant.
  of === 0 ? '—' : `${(Math.floor((units * 1_000) / of) / 10).toFixed(1).replace(/\.0$/, '')}%`;

const money = (fen: number): string =>
  `¥${Math.floor(fen / 100).toLocaleString('en')}${fen % 100 ? `.${String(fen % 100).padStart(2, '0')}` : ''}`;
