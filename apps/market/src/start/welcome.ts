import { renderUnicodeCompact } from 'uqr';
import { type Addresses } from './addresses.js';

/** Paths of the pages to open; those of people end in a one-use token (`/host#link=…`). */
export interface WelcomePaths {
  township: string;
  room: string | null;
  host: string;
  officer: string;
  moderator: string;
}

/** What the console says when the server is up: three links, a way in for phones, and a QR of the room. */
export function welcome(addresses: Addresses, paths: WelcomePaths): string {
  const { main } = addresses;
  return [
    '',
    `清拍 Qingpai · ${paths.township}`,
    '',
    ...(paths.room === null ? [] : [`  房间 room      ${main}${paths.room}`]),
    `  主播 host      ${main}${paths.host}`,
    `  乡镇 township  ${main}${paths.officer}`,
    '',
    '  主播和乡镇的链接各用一次，24 小时内有效；再运行一次 npm start 就有新的。',
    '  The links of host and township work once, within 24 hours; run npm start again for new ones.',
    `  场控 moderator ${main}${paths.moderator}`,
    ...forPhones(addresses, paths),
    ...qrOf(addresses, paths.room),
    '',
  ].join('\n');
}

function forPhones({ network }: Addresses, { room, host }: WelcomePaths): string[] {
  return network
    .slice(0, 3)
    .flatMap(({ plain, secure }) => [
      '',
      '  同一网络里的手机 / phones on this network:',
      ...(room === null ? [] : [`    买家 buyers ${plain}${room}`]),
      ...(secure === null ? [] : [`    主播 host   ${secure}${host}`, ...warning]),
    ]);
}

const warning = [
  '    https 用本机自制的证书（摄像头需要 https）：手机会提示“不安全”，点“高级”“继续访问”即可。',
  "    The https address has this machine's own certificate (a camera needs https): the phone warns once;",
  '    choose Advanced, then Continue. The plain address works without a warning, and bids work there too.',
];

/** Of the address a phone can reach without a warning. */
function qrOf({ main, network }: Addresses, room: string | null): string[] {
  if (room === null) return [];
  const code = renderUnicodeCompact(`${network[0]?.plain ?? main}${room}`, { border: 2 });
  return ['', ...code.split('\n').map((line) => `  ${line}`)];
}
