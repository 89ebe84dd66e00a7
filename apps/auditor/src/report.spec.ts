import { type SeasonVerification, type Verdict, verdicts, type Verification } from '@qingpai/wire';
import { reportText, seasonText } from './report.js';

const verification = (verdict: Verdict): Verification => ({
  verdict,
  exitCode: verdicts[verdict],
  gates: [
    { gate: 'parse', ok: true, zh: '12 条记录', en: '12 leaves' },
    { gate: 'signatures', ok: false, zh: '签名不对', en: 'bad signature' },
    { gate: 'roots', ok: null, zh: '未执行', en: 'not reached' },
  ],
  findings: [{ code: 'lot-unsold', i: 7, by: 'host', zh: '没有全部成交', en: 'Not all of it was sold' }],
  notes: [{ code: 'late-witness', zh: '事后见证', en: 'LATE_WITNESS: nobody had cosigned' }],
  size: 12,
  code: '7F3A·C2D1·09BE',
});
const linesOf = (verdict: Verdict) => reportText(verification(verdict), 'show.json').split('\n');

describe('the report of the verifier', () => {
  it('ends with the verdict alone, so that a script can read the last line', () => {
    for (const verdict of Object.keys(verdicts) as Verdict[]) expect(linesOf(verdict).at(-1)).toBe(verdict);
  });

  it('shows which gates were passed, which stopped, and which were not reached', () => {
    const text = linesOf('INVALID').join('\n');
    expect(text).toContain('✓ 文件 file: 12 条记录');
    expect(text).toContain('✗ 签名 signatures: 签名不对');
    expect(text).toContain('· 账本根 roots: 未执行');
  });

  it('names the leaf and its author in both languages', () => {
    const text = linesOf('INVALID').join('\n');
    expect(text).toContain('lot-unsold #7 (by host): 没有全部成交');
    expect(text).toContain('Not all of it was sold');
  });

  it('says what a reader is to know although nothing is wrong', () => {
    const text = linesOf('ALL_SOLD_UNSETTLED').join('\n');
    expect(text).toContain('  · late-witness: 事后见证');
    expect(text).toContain('      LATE_WITNESS: nobody had cosigned');
  });

  it('says what no log can prove', () => {
    expect(linesOf('ALL_SOLD_AND_SETTLED').join('\n')).toContain('Not proved: produce never catalogued');
  });
});

describe('the report of a season', () => {
  const season: SeasonVerification = {
    ...verification('INVALID'),
    ...{ registry: 'market.example/township/siqiao', code: null },
    gates: [{ gate: 'registry', ok: true, zh: '登记专场 2 场', en: '2 shows are registered' }],
    findings: [{ code: 'show-missing', i: 2, by: 'platform', zh: '没有账本包', en: 'The bundle is missing' }],
    shows: [
      {
        ...{ show: '20261124-01', origin: 'market.example/shows/20261124-01', standing: 'judged' as const },
        verification: verification('ALL_ACCOUNTED_NOT_ALL_SOLD'),
      },
      {
        ...{ show: '20261125-01', origin: 'market.example/shows/20261125-01', standing: 'missing' as const },
        verification: null,
      },
    ],
  };
  const lines = seasonText(season, 'season.json').split('\n');

  it('tells of every registered show, with its own verdict and what was found in it', () => {
    const text = lines.join('\n');
    expect(text).toContain('20261124-01 已核验 judged: ALL_ACCOUNTED_NOT_ALL_SOLD');
    expect(text).toContain('    ! lot-unsold #7 (by host)');
    expect(text).toContain('20261125-01 账本包缺失 its bundle is missing');
  });

  it('says what is wrong between registry and shows, and ends with the worst verdict alone', () => {
    expect(lines.join('\n')).toContain('! show-missing #2 (by platform): 没有账本包');
    expect(lines.at(-1)).toBe('INVALID');
  });
});
