import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestKey } from '@qingpai/auction/testing';
import { defaultRules, type LotDraft, type ShowRules } from '@qingpai/wire';
import { type ServerProcess, startProcess } from '../../../apps/market/src/testing/serverProcess.js';
import { enter, type Person } from './person.js';

const main = join(__dirname, '../../../dist/apps/market/src/main.js');
const HOST_PHONE = '13800000001';
const OFFICER_PHONE = '13800000002';
const CODE_WITHIN_MS = 5_000;

/** Windows of seconds in place of minutes; nothing else differs from an evening in life. */
export const shortRules: ShowRules = {
  ...defaultRules,
  openForMs: 1_500,
  windowMs: 600,
  extensionMs: 600,
  hardEndMs: 20_000,
  lastCallMs: 600,
  clock: { ...defaultRules.clock, tickMs: 200 },
  complaintMs: 0,
};

/** A pot of hydrangea at ¥36 without a floor, but for what differs. */
export const pot = (differs: Partial<LotDraft> = {}): LotDraft => ({
  title: '绣球 无尽夏',
  growerName: '泗桥村08号花农',
  village: '泗桥村',
  grade: 'A',
  unit: '盆',
  units: 1,
  startFen: 3_600,
  floorFen: 0,
  format: 'english',
  source: '人工培植',
  ...differs,
});

export interface Reply<T> {
  status: number;
  answer: T;
}

/** The built server as its own process on an empty data directory, as `npm start` runs it. */
export class Market {
  private server!: ServerProcess;
  private readonly folder = mkdtempSync(join(tmpdir(), 'qingpai-story-'));
  private readonly entered: Person[] = [];
  private phones = 0;

  private constructor(private readonly environment: Record<string, string>) {}

  /** @param environment what differs from the usual, e.g. the level of the log */
  static async open(environment: Record<string, string> = {}): Promise<Market> {
    if (!existsSync(main)) throw new Error('the server is not built: npm run build');
    const market = new Market(environment);
    // As root, Postgres runs under another account, which must get through to its data.
    chmodSync(market.folder, 0o711);
    await market.start();
    return market;
  }

  async start(): Promise<void> {
    this.server = await startProcess(main, {
      DATA_DIR: join(this.folder, 'data'),
      HTTPS_PORT: 'off',
      SEED_SHOW: 'no',
      LOG_LEVEL: 'warn',
      ...this.environment,
    });
    if (this.origin === '') throw new Error(`the server did not start:\n${this.server.logged()}`);
  }

  get origin(): string {
    return this.server.origin();
  }

  /** Everything the server has printed since it started, people's lines and the log. */
  get printed(): string {
    return this.server.said() + this.server.logged();
  }

  /** For who strikes it from outside, and for who looks at its data without asking it. */
  get pid(): number {
    return this.server.child.pid!;
  }
  get dataDir(): string {
    return join(this.folder, 'data');
  }
  /** Its exit code, when it has ended; null after a signal. */
  get ended(): Promise<number | null> {
    return this.server.exited;
  }

  /** As a power cut does it: nothing is drained, nothing said good-bye to. */
  async killHard(): Promise<void> {
    this.server.child.kill('SIGKILL');
    await this.server.exited;
  }

  /** As an operator does it: drained, and the database with it. */
  async stop(): Promise<void> {
    this.server.child.kill('SIGTERM');
    await this.server.exited;
  }

  /** Of the process that carries live video; undefined: there is none now. */
  relayPid(): number | undefined {
    const processes = execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' }).split('\n');
    const line = processes.find((one) => one.includes('relay/src/main.js') && one.includes(this.dataDir));
    return line === undefined ? undefined : Number(line.trim().split(' ')[0]);
  }
  /** It alone. */
  killRelay(): void {
    process.kill(this.relayPid()!, 'SIGKILL');
  }

  async close(): Promise<void> {
    for (const person of this.entered) person.drop();
    this.server.child.kill('SIGTERM');
    await this.server.exited;
    rmSync(this.folder, { recursive: true, force: true });
  }

