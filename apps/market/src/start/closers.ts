import { type Log } from '@qingpai/platform';

/** What was opened, to be closed in the opposite order; one that fails does not keep the others open. */
export class Closers {
  private readonly stack: { name: string; close: () => Promise<unknown> }[] = [];

  constructor(private readonly log: Log) {}

  add(name: string, close: () => Promise<unknown>): void {
    this.stack.push({ name, close });
  }

  async closeAll(): Promise<void> {
    // Postgres is a child that does not keep Node running; without this we would be gone before it has ended.
    const awake = setInterval(() => undefined, 1_000);
    await this.closeInTurn();
    clearInterval(awake);
  }

  private async closeInTurn(): Promise<void> {
    for (let top = this.stack.pop(); top !== undefined; top = this.stack.pop()) {
      try {
        await top.close();
        this.log.info({ closed: top.name }, '已关闭 / closed');
      } catch (err) {
        this.log.error({ err, closed: top.name }, '没能正常关闭 / did not close cleanly');
      }
    }
  }
}
