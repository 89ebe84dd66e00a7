import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { drawCurves } from './curves.mjs';
import { markdown } from './table.mjs';

const MARKS = /(<!-- figures -->)[\s\S]*(<!-- \/figures -->)/;

/** Puts the last run's curves, and if asked its table, where people read them. Answers the paths. */
export async function writeDown(root, result, { table }) {
  const picture = 'docs/performance.svg';
  writeFileSync(join(root, picture), drawCurves(result));
  if (!table) return [picture];
  const document = 'docs/performance.md';
  const path = join(root, document);
  const text = readFileSync(path, 'utf8').replace(MARKS, (_, from, to) =>
    [from, figuresOf(result), to].join('\n\n'),
  );
  writeFileSync(path, await format(text, { ...(await resolveConfig(path)), filepath: path }));
  return [picture, document];
}

function figuresOf({ at, machine, quick, answers, faults, rows }) {
  const how = `${machine}${quick ? ', `--quick`' : ''}, ${at.slice(0, 10)}`;
  const judged = faults.length === 0 ? 'nothing wrong' : `**${faults.length} faults**`;
  return [
    `${how}. The oracle judged ${answers} answers and found ${judged}.`,
    markdown(rows),
    '![cost by bidders, watchers, lots and history](performance.svg)',
  ].join('\n\n');
}
