import {
  bundleOf,
  digested,
  essenceOf,
  evidenceOf,
  leavesOf,
  policyOf,
  receiptOf,
  receiptsOf,
  sealedShow,
} from '../../../libs/auction/src/rules/testing/paperBundle.js';
import { PaperSeason, registryPolicy } from '../../../libs/auction/src/rules/testing/paperSeason.js';
import { kindOf, materialOf, type NamedFile } from './files.js';

const show = sealedShow({ L1: { startFen: 0 } });
const bundle = bundleOf(show);
const receipt = receiptOf(leavesOf(show.leaves), 0);

describe('a file is told by what it says', () => {
  it.each([
    ['a bundle', digested(bundle), 'bundle'],
    ['a bundle that was cut short', digested(bundle).slice(0, 3_000), 'bundle'],
    ['a bundle that a person made readable', JSON.stringify(bundle, null, 2), 'bundle'],
    ['a season', new PaperSeason().text(), 'season'],
    ['a policy', policyOf(), 'policy'],
    ['a policy with words before it', `# keep this\n\n${registryPolicy}`, 'policy'],
    ['receipts', receiptsOf(), 'receipts'],
    ['evidence that a phone kept', evidenceOf(receipt), 'receipts'],
    ['what a square held of a receipt', essenceOf(receipt), 'receipts'],
    ['a checkpoint', bundle.checkpoints[0]!, 'known'],
    ['a letter', '您好，花已收到', null],
    ['nothing', '', null],
  ])('%s', (_, text, kind) => {
    expect(kindOf(text)).toBe(kind);
  });
});

it('of each kind the newest counts, all bundles, and a season stands for its bundles', () => {
  const file = (name: string, kind: NamedFile['kind']): NamedFile => ({ name, kind, text: name });
  const three = ['a', 'b', 'c'].map((name) => file(name, 'bundle'));
  const policies = [file('old', 'policy'), file('new', 'policy')];
  const material = materialOf([...three, ...policies, file('k1', 'known'), file('k2', 'known')]);
  expect(material).toMatchObject({ season: null, policy: { name: 'new' } });
  expect(material.bundles.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  expect(material.known).toHaveLength(2);
  expect(materialOf([...three, file('s', 'season')])).toMatchObject({ season: { name: 's' }, bundles: [] });
});
