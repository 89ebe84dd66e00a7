import { type Planted } from '../world.js';

const rules = 'libs/auction/src/rules';
const desk = 'libs/auction/src/desk';

/** Mistakes that somebody might make, each of them one line. The simulator finds every one. */
export const planted: readonly Planted[] = [
  {
    name: 'a bid sent twice is two bids',
    file: `${rules}/bidBook.ts`,
    was: 'const logged = book.bids.get(bid.bidId);',
    is: 'const logged = undefined;',
  },
  {
    name: 'ids are forgotten when the log is read anew',
    file: `${desk}/memory.ts`,
    was: 'book: taken.book,',
    is: 'book: { ...taken.book, bids: new Map() },',
  },
  {
    name: 'answered before the commit',
    file: `${desk}/deciding.ts`,
    was: 'return { tell: () => place.answer(answer) };',
    is: 'place.answer(answer); return { tell: () => undefined };',
  },
  {
    name: 'announced before the commit',
    file: `${desk}/writer.ts`,
    was: 'const beside = besidesOf(batch.outcomes);',
    is: 'const beside = besidesOf(batch.outcomes); memory.events.push(...memory.draft.leaves); this.handleCommitted();',
  },
  {
    name: 'a commit in doubt is taken for one that happened',
    file: `${desk}/writer.ts`,
    was: 'if (this.memory.holds(leaves)) this.tell(batch);',
    is: 'if (leaves) this.tell(batch);',
  },
  {
    name: 'a commit in doubt is told as a refusal',
    file: `${desk}/writer.ts`,
    was: 'if (this.memory.holds(leaves)) this.tell(batch);',
    is: "if (leaves) this.turnAway(batch.places, 'not-above-price');",
  },
  {
    name: 'an index is left out',
    file: `${desk}/draft.ts`,
    was: 'i: draft.state.next, t };',
    is: 'i: draft.state.next + (t % 50 === 0 ? 1 : 0), t };',
  },
  {
    name: 'frames lose their first event',
    file: `${desk}/frames.ts`,
    was: '.slice(from, to + 1)',
    is: '.slice(from + 1, to + 1)',
  },
  {
    name: 'the lot closes by the wall clock',
    file: `${desk}/desk.ts`,
    was: "this.writer.place({ kind: 'due' })",
    is: "this.writer.place({ kind: 'due' }, Date.now() + 86_400_000 * 365)",
  },
  {
    name: 'the lot closes a little late',
    file: `${desk}/draft.ts`,
    was: 'if (dueMs === null || dueMs > t) return;',
    is: 'if (dueMs === null || dueMs > t - 300) return;',
  },
  {
    name: 'a standstill costs the buyers their time',
    file: `${desk}/deciding.ts`,
    was: 'if (!lot || !closesAt) return silent;',
    is: 'if (lot || !closesAt) return silent;',
  },
  {
    name: 'a refused bid extends the lot',
    file: `${desk}/deciding.ts`,
    was: 'const leaf = fold(draft, decision.events, t).at(-1);',
    is: "const leaf = fold(draft, decision.events, t).at(-1); const of = draft.state.lots[bid.lot]?.offerings[bid.offering - 1]; if (of?.closesAt && !of.endedAt) fold(draft, [{ type: 'lot.extended', by: 'platform', body: { lot: bid.lot, offering: bid.offering, closesAt: of.closesAt + 100, cause: 'bid' } }], t);",
  },
  {
    name: 'a refusal names another leaf',
    file: `${desk}/deciding.ts`,
    was: 'const leaf = fold(draft, decision.events, t).at(-1);',
    is: 'const leaf = fold(draft, decision.events, t)[0];',
  },
  {
    name: 'a bid at the same price is accepted',
    file: `${rules}/english.ts`,
    was: 'amountFen <= priceFen) return',
    is: 'amountFen < priceFen) return',
  },
  {
    name: 'a bid between the steps is accepted',
    file: `${rules}/english.ts`,
    was: "if (steps === null) return 'off-grid';",
    is: '',
  },
  {
    name: 'who leads may outbid himself',
    file: `${rules}/english.ts`,
    was: "if (offering.leader === bidder.bidder) return 'already-leading';",
    is: '',
  },
  {
    name: 'a slip of the finger counts',
    file: `${rules}/english.ts`,
    was: "if (steps > rules.slipSteps && !confirmed) return 'slip-confirm';",
    is: '',
  },
  {
    name: 'an extension shrinks',
    file: `${rules}/english.ts`,
    was: 'return Math.max(closesAt, Math.min(hardEndMs(rules, offering), wished));',
    is: 'return Math.min(closesAt, nowMs + 100);',
  },
  {
    name: 'extensions never end',
    file: `${rules}/english.ts`,
    was: 'return Math.max(closesAt, Math.min(hardEndMs(rules, offering), wished));',
    is: 'return wished;',
  },
  {
    name: 'the hammer goes to whoever bid first',
    file: `${rules}/english.ts`,
    was: 'hammer(state, block, leader, unitsLeft, priceFen)',
    is: 'hammer(state, block, offering.bidders[0], unitsLeft, priceFen)',
  },
  {
    name: 'sold below the floor',
    file: `${rules}/lot.ts`,
    was: 'offering.leader !== null && (lot.floor === null || offering.floorMet);',
    is: 'offering.leader !== null;',
  },
  {
    name: 'a refused bid moves the price',
    file: `${rules}/evolve.ts`,
    was: "'bid.refused': ignore,",
    is: "'bid.refused': (state, { body }) => { const o = state.lots[body.lot]?.offerings.at(-1); if (o && !o.clock) o.priceFen = body.amountFen; },",
  },
  {
    name: 'a frozen lot closes',
    file: `${rules}/due.ts`,
    was: 'if (block.offering.frozenAt !== null) return null;',
    is: '',
  },
  {
    name: 'a take above the pressed price',
    file: `${rules}/dutch.ts`,
    was: "if (priceFen > amountFen) return 'above-pressed';",
    is: '',
  },
  {
    name: 'more units sold than there are',
    file: `${rules}/dutch.ts`,
    was: "if (units > offering.unitsLeft) return 'units-not-left';",
    is: '',
  },
  {
    name: 'a maximum is spent to the end',
    file: `${rules}/proxy.ts`,
    was: 'return Math.min(topped, winner.upToFen);',
    is: 'return winner.upToFen;',
  },
  {
    name: 'the ladder does not wait',
    file: `${rules}/ladder.ts`,
    was: 'atMs: endedAtMs + ladder.pauseMs,',
    is: 'atMs: endedAtMs + ladder.pauseMs / 2,',
  },
  {
    name: 'refusals are not counted',
    file: `${rules}/bidBook.ts`,
    was: 'if (nth > 0) book.nths.set(bidder, nth);',
    is: 'if (nth > 0 && reason === null) book.nths.set(bidder, nth);',
  },
];
