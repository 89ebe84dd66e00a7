import { createHash, randomBytes } from 'node:crypto';
import { fromBase64 } from '@qingpai/ledger/rules';
import { rowsOf, type Vault } from '@qingpai/members';
import { Refused } from '@qingpai/platform';
import {
  type ConsentAnswers,
  type ConsentLot,
  type ConsentPage,
  type ConsentWaiver,
  type LotCard,
  type LotState,
  type ShowConsents,
  type ShowState,
} from '@qingpai/wire';
import { type DataSource } from 'typeorm';
import { cardsOf } from '../catalogue/lotCards.js';
import { type Desks } from '../desk/desks.js';
import { type ShowStore } from '../store/showStore.js';
import { draftLots, termsHash } from './sealConsents.js';

export interface ConsentsParts {
  db: DataSource;
  desks: Desks;
  store: ShowStore;
  vault: Vault;
  nowMs: () => number;
}

const LINK_LIFE_MS = 7 * 86_400_000;

/**
 * Consent to a floor (最低愿卖价). The host makes a link for each grower; its token is used once and gives the grower's
 * phone a pass, with which he agrees or asks for another floor, lot by lot, until the list is sealed. What he agreed to
 * is named by a hash of the terms as the log has them: a lot described anew asks again.
 */
export class Consents {
  constructor(private readonly parts: ConsentsParts) {}

  /** `path` ends in the token as a fragment, which browsers keep out of requests. Refuses: `not-found`, `wrong-phase`. */
  async makeLink(
    showId: string,
    grower: string,
    memberId: string,
  ): Promise<{ path: string; expiresAtMs: number }> {
    const { state } = await this.parts.desks.of(showId);
    if (!draftLots(state).some((lot) => lot.grower === grower)) throw new Refused('not-found');
    const token = randomBytes(32).toString('base64url');
    const expiresAtMs = this.parts.nowMs() + LINK_LIFE_MS;
    await this.parts.db.query(
      'INSERT INTO consent_links (token_hash, show_id, grower, made_by, expires_at) VALUES ($1, $2, $3, $4, $5)',
      [hashOf(token), showId, grower, memberId, new Date(expiresAtMs)],
    );
    return { path: `/consent#token=${token}`, expiresAtMs };
  }

  /** The grower's page: by the token once, by the pass as often as he likes. Refuses: `wrong-token`. */
  async open(by: { token: string } | { pass: string }): Promise<ConsentPage> {
    const pass = 'pass' in by ? by.pass : randomBytes(32).toString('base64url');
    const link = 'pass' in by ? await this.linkOf(pass) : await this.use(by.token, pass);
    if (!link) throw new Refused('wrong-token');
    const grower = (await this.growersOf(link.show_id)).find((one) => one.grower === link.grower);
    const { title } = await this.parts.store.show(link.show_id);
    return { pass, title, grower: grower?.name ?? '', lots: grower?.lots ?? [] };
  }

  /**
   * Refuses: `wrong-token`, `wrong-phase` when the list is sealed, `unknown-lot` for what is not his, `import-stale` when
   * the lot was described anew since he saw it.
   */
  async answer({ pass, answers }: ConsentAnswers): Promise<ConsentPage> {
    const link = await this.linkOf(pass);
    if (!link) throw new Refused('wrong-token');
    const { state } = await this.parts.desks.of(link.show_id);
    const said = answers.map((one) => {
      const lot = Object.hasOwn(state.lots, one.lot) ? state.lots[one.lot]! : undefined;
      if (lot?.grower !== link.grower) throw new Refused('unknown-lot');
      if (lot.phase !== 'draft') throw new Refused('wrong-phase');
      const terms = termsHash(state.origin, lot);
      if ('agree' in one && one.hash !== terms) throw new Refused('import-stale');
      return { lot: lot.lot, terms, wantedFen: 'agree' in one ? null : one.wantedFen };
    });
    // None of it is kept when any of it is refused.
    for (const one of said) await this.keep(link.show_id, one);
    return this.open({ pass });
  }

