import type { Language } from './language';

/** Words that more than one page says. RULES §1 is the glossary. */
const zh = {
  brand: '清拍',
  paddle: (n: number) => `${n}号`,
  you: (n: number) => `您 ${n}号`,
  floorMet: '有保留价，已达',
  floorNotMet: '有保留价，未达',
  floorSome: '有保留价',
  floorNone: '无保留价',
  zeroStart: '0元起拍',
  rising: '升价拍',
  falling: '降价拍',
  offeringNth: (n: number) => `第 ${n} 次开拍`,
  gradeOf: (grade: string) => `${grade} 级`,
  watching: (n: number) => `${n} 人在看`,
  codePill: (code: string) => `核验码 ${code}`,
  codeLater: '核验码 待锁定',
  host: '主播',
  moderator: '场控',
  close: '关闭',
  languageToggle: 'English',
  elder: '长辈版',
  elderOff: '标准版',
};
export type CommonWords = typeof zh;

const en: CommonWords = {
  brand: 'Qingpai',
  paddle: (n) => `No. ${n}`,
  you: (n) => `You, No. ${n}`,
  floorMet: 'Reserve met',
  floorNotMet: 'Reserve not met',
  floorSome: 'Has a reserve',
  floorNone: 'No reserve',
  zeroStart: 'Starts at ¥0',
  rising: 'Rising',
  falling: 'Falling clock',
  offeringNth: (n) => `Offering ${n}`,
  gradeOf: (grade) => `Grade ${grade}`,
  watching: (n) => `${n} watching`,
  codePill: (code) => `Code ${code}`,
  codeLater: 'Code: after sealing',
  host: 'Host',
  moderator: 'Moderator',
  close: 'Close',
  languageToggle: '中文',
  elder: 'Large type',
  elderOff: 'Normal type',
};

export const commonWords: Record<Language, CommonWords> = { zh, en };
