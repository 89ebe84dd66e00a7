import { createLog } from './log.js';

function logged(entry: object, level = 'info'): string {
  const lines: string[] = [];
  createLog(level, { write: (line) => lines.push(line) }).info(entry, 'signed in');
  return lines.join('');
}

test('phones, codes, tokens, cookies and links stay out of the log, however deep they lie', () => {
  const line = logged({
    phone: '13800000001',
    lots: [{ body: { code: '123456', token: 'abcdef', link: 'https://market/#link=s3cret' } }],
    req: { headers: { cookie: 'qp_session=s3cret', Authorization: 'Bearer s3cret' } },
  });
  expect(line).not.toMatch(/13800000001|123456|abcdef|s3cret/);
  expect(line.match(/\[redacted\]/g)).toHaveLength(6);
});

test('an error keeps its code: it says what failed, not who', () => {
  expect(logged({ err: Object.assign(new Error('no'), { code: 'ECONNREFUSED' }) })).toMatch('ECONNREFUSED');
});

test('an error of the database tells its query, and neither what it was asked with nor the row', () => {
  const error = Object.assign(new Error('value too long'), {
    ...{ code: '22001', query: 'SELECT $1', parameters: ['林阿妹'] },
    ...{ detail: 'Key (phone)=(13800000001) already exists.', driverError: { detail: '13800000001' } },
  });
  const line = logged({ err: error });
  expect(line).toMatch(/22001.*SELECT \$1/);
  expect(line).not.toMatch(/林阿妹|13800000001/);
});

test('a circle ends', () => {
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  expect(logged(circle)).toMatch('[deep]');
});

test('silent writes nothing', () => {
  expect(logged({ lot: 1 }, 'silent')).toBe('');
});
