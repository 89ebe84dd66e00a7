import { role } from '@qingpai/wire';
import { actions, scopeOf } from './roles.js';

const intro = `# Who may do what

Printed from \`grants\` in libs/members/src/rules/roles.ts; a test keeps this page equal to it, and
\`GET /api/roles\` answers the same table. What is not in it is refused. A route that names no action and is not
marked public is refused too.

- \`self\`: as oneself, for what is one's own
- \`own-show\`: shows one hosts, in one's own township
- \`own-township\`: every show of one's township
- \`all\`: the whole installation

A buyer who waits to be admitted may do none of this yet, except ask to be erased; who is banned, locked or erased
may do nothing.
`;

/** The text of docs/roles.md. Its table is padded the way prettier pads tables. */
export function rolesPage(): string {
  const head = ['action', ...role.options];
  const rows = actions.map((action) => [action, ...role.options.map((one) => scopeOf(one, action) ?? '')]);
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((row) => row[column]!.length)));
  const line = (cells: string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  const rule = widths.map((width) => '-'.repeat(width));
  return `${intro}\n${[head, rule, ...rows].map(line).join('\n')}\n`;
}
