import { type Verdict, type Verification } from '@qingpai/wire';

const verdictWords: Record<Verdict, { zh: string; en: string }> = {
  ALL_SOLD_AND_SETTLED: { zh: '全部成交，已结清', en: 'all sold and settled' },
  ALL_SOLD_UNSETTLED: { zh: '全部成交，款项未结清', en: 'all sold, not settled yet' },
  ALL_ACCOUNTED_NOT_ALL_SOLD: {
    zh: '每件都有去向，但没有全部成交',
    en: 'all accounted for, not all sold',
  },
  INCOMPLETE: { zh: '还没有结束，或账本包不全', en: 'not over yet, or the bundle is not complete' },
  INVALID: { zh: '有记录不合规则或被改动', en: 'a leaf breaks the rules or was changed' },
  EQUIVOCATION: { zh: '签过两份互相矛盾的账本', en: 'two contradicting histories were signed' },
  STALE: { zh: '这个账本包已过时', en: 'this bundle is out of date' },
  DAMAGED: {
    zh: '文件损坏，请重新拷贝；不说明有人作假',
    en: 'the file is damaged, copy it again; it accuses nobody',
  },
  UNTRUSTED: { zh: '没有可信的签名，不能作准', en: 'no trusted signature: not to be relied on' },
};
const gateWords: Record<string, { zh: string; en: string }> = {
  parse: { zh: '文件', en: 'file' },
  signatures: { zh: '签名', en: 'signatures' },
  roots: { zh: '账本根', en: 'roots' },
  freshness: { zh: '新旧', en: 'freshness' },
  replay: { zh: '规则重放', en: 'replay' },
  disposition: { zh: '去向', en: 'disposition' },
};
const NOT_PROVED = [
  '不能证明：未入清单的花、私下串通、品质与重量，以及没有得到任何答复的出价。',
  'Not proved: produce never catalogued, collusion, quality or weight, and bids that got no answer at all.',
];

/** What the command prints for people; the last line is the verdict alone. */
export function reportText({ verdict, gates, findings, size, code }: Verification, path: string): string {
  const mark = (ok: boolean | null) => (ok === null ? '·' : ok ? '✓' : '✗');
  return [
    `${path}: ${size} leaves${code === null ? '' : `, 核验码 code ${code}`}`,
    ...gates.flatMap(({ gate, ok, zh, en }) => [
      `  ${mark(ok)} ${gateWords[gate]?.zh ?? gate} ${gateWords[gate]?.en ?? ''}: ${zh}`,
      `      ${en}`,
    ]),
    ...findings.flatMap(({ code: what, i, by, zh, en }) => [
      `  ! ${what}${i === null ? '' : ` #${i}`}${by === null ? '' : ` (by ${by})`}: ${zh}`,
      `      ${en}`,
    ]),
    ...NOT_PROVED,
    `${verdictWords[verdict].zh} · ${verdictWords[verdict].en}`,
    verdict,
  ].join('\n');
}
