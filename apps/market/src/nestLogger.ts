import { type LoggerService } from '@nestjs/common';
import { type Log } from '@qingpai/platform';

/** Nest speaks at every module and route; only what went wrong is worth a line of ours. */
export function nestLogger(log: Log): LoggerService {
  const silent = () => undefined;
  const said = (message: unknown) => (message instanceof Error ? message : String(message));
  return {
    log: silent,
    debug: silent,
    verbose: silent,
    warn: (message: unknown, context?: unknown) => log.warn({ context }, String(message)),
    error: (message: unknown, ...rest: unknown[]) =>
      log.error({ err: said(message), rest }, 'the framework failed'),
    fatal: (message: unknown, ...rest: unknown[]) =>
      log.fatal({ err: said(message), rest }, 'the framework failed'),
  };
}
