import { median } from './limits.mjs';

/** Lines of the table: what was wanted, what came out of each repetition, and their median. */

const tests = {
  '≥': (x, wanted) => x >= wanted,
  '≤': (x, wanted) => x <= wanted,
  '=': (x, wanted) => x === wanted,
};

/**
 * @param wanted e.g. `≥ 0.2`; '' where there is no goal
 * @param runs a figure per repetition; a string says why that one is void
 */
export function row(goal, what, wanted, runs, note = '') {
  const figures = runs.filter((run) => typeof run === 'number' && Number.isFinite(run));
  const voids = runs.filter((run) => typeof run === 'string');
  const ratio = figures.length > 0 ? median(figures) : null;
  const [sign, bound] = wanted.split(' ');
  const met = ratio === null || wanted === '' ? null : tests[sign](ratio, Number(bound));
  const why = ratio === null ? `void: ${voids[0] ?? 'no figure'}` : '';
  const some =
    ratio !== null && voids.length > 0 ? `${voids.length} of ${runs.length} void: ${voids[0]}` : '';
  return { goal, what, wanted, ratio, met, runs, note: [why, some, note].filter(Boolean).join('; ') };
}

/** Left out of this run, and why. */
export const notMeasured = (goal, what, why) => ({
  ...{ goal, what, wanted: '', ratio: null, met: null, runs: [] },
  note: `not measured: ${why}`,
});

/** A ratio of two runs, or why one of them is void. */
export const over = (one, other, ratio) => one.void ?? other.void ?? ratio(one, other);
/** The same of times, which a late client voids as well. */
export const overTimes = (one, other, ratio) => one.voidTimes ?? other.voidTimes ?? ratio(one, other);

export function figure(x) {
  if (x === null) return '–';
  return Math.abs(x) >= 100 ? String(Math.round(x)) : x.toFixed(2);
}

/** Chinese characters are two columns wide. */
const width = (text) => [...text].reduce((sum, c) => sum + (/[\u2e80-\uffef]/.test(c) ? 2 : 1), 0);
const pad = (text, columns) => text + ' '.repeat(Math.max(0, columns - width(text)));

export function printed(rows) {
  const head = { goal: '目标', what: 'what', wanted: 'goal', ratio: 'measured', note: '' };
  return [head, ...rows].map(({ goal, what, wanted, ratio, met, note }) => {
    const shown = typeof ratio === 'string' ? ratio : figure(ratio);
    const verdict = met === undefined ? '' : met === null ? ' ' : met ? '✓' : '✗';
    return `${pad(goal, 4)} ${pad(what, 66)} ${pad(wanted, 7)} ${shown.padStart(8)} ${verdict} ${note}`.trimEnd();
  });
}

/** The same for a document. */
export function markdown(rows) {
  const cells = rows.map(({ goal, what, wanted, ratio, met, note }) =>
    [
      goal,
      what,
      wanted || '–',
      figure(ratio),
      met === null ? '–' : met ? 'met' : '**missed**',
      note || '',
    ].join(' | '),
  );
  return ['| goal | what | wanted | measured | | |', '| --- | --- | --- | --- | --- | --- |']
    .concat(cells.map((line) => `| ${line} |`))
    .join('\n');
}
