import type { LoggedEvent, ShowState } from '@qingpai/wire';
import { plainNumber, yuan } from '../shared/format';

/** What the phone says aloud, in Chinese, for a host whose eyes are on the plants: "28号 58元". Null: nothing. */
export function spokenLine(event: LoggedEvent, state: ShowState): string | null {
  switch (event.type) {
    case 'bid.accepted': {
      const { bidder, amountFen, lot, units } = event.body;
      const taken = units === undefined ? '' : ` ${units}${state.lots[lot]?.unit ?? '份'}`;
      return `${which(state, lot)}${who(state, bidder)} ${spokenYuan(amountFen)}${taken}`;
    }
    case 'lot.lastCall':
      return `${which(state, event.body.lot)}最后一次`;
    case 'clock.shifted':
      return `线路中断，钟已退回 ${Math.round(event.body.byMs / 1000)} 秒`;
    case 'lot.hammered': {
      // A take from the clock was read out when it was pressed.
      const lot = state.lots[event.body.lot];
      const dutch = lot?.offerings[event.body.offering - 1]?.format === 'dutch';
      return dutch
        ? null
        : `${which(state, event.body.lot)}成交 ${who(state, event.body.bidder)} ${spokenYuan(event.body.unitPriceFen)}`;
    }
    case 'lot.setAside':
      return `${which(state, event.body.lot)}稍后返场`;
    default:
      return null;
  }
}

/** With several lots open one has to say which. */
const which = ({ rules, lots }: ShowState, lot: string): string =>
  rules.timed ? `第${plainNumber(lots[lot]?.number ?? '')}件 ` : '';
const who = (state: ShowState, bidder: string): string => {
  const paddle = state.bidders[bidder]?.paddle;
  return paddle === undefined ? '有人' : `${paddle}号`;
};
/** Without the thousands' commas, which some voices read aloud. */
const spokenYuan = (amountFen: number): string => `${yuan(amountFen).replaceAll(',', '')}元`;

export interface Voice {
  /** Say it; `done` when it has been said or could not be. */
  say(text: string, done: () => void): void;
}

/** One sentence at a time. In a burst only the newest waits: an old price read late would mislead. */
export function speaker(voice: Voice) {
  let speaking = false;
  let next: string | null = null;
  function goOn(): void {
    speaking = false;
    if (next === null) return;
    const text = next;
    next = null;
    start(text);
  }
  function start(text: string): void {
    speaking = true;
    voice.say(text, goOn);
  }
  return {
    say(text: string): void {
      if (speaking) next = text;
      else start(text);
    },
    hush(): void {
      next = null;
    },
  };
}

/** The phone's own voice; null where it has none. `done` may never come from the browser, so it is also timed. */
export function phoneVoice(): Voice | null {
  if (!('speechSynthesis' in window)) return null;
  return {
    say(text, done) {
      const line = new SpeechSynthesisUtterance(text);
      line.lang = 'zh-CN';
      line.rate = 1.15;
      let over = false;
      const finish = () => {
        if (over) return;
        over = true;
        clearTimeout(timer);
        done();
      };
      const timer = setTimeout(finish, 4_000);
      line.onend = finish;
      line.onerror = finish;
      speechSynthesis.speak(line);
    },
  };
}
