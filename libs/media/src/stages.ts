import { type Stage } from '@qingpai/wire';

export type StageListener = (show: string, stage: Stage) => void;

/** Without live video: pages show photos. */
export const noVideo: Stage = { state: 'off', video: false, audio: false, take: 0 };
export const nobodyYet: Stage = { state: 'idle', video: false, audio: false, take: 0 };

/**
 * The newest word on every show's stage, and who is told of changes.
 * @param endAfterMs an interrupted camera that is not back by then was put out; left out: whoever tells us knows better
 */
export class Stages {
  private readonly stages = new Map<string, Stage>();
  private readonly listeners = new Set<StageListener>();
  private readonly ends = new Map<string, NodeJS.Timeout>();

  constructor(private readonly endAfterMs?: number) {}

  of(show: string): Stage {
    return this.stages.get(show) ?? nobodyYet;
  }

  onStage(listener: StageListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  tell(show: string, stage: Stage): void {
    const before = this.stages.get(show);
    this.stages.set(show, stage);
    clearTimeout(this.ends.get(show));
    if (JSON.stringify(before) === JSON.stringify(stage)) return;
    for (const listener of this.listeners) listener(show, stage);
  }

  /** The camera went, or its server: it may come back by itself. */
  interrupt(show: string): void {
    const stage = this.of(show);
    if (stage.state !== 'live') return;
    this.tell(show, { state: 'stalled', video: false, audio: false, take: stage.take });
    if (this.endAfterMs !== undefined)
      this.ends.set(show, setTimeout(() => this.end(show), this.endAfterMs).unref());
  }

  interruptAll(): void {
    for (const show of this.stages.keys()) this.interrupt(show);
  }

  end(show: string): void {
    const stage = this.of(show);
    if (stage.state === 'live' || stage.state === 'stalled')
      this.tell(show, { state: 'ended', video: false, audio: false, take: stage.take });
  }

  close(): void {
    for (const timer of this.ends.values()) clearTimeout(timer);
    this.listeners.clear();
  }
}
