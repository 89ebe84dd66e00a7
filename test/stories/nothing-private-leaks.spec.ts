import { type Bill, type JoinAnswer } from '@qingpai/wire';
import { io, type Socket } from 'socket.io-client';
import { leaksIn, needlesOf } from './kit/leaks.js';
import { Market, pot } from './kit/market.js';
import { type Person } from './kit/person.js';

/** People with all that must stay with them. Host and officer sign in by the phones of the kit. */
const mei = { phone: '13905551001', nickname: '林阿妹' };
const wu = { phone: '13905551002', nickname: '吴大山' };
const staffPhones = ['13800000001', '13800000002'];
/** Said in chat, and written on a transfer: where she lives. */
const chatAddress = '泗桥村老樟树下七号';
const reference = '林阿妹 13905551001 岭头路18号 转账4471';
const growerName = '郑春生一家';
/** In fen, and in yuan as a page would print it: told to nobody while the lot is on the block. */
const floor = { fen: 723_459, texts: ['723459', '7234.59', '7,234.59'] };

const ofPeople = [mei.phone, wu.phone, mei.nickname, wu.nickname, ...staffPhones, reference, '岭头路18号'];
/** Cards show the grower and the room hears the chat; but neither belongs in what is kept for strangers. */
const ofTheEvening = [...ofPeople, growerName, chatAddress];
const ADDRESS = '127.0.0.1';

let market: Market;
let showId: string;
let host: Person;
let officer: string;
const tokens: string[] = [];
const heard = new Map<string, string>();
const sockets: Socket[] = [];

beforeAll(async () => {
  market = await Market.open({ LOG_LEVEL: 'trace' });
  await playEvening();
}, 60_000);
afterAll(async () => {
  for (const socket of sockets) socket.disconnect();
  await market.close();
});

/** Keeps every message of a socket as it came. */
async function listen(name: string, token?: string): Promise<void> {
  const socket = io(market.origin, {
    transports: ['websocket'],
    forceNew: true,
    ...(token ? { auth: { token } } : { extraHeaders: { origin: market.origin } }),
  });
  sockets.push(socket);
  heard.set(name, '');
  const keep = (payload: unknown) => heard.set(name, `${heard.get(name)}${JSON.stringify(payload)}\n`);
  socket.onAny((_, payload: unknown) => keep(payload));
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  const answer = (await socket.timeout(5_000).emitWithAck('join', { showId })) as JoinAnswer;
  expect(answer.ok).toBe(true);
  keep(answer);
}

/** One lot is sold to 林阿妹 over 吴大山, one with a floor is set aside and carried; a bill is paid. */
async function playEvening(): Promise<void> {
  const hostToken = await market.host();
  officer = await market.officer();
  const lots = [pot({ growerName }), pot({ growerName, startFen: 100, floorFen: floor.fen })];
  showId = await market.draft(hostToken, lots);
  host = await market.enter(showId, hostToken);
  await host.does({ name: 'seal', withoutConsent: 'on-paper' });
  await listen('a guest');
  const buyers = await Promise.all(
    [mei, wu].map(async ({ phone, nickname }, n) => {
      const token = (tokens[n] = await market.signIn(phone, nickname));
      await market.must('POST', `/api/shows/${showId}/join`, token, {});
      return market.enter(showId, token);
    }),
  );
  await listen('吴大山', tokens[1]);
  await host.does({ name: 'open', reason: 'none-configured' });
  const [first, second] = buyers;
  await host.offers('L1', ...buyers);
  expect(await second!.bid('L1', 3_600)).toMatchObject({ ok: true });
  await first!.reached(second!.state.next);
  expect(await first!.bid('L1', 5_000, { confirmed: true })).toMatchObject({ ok: true });
  await host.event('lot.hammered', 'L1');
  expect(await first!.ask('chat', { text: `送到${chatAddress}` })).toEqual({ ok: true });
  await host.offers('L2', ...buyers);
  expect(await second!.bid('L2', 100)).toMatchObject({ ok: true });
  await host.event('lot.setAside', 'L2');
  await host.does({ name: 'carry', lot: 'L2' });
  await host.does({ name: 'close' });
  await pay(hostToken);
}

