import { defaultRules, type OfferingState, type ShowState, type Snapshot } from '@qingpai/wire';
import { bootJson, staticRoomHtml, type StaticRoomOptions } from './staticRoom.js';

const HASH = `${'A'.repeat(43)}=`;
const WU = 'wu-aaaaaaaaaaaaa';
const options: StaticRoomOptions = {
  language: 'zh',
  bidId: 'form-0001',
  me: { paddle: 45, nickname: '小林' },
};

const rising: OfferingState = {
  offering: 1,
  format: 'english',
  units: 1,
  startFen: 3_600,
  i: 6,
  startedAt: 0,
  endedAt: null,
  closesAt: Date.UTC(2026, 10, 24, 12, 41, 7),
  firstClosesAt: 60_000,
  lastCall: false,
  extensions: 0,
  frozenAt: null,
  priceFen: 5_800,
  leader: WU,
  leaderBid: 9,
  floorMet: true,
  bids: 3,
  bidders: [WU],
  history: [],
  clock: null,
  unitsLeft: 1,
  result: null,
};
const falling: OfferingState = {
  ...rising,
  format: 'dutch',
  units: 6,
  unitsLeft: 4,
  priceFen: null,
  leader: null,
  closesAt: null,
  firstClosesAt: null,
  clock: {
    startFen: 13_400,
    stepFen: 200,
    tickMs: 1_500,
    startsAt: 0,
    run: 2,
    heldFen: null,
    restartsAt: null,
    last: false,
  },
};

function snapshot(
  offering: OfferingState | null,
  changed: Partial<ShowState> = {},
  title = '绣球 ‘无尽夏’',
): Snapshot {
  return {
    state: {
      origin: 'market.example/shows/20261124-01',
      phase: 'open',
      demo: false,
      rules: defaultRules,
      next: 10,
      t: 0,
      block: offering ? 'L21' : null,
      open: offering ? ['L21'] : [],
      undoable: null,
      coHosts: [],
      payBys: {},
      lots: {
        L21: {
          lot: 'L21',
          i: 4,
          list: 1,
          number: '021',
          title,
          grower: 'grower-aaaaaaaaa',
          unit: '盆',
          units: 1,
          format: offering?.format ?? 'english',
          startFen: 3_600,
          stepFen: null,
          proxies: [],
          capFen: null,
          buyNowFen: null,
          referenceFen: null,
          floor: HASH,
          phase: offering ? 'onBlock' : 'sealed',
          offerings: offering ? [offering] : [],
          soldUnits: 0,
          passedUnits: 0,
          withdrawnUnits: 0,
          carriedUnits: 0,
          bestFen: null,
          voided: 0,
          interest: [],
          offers: [],
          offersEnded: false,
        },
      },
      bidders: {
        [WU]: {
          bidder: WU,
          paddle: 28,
          kind: 'buyer',
          keys: [],
          device: null,
          limitFen: null,
          banned: false,
        },
      },
      sales: {},
      chances: [],
      deposits: {},
      seals: [],
      staff: [],
      approvals: [],
      openedAt: 0,
      witnessed: false,
      closedAt: null,
      settledAt: null,
      ...changed,
    },
    card: {
      showId: '20261124-01',
      title: '泗桥鲜花助农专场',
      township: '泗桥乡',
      hostTitle: '驻村干部',
      seller: {
        name: '',
        statement: '',
        address: '',
        contact: '',
        legalMode: 'seller-priced',
        licence: null,
      },
      startsAtMs: Date.UTC(2026, 10, 24, 11, 30),
      freight: '运费合并只收一次',
      payBy: '',
    },
    cards: [
      {
        lot: 'L21',
        growerName: '泗桥村08号花农',
        village: '泗桥村',
        grade: 'A',
        source: '人工培植',
        photos: [],
      },
    ],
    code: '7F3A·C2D1·09BE',
    chat: [],
    slowMs: 0,
    witness: { witnesses: 0, sealed: null, size: null, atMs: null, late: false },
  };
}

