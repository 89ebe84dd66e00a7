import { existsSync, readFileSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type Market } from '../../stories/kit/market.js';

const axeSource = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const PHONE = { width: 360, height: 740 };
/** Switches of a browser with a camera that nobody has to allow, whose addresses are told and whose sound plays at once. */
export const PAPER_CAMERA = [
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--disable-features=WebRtcHideLocalIpsWithMdns',
  '--autoplay-policy=no-user-gesture-required',
];

/** A real Chromium that keeps what its pages complain of, and what they ask of others. */
export class Chromium {
  readonly complaints: string[] = [];

  private constructor(
    private readonly market: Market,
    private readonly browser: Browser,
  ) {}

  /** @param more further switches of the browser */
  static async open(market: Market, more: readonly string[] = []): Promise<Chromium> {
    const executablePath = [process.env.CHROMIUM_PATH, '/usr/bin/chromium'].find(
      (path) => path && existsSync(path),
    );
    if (!executablePath) throw new Error('no Chromium: set CHROMIUM_PATH');
    const args = [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      ...more,
    ];
    return new Chromium(market, await chromium.launch({ executablePath, args }));
  }

  close(): Promise<void> {
    return this.browser.close();
  }

  /**
   * A browser of its own, signed in.
   * @param prepare before the first page is asked for: routes, scripts
   */
  async opens(
    path: string,
    token?: string,
    more: object = {},
    prepare: (page: Page) => Promise<unknown> = async () => undefined,
  ): Promise<Page> {
    const context = await this.browser.newContext({ viewport: PHONE, locale: 'zh-CN', ...more });
    if (token) {
      const cookie = { name: 'qp_session', value: token, httpOnly: true, sameSite: 'Lax' as const };
      await context.addCookies([{ ...cookie, url: this.market.origin }]);
    }
    const page = await context.newPage();
    page.on('pageerror', (error) => this.complaints.push(`${path}: ${error.message}`));
    page.on(
      'console',
      (line) => /Content Security|Refused to/.test(line.text()) && this.complaints.push(line.text()),
    );
    page.on('request', (request) => {
      const { host, protocol } = new URL(request.url());
      const isOurs =
        host === new URL(this.market.origin).host || protocol === 'data:' || protocol === 'blob:';
      if (!isOurs) this.complaints.push(`asked ${request.url()}`);
    });
    await prepare(page);
    await page.goto(this.market.origin + path);
    return page;
  }
}

/** What axe finds wrong, by rule and place. */
export async function axeFinds(page: Page): Promise<string[]> {
  await page.evaluate(axeSource);
  return page.evaluate(async () => {
    const { violations } = await (
      globalThis as unknown as {
        axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
      }
    ).axe.run();
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 120)}`);
  });
}

export const overflows = (page: Page) =>
  page.evaluate<boolean>('document.documentElement.scrollWidth > document.documentElement.clientWidth');
