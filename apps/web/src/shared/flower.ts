/**
 * A drawn picture for a lot that has no photo yet: flat petals over mist, one shape per kind of plant, seeded by
 * the lot number so that a lot always looks the same. The kind is read from the first word of the name.
 */
type Colours = readonly string[];
type Random = () => number;
type Draw = (random: Random, colours: Colours) => string;

/** A linear congruential generator (Numerical Recipes): the same seed draws the same flower everywhere. */
function seeded(seed: number): Random {
  let s = seed >>> 0 || 1;
  return () => (s = (Math.imul(s, 1_664_525) + 1_013_904_223) >>> 0) / 4_294_967_296;
}

const at = (x: number, y: number, inner: string, turn = 0, size = 1) =>
  `<g transform="translate(${round(x)} ${round(y)}) rotate(${round(turn)})${size === 1 ? '' : ` scale(${round(size)})`}">${inner}</g>`;
const round = (n: number) => Math.round(n * 10) / 10;
const path = (d: string, fill: string, more = '') => `<path d="${d}" fill="${fill}"${more}/>`;
const line = (d: string, colour: string, width: number) =>
  `<path d="${d}" fill="none" stroke="${colour}" stroke-width="${width}" stroke-linecap="round" stroke-linejoin="round"/>`;
const dot = (r: number, fill: string, x = 0, y = 0) =>
  `<circle cx="${x}" cy="${y}" r="${r}" fill="${fill}"/>`;
const oval = (x: number, y: number, rx: number, ry: number, fill: string, turn = 0) =>
  `<ellipse rx="${rx}" ry="${ry}" fill="${fill}" transform="translate(${round(x)} ${round(y)}) rotate(${turn})"/>`;
const times = (n: number, draw: (k: number) => string) =>
  Array.from({ length: n }, (_, k) => draw(k)).join('');
const pick = (colours: Colours, k: number) => colours[k % colours.length] ?? '#888';

/** A petal from the origin upwards; `tip` 0 is round, 1 is pointed. */
function petal(length: number, width: number, tip = 0.5): string {
  const shoulder = width * (1 - tip * 0.5);
  return `M0 0C${round(width)} ${round(-length * 0.25)} ${round(shoulder)} ${round(-length * 0.85)} 0 ${-length}C${round(-shoulder)} ${round(-length * 0.85)} ${round(-width)} ${round(-length * 0.25)} 0 0Z`;
}
const ring = (n: number, d: string, fill: string, turn = 0) =>
  times(n, (k) => path(d, fill, ` transform="rotate(${round(turn + (360 / n) * k)})"`));
const leaf = (x: number, y: number, turn: number, length: number, fill: string, width = 0.22) =>
  at(
    x,
    y,
    path(petal(length, length * width, 0.9), fill) +
      `<path d="M0 0V${round(-length * 0.9)}" stroke="#fff" stroke-opacity=".25" stroke-width="2"/>`,
    turn,
  );
/** A long curved blade, as of orchids and clivias. */
const blade = (x: number, reach: number, height: number, width: number, fill: string) =>
  path(
    `M${x} 120C${x + reach * 0.1} ${120 - height * 0.7} ${x + reach * 0.5} ${120 - height} ${x + reach} ${120 - height * 0.86}C${x + reach * 0.5} ${120 - height + width * 1.6} ${x + reach * 0.1 + width} ${120 - height * 0.6} ${x + width} 120Z`,
    fill,
  );
const pot = (fill: string, y = 84) =>
  path(`M-66 ${y}h132l-14 46q-52 12 -104 0z`, fill) +
  `<rect x="-72" y="${y - 8}" width="144" height="16" rx="6" fill="${fill}"/>`;
const trunk =
  line('M-4 106C-26 62 26 42 -4 8C-22 -12 -6 -34 18 -46', '#5d4532', 15) +
  line('M0 22C24 16 34 10 46 2M-8 4C-24 0 -36 -4 -46 -10', '#5d4532', 8);
