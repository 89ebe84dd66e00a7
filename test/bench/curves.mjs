import { median } from './limits.mjs';

/** The cost curves of the last run as one picture, drawn by hand: a few small charts need no library. */

const CHART = { width: 420, height: 250, left: 56, right: 30, top: 44, bottom: 40 };
const LABEL = 30;
const INK = '#2f2a26';
const FAINT = '#d9d2c7';
const COLOURS = ['#2f6b4f', '#b4552d'];

/** @param result what `npm run bench` wrote into .cache/bench.json */
export function drawCurves({ at, quick, machine, curves }) {
  const charts = chartsOf(curves).filter(({ lines }) => lines.some(({ points }) => points.length > 0));
  const columns = 2;
  const [width, height] = [CHART.width * columns, CHART.height * Math.ceil(charts.length / columns) + 30];
  const drawn = charts.map((chart, n) => {
    const [x, y] = [CHART.width * (n % columns), CHART.height * Math.floor(n / columns)];
    return `<g transform="translate(${x} ${y})">${drawChart(chart)}</g>`;
  });
  const foot = `${at.slice(0, 10)} · ${machine}${quick ? ' · quick' : ''} · absolute figures are this machine's; the shapes count`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="11" fill="${INK}">`,
    `<rect width="${width}" height="${height}" fill="#fffdf9"/>`,
    ...drawn,
    `<text x="16" y="${height - 12}" fill="#7a7168">${escaped(foot)}</text>`,
    '</svg>\n',
  ].join('\n');
}

const line = (name, points, x, y) => ({
  name,
  points: points.map((point) => [point[x], point[y]]).filter(([, value]) => Number.isFinite(value)),
});

function chartsOf({ bidders = [], watchers = [], lots = [], history = [] }) {
  const isGood = (point) => point.void === undefined;
  const counted = bidders.filter(isGood);
  const flat = history.map(({ leaves, ratios }) => ({ leaves, ratio: median(ratios) }));
  return [
    {
      title: 'accepted bids/s by bidders on one lot',
      lines: [line('accepted/s', counted, 'bidders', 'acceptedPerSecond')],
      logX: true,
    },
    {
      title: 'answer p99, ms, by bidders who never rest',
      lines: [line('answer p99', counted, 'bidders', 'p99Ms')],
      logX: true,
    },
    {
      title: 'by watchers at 20 bids/s: p99, ms',
      lines: [
        line('answer', watchers, 'watchers', 'answerP99Ms'),
        line('on the screen', watchers, 'watchers', 'screenP99Ms'),
      ],
    },
    {
      title: 'by watchers at 20 bids/s: cores of the server',
      lines: [line('cores', watchers, 'watchers', 'serverCpu')],
    },
    {
      title: 'accepted bids/s of 50 bidders by lots that are open at once',
      lines: [line('accepted/s', lots.filter(isGood), 'lots', 'acceptedPerSecond')],
      logX: true,
    },
    {
      title: 'rate of a short log ÷ rate at so many leaves',
      lines: [line('ratio', flat, 'leaves', 'ratio')],
    },
  ];
}

const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

function drawChart({ title, lines, logX = false }) {
  const { width, height, left, right, top, bottom } = CHART;
  const all = lines.flatMap(({ points }) => points);
  const toX = logX ? Math.log10 : (x) => x;
  const most = Math.max(...all.map(([x]) => toX(x)));
  const least = logX ? Math.min(...all.map(([x]) => toX(x))) : 0;
  const { step, top: high } = scaleTo(Math.max(...all.map(([, y]) => y)));
  const x = (value) => left + ((toX(value) - least) / (most - least || 1)) * (width - left - right);
  const y = (value) => height - bottom - (value / high) * (height - top - bottom);
  const grid = Array.from({ length: Math.round(high / step) + 1 }, (_, n) => n * step).map(
    (value) =>
      `<line x1="${left}" x2="${width - right}" y1="${px(y(value))}" y2="${px(y(value))}" stroke="${FAINT}"/>` +
      `<text x="${left - 6}" y="${px(y(value) + 4)}" text-anchor="end">${short(value)}</text>`,
  );
  const marks = spaced(
    [...new Set(all.map(([value]) => value))].sort((a, b) => b - a),
    x,
  ).map(
    (value) =>
      `<text x="${px(x(value))}" y="${height - bottom + 16}" text-anchor="middle">${short(value)}</text>`,
  );
  const drawn = lines.map(({ points, name }, n) => {
    const colour = COLOURS[n];
    const path = points.map(([a, b]) => `${px(x(a))},${px(y(b))}`).join(' ');
    const dots = points.map(([a, b]) => `<circle cx="${px(x(a))}" cy="${px(y(b))}" r="3" fill="${colour}"/>`);
    const key =
      lines.length > 1 ? `<text x="${left + 90 * n}" y="${top - 8}" fill="${colour}">${name}</text>` : '';
    return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join('')}${key}`;
  });
  const name = `<text x="${left}" y="${top - 24}" font-size="13" font-weight="bold">${escaped(title)}</text>`;
  return [name, ...grid, ...marks, ...drawn].join('\n');
}

/** Those that can be read beside each other. */
const spaced = (values, x) =>
  values.reduce((kept, value) => {
    const isClear = kept.length === 0 || x(kept.at(-1)) - x(value) >= LABEL;
    return isClear ? [...kept, value] : kept;
  }, []);

const px = (value) => value.toFixed(1);
const short = (value) => {
  if (value >= 1e6) return `${+(value / 1e6).toFixed(1)} M`;
  if (value >= 10_000) return `${Math.round(value / 1e3)} k`;
  return String(+value.toPrecision(3));
};

/** Round steps, four to six of them. */
function scaleTo(most) {
  const raw = (most || 1) / 5;
  const unit = 10 ** Math.floor(Math.log10(raw));
  const step = unit * [1, 2, 5, 10].find((times) => times * unit >= raw);
  return { step, top: Math.ceil((most || 1) / step) * step };
}
