import { type SeasonVerification, type Verification } from '@qingpai/wire';
import { inParts } from './inParts.js';
import { gateWords, NOT_PROVED, standingWords, verdictWords } from './words.js';

/** The same for a season: the registry first, then every show that it lists, and what is wrong in which. */
export function seasonText(season: SeasonVerification, path: string): string {
  return reportText(season, path, season.shows.flatMap(showLines));
}

function showLines({ show, standing, verification }: SeasonVerification['shows'][number]): string[] {
  const { zh, en } = standingWords[standing];
  return [
    `  ${show} ${zh} ${en}${verification === null ? '' : `: ${verification.verdict}`}`,
    ...(verification?.findings ?? []).flatMap(findingLines).map((line) => `  ${line}`),
  ];
}

/**
 * What the command prints for people; the last line is the verdict alone.
 * @param more lines that stand between the gates and the findings
 */
export function reportText(
  { verdict, gates, findings, notes, size, code }: Verification,
  path: string,
  more: readonly string[] = [],
): string {
  const mark = (ok: boolean | null) => (ok === null ? '·' : ok ? '✓' : '✗');
  return [
    `${path}: ${size} leaves${code === null ? '' : `, 核验码 code ${code}`}`,
    ...gates.flatMap(({ gate, ok, zh, en }) => [
      `  ${mark(ok)} ${gateWords[gate]?.zh ?? gate} ${gateWords[gate]?.en ?? ''}: ${inParts(zh).words}`,
      `      ${inParts(en).words}`,
    ]),
    ...more,
    ...findings.flatMap(findingLines),
    ...notes.flatMap(({ code: what, zh, en }) => [`  · ${what}: ${zh}`, `      ${en}`]),
    NOT_PROVED.zh,
    NOT_PROVED.en,
    `${verdictWords[verdict].zh} · ${verdictWords[verdict].en}`,
    verdict,
  ].join('\n');
}

const findingLines = ({ code, i, by, log, zh, en }: Verification['findings'][number]): string[] => [
  `  ! ${code}${log === undefined ? '' : ` ${log}`}${i === null ? '' : ` #${i}`}${by === null ? '' : ` (by ${by})`}: ${inParts(zh).words}`,
  `      ${en}`,
];
