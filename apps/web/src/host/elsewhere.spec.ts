import { pictureElsewhere } from '@qingpai/wire';
import {
  delayOfTry,
  elsewhereOf,
  type ElsewhereForm,
  noElsewhere,
  numberAt,
  secondsOfTries,
} from './elsewhere';

const form: ElsewhereForm = {
  ...{ place: 'there', name: ' 视频号 ', link: ' https://live.example.com/7 ', seconds: '6' },
};

describe('the picture on another platform, as typed', () => {
  it('is nothing while the picture is here', () => {
    expect(elsewhereOf({ ...form, place: 'here', name: '' })).toBeNull();
    expect(elsewhereOf(noElsewhere)).toBeNull();
  });
  it('is a name, a link and a delay, as the server takes them', () => {
    const picture = elsewhereOf(form);
    expect(picture).toEqual({ name: '视频号', link: 'https://live.example.com/7', delayMs: 6_000 });
    expect(pictureElsewhere.parse(picture)).toEqual(picture);
  });
  it('needs no link', () => {
    expect(elsewhereOf({ ...form, link: ' ' })).toEqual({ name: '视频号', delayMs: 6_000 });
  });
  it('says which field is wrong', () => {
    expect(elsewhereOf({ ...form, name: ' ' })).toBe('name');
    expect(elsewhereOf({ ...form, seconds: '' })).toBe('seconds');
    expect(elsewhereOf({ ...form, seconds: '61' })).toBe('seconds');
    expect(elsewhereOf({ ...form, seconds: '1.5' })).toBe('seconds');
    for (const link of [
      'live.example.com',
      'http://a.example',
      'javascript:alert(1)',
      'https://a.example@b.example',
    ])
      expect(elsewhereOf({ ...form, link })).toBe('link');
  });
});

describe('the tap test', () => {
  it('counts a number every second, from one on', () => {
    expect([0, 999, 1_000, 59_999].map((ms) => numberAt(5_000, 5_000 + ms))).toEqual([1, 1, 2, 60]);
  });
  it('measures from the moment the number came on, whenever it was picked', () => {
    expect(delayOfTry(5_000, 3, 5_000 + 2_000 + 6_200)).toBe(6_200);
  });
  it('does not count a try of more than a minute', () => {
    expect(delayOfTry(0, 1, 60_000)).toBe(60_000);
    expect(delayOfTry(0, 1, 60_001)).toBeNull();
  });
  it('takes the middle of three, in whole seconds, rounded up', () => {
    expect(secondsOfTries([6_200, 31_000, 5_900])).toBe(7);
    expect(secondsOfTries([4_000])).toBe(4);
  });
});