  // ---------------------------------------------------------------- asking

  async ask<T>(method: string, path: string, token?: string, body?: object): Promise<Reply<T>> {
    const isForm = body instanceof FormData;
    const response = await fetch(this.origin + path, {
      method,
      headers: {
        'x-session': 'bearer',
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body && !isForm && { 'content-type': 'application/json' }),
      },
      ...(body && { body: isForm ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') ?? false;
    return { status: response.status, answer: (isJson ? JSON.parse(text) : text) as T };
  }

  /** Asks for what must be granted. */
  async must<T>(method: string, path: string, token?: string, body?: object): Promise<T> {
    const { status, answer } = await this.ask<T>(method, path, token, body);
    if (status >= 400) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
    return answer;
  }

  // ---------------------------------------------------------------- people

  /** Signs in by the code that the console driver prints. Answers the session's token. */
  async signIn(phone: string, nickname?: string): Promise<string> {
    await this.must('POST', '/api/sign-in/code', undefined, { phone });
    const code = await this.codeOf(phone);
    const body = { phone, code, ...(nickname && { nickname }) };
    return (await this.must<{ token: string }>('POST', '/api/sign-in/verify', undefined, body)).token;
  }
  /** A second code for the same phone would have to wait a minute; sessions outlive the server. */
  private readonly signedIn = new Map<string, Promise<string>>();
  private once(phone: string): Promise<string> {
    const token = this.signedIn.get(phone) ?? this.signIn(phone);
    this.signedIn.set(phone, token);
    return token;
  }
  host = (): Promise<string> => this.once(HOST_PHONE);
  officer = (): Promise<string> => this.once(OFFICER_PHONE);

  private async codeOf(phone: string): Promise<string> {
    for (const until = Date.now() + CODE_WITHIN_MS; Date.now() < until;) {
      const code = [...this.server.said().matchAll(new RegExp(`SMS-CODE phone=${phone} code=(\\d{6})`, 'g'))];
      if (code.length > 0) return code.at(-1)![1]!;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error(`no code was printed for ${phone}`);
  }

  /** Somebody with a paddle, in the room. */
  async buyer(showId: string, nickname: string): Promise<Person> {
    const token = await this.signIn(`139${String(10_000_000 + this.phones++)}`, nickname);
    await this.must('POST', `/api/shows/${showId}/join`, token, {});
    return this.enter(showId, token);
  }
  /** The same with a key of one's own: signs every bid. */
  async signer(showId: string, nickname: string): Promise<Person> {
    const token = await this.signIn(`139${String(10_000_000 + this.phones++)}`, nickname);
    const key = new TestKey();
    await this.must('POST', `/api/shows/${showId}/join`, token, { key: key.key });
    return this.enter(showId, token, key);
  }
  async enter(showId: string, token?: string, key?: TestKey): Promise<Person> {
    const person = await enter(this.origin, showId, token, key);
    this.entered.push(person);
    return person;
  }

  // ---------------------------------------------------------------- shows

  /** A show with these lots, described but not sealed. */
  async draft(host: string, lots: LotDraft[], rules: ShowRules = shortRules): Promise<string> {
    const { showId } = await this.must<{ showId: string }>('POST', '/api/shows', host, {
      title: '鲜花专场',
      rules,
    });
    for (const lot of lots) await this.must('POST', `/api/shows/${showId}/lots`, host, lot);
    return showId;
  }

  /** A show that is open, its host in the room. */
  async openShow(lots: LotDraft[], rules?: ShowRules): Promise<{ showId: string; host: Person }> {
    const token = await this.host();
    const showId = await this.draft(token, lots, rules);
    const host = await this.enter(showId, token);
    await host.does({ name: 'seal', withoutConsent: 'on-paper' });
    await host.does({ name: 'open', reason: 'none-configured' });
    return { showId, host };
  }
}