const tray = path('M-74 94q74 12 148 0l-12 26q-62 14 -124 0z', '#7b5a45');
const pads: readonly (readonly [number, number, number])[] = [
  [28, -58, 52],
  [-46, -10, 40],
  [48, 0, 36],
  [-8, -88, 38],
];
const crowns = (colours: Colours) =>
  pads.map(([x, y, w], k) => oval(x, y, w, w * 0.52, pick(colours, k))).join('');
const overPads = (random: Random, count: number, draw: (k: number) => string) =>
  times(count, (k) => {
    const [x, y, w] = pads[k % pads.length] ?? [0, 0, 0];
    return at(x + (random() - 0.5) * w * 1.5, y + (random() - 0.5) * w * 0.7, draw(k), random() * 90);
  });
const leaves: Colours = ['#3f7d57', '#2f6b4a', '#4f8f67'];
const garden =
  leaf(0, 40, 118, 124, '#3f7d57') + leaf(0, 40, -122, 128, '#2f6b4a') + leaf(0, 50, 176, 110, '#4f8f67');

const shapes = {
  rose: (random, c) =>
    garden +
    times(5, (k) => ring(7 - k, petal(88 - k * 15, 46 - k * 7, 0.1), pick(c, k), random() * 360)) +
    dot(9, pick(c, 0)),
  /** 洋桔梗: cups of few wide ruffled petals on one stem, a bud beside them. */
  eustoma: (random, c) => {
    const cup = (size: number) =>
      times(3, (k) => ring(6 - k, petal(74 - k * 20, 52 - k * 12, 0), pick(c, k + size), random() * 60)) +
      dot(7, '#8fae5d');
    const stems = line(
      'M-6 150C-4 90 -30 40 -46 -6M-4 110C20 70 44 46 62 30M0 90C6 20 20 -40 34 -76',
      '#5c8f62',
      6,
    );
    return (
      stems +
      leaf(-6, 110, -70, 76, '#6f9f74') +
      leaf(4, 120, 74, 70, '#5c8f62') +
      at(-44, -22, cup(0)) +
      at(58, 26, cup(1), 30, 0.72) +
      at(40, -92, path(petal(58, 22, 0.8), pick(c, 2)) + path(petal(34, 12, 0.9), '#7fa777'), 12)
    );
  },
  gerbera: (_, c) =>
    line('M0 20C6 80 -4 120 2 160', '#5c8f62', 10) +
    ring(22, petal(104, 12, 0.3), pick(c, 1)) +
    ring(20, petal(78, 11, 0.3), pick(c, 0), 8) +
    dot(25, '#5b3a1d') +
    ring(18, petal(22, 4), '#e9b44c', 4) +
    dot(9, '#3d2612'),
  /** 蝴蝶兰: an arching spike of moth-shaped flowers. */
  moth: (_, c) => {
    const bloom =
      ring(3, petal(62, 25, 0.4), pick(c, 1)) +
      path(petal(62, 44, 0.05), pick(c, 0), ' transform="rotate(-76)"') +
      path(petal(62, 44, 0.05), pick(c, 0), ' transform="rotate(76)"') +
      path(petal(30, 17, 0.2), pick(c, 2), ' transform="rotate(180)"') +
      dot(6, '#fff3d0', 0, -3);
    return (
      leaf(-4, 142, -66, 104, '#2f6b4a', 0.3) +
      leaf(4, 142, 68, 96, '#3f7d57', 0.3) +
      line('M0 142C-20 60 -30 -40 -66 -84C-40 -118 20 -112 76 -74', '#5c7f4a', 6) +
      at(-62, -66, bloom, -14, 0.94) +
      at(20, -74, bloom, 8, 0.86) +
      at(82, -26, bloom, 20, 0.72) +
      at(-24, 18, bloom, -6, 1) +
      dot(9, pick(c, 1), 106, -88) +
      dot(6, pick(c, 1), 122, -72)
    );
  },
  /** 大花蕙兰: upright spikes of five equal petals round a spotted lip, narrow leaves. */
  cymbidium: (_, c) => {
    const bloom =
      ring(5, petal(52, 20, 0.6), pick(c, 0)) +
      ring(5, petal(34, 5, 0.6), pick(c, 1)) +
      path(petal(36, 22, 0), pick(c, 2), ' transform="rotate(180)"') +
      dot(5, '#fff6d8', 0, 14) +
      dot(6, '#fff6d8');
    const spots: readonly (readonly [number, number, number])[] = [
      [-44, 44, 0.8],
      [34, 56, 0.78],
      [-62, -18, 0.86],
      [44, -14, 0.9],
      [-30, -78, 0.92],
      [46, -88, 0.8],
    ];
    return (
      blade(-14, -130, 190, 12, '#3f7d57') +
      blade(10, 128, 176, 12, '#2f6b4a') +
      blade(-4, -70, 236, 10, '#4f8f67') +
      blade(4, 84, 232, 10, '#3f7d57') +
      line('M0 140C-6 60 -14 -20 0 -120', '#6b8b3f', 6) +
      spots.map(([x, y, s], k) => at(x, y, bloom, k * 23 - 50, s)).join('')
    );
  },
  /** 兰 (建兰, 春兰): ink-painting blades and two small flowers. */
  orchid: (random, c) => {
    const bloom =
      path(petal(48, 13, 0.9), pick(c, 0)) +
      path(petal(46, 13, 0.9), pick(c, 0), ' transform="rotate(112)"') +
      path(petal(46, 13, 0.9), pick(c, 0), ' transform="rotate(-112)"') +
      path(petal(26, 11, 0.5), pick(c, 1), ' transform="rotate(38)"') +
      path(petal(26, 11, 0.5), pick(c, 1), ' transform="rotate(-38)"') +
      path(petal(24, 11, 0), pick(c, 2), ' transform="rotate(180)"') +
      dot(3, '#a8433a', 0, 12);
    const reach: readonly (readonly [number, number])[] = [
      [-140, 150],
      [-104, 214],
      [-48, 252],
      [40, 246],
      [98, 224],
      [142, 168],
    ];
    return (
      reach.map(([x, h], k) => blade(k * 4 - 12, x + random() * 12, h, 8, pick(leaves, k))).join('') +
      line('M-2 120C-6 60 -22 20 -34 -14M4 120C10 50 30 0 46 -40', '#7d8f52', 5) +
      at(-36, -28, bloom, -12, 1.16) +
      at(50, -52, bloom, 16, 1.3) +
      pot('#8a6f5a', 112)
    );
  },
  hydrangea: (random, c) =>
    garden +
    times(46, (k) => {
      const turn = k * 2.39996; // the golden angle spreads the florets evenly
      const far = 14.2 * Math.sqrt(k);
      return at(
        Math.cos(turn) * far,
        Math.sin(turn) * far,
        ring(4, petal(19, 13, 0.05), pick(c, Math.floor(random() * c.length))) + dot(2.6, '#fffbe8'),
        random() * 90,
      );
    }),
  lily: (_, c) =>
    garden +
    ring(3, petal(120, 34, 0.9), pick(c, 1), 30) +
    ring(3, petal(122, 40, 0.9), pick(c, 0), 90) +
    ring(6, petal(90, 2, 0.9), pick(c, 2), 30) +
    ring(6, 'M-1.4 0L1.4 0L1 -62L-1 -62Z', '#9db36a', 15) +
    times(
      6,
      (k) => `<ellipse rx="4" ry="8" fill="#a4501e" transform="rotate(${15 + k * 60}) translate(0 -64)"/>`,
    ),
  camellia: (_, c) =>
    garden +
    times(6, (k) => ring(9, petal(102 - k * 15, 38 - k * 5, 0.05), pick(c, k), k * 20)) +
    dot(6, '#f0c24b'),
  /** 君子兰: a fan of broad straps, an umbel of orange trumpets. */
  clivia: (_, c) => {
    const trumpet =
      path(petal(56, 20, 0.3), pick(c, 0)) +
      path(petal(56, 13, 0.8), pick(c, 1)) +
      path(petal(20, 7, 0.6), '#f6d36b');
    return (
      blade(-16, -128, 132, 26, '#2f6b4a') +
      blade(-10, -84, 186, 26, '#3f7d57') +
      blade(-16, 144, 132, 26, '#27593e') +
      blade(-14, 96, 184, 26, '#3f7d57') +
      path('M-9 126C-6 60 -6 20 -6 -24H8C8 20 10 60 11 126Z', '#6b9a5c') +
      times(7, (k) => at(0, -26, trumpet, -93 + k * 31, k % 2 ? 1.15 : 1.35)) +
      dot(8, '#f6d36b', 0, -30)
    );
  },
  /** 多肉: nine rosettes in a square tray. */
  succulent: (random, c) => {
    const rosette = (k: number) =>
      times(3, (r) => ring(8 - r, petal(36 - r * 10, 15 - r * 3, 0.7), pick(c, k + r), r * 22)) +
      dot(4, '#fff', 0, 0);
    return (
      `<rect x="-122" y="-122" width="244" height="244" rx="22" fill="#8a6f5a"/><rect x="-108" y="-108" width="216" height="216" rx="14" fill="#5d4a3a"/>` +
      times(9, (k) =>
        at(
          ((k % 3) - 1) * 70,
          (Math.floor(k / 3) - 1) * 70,
          rosette(k),
          random() * 45,
          0.92 + random() * 0.1,
        ),
      )
    );
  },
  /** 长寿花: domes of tiny four-petalled stars over scalloped leaves. */
  kalanchoe: (random, c) => {
    const star = (k: number) => ring(4, petal(15, 9, 0.6), pick(c, k)) + dot(3, '#f7e08a');
    const dome = (x: number, y: number, first: number) =>
      times(13, (k) =>
        at(
          x + Math.cos(k * 2.4) * 11 * Math.sqrt(k),
          y + Math.sin(k * 2.4) * 8.5 * Math.sqrt(k),
          star(first),
          random() * 90,
        ),
      );
    const scallop = (x: number, y: number, turn: number, fill: string) =>
      at(
        x,
        y,
        path(
          'M0 0C34 -8 40 -34 28 -46C34 -62 14 -80 0 -84C-14 -80 -34 -62 -28 -46C-40 -34 -34 -8 0 0Z',
          fill,
        ),
        turn,
      );
    return (
      pot('#b4714f', 92) +
      scallop(-20, 92, -72, '#2f6b4a') +
      scallop(20, 92, 72, '#2f6b4a') +
      scallop(-8, 84, -34, '#3f7d57') +
      scallop(8, 84, 34, '#4f8f67') +
      scallop(0, 72, 0, '#3f7d57') +
      dome(-62, -4, 0) +
      dome(62, 0, 1) +
      dome(0, -62, 2) +
      dome(0, 22, 3)
    );
  },
  /** 映山红: an open bush of five-petalled trumpets with long stamens. */
  azalea: (random, c) => {
    const bloom = (k: number) =>
      ring(5, petal(34, 19, 0.35), pick(c, k)) +
      path(petal(20, 5, 0.8), pick(c, k + 1)) +
      ring(5, 'M-.8 0L.8 0L.6 -26L-.6 -26Z', '#fff3e6', 36) +
      dot(3, '#f7d9a0');
    return (
      line('M0 150C-2 100 -10 60 -56 10M0 110C10 70 40 40 66 20M-4 80C0 30 6 -20 14 -60', '#6b4d38', 8) +
      times(12, (k) => leaf(Math.cos(k) * 66, 14 + Math.sin(k * 1.7) * 60, k * 30, 46, pick(leaves, k))) +
      times(11, (k) =>
        at(
          Math.cos(k * 2.4) * 28 * Math.sqrt(k),
          -14 + Math.sin(k * 2.4) * 26 * Math.sqrt(k),
          bloom(k),
          random() * 72,
        ),
      )
    );
  },
  /** 映山红老桩, 组合盆景: the same flowers on an old trunk in a tray. */
  azaleaBonsai: (random, c) =>
    tray +
    trunk +
    crowns(leaves) +
    overPads(random, 30, (k) => ring(5, petal(14, 8, 0.3), pick(c, k)) + dot(2.4, '#fff3e6')),
  /** 高山杜鹃: one round truss of bells above a whorl of long leaves. */
  rhododendron: (random, c) =>
    times(9, (k) => leaf(0, 46, 100 + k * 20, 132, pick(leaves, k), 0.18)) +
    times(17, (k) =>
      at(
        Math.cos(k * 2.4) * 21 * Math.sqrt(k),
        -12 + Math.sin(k * 2.4) * 21 * Math.sqrt(k),
        ring(5, petal(31, 21, 0), pick(c, k)) +
          ring(5, petal(12, 4, 0.6), pick(c, k + 1), 36) +
          dot(4, '#f2e6c0'),
        random() * 72,
      ),
    ),
  /** 红掌: glossy hearts, each with its spike. */
  anthurium: (_, c) => {
    const heart = 'M0 30C-14 4 -70 4 -66 -40C-62 -74 -16 -74 0 -46C16 -74 62 -74 66 -40C70 4 14 4 0 30Z';
    const spathe =
      at(0, 0, path(heart, pick(c, 0)) + line('M0 20C-4 -8 -2 -24 0 -44', pick(c, 1), 3), 180) +
      line('M0 -6C6 26 2 46 12 66', '#f1cf6a', 13) +
      line('M0 -6C6 26 2 46 12 66', '#e0a83c', 5);
    return (
      line('M0 150C-10 90 -40 40 -52 0M0 150C14 100 52 70 68 40M0 150C4 80 10 0 16 -50', '#5c7f4a', 6) +
      at(-72, 96, path(heart, '#2f6b4a'), 200, 0.8) +
      at(84, 108, path(heart, '#3f7d57'), 150, 0.76) +
      at(-50, -8, spathe, -22, 0.94) +
      at(70, 30, spathe, 26, 0.76) +
      at(20, -78, spathe, 6, 0.7)
    );
  },
  /** 金线莲: dark velvet leaves netted with gold. */
  jewel: (random, c) => {
    const d = 'M0 0C50 -14 56 -72 0 -104C-56 -72 -50 -14 0 0Z';
    const veins = line(
      'M0 -2V-98M0 -24L28 -44M0 -24L-28 -44M0 -46L26 -66M0 -46L-26 -66M0 -68L15 -82M0 -68L-15 -82M28 -44L26 -66L15 -82M-28 -44L-26 -66L-15 -82',
      pick(c, 2),
      2.2,
    );
    const one = (k: number) => path(d, pick(c, k % 2)) + veins;
    return (
      line('M-4 150C-2 80 6 10 0 -60', '#8a4f4a', 7) +
      times(7, (k) =>
        at(0, 96 - k * 26, one(k), (k % 2 ? 62 : -62) + (random() - 0.5) * 20, 1.12 - k * 0.06),
      ) +
      at(0, -58, one(1), 4, 0.72)
    );
  },
  /** 铁皮石斛: jointed canes, small leaves, straw-yellow flowers. */
  dendrobium: (random, c) => {
    const bloom =
      ring(5, petal(26, 9, 0.7), pick(c, 0)) +
      path(petal(18, 12, 0), pick(c, 1), ' transform="rotate(180)"') +
      dot(4, pick(c, 2), 0, 9);
    const cane = (x: number, bend: number, k: number) =>
      line(`M${x} 118C${x + bend * 0.2} 40 ${x + bend * 0.7} -30 ${x + bend} -96`, '#7a8f4c', 12) +
      times(
        5,
        (n) =>
          dot(7, '#5f7a3e', round(x + bend * (0.1 + n * 0.19)), 84 - n * 40) +
          leaf(x + bend * (0.1 + n * 0.19), 84 - n * 40, (n + k) % 2 ? 62 : -62, 46, pick(leaves, n)),
      );
    return (
      cane(-22, -56, 0) +
      cane(0, 4, 1) +
      cane(22, 58, 0) +
      at(-70, -92, bloom, -20, 1.2) +
      at(6, -100, bloom, 8, 1.3) +
      at(76, -84, bloom, 24, 1.2) +
      at(-46, -22, bloom, random() * 40) +
      at(48, -26, bloom, -30) +
      pot('#6d5a4a', 108)
    );
  },
  /** 罗汉松: a shaped pine in a tray. */
  bonsai: (random) =>
    tray +
    trunk +
    crowns(['#2f6b4a', '#3f7f58', '#27593e', '#4b8d65']) +
    overPads(random, 36, (k) =>
      ring(5, petal(13, 2.4, 0.9), pick(['#5fa178', '#3f7f58', '#79b38c'], k), k * 8),
    ),
  /** 金弹子: the same art with hanging orange fruit. */
  fruitBonsai: (random, c) =>
    tray +
    trunk +
    crowns(['#3f7f58', '#2f6b4a', '#4b8d65', '#27593e']) +
    overPads(
      random,
      22,
      (k) =>
        oval(0, 0, 8, 9.5, pick(c, k)) +
        path('M-4 -9L0 -5L4 -9L0 -12Z', '#6b8b3f') +
        dot(2, '#fff3d0', -3, -3),
    ),
  /** 蔬果: a basket of what the season gives. */
  produce: () =>
    leaf(-34, 4, -24, 96, '#4f8f67', 0.34) +
    leaf(-8, 0, 8, 108, '#3f7d57', 0.34) +
    leaf(20, 4, 30, 92, '#6fa36f', 0.34) +
    dot(36, '#d9483b', -56, 22) +
    dot(34, '#e8893a', 8, 20) +
    dot(32, '#c23a30', 66, 26) +
    path('M-62 -12L-56 -2L-50 -12L-56 -20Z', '#3f7d57') +
    oval(40, -14, 14, 42, '#7a4c8f', 34) +
    oval(-22, -4, 12, 36, '#f0c24b', -40) +
    path('M-112 38H112L92 116Q0 136 -92 116Z', '#b98a55') +
    line('M-108 60Q0 84 108 60M-102 86Q0 110 102 86', '#8f6537', 5) +
    times(8, (k) => line(`M${-84 + k * 24} ${44}L${-74 + k * 21} ${118}`, '#a2763f', 3)),
} satisfies Record<string, Draw>;
export type FlowerShape = keyof typeof shapes;

