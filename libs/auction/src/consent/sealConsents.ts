import { canonicalHash } from '@qingpai/ledger/rules';
import { rowsOf } from '@qingpai/members';
import { type ConsentWaiver, type LotState, type ShowState } from '@qingpai/wire';
import { type DataSource } from 'typeorm';

/** What growers have said of the lots of a show, and why a list is sealed without. */
export class SealConsents {
  constructor(private readonly parts: { db: DataSource; nowMs: () => number }) {}

  /** Lots with a floor that are not sealed, and whose grower has not agreed to what they now say. */
  async missingOf(showId: string, state: ShowState): Promise<LotState[]> {
    const said = await rowsOf<{ lot: string; terms_hash: Buffer; agreed: boolean }>(
      this.parts.db.manager,
      'SELECT DISTINCT ON (lot) lot, terms_hash, agreed FROM consents WHERE show_id = $1 ORDER BY lot, n DESC',
      [showId],
    );
    const hasAgreed = (lot: LotState) =>
      said.some(
        ({ lot: id, agreed, terms_hash }) =>
          id === lot.lot && agreed && terms_hash.toString('base64') === termsHash(state.origin, lot),
      );
    return draftLots(state).filter((lot) => lot.floor !== null && !hasAgreed(lot));
  }

  /** Whether somebody has said why since the last list was sealed: each list has a reason of its own. */
  async isWaived(showId: string, { seals }: ShowState): Promise<boolean> {
    const rows = await rowsOf(
      this.parts.db.manager,
      'SELECT 1 FROM consent_waivers WHERE show_id = $1 AND at > $2 LIMIT 1',
      [showId, new Date(seals.at(-1)?.t ?? 0)],
    );
    return rows.length > 0;
  }

  /** Sealing goes on although somebody has not agreed: why is kept. */
  async waive(showId: string, reason: ConsentWaiver, memberId: string): Promise<void> {
    await this.parts.db.query('INSERT INTO consent_waivers VALUES ($1, $2, $3, $4)', [
      ...[showId, reason, memberId, new Date(this.parts.nowMs())],
    ]);
  }
}

export const draftLots = (state: ShowState): LotState[] =>
  Object.values(state.lots)
    .filter(({ phase }) => phase === 'draft')
    .sort((a, b) => (a.number < b.number ? -1 : 1));

/** The floor is in it as the log has it: as a salted commitment, so the hash opens nothing. */
export const termsHash = (
  origin: string,
  { lot, i, number, title, units, startFen, floor }: LotState,
): string => canonicalHash({ origin, lot, i, number, title, units, startFen, floor });
