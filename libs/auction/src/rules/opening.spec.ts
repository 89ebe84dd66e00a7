import { HASH, PaperShow } from './testing/paperShow.js';

function sealed(): PaperShow {
  const show = new PaperShow({ lots: { L1: {} }, draft: true });
  show.does(0, { name: 'seal', catalogue: HASH });
  return show;
}

describe('opening a show', () => {
  it('says that a witness has cosigned the catalogue, if one has', () => {
    const show = sealed();
    show.does(1, { name: 'open', witnessed: true });
    expect(show.said('show.opened')).toEqual([{ witnessed: true }]);
    expect(show.state).toMatchObject({ phase: 'open', witnessed: true });
  });

  it('keeps to the truth when a reason was given and the witness came in time', () => {
    const show = sealed();
    show.does(1, { name: 'open', reason: 'witness-off', witnessed: true });
    expect(show.said('show.opened')).toEqual([{ witnessed: true }]);
  });

  it('needs a reason where a witness is configured and has not cosigned', () => {
    const show = sealed();
    expect(show.reason(1, { name: 'open', witnessed: false })).toBe('not-witnessed');
    show.does(1, { name: 'open', witnessed: false, reason: 'no-network' });
    expect(show.said('show.opened')).toEqual([{ witnessed: false, reason: 'no-network' }]);
  });

  it('does not take "none is configured" for a reason where one is', () => {
    expect(sealed().reason(1, { name: 'open', witnessed: false, reason: 'none-configured' })).toBe(
      'not-witnessed',
    );
  });

  it('says that none is configured where none is, unless the host knows better', () => {
    const [silent, said] = [sealed(), sealed()];
    silent.does(1, { name: 'open' });
    said.does(1, { name: 'open', reason: 'witness-off' });
    expect(silent.said('show.opened')).toEqual([{ witnessed: false, reason: 'none-configured' }]);
    expect(said.said('show.opened')).toEqual([{ witnessed: false, reason: 'witness-off' }]);
  });
});