  /** What every grower of the lists that are not sealed has said. */
  async of(showId: string): Promise<ShowConsents> {
    const growers = await this.growersOf(showId);
    const [waiver] = await rowsOf<{ reason: ConsentWaiver }>(
      this.parts.db.manager,
      'SELECT reason FROM consent_waivers WHERE show_id = $1 ORDER BY at DESC LIMIT 1',
      [showId],
    );
    const lots = growers.flatMap((grower) => grower.lots);
    const missing = lots.filter(({ state, floorFen }) => floorFen > 0 && state !== 'agreed').length;
    return { growers, missing, waiver: waiver?.reason ?? null };
  }

  // ------------------------------------------------------------ kept

  private async use(token: string, pass: string): Promise<LinkRow | undefined> {
    const [row] = await rowsOf<LinkRow>(
      this.parts.db.manager,
      `UPDATE consent_links SET used_at = $2, pass_hash = $3
       WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING show_id, grower`,
      [hashOf(token), new Date(this.parts.nowMs()), hashOf(pass)],
    );
    return row;
  }

  private async linkOf(pass: string): Promise<LinkRow | undefined> {
    const [row] = await rowsOf<LinkRow>(
      this.parts.db.manager,
      'SELECT show_id, grower FROM consent_links WHERE pass_hash = $1 AND expires_at > $2',
      [hashOf(pass), new Date(this.parts.nowMs())],
    );
    return row;
  }

  private async keep(showId: string, { lot, terms, wantedFen }: Said): Promise<void> {
    const wanted =
      wantedFen === null ? null : this.parts.vault.seal(Buffer.from(String(wantedFen)), ownerOf(showId, lot));
    await this.parts.db.query(
      'INSERT INTO consents (show_id, lot, terms_hash, agreed, wanted, at) VALUES ($1, $2, $3, $4, $5, $6)',
      [showId, lot, Buffer.from(fromBase64(terms)!), wanted === null, wanted, new Date(this.parts.nowMs())],
    );
  }

  private async growersOf(showId: string): Promise<ShowConsents['growers']> {
    const { db, desks, store } = this.parts;
    const { state } = await desks.of(showId);
    const [cards, floors] = [await cardsOf(db.manager, showId), await store.floorsOf(showId)];
    const said = await rowsOf<SaidRow>(db.manager, lastSaid, [showId]);
    const growers = new Map<string, ShowConsents['growers'][number]>();
    for (const lot of draftLots(state)) {
      const card = cards.find((one) => one.lot === lot.lot);
      const { grower: id } = lot;
      const his = growers.get(id) ?? {
        ...{ grower: id, name: card?.growerName ?? '', village: card?.village ?? '', lots: [] },
      };
      const floorFen = lot.floor === null ? 0 : (floors.get(lot.lot)?.floorFen ?? 0);
      const row = said.find((one) => one.lot === lot.lot);
      his.lots.push(this.lotOf(showId, state, lot, { card, floorFen, row }));
      growers.set(id, his);
    }
    return [...growers.values()];
  }

  private lotOf(
    showId: string,
    { origin }: ShowState,
    lot: LotState,
    { card, floorFen, row }: { card?: LotCard; floorFen: number; row?: SaidRow },
  ): ConsentLot {
    const terms = termsHash(origin, lot);
    const isOfThese = row !== undefined && row.terms_hash.toString('base64') === terms;
    const wanted = row?.wanted ? this.parts.vault.open(row.wanted, ownerOf(showId, lot.lot)) : null;
    const { lot: id, number, title, unit, units, startFen } = lot;
    return {
      ...{ lot: id, number, title, unit, units, startFen, floorFen, hash: terms },
      photo: card?.photos[0] ?? null,
      state: !isOfThese ? 'none' : row.agreed ? 'agreed' : 'asked',
      wantedFen: isOfThese && wanted ? Number(wanted.toString()) : null,
      atMs: isOfThese ? row.at.getTime() : null,
    };
  }
}

interface Said {
  lot: string;
  terms: string;
  wantedFen: number | null;
}
interface LinkRow {
  show_id: string;
  grower: string;
}
interface SaidRow {
  lot: string;
  terms_hash: Buffer;
  agreed: boolean;
  wanted: Buffer | null;
  at: Date;
}
const lastSaid = `
  SELECT DISTINCT ON (lot) lot, terms_hash, agreed, wanted, at FROM consents WHERE show_id = $1 ORDER BY lot, n DESC`;

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();
const ownerOf = (showId: string, lot: string): string => `consent/${showId}/${lot}`;
