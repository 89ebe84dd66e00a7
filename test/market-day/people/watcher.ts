import { evolve, initialShow } from '@qingpai/auction/rules';
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
    if (frame.from > this.state.next && !this.isGapBlind) return this.heal();
    for (const event of frame.events)
      if (event.i >= this.state.next) evolve(this.state, structuredClone(event));
    this.state.next = Math.max(this.state.next, frame.to + 1);
  }
  heal(): void {
    this.ask(this.state.next, (frame) => {
      if (frame.from <= this.state.next) this.handle(frame);
    });
  }
}
