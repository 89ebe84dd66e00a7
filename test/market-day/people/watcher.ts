import { evolveFrame, initialShow } from '@qingpai/auction/rules';
import { type EventsFrame, type ShowRules, type ShowState } from '@qingpai/wire';

/** A page: it folds frames, and asks for what it missed. */
export class Watcher {
  readonly state: ShowState;
  constructor(
    rules: ShowRules,
    private readonly ask: (from: number, answer: (frame: EventsFrame) => void) => void,
    private readonly isGapBlind: boolean,
  ) {
    this.state = initialShow(rules);
  }
  get next(): number {
    return this.state.next;
  }
  handle(frame: EventsFrame): void {
    const told = structuredClone(frame);
    if (this.isGapBlind) told.from = 0;
    if (!evolveFrame(this.state, told)) this.heal();
  }
  heal(): void {
    this.ask(this.state.next, (frame) => {
      if (frame.from <= this.state.next) this.handle(frame);
    });
  }
}
