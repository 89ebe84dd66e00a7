import { defaultRules, pictureElsewhere, showRules } from '@qingpai/wire';
import { lengthenedBy } from './elsewhere.js';

const picture = { name: '视频号', link: 'https://live.example.com/room/7?x=1', delayMs: 6_000 };
const isTaken = (differs: object) => pictureElsewhere.safeParse({ ...picture, ...differs }).success;

describe('a picture on another platform', () => {
  it('lengthens the soft close and the last call by its delay, and nothing else', () => {
    expect(lengthenedBy(defaultRules, 6_000)).toEqual({
      ...defaultRules,
      windowMs: 21_000,
      extensionMs: 21_000,
      lastCallMs: 16_000,
    });
    expect(showRules.safeParse(lengthenedBy(defaultRules, 60_000)).success).toBe(true);
  });
  it('leaves the rules as they are where it is not behind', () => {
    expect(lengthenedBy(defaultRules, 0)).toEqual(defaultRules);
  });
  it('has a name, a delay of at most a minute, and a link or none', () => {
    expect(isTaken({})).toBe(true);
    expect(isTaken({ link: undefined })).toBe(true);
    expect(isTaken({ delayMs: 60_001 })).toBe(false);
    expect(isTaken({ delayMs: -1 })).toBe(false);
    expect(isTaken({ delayMs: 1.5 })).toBe(false);
    expect(isTaken({ name: '  ' })).toBe(false);
    expect(isTaken({ name: '视频号\u202e' })).toBe(false);
  });
  it.each([
    'http://live.example.com/room',
    'javascript:alert(1)',
    'data:text/html,hi',
    'weixin://dl/room',
    '//live.example.com/room',
    'live.example.com/room',
    'https://live.example.com@other.example/room',
    'https:// live.example.com',
    `https://live.example.com/${'a'.repeat(300)}`,
  ])('takes no link like %s', (link) => {
    expect(isTaken({ link })).toBe(false);
  });
});
