import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The pages that `npm run build:web` makes. */
export type PageName =
  | 'room'
  | 'host'
  | 'camera'
  | 'township'
  | 'certificate'
  | 'pay'
  | 'parcel'
  | 'after'
  | 'replay'
  | 'consent'
  | 'hall'
  | 'plain';

/** HTML of the built pages, read once each. A page that was not built says how to build it. */
export class BuiltPages {
  private readonly read = new Map<PageName, string>();

  /** @param folder where Vite writes: dist/web. */
  constructor(readonly folder: string) {}

  html(name: PageName): string {
    const known = this.read.get(name);
    if (known !== undefined) return known;
    const file = join(this.folder, `${name}.html`);
    if (!existsSync(file)) return name === 'plain' ? bare : notBuilt(name);
    const html = readFileSync(file, 'utf8');
    this.read.set(name, html);
    return html;
  }

  /** The verifier in one file; null: it was not built. */
  verifier(): string | null {
    const file = join(this.folder, '../verify/verify.html');
    return existsSync(file) ? readFileSync(file, 'utf8') : null;
  }

  /** Fills the page's `<!--name-->` marks. The words put in are taken as they are. */
  filled(name: PageName, marks: Record<string, string>): string {
    return Object.entries(marks).reduce(
      (html, [mark, words]) => html.replace(`<!--${mark}-->`, () => words),
      this.html(name),
    );
  }
}

const bare = `<!doctype html><html lang="<!--plain:lang-->"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title><!--plain:title--></title></head><body><!--plain:body--></body></html>`;
const notBuilt = (name: string) =>
  bare
    .replace('<!--plain:lang-->', 'zh-CN')
    .replace('<!--plain:title-->', '清拍')
    .replace(
      '<!--plain:body-->',
      `<p>页面还没有构建：npm run build:web</p><p lang="en">The page “${name}” is not built yet: npm run build:web</p>`,
    );
