import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** From who connects to what is behind the line, or back from there. */
export type Way = 'there' | 'back';

/** What becomes of bytes: passed on, thrown away and never told, kept until the line is mended, or late. */
type Manner = 'passes' | 'swallows' | 'holds' | { lateMs: number };

/** One direction of one connection; whatever is late or held, the order stays. */
class Lane {
  private readonly waiting: { bytes: Buffer; dueAtMs: number }[] = [];
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly to: Socket,
    public manner: Manner,
  ) {}

  takes(bytes: Buffer): void {
    if (this.manner === 'swallows') return;
    this.waiting.push({ bytes, dueAtMs: this.dueAtMs() });
    this.move();
  }
  private dueAtMs(): number {
    if (this.manner === 'holds') return Infinity;
    return typeof this.manner === 'object' ? performance.now() + this.manner.lateMs : 0;
  }

  passesAgain(): void {
    // What was swallowed is missing in the middle: the rest would be read as something else.
    if (this.manner === 'swallows') return;
    this.manner = 'passes';
    for (const one of this.waiting) one.dueAtMs = Math.min(one.dueAtMs, performance.now());
    this.move();
  }

  private move(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    while (this.waiting.length > 0) {
      const waitMs = this.waiting[0]!.dueAtMs - performance.now();
      if (waitMs > 0) {
        if (waitMs < Infinity) this.timer = setTimeout(() => this.move(), waitMs);
        return;
      }
      this.to.write(this.waiting.shift()!.bytes);
    }
  }
}

interface Connection {
  near: Socket;
  far: Socket;
  lanes: Record<Way, Lane>;
}

/** A line that a test can cut, make silent or slow, between the server and its database or in front of the server. */
export class Line {
  private readonly open = new Set<Connection>();
  private isCut = false;
  private manners: Record<Way, Manner> = { there: 'passes', back: 'passes' };

  private constructor(
    private readonly server: Server,
    private readonly farPort: () => number,
  ) {}

  static async to(farPort: () => number): Promise<Line> {
    const server = createServer();
    const line = new Line(server, farPort);
    server.on('connection', (near) => line.join(near));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return line;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  private join(near: Socket): void {
    if (this.isCut) return void near.resetAndDestroy();
    const far = connect(this.farPort(), '127.0.0.1');
    const lanes = { there: new Lane(far, this.manners.there), back: new Lane(near, this.manners.back) };
    const connection = { near, far, lanes };
    this.open.add(connection);
    for (const [from, to, lane] of [
      [near, far, lanes.there],
      [far, near, lanes.back],
    ] as const) {
      from.on('data', (bytes: Buffer) => lane.takes(bytes));
      from.on('error', () => from.destroy());
      from.on('close', () => {
        this.open.delete(connection);
        // The other end of a silent line is not told that this one has gone.
        if (lane.manner === 'passes') to.destroy();
      });
    }
  }

  /** Both ends see a reset, and nobody gets through until it is mended. */
  cut(): void {
    this.isCut = true;
    this.reset();
  }
  private reset(): void {
    for (const { near, far } of this.open) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }

  /** Nothing more comes out at the other end, and nobody is told; connections of this time stay so for ever. */
  swallow(...ways: Way[]): void {
    this.becomes('swallows', ways);
  }
  /** As a line that is lost for a moment: all of it comes when it is mended. */
  hold(...ways: Way[]): void {
    this.becomes('holds', ways);
  }
  slowDown(lateMs: number): void {
    this.becomes({ lateMs }, ['there', 'back']);
  }
  private becomes(manner: Manner, ways: readonly Way[]): void {
    for (const way of ways) {
      this.manners[way] = manner;
      for (const { lanes } of this.open) lanes[way].manner = manner;
    }
  }

  mend(): void {
    this.isCut = false;
    this.manners = { there: 'passes', back: 'passes' };
    for (const { lanes } of this.open) for (const lane of Object.values(lanes)) lane.passesAgain();
  }

  close(): void {
    this.cut();
    this.server.close();
  }
}