type Look = { shape: FlowerShape; colours: Colours; ground: string };
const look = (shape: FlowerShape, ground: string, ...colours: string[]): Look => ({ shape, colours, ground });

/** By the beginning of the name; where two fit, the first in this list. */
const looks: readonly (readonly [begins: RegExp, look: Look])[] = [
  [/^月季.*果汁/, look('rose', '#fdf0e4', '#f0894a', '#f5a56d', '#f7c08f', '#e76f45')],
  [/^月季.*朱丽叶/, look('rose', '#fbefe6', '#edb98e', '#f3cba8', '#f8dec4', '#e3a273')],
  [/^月季/, look('rose', '#fbeeea', '#d9483b', '#e2665a', '#eb857a', '#c23a30')],
  [/^洋桔梗.*香槟/, look('eustoma', '#eef0e2', '#efd3a8', '#f5e2c4', '#e6c08c', '#fbf0dc')],
  [/^洋桔梗/, look('eustoma', '#f1ecf5', '#b79ad0', '#cdb6e0', '#e2d3ee', '#a281c2')],
  [/^非洲菊/, look('gerbera', '#fdf3e6', '#f08a3c', '#f4a65f')],
  [/^蝴蝶兰.*满天红/, look('moth', '#f8ecf3', '#b53a86', '#9d2f74', '#f0c24b')],
  [/^蝴蝶兰/, look('moth', '#f9edf0', '#c9356a', '#a82454', '#f7dfe8')],
  [/^大花蕙兰.*黄金/, look('cymbidium', '#fbf6e2', '#e3c04a', '#c99f2a', '#a8433a')],
  [/^大花蕙兰/, look('cymbidium', '#f6f0e6', '#c9805f', '#a85c41', '#f0d9a8')],
  [/^春兰/, look('orchid', '#eef3e6', '#b7cf83', '#d6e2a8', '#f6f2dc')],
  [/^(建兰|兰)/, look('orchid', '#f5efe6', '#e0a58a', '#eec3a9', '#f6e6c8')],
  [/^绣球.*魔幻/, look('hydrangea', '#f6ecf2', '#c56f9c', '#d98fb3', '#e7b3cb', '#8fae6b')],
  [/^绣球/, look('hydrangea', '#eaf0fa', '#6f8fd0', '#88a5dd', '#a7bce8', '#9a8fd6')],
  [/^百合.*索邦/, look('lily', '#f6e6ec', '#e58ba8', '#efadc2', '#d1668a')],
  [/^百合/, look('lily', '#dfeadb', '#fdfdf6', '#eef1dd', '#dde8c4')],
  [/^茶花.*十八/, look('camellia', '#f9ecee', '#e9a3ab', '#f1bcc2', '#e28d97')],
  [/^茶花/, look('camellia', '#faeaea', '#b3202c', '#c93843', '#9c1824')],
  [/^君子兰/, look('clivia', '#fbf1e4', '#e8662c', '#f08a4e')],
  [/^多肉/, look('succulent', '#eef1e8', '#8fb39a', '#b9cfae', '#d99aa0', '#a5c4b5', '#c9b3d0')],
  [/^长寿花/, look('kalanchoe', '#fdf1e8', '#e0523f', '#f0a03c', '#e87fa0', '#f4cf52')],
  [/^映山红.*(老桩|组合|盆景)/, look('azaleaBonsai', '#f7ece8', '#d63f4b', '#e46a72', '#c22f3d')],
  [/^映山红/, look('azalea', '#fbecea', '#d63f4b', '#b92b39')],
  [/^高山杜鹃.*白/, look('rhododendron', '#dfe8e0', '#fbf8f2', '#f3ebe6')],
  [/^高山杜鹃|^杜鹃/, look('rhododendron', '#faedf1', '#e08aa6', '#cf5f86')],
  [/^红掌/, look('anthurium', '#f9ebe6', '#c9302c', '#9c1f1f')],
  [/^金线莲/, look('jewel', '#f3efe2', '#3c3326', '#4f4330', '#d9a94a')],
  [/^铁皮石斛|^石斛/, look('dendrobium', '#f3f4e2', '#e6dc8c', '#f4efc0', '#b5654a')],
  [/^金弹子/, look('fruitBonsai', '#f6f0e2', '#e8893a', '#d9662a', '#f0a84c')],
  [/^罗汉松|盆景/, look('bonsai', '#eef1e8')],
  [/菜|果|瓜|薯|笋|菇|茶|柚|橙|桃|梨/, look('produce', '#f4f1e4')],
];
const fallback = look('rose', '#fbeeea', '#d9483b', '#e2665a', '#eb857a', '#c23a30');

