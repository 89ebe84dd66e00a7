import { leafHash, toBase64, utf8 } from '@qingpai/ledger/rules';
import { codeOf, codeOfRoot, evidenceFile, receiptQr, receiptsFile } from './files';
import { ORIGIN, sent, TestLog } from './testing/log';

const small = new TestLog().fill(2);
const receipt = small.takes(sent()).receipt;

test('a file of receipts is what the verifier reads', () => {
  expect(JSON.parse(receiptsFile(ORIGIN, [receipt]))).toEqual({
    format: 'qingpai/receipts/v1',
    origin: ORIGIN,
    receipts: [receipt],
  });
});

test('a short receipt goes into one square whole', () => {
  const { text, whole } = receiptQr(ORIGIN, receipt)!;
  expect(whole).toBe(true);
  const { leaf, proof } = receipt;
  expect(JSON.parse(text)).toMatchObject({ origin: ORIGIN, receipts: [{ leaf, proof }] });
});

test('of a long one the square has the index, the leaf’s hash and the signed head', () => {
  const log = new TestLog().fill(2_047);
  const { size, root } = log.head();
  const taken = log.takes(sent({ bidId: 'b'.repeat(64), seen: [size, root] }));
  const { text, whole } = receiptQr(ORIGIN, taken.receipt)!;
  expect(whole).toBe(false);
  const hash = toBase64(leafHash(utf8(taken.receipt.leaf)));
  expect(text).toBe(`qingpai/receipt/v1 essence\nleaf ${hash}\nindex ${taken.i}\n\n${log.head().note}`);
});

test('a long one that cannot be read has no square', () => {
  expect(receiptQr(ORIGIN, { ...receipt, leaf: 'x'.repeat(2_000), proof: '' })).toBeNull();
});

test('the short code of a receipt is that of its root, and a broken one has none', () => {
  expect(codeOf(receipt)).toBe(codeOfRoot(small.head().root));
  expect(codeOf({ ...receipt, proof: '' })).toBeNull();
});

test('evidence carries everything it was found with', () => {
  const found = { receipt };
  const evidence = {
    ...{ show: '20261124-01', origin: ORIGIN, atMs: 1, fault: 'not-ours' as const },
    ...{ vkey: small.vkey, head: small.head(), found },
  };
  expect(JSON.parse(evidenceFile([evidence]))).toEqual({
    format: 'qingpai/evidence/v1',
    evidence: [evidence],
  });
});
