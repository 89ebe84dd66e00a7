import { type TalkRow } from './keptTalk.js';

/** The record of a talk as a sheet, for people. */
export const recordColumns = ['时间', '谁', '号牌', '身份', '做了什么', '内容', '后来'];

const done = { line: '发言', remove: '移除发言', mute: '禁言', unmute: '解除禁言', slow: '慢速' };
const roles: Record<string, string> = {
  host: '主播',
  moderator: '场控',
  buyer: '买家',
  officer: '乡镇',
  operator: '平台',
};

/** @param text null: whoever said it has closed the account, or never said anything */
export function recordRow(
  row: TalkRow,
  { nickname, text, isGone }: { nickname: string | null; text: string | null; isGone: boolean },
): string[] {
  const { at, act, line, bidder, paddle, role, slow_ms } = row;
  return [
    at.toISOString(),
    nickname ?? '（已注销）',
    paddle === null ? '' : `${paddle}`,
    role === null ? '' : roles[role]!,
    done[act],
    act === 'line'
      ? (text ?? '（已注销，读不出）')
      : act === 'slow'
        ? `${slow_ms! / 1_000} 秒`
        : (line ?? bidder!),
    isGone ? '被移除' : '',
  ];
}