describe('the room without JavaScript', () => {
  it('shows price, leader, floor and closing time', () => {
    const html = staticRoomHtml(snapshot(rising), 0, options);
    for (const said of [
      '<i>¥</i>58<',
      '28号领先',
      '有保留价，已达',
      '20:41:07',
      '绣球',
      '泗桥村',
      '运费合并只收一次',
    ]) {
      expect(html).toContain(said);
    }
  });

  it('bids the least amount by a plain form that carries the id of the bid', () => {
    const html = staticRoomHtml(snapshot(rising), 0, options);
    expect(html).toContain('method="post" action="/r/20261124-01/bid"');
    for (const [name, value] of [['bidId', 'form-0001'], ['lot', 'L21'], ['offering', '1'], ['amountFen', '6000']] as const) {
      expect(html).toContain(`name="${name}" value="${value}"`);
    } // prettier-ignore
    expect(html).toContain('出价 ¥60');
    expect(html).toContain('您是 45号 小林');
  });

  it('in a timed show has a form for each lot that is open, each with an id of its own', () => {
    const one = snapshot(rising);
    const { L21 } = one.state.lots;
    const lots = { ...one.state.lots, L22: { ...L21!, lot: 'L22', number: '022', title: '长寿花' } };
    const html = staticRoomHtml(snapshot(rising, { lots, open: ['L21', 'L22'] }), 0, options);
    expect(html.match(/<form class="bid/g)).toHaveLength(2);
    for (const id of ['form-0001', 'form-0001-1']) expect(html).toContain(`name="bidId" value="${id}"`);
    for (const lot of ['L21', 'L22']) expect(html).toContain(`name="lot" value="${lot}"`);
    expect(html).toContain('长寿花');
  });

  it('says before the first bid that a deposit is asked for, and where it tells how to give it', () => {
    const deposit = { amountFen: 5_000, abovePriceFen: 20_000 };
    const html = staticRoomHtml(snapshot(rising, { rules: { ...defaultRules, deposit } }), 0, options);
    expect(html).toContain('合计超过 ¥200 的出价，先交保证金 ¥50。拍到不付款抵给花农');
    expect(html).toContain('href="/pay/20261124-01"');
    expect(staticRoomHtml(snapshot(rising), 0, options)).not.toContain('保证金');
  });

  it('of a show whose picture is on another platform says where, how far behind, and that bids count here', () => {
    const one = snapshot(rising);
    const elsewhere = { name: '<视频号>', link: 'https://live.example.com/7?a=1&b="2"', delayMs: 5_500 };
    const html = staticRoomHtml({ ...one, card: { ...one.card, elsewhere } }, 0, options);
    expect(html).toContain('画面在&#60;视频号&#62;，约慢 6 秒，出价以本页为准。');
    expect(html).toContain(
      'href="https://live.example.com/7?a=1&#38;b=&#34;2&#34;" rel="noopener noreferrer"',
    );
    expect(staticRoomHtml(one, 0, options)).not.toContain('画面在');
  });

  it('asks a guest for a nickname', () => {
    const html = staticRoomHtml(snapshot(rising), 0, { ...options, me: null });
    expect(html).toContain('name="nickname"');
    expect(html).toContain('请主播放行');
  });

  it('asks a member without a paddle for nothing: his first bid gives him one', () => {
    const html = staticRoomHtml(snapshot(rising), 0, { ...options, me: { paddle: null, nickname: '小林' } });
    expect(html).toContain('小林，首次出价即领号牌');
    expect(html).not.toContain('name="nickname"');
  });

  it('sells from a falling clock at the price of the moment, with the run it belongs to', () => {
    const html = staticRoomHtml(snapshot(falling), 4_600, options);
    expect(html).toContain('name="amountFen" value="12800"');
    expect(html).toContain('name="run" value="2"');
    expect(html).toContain('剩余 4 盆');
  });

  it('speaks English when asked', () => {
    const html = staticRoomHtml(snapshot(rising), 0, { ...options, language: 'en' });
    for (const said of ['Bid ¥60', 'No. 28 leads', 'Reserve met', 'Refresh']) expect(html).toContain(said);
  });

  it('escapes every foreign word', () => {
    const html = staticRoomHtml(snapshot(rising, {}, '<img src=x onerror="a()">'), 0, {
      ...options,
      me: { paddle: 45, nickname: '<b>' },
      notice: '<i>',
    });
    for (const raw of ['<img', 'onerror="', '<b>小', '<small>您是 45号 <b>', '<i></p>'])
      expect(html).not.toContain(raw);
  });

  it('offers a link to refresh and never refreshes by itself', () => {
    const html = staticRoomHtml(snapshot(rising), 0, options);
    expect(html).toContain('href="/r/20261124-01?lang=zh">刷新');
    expect(html).not.toMatch(/http-equiv|<script|style=/);
  });

  it('between lots tells what comes next; after the show where the certificate is', () => {
    expect(staticRoomHtml(snapshot(null), 0, options)).toContain('下一件 21 绣球');
    expect(staticRoomHtml(snapshot(null, { phase: 'sealed' }), 0, options)).toContain('11-24 19:30 开拍');
    expect(staticRoomHtml(snapshot(null, { phase: 'closed' }), 0, options)).toContain('/c/20261124-01');
  });

  it('of a show that another one goes on from shows the way there, and takes no bid', () => {
    const continued = { ...snapshot(rising), ended: { how: 'continued' as const, byShow: '20261125-02' } };
    const html = staticRoomHtml(continued, 0, options);
    expect(html).toContain('href="/r/20261125-02"');
    expect(html).not.toContain('<form class="bid');
    const cancelled = { ...snapshot(null), ended: { how: 'cancelled' as const, byShow: null } };
    expect(staticRoomHtml(cancelled, 0, options)).toContain('本场已取消');
  });

  it('never says that a lot passed', () => {
    for (const offering of [rising, falling, null]) {
      expect(staticRoomHtml(snapshot(offering), 0, options)).not.toContain('流拍');
    }
  });

  it('puts the snapshot into the page so that no word can end its element', () => {
    const json = bootJson(snapshot(rising, {}, '</script><!--'));
    expect(json).not.toContain('<');
    expect((JSON.parse(json) as Snapshot).state.lots.L21?.title).toBe('</script><!--');
  });
});
