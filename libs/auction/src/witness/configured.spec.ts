import { formatVkey } from '@qingpai/ledger/rules';
import { PaperWitness } from '../testing/paperWitness.js';
import { parseWitnesses } from './configured.js';

const [one, two] = [new PaperWitness('township.example/w', 1), new PaperWitness('county.example/w', 2)];

describe('the witnesses of a configuration', () => {
  it('are read by commas or lines, each with its address, or by file only', () => {
    const text = `${one.vkey} https://witness.township.example/w/,\n  ${two.vkey}\t-\n`;
    expect(parseWitnesses(text)?.map(({ key, url }) => [formatVkey(key), url])).toEqual([
      [one.vkey, 'https://witness.township.example/w'],
      [two.vkey, null],
    ]);
    expect(parseWitnesses('')).toEqual([]);
  });

  it.each([
    ['without an address', one.vkey],
    ['with a third word', `${one.vkey} - -`],
    ['with an address that is none', `${one.vkey} witness.example`],
    ['with a query behind the address', `${one.vkey} https://w.example/?a=b`],
    ['with a key that is damaged', `${one.vkey.slice(0, -2)}== -`],
    ["with a log's key", `market.example/shows/1+00000000+AQ== -`],
    ['twice', `${one.vkey} -, ${one.vkey} https://w.example`],
  ])('are not taken %s', (_what, text) => {
    expect(parseWitnesses(text)).toBeUndefined();
  });
});
