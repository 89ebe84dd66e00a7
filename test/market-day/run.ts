import { spawn } from 'node:child_process';
import { join } from 'node:path';

/** The command as a person runs it: what it printed, and its exit code. */
export function runMarketDay(...args: string[]): Promise<{ code: number | null; lines: string[] }> {
  const command = join(__dirname, '../../scripts/market-day.mjs');
  const child = spawn(process.execPath, [command, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, lines: text.trimEnd().split('\n') }));
  });
}
