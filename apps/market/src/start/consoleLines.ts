import { type DestinationStream } from 'pino';

/** Fields pino writes into every line; what is left over is the entry's own. */
interface Line {
  level: number;
  time: number;
  msg?: string;
  err?: { message?: string; stack?: string };
}
const levels: Record<number, string> = {
  10: 'trace',
  20: 'debug',
  30: '',
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL',
};

/** For a person at a terminal: one readable line per entry in place of JSON. Programs get the JSON. */
export function consoleLines(write: (text: string) => void): DestinationStream {
  return { write: (json) => write(readable(JSON.parse(json) as Line)) };
}

export function readable({ level, time, msg, err, ...rest }: Line): string {
  const at = new Date(time).toTimeString().slice(0, 8);
  const fields = Object.entries(rest).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const head = ['  ', at, levels[level] ?? '', msg ?? '', ...fields].filter(Boolean).join(' ');
  const cause = err === undefined ? '' : `\n${err.stack ?? err.message ?? ''}`;
  return `${head}${cause}\n`;
}
