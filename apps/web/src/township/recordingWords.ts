import type { Language } from '../shared/language';

/** Words about recordings, Chinese first. */
const zh = {
  replay: '录像回看',
  title: '录像空间',
  used: '录像已用',
  free: '磁盘剩余',
  evenings: '还能录',
  eveningsLeft: (n: number) => (n >= 100 ? '100 场以上' : `约 ${n} 场`),
  evening: (size: string) => `按一场四小时、约 ${size} 估算`,
  kept: (days: number) => `每段录像保存 ${days} 天，到期自动删除，账本里的指纹不删。`,
  next: '最早到期的是 ',
  goes: (day: string, size: string) => ` 这一场：从 ${day} 起删除，腾出 ${size}。`,
  states: {
    enough: '',
    low: '只够再录不到三场：请加磁盘，或把录像文件夹换到大盘上',
    full: '空间不足，录像已停：直播、出价和账本照常。请先腾出空间',
  },
  none: '还没有录像',
};
type RecordingWords = typeof zh;

const en: RecordingWords = {
  replay: 'Replay',
  title: 'Room for recordings',
  used: 'Recordings',
  free: 'Free on the disk',
  evenings: 'Room for',
  eveningsLeft: (n) => (n >= 100 ? 'over 100 evenings' : `about ${n} evenings`),
  evening: (size) => `An evening of four hours takes about ${size}`,
  kept: (days) => `Each piece is kept for ${days} days and then deleted; its hash stays in the log. `,
  next: 'The first to go is ',
  goes: (day, size) => `, from ${day} on, which makes ${size} of room.`,
  states: {
    enough: '',
    low: 'Room for fewer than three evenings: add a disk, or move the folder of recordings',
    full: 'Recording has stopped for want of room; video, bids and the log go on. Make room first',
  },
  none: 'Nothing has been recorded yet',
};

export const recordingWords: Record<Language, RecordingWords> = { zh, en };

/** 1 234 567 890 → '1.2 GB'. */
export function sizeOf(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(bytes < 1e10 ? 1 : 0)} GB`;
}
