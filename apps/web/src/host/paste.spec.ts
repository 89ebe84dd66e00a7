import type { Bill, ShowState } from '@qingpai/wire';
import {
  noticeText,
  pasteTexts,
  reminderText,
  resultText,
  soldText,
  startText,
  type PasteFrom,
} from './paste';
import { bid, fold, draft, hammered, live, LIN, offered, setAside, show, WU } from './testing/show';
import { zh } from './words.zh';

const from = (state: ShowState, bills: Bill[] = []): PasteFrom => ({
  state,
  card: {
    showId: '20261124-01',
    title: '泗桥鲜花助农专场',
    township: '泗桥乡',
    hostTitle: '驻村干部',
    seller: { name: '', statement: '', address: '', contact: '', legalMode: 'seller-priced', licence: null },
    startsAtMs: Date.UTC(2026, 10, 24, 11, 30),
    freight: '省内运费 ¥12',
    payBy: '请在明天中午 12 点前付款',
  },
  cards: {},
  code: '7F3A·C2D1·09BE',
  origin: 'https://market.example',
  bills,
  words: zh.paste,
  order: [],
});
const bill = (paddle: number, dueFen: number): Bill => ({
  bidder: WU,
  paddle,
  nickname: '小吴',
  phone: '139****0028',
  sales: [],
  hammerFen: dueFen,
  paidFen: 0,
  refundedFen: 0,
  dueFen,
  ...{ freight: { state: 'none' as const, feeFen: 0 }, totalDueFen: dueFen, payByMs: null },
  ...{ extended: false, parcel: 'none' as const, fresh: 'none' as const },
});
const sold = () => live(offered('L1', 3_600), bid(WU, 5_800, true), hammered('L1', WU, 5_800));

describe('texts for the group chats', () => {
  it('the notice says when, how much, how, and where', () => {
    const text = noticeText(from(show()));
    expect(text).toContain('11月24日 19:30');
    expect(text).toContain('3 件拍品，8 份');
    expect(text).toContain('核验码 7F3A·C2D1·09BE');
    expect(text.split('\n').at(-1)).toBe('https://market.example/r/20261124-01');
  });

  it('the start names the first lot in the host’s order', () => {
    expect(startText({ ...from(live()), order: ['L2'] })).toContain('先拍：2 长寿花');
  });

  it('the result is of the lot that ended last', () => {
    expect(resultText(from(live()))).toBeNull();
    expect(resultText(from(sold()))).toBe('【成交】1 绣球 ‘无尽夏’\n28号 ¥58');
    expect(resultText(from(live(offered('L1', 3_600), setAside('L1'))))).toContain('稍后返场');
  });

  it('the sold list is by paddle with sums', () => {
    const state = live(
      offered('L1', 3_600),
      bid(LIN, 5_800, true),
      hammered('L1', LIN, 5_800),
      offered('L2', 0),
      bid(WU, 200, false, 'L2'),
      hammered('L2', WU, 200, 'S2'),
    );
    expect(soldText(from(state))).toBe(
      [
        '【成交清单】泗桥鲜花助农专场，2 件，合计 ¥60',
        '28号 合计 ¥2',
        '　2 长寿花 ¥2',
        '45号 合计 ¥58',
        '　1 绣球 ‘无尽夏’ ¥58',
      ].join('\n'),
    );
  });

  it('the reminder lists who still owes, and no name or phone', () => {
    const text = reminderText(from(sold(), [bill(45, 0), bill(28, 5_800)]));
    expect(text).toContain('28号 待付 ¥58');
    expect(text).not.toMatch(/45号|小吴|139/);
    expect(reminderText(from(sold(), [bill(45, 0)]))).toBeNull();
  });

  it('offers those that fit the phase', () => {
    const keys = (state: ShowState, bills: Bill[] = []) =>
      pasteTexts(from(state, bills)).map((each) => each.key);
    expect(keys(fold(draft))).toEqual(['notice']);
    expect(keys(show())).toEqual(['start', 'notice']);
    expect(keys(sold(), [bill(28, 5_800)])).toEqual(['result', 'reminder', 'sold', 'start']);
  });
});
