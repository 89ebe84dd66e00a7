import { speaker, spokenLine } from './speech';
import { bid, falling, hammered, live, logged, offered, setAside, WU } from './testing/show';

describe('what is said aloud', () => {
  const state = live(offered('L1', 3_600), bid(WU, 5_800, true));
  const line = (event: Parameters<typeof logged>[1], of = state) => spokenLine(logged(20, event), of);

  it('is the paddle and the price', () => {
    expect(line(bid(WU, 5_800))).toBe('28号 58元');
    expect(line(bid(WU, 123_450))).toBe('28号 1234.50元');
  });

  it('tells how many units a take from the clock is for', () => {
    const take = bid(WU, 9_200, false, 'L3');
    const units = { ...take, body: { ...take.body, units: 2 } } as typeof take;
    expect(line(units, live(falling))).toBe('28号 92元 2桶');
  });

  it('calls last, hammers, sets aside', () => {
    expect(line({ type: 'lot.lastCall', body: { lot: 'L1', offering: 1, closesAt: 1 } })).toBe('最后一次');
    expect(line(hammered('L1', WU, 5_800))).toBe('成交 28号 58元');
    expect(line(setAside('L1'))).toBe('稍后返场');
  });

  it('tells that the clock went back, since the host told another price just before', () => {
    const back = { lot: 'L3', offering: 1, cause: 'dark', byMs: 12_300 } as const;
    expect(line({ type: 'clock.shifted', body: back }, live(falling))).toBe('线路中断，钟已退回 12 秒');
  });

  it('does not read a take twice, nor what nobody needs to hear', () => {
    expect(line(hammered('L3', WU, 9_200), live(falling))).toBeNull();
    expect(
      line({ type: 'lot.extended', body: { lot: 'L1', offering: 1, closesAt: 1, cause: 'bid' } }),
    ).toBeNull();
  });
});

it('in a burst the voice finishes its sentence and then says only the newest', () => {
  const said: string[] = [];
  const ends: (() => void)[] = [];
  const loud = speaker({ say: (text, done) => void (said.push(text), ends.push(done)) });
  for (const text of ['28号 58元', '45号 60元', '28号 62元', '45号 64元']) loud.say(text);
  expect(said).toEqual(['28号 58元']);
  ends[0]!();
  expect(said).toEqual(['28号 58元', '45号 64元']);
  ends[1]!();
  loud.say('最后一次');
  expect(said.at(-1)).toBe('最后一次');
});

it('a hushed voice drops what still waits', () => {
  const said: string[] = [];
  const ends: (() => void)[] = [];
  const loud = speaker({ say: (text, done) => void (said.push(text), ends.push(done)) });
  loud.say('a');
  loud.say('b');
  loud.hush();
  ends[0]!();
  expect(said).toEqual(['a']);
});
