import { type INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { queuedBytesOf } from '@qingpai/auction';
import { type Server, type ServerOptions } from 'socket.io';
import { type Metrics } from '../health/metrics.js';

/** Nest's adapter, which also tells the counters where sockets are counted. */
export class CountedSockets extends IoAdapter {
  constructor(
    app: INestApplicationContext,
    private readonly metrics: Metrics,
  ) {
    super(app);
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    const server = super.createIOServer(port, options) as Server;
    const queued = () =>
      [...server.sockets.sockets.values()].reduce((sum, one) => sum + queuedBytesOf(one), 0);
    this.metrics.socketsFrom(() => server.engine.clientsCount, queued);
    return server;
  }
}
