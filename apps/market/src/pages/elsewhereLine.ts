import { type ShowCard } from '@qingpai/wire';
import { escapeHtml } from './html.js';

const words = {
  zh: {
    where: (name: string) => `画面在${name}`,
    behind: (seconds: number) => `，约慢 ${seconds} 秒`,
    bidsHere: '，出价以本页为准。',
    watch: '去看画面',
  },
  en: {
    where: (name: string) => `The picture is on ${name}`,
    behind: (seconds: number) => `, about ${seconds} s behind`,
    bidsHere: '; bids count on this page. ',
    watch: 'Watch there',
  },
};

/** Where the picture is, if it is on another platform; HTML. */
export function elsewhereLine({ elsewhere }: ShowCard, language: 'zh' | 'en'): string {
  if (!elsewhere) return '';
  const [w, seconds] = [words[language], Math.ceil(elsewhere.delayMs / 1_000)];
  const said = w.where(elsewhere.name) + (seconds > 0 ? w.behind(seconds) : '') + w.bidsHere;
  const way = elsewhere.link
    ? `<a href="${escapeHtml(elsewhere.link)}" rel="noopener noreferrer">${w.watch}</a>`
    : '';
  return `<p class="rest-note">${escapeHtml(said)}${way}</p>`;
}