async function pay(hostToken: string): Promise<void> {
  const { nickname: name, phone } = mei;
  const parcel = { how: 'parcel', name, phone, province: '35', city: '宁德市', address: '岭头路18号' };
  await market.must('PUT', `/api/shows/${showId}/my-parcel`, tokens[0]!, { parcel });
  const { bills } = await market.must<{ bills: Bill[] }>('GET', `/api/shows/${showId}/bills`, hostToken);
  const { sales, totalDueFen, freight } = bills.find((bill) => bill.dueFen > 0)!;
  const record = {
    ...{ sales: sales.map(({ sale }) => sale), amountFen: totalDueFen, channel: 'transfer', reference },
    ...{ freightFen: freight.feeFen, freshWord: 'by-phone' },
  };
  const { id } = await market.must<{ id: string }>(
    'POST',
    `/api/shows/${showId}/payments`,
    hostToken,
    record,
  );
  await market.must('POST', `/api/shows/${showId}/payments/${id}/decision`, officer, { confirm: true });
  // Whoever packs reads it; nobody else, and no log.
  await market.must('POST', `/api/shows/${showId}/packing-list`, hostToken);
}

const read = async (path: string, token?: string): Promise<Buffer> => {
  const response = await fetch(
    market.origin + path,
    token ? { headers: { authorization: `Bearer ${token}` } } : {},
  );
  expect([path, response.status]).toEqual([path, 200]);
  return Buffer.from(await response.arrayBuffer());
};

test('the scan finds a secret in each disguise it knows', () => {
  const disguises = needlesOf(mei.phone);
  expect(disguises.length).toBeGreaterThan(15);
  for (const { bytes, how } of disguises) {
    const around = Buffer.concat([Buffer.from('before '), bytes, Buffer.from(' after')]);
    expect(leaksIn(around, [mei.phone])).toContain(`${mei.phone} (${how})`);
  }
  // Inside longer base64, wherever it happens to begin.
  for (const before of ['', 'x', 'xy', 'xyz']) {
    const wrapped = Buffer.from(`${before}${mei.phone}!`).toString('base64');
    expect(leaksIn(wrapped, [mei.phone])).not.toEqual([]);
  }
  expect(leaksIn('138****0001, 139****1001', ofTheEvening)).toEqual([]);
});

test('the evening was played: the secrets had every occasion to leak', async () => {
  const mine = await market.must<Bill>('GET', `/api/shows/${showId}/my-bill`, tokens[0]);
  expect(mine.sales).toHaveLength(1);
  const payments = await read(`/api/shows/${showId}/payments`, await market.host());
  expect(payments.toString()).toContain('岭头路18号');
  expect(heard.get('a guest')).toContain(chatAddress);
});

describe('what proves the evening to strangers', () => {
  test.each([
    ['bundle', undefined],
    ['bundle/officer', 'officer'],
    ['certificate', undefined],
    ['policy', undefined],
    ['checkpoint', undefined],
    ['verification', undefined],
    ['events?from=0', undefined],
    ['export.tar', undefined],
    ['log/checkpoint', undefined],
    ['log/tile/0/000', undefined],
    ['log/tile/entries/000', undefined],
  ])('%s holds no name, phone or address', async (path, who) => {
    const bytes = await readLog(path, who && officer);
    expect(bytes.length).toBeGreaterThan(0);
    expect(leaksIn(bytes, ofTheEvening)).toEqual([]);
    expect(bytes.includes(ADDRESS)).toBe(false);
  });

  /** A tile that is not full yet is named by its width. */
  async function readLog(path: string, token?: string): Promise<Buffer> {
    const size = host.state.next;
    const isPartial = path.startsWith('log/tile');
    const response = await fetch(
      `${market.origin}/api/shows/${showId}/${path}${isPartial ? `.p/${await logSize(size)}` : ''}`,
      token ? { headers: { authorization: `Bearer ${token}` } } : {},
    );
    expect([path, response.status]).toEqual([path, 200]);
    return Buffer.from(await response.arrayBuffer());
  }
  const logSize = async (least: number): Promise<number> => {
    const note = (await read(`/api/shows/${showId}/checkpoint`)).toString();
    return Math.max(least, Number(note.split('\n')[1]));
  };

  test('no leaf does, one by one, nor its receipt', async () => {
    const { leaves } = JSON.parse((await read(`/api/shows/${showId}/bundle`)).toString()) as {
      leaves: string[];
    };
    expect(leaves.length).toBeGreaterThan(12);
    for (const [i, leaf] of leaves.entries()) {
      const decoded = [leaf, Buffer.from(leaf, 'base64'), await read(`/api/shows/${showId}/receipts/${i}`)];
      for (const found of decoded) expect([i, leaksIn(found, ofTheEvening)]).toEqual([i, []]);
    }
  });

  test('the public bundle tells no floor', async () => {
    expect(leaksIn(await read(`/api/shows/${showId}/bundle`), floor.texts)).toEqual([]);
    expect(leaksIn(await read(`/api/shows/${showId}/export.tar`), floor.texts)).toEqual([]);
  });
});

