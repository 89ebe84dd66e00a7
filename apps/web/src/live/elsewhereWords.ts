import { computed } from 'vue';
import { language, type Language } from '../shared/language';

/** Words of a picture on another platform, for who hosts and who watches: fetched where there is one. Chinese is the source. */
const zh = {
  // the room
  here: (name: string) => `画面在${name}`,
  bidsHere: (seconds: number) => (seconds > 0 ? `约慢 ${seconds} 秒，出价以本页为准` : '出价以本页为准'),
  watchThere: '去看',
  opensThere: '画面，会打开别的网站或应用',
  // a new show
  title: '直播画面在哪里',
  places: { here: '在本页直播，或不直播', there: '画面在别的平台' },
  how: '观众在视频号、抖音等直播间看画面，我们这页是出价屏。',
  name: '平台叫什么',
  nameHint: '例如：视频号',
  link: '那边直播间的链接（可不填）',
  seconds: '那边的画面慢几秒',
  secondsHint: '0 到 60 秒，最好测一下',
  lengthened: (n: number) => `本场每次延时、延时窗口和最后一次各加长 ${n} 秒，锁定后不再变。`,
  problems: {
    name: '请写平台的名字，最多 20 字',
    link: '链接要以 https:// 开头',
    seconds: '请写画面慢几秒，0 到 60 的整数',
  },
  // the tap test
  measure: '测一测慢几秒',
  measureHow: '把这块屏幕对着那边直播的镜头，另拿一部手机看那边的直播间。',
  start: '开始数数',
  pick: '记住现在这个数',
  picked: (n: number) => `另一部手机上出现 ${n} 时，马上点`,
  seen: '看到了',
  round: (nth: number, of: number) => `第 ${nth} 次，共 ${of} 次`,
  measured: (seconds: string) => `${seconds} 秒`,
  tooLong: '超过 60 秒了，这次不算，请再来一次。',
  result: (n: number) => `测好了：按 ${n} 秒算（取中间一次，进到整秒）`,
  again: '重新测',
  stop: '不测了',
  // the way from there to here
  textTitle: '发到那边直播间的话',
  text: (title: string, name: string, seconds: number, address: string) =>
    [
      `【出价在这里】${title}`,
      `画面在${name}看${seconds > 0 ? `（约慢 ${seconds} 秒）` : ''}，出价扫二维码或打开：`,
      address,
      '价格和时间以出价页为准，在评论里报价不算。',
    ].join('\n'),
  qrHow: '把这个二维码放进那边的画面，观众扫码出价。',
  copy: '复制这段话',
};
const en: typeof zh = {
  here: (name) => `The picture is on ${name}`,
  bidsHere: (seconds) =>
    seconds > 0 ? `about ${seconds} s behind; bids count on this page` : 'Bids count on this page',
  watchThere: 'Watch',
  opensThere: ', opens another site or app',
  title: 'Where the live picture is',
  places: { here: 'On this page, or none', there: 'On another platform' },
  how: 'People watch in another platform’s live room; our page is the screen they bid on.',
  name: 'What the platform is called',
  nameHint: 'e.g. WeChat Channels',
  link: 'Link of its live room (optional)',
  seconds: 'Seconds that its picture is behind',
  secondsHint: '0 to 60 seconds; best to measure',
  lengthened: (n) =>
    `Each extension, its window and the last call are ${n} s longer in this show; fixed with the seal.`,
  problems: {
    name: 'Name the platform, in 20 characters at most',
    link: 'The link must begin with https://',
    seconds: 'Whole seconds from 0 to 60, please',
  },
  measure: 'Measure the delay',
  measureHow:
    'Hold this screen into the camera of the other live room, and watch that room on another phone.',
  start: 'Start counting',
  pick: 'Remember this number',
  picked: (n) => `As soon as the other phone shows ${n}, tap`,
  seen: 'I see it',
  round: (nth, of) => `Try ${nth} of ${of}`,
  measured: (seconds) => `${seconds} s`,
  tooLong: 'More than 60 seconds: this try does not count. Once more, please.',
  result: (n) => `Measured: ${n} s (the middle one, rounded up)`,
  again: 'Measure again',
  stop: 'Stop',
  textTitle: 'Text for the other live room',
  text: (title, name, seconds, address) =>
    [
      `[Bid here] ${title}`,
      `Watch on ${name}${seconds > 0 ? ` (about ${seconds} s behind)` : ''}; to bid, scan the code or open:`,
      address,
      'Prices and times on the bidding page count; a price in a comment is no bid.',
    ].join('\n'),
  qrHow: 'Put this code into the other picture, so that people can scan it and bid.',
  copy: 'Copy this text',
};
const all: Record<Language, typeof zh> = { zh, en };
export const ew = computed(() => all[language.value]);

/** Whole seconds, as people say them. */
export const secondsOf = (delayMs: number): number => Math.ceil(delayMs / 1_000);