const lookOf = (title: string): Look => looks.find(([begins]) => begins.test(title))?.[1] ?? fallback;

/** The shape a name is drawn with. */
export const flowerShape = (title: string): FlowerShape => lookOf(title).shape;

/**
 * The drawing as an SVG string, 320 × 320. `fill` cuts it to the frame, `whole` keeps all of it and lets its
 * ground run on (the frame then needs `overflow: visible`). It is decoration: whoever shows it puts the lot's
 * name beside it.
 */
export function flower(title: string, seed: number, fit: 'fill' | 'whole' = 'fill'): string {
  const { shape, colours, ground } = lookOf(title.trim());
  const random = seeded(seed * 7919);
  const planted = /[bB]onsai|orchid|clivia|kalanchoe|dendrobium|produce|succulent/.test(shape);
  const turn = (random() - 0.5) * (planted ? 0 : 16);
  const drawn = (shapes[shape] as Draw)(random, colours);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 320" preserveAspectRatio="xMidYMid ${fit === 'fill' ? 'slice' : 'meet'}" aria-hidden="true" focusable="false"><rect x="-320" y="-320" width="960" height="960" fill="${ground}"/><circle cx="160" cy="160" r="132" fill="#fff" opacity=".45"/>${at(160, 160, drawn, turn)}</svg>`;
}
