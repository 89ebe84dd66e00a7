import { type Verdict } from '@qingpai/wire';
import {
  bothBundles,
  endedWith,
  goesOnWith,
  interruptedShow,
  letter,
} from '../../libs/auction/src/rules/testing/paperContinued.js';
import { CHEN } from '../../libs/auction/src/rules/testing/paperShow.js';
import { type LooseLeaf, notesOver, readLeaves, textOf, written } from './mutations.js';
import { rootOf } from './naive/tree.js';

/** An operator who goes on from a backup, with all keys in his hands: what he may not say of what was before. */
const past = interruptedShow();
const ended = endedWith(goesOnWith(past));
export const [before, after] = bothBundles(past, ended);
export const beforeText = textOf(before);
export const plain = textOf(after);

const find = (leaves: LooseLeaf[], type: string, nth = 0): LooseLeaf =>
  leaves.filter((leaf) => leaf.type === type).at(nth)!;
const drop = (leaves: LooseLeaf[], ...types: [type: string, nth?: number][]) => {
  for (const leaf of types.map(([type, nth]) => find(leaves, type, nth))) {
    leaves.splice(leaves.indexOf(leaf), 1);
  }
};
/** The log that goes on, changed, numbered, sealed and signed anew. */
function operator(change: (leaves: LooseLeaf[]) => void): string {
  const leaves = readLeaves(after);
  change(leaves);
  const listed = written(leaves).filter((text) => text.includes('"type":"lot.catalogued"'));
  find(leaves, 'show.sealed').body.catalogue = rootOf(listed).toString('base64');
  const texts = written(leaves);
  return textOf({ ...after, leaves: texts, checkpoints: notesOver(texts) });
}
/** The n-th leaf of a type, told otherwise. */
const told = (type: string, body: object, nth = 0) =>
  operator((leaves) => Object.assign(find(leaves, type, nth).body, body));
const cash = (sale: string, amountFen: number, of: string) => ({
  ...{ by: 'host', body: { sale, amountFen, channel: 'cash', txn: letter(of) } },
});
/** Right after the close. */
const later = (leaves: LooseLeaf[], type: string, more: Partial<LooseLeaf>) => {
  const close = find(leaves, 'show.closed');
  leaves.splice(leaves.indexOf(close) + 1, 0, { ...close, type, ...more });
};
/** S1 is told as if nobody had paid it yet. */
const asUnpaid = (leaves: LooseLeaf[]) => drop(leaves, ['sale.paid'], ['sale.refunded'], ['sale.packed']);