describe('what others in the room receive', () => {
  test('no frame holds a phone or a name, and no floor', () => {
    const guest = heard.get('a guest')!;
    expect(guest.length).toBeGreaterThan(5_000);
    expect(leaksIn(guest, [...ofPeople, ...floor.texts])).toEqual([]);
  });

  test('another buyer receives nothing of her', () => {
    const others = [...ofPeople.filter((secret) => !Object.values(wu).includes(secret)), ...floor.texts];
    expect(leaksIn(heard.get('吴大山')!, others)).toEqual([]);
  });

  test('what she receives of herself is her name, not her phone', async () => {
    const me = await read('/api/me', tokens[0]);
    expect(leaksIn(me, ofPeople)).toEqual(expect.arrayContaining([`${mei.nickname} (in clear)`]));
    expect(leaksIn(me, [mei.phone])).toEqual([]);
  });
});

describe('what stands on pages and in files', () => {
  test.each(['/', '/r/:id', '/r/:id?lang=en', '/c/:id', '/host', '/township', '/api/shows', '/api/shows/:id', '/metrics', '/healthz', '/docs-json', '/asyncapi.json'])(
    '%s',
    async (path) => {
      const bytes = await read(path.replace(':id', showId));
      expect(leaksIn(bytes, [...ofPeople, ...floor.texts])).toEqual([]);
    },
  ); // prettier-ignore

  test('the CSV of the township names growers, and nobody who bought', async () => {
    const csv = await read(`/api/township/lots.csv?show=${showId}`, officer);
    expect(csv.toString()).toContain(growerName);
    expect(leaksIn(csv, ofPeople)).toEqual([]);
  });

  test('bills show phones masked, to the host as well', async () => {
    const bills = await read(`/api/shows/${showId}/bills`, await market.host());
    expect(bills.toString()).toContain('139****1001');
    expect(leaksIn(bills, [mei.phone, wu.phone, ...staffPhones])).toEqual([]);
  });

  test('a title with a phone number is refused, and the refusal does not repeat it', async () => {
    const draft = await market.draft(await market.host(), []);
    const lot = pot({ title: `绣球 电话${mei.phone}` });
    const { status, answer } = await market.ask('POST', `/api/shows/${draft}/lots`, await market.host(), lot);
    expect([status, answer]).toMatchObject([422, { code: 'personal-data' }]);
    expect(leaksIn(JSON.stringify(answer), ofPeople)).toEqual([]);
  });
});

test('the log of the server tells nothing of anybody, even when it tells everything', async () => {
  // Requests that fail are the ones a log likes to quote.
  const bad = { phone: mei.phone, code: '000000', nickname: mei.nickname, more: reference };
  await market.ask('POST', '/api/sign-in/verify', undefined, bad);
  await market.ask('POST', '/api/sign-in/verify', undefined, { phone: wu.phone, code: '000000' });
  await market.ask('GET', `/api/township/lots?q=${encodeURIComponent(mei.nickname)}&x=${mei.phone}`, officer);
  await host.ask('chat', { text: reference, phone: mei.phone });
  const lines = market.printed.split('\n');
  // The one line that gives a code to whoever reads the console, for places without SMS.
  const others = lines.filter((line) => !line.startsWith('SMS-CODE ')).join('\n');
  expect(lines.length).toBeGreaterThan(others.split('\n').length);
  expect(others.length).toBeGreaterThan(200);
  expect(leaksIn(others, [...ofTheEvening, ...tokens, ...floor.texts])).toEqual([]);
});

test('who asks to be erased is shown no more, and what was proved stays proved', async () => {
  const bundle = await read(`/api/shows/${showId}/bundle`);
  const asked = await market.ask('POST', '/api/me/erase', tokens[0], {});
  expect(asked).toMatchObject({ status: 409, answer: { code: 'locked-until' } });
  expect((await market.ask('GET', `/api/shows/${showId}/my-bill`, tokens[0])).status).toBe(401);
  const bills = await read(`/api/shows/${showId}/bills`, await market.host());
  expect(leaksIn(bills, [mei.nickname, '139****1001'])).toEqual([]);
  const { locked } = await market.must<{ locked: object[] }>('GET', '/api/locked', officer);
  expect(locked).toMatchObject([
    { role: 'buyer', records: [{ kind: 'auction' }, { kind: 'deal' }, { kind: 'network' }] },
  ]);
  expect(await read(`/api/shows/${showId}/bundle`)).toEqual(bundle);
});