interface Row {
  row: string;
  text: () => string;
  verdict: Verdict;
  code?: string;
  /** Leaf of the log that goes on. */
  i?: number;
}
const at = (type: string, nth = 0): number => {
  const leaves = readLeaves(after);
  return leaves.indexOf(find(leaves, type, nth));
};
export const rows: Row[] = [
  { row: 'an honest evening that went back to a backup', text: () => plain, verdict: 'ALL_SOLD_AND_SETTLED' },
  { row: 'the same, with somebody new who came before the first lot was described', text: () => operator((leaves) => { const lot = find(leaves, 'lot.catalogued'); const somebody = find(leaves, 'bidder.registered'); leaves.splice(leaves.indexOf(lot), 0, { ...lot, type: 'bidder.registered', by: 'platform', body: { ...somebody.body, bidder: 'newcomer-aaaaaaa', paddle: 5 } }); }), verdict: 'ALL_SOLD_AND_SETTLED' },
  { row: 'a sale paid in both logs', text: () => operator((leaves) => later(leaves, 'sale.paid', cash('S1', 3_600, 'X'))), verdict: 'INVALID', code: 'not-allowed' },
  { row: 'a sale paid before, told as if it was not, and paid again', text: () => operator((leaves) => { asUnpaid(leaves); later(leaves, 'sale.paid', cash('S1', 3_600, 'X')); }), verdict: 'INVALID', code: 'not-allowed' },
  { row: 'the same, its goods packed again', text: () => operator((leaves) => { asUnpaid(leaves); later(leaves, 'sale.packed', { by: 'host', body: { sale: 'S1' } }); later(leaves, 'sale.paid', cash('S1', 3_600, 'X')); const settled = find(leaves, 'show.settled').body; delete settled.refundedFen; }), verdict: 'INVALID', code: 'taken-over-differs', i: at('sale.paid') },
  { row: 'the reference of a payment before, for another sale', text: () => told('sale.paid', { txn: letter('B') }, 1), verdict: 'INVALID', code: 'txn-reused', i: at('sale.paid', 1) },
  { row: 'the reference of a refund before, for another refund of the same buyer', text: () => operator((leaves) => later(leaves, 'sale.refunded', cash('S1', 100, 'C'))), verdict: 'INVALID', code: 'txn-reused' },
  { row: 'a sale that the log before does not have', text: () => operator((leaves) => { const sale = find(leaves, 'sale.takenOver', 1); leaves.splice(leaves.indexOf(sale) + 1, 0, { ...sale, body: { ...sale.body, sale: 'S9', firstUnit: 3, bidder: CHEN } }); later(leaves, 'sale.paid', cash('S9', 4_000, 'X')); const settled = find(leaves, 'show.settled').body; settled.paidFen = Number(settled.paidFen) + 4_000; for (const type of ['lot.hammered', 'sale.paid']) for (const leaf of leaves.filter((one) => one.type === type && ['S3', 'S4'].includes(String(one.body.sale)))) leaf.body.sale = leaf.body.sale === 'S3' ? 'S10' : 'S11'; }), verdict: 'INVALID', code: 'taken-over-unfounded', i: at('sale.takenOver', 1) + 1 },
  { row: 'a sale that is left behind', text: () => operator((leaves) => { drop(leaves, ['sale.takenOver', 1]); drop(leaves, ['sale.paid', 1]); const settled = find(leaves, 'show.settled').body; settled.paidFen = Number(settled.paidFen) - 4_000; for (const leaf of leaves.filter((one) => ['S3', 'S4'].includes(String(one.body.sale)))) leaf.body.sale = leaf.body.sale === 'S3' ? 'S2' : 'S3'; }), verdict: 'INVALID', code: 'taken-over-incomplete' },
  { row: 'more given back over both than was paid', text: () => operator((leaves) => later(leaves, 'sale.refunded', cash('S1', 3_600, 'X'))), verdict: 'INVALID', code: 'not-allowed' },
  { row: 'the same, and what went back before is left out', text: () => operator((leaves) => { drop(leaves, ['sale.refunded']); later(leaves, 'sale.refunded', cash('S2', 600, 'X')); later(leaves, 'sale.paid', find(leaves, 'sale.paid', 1)); drop(leaves, ['sale.paid', 2]); }), verdict: 'INVALID', code: 'taken-over-differs', i: at('sale.refunded') },
  { row: 'a refund told smaller than it was', text: () => operator((leaves) => { find(leaves, 'sale.refunded').body.amountFen = 100; find(leaves, 'show.settled').body.refundedFen = 100; }), verdict: 'INVALID', code: 'taken-over-differs', i: at('sale.refunded') },
  { row: 'a sale handed to another buyer', text: () => told('sale.takenOver', { bidder: CHEN }, 1), verdict: 'INVALID', code: 'taken-over-differs', i: at('sale.takenOver', 1) },
  { row: 'a sale told cheaper than its hammer', text: () => operator((leaves) => { find(leaves, 'sale.takenOver', 1).body.unitPriceFen = 1_900; find(leaves, 'sale.paid', 1).body.amountFen = 3_800; const settled = find(leaves, 'show.settled').body; settled.paidFen = Number(settled.paidFen) - 200; }), verdict: 'INVALID', code: 'taken-over-differs', i: at('sale.takenOver', 1) },
  { row: 'a sale told as that of another grower', text: () => told('sale.takenOver', { grower: 'grower-bbbbbbbbb' }), verdict: 'INVALID', code: 'taken-over-differs', i: at('sale.takenOver') },
  { row: 'goods told as packed that were not', text: () => operator((leaves) => { const packed = find(leaves, 'sale.packed'); packed.by = 'officer'; }), verdict: 'INVALID', code: 'taken-over-differs', i: at('sale.packed') },
  { row: 'a sale taken over twice', text: () => operator((leaves) => { const sale = find(leaves, 'sale.takenOver'); leaves.splice(leaves.indexOf(sale) + 1, 0, structuredClone(sale)); }), verdict: 'INVALID', code: 'not-allowed', i: at('sale.takenOver') + 1 },
  { row: 'a sale taken over after the list was described', text: () => operator((leaves) => { const sale = find(leaves, 'sale.takenOver', 1); leaves.splice(leaves.indexOf(sale), 1); leaves.splice(leaves.indexOf(find(leaves, 'show.sealed')), 0, { ...sale, t: find(leaves, 'show.sealed').t }); }), verdict: 'INVALID', code: 'not-allowed' },
  { row: 'a sale taken over by the host', text: () => operator((leaves) => (find(leaves, 'sale.takenOver').by = 'host')), verdict: 'INVALID', code: 'author-wrong', i: at('sale.takenOver') },
  { row: 'a lot under the id of one whose sale goes on', text: () => operator((leaves) => (find(leaves, 'lot.catalogued').body.lot = 'L1')), verdict: 'INVALID', code: 'not-allowed', i: at('lot.catalogued') },
  { row: 'a sale of before counted in the hammer total again', text: () => operator((leaves) => { const close = find(leaves, 'show.closed').body; close.hammerFen = Number(close.hammerFen) + 3_600; }), verdict: 'INVALID', code: 'closed-miscounted', i: at('show.closed') },
  { row: 'a unit without an end that nobody took up', text: () => operator((leaves) => delete find(leaves, 'lot.catalogued').body.from), verdict: 'INVALID', code: 'units-lost' },
  { row: 'another root quoted than the log before leads to', text: () => operator((leaves) => ((leaves[0]!.body.continues as { root: string }).root = letter('A'))), verdict: 'INVALID', code: 'before-differs' },
  { row: 'leaves that were signed before and left behind', text: () => operator((leaves) => ((leaves[0]!.body.continues as { size: number }).size -= 1)), verdict: 'INVALID', code: 'before-differs' },
]; // prettier-ignore
