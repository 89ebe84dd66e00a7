import { type MembersService, rowsOf, type SessionMember } from '@qingpai/members';
import { Refused } from '@qingpai/platform';
import { newShowRules, type showCreate, type ShowEnd, type ShowRules, type showSummary } from '@qingpai/wire';
import { type DataSource, In } from 'typeorm';
import { type z } from 'zod';
import { lengthenedBy } from '../rules/elsewhere.js';
import { EndedShow } from '../registry/entities.js';
import { freightWords } from '../rules/index.js';
import { Show } from '../store/entities.js';
import { type ShowStore } from '../store/showStore.js';
import { type House, problemsOfRules } from './house.js';

export interface ShowsParts {
  db: DataSource;
  store: ShowStore;
  members: MembersService;
  house: House;
  /** Every show of this installation is a demonstration: 演示 across its certificate. */
  demo: boolean;
  /** Milliseconds since 1970, UTC. */
  nowMs: () => number;
}

type ShowCreate = z.infer<typeof showCreate>;
type ShowSummary = z.infer<typeof showSummary>;

export const SHOWS_LISTED_MAX = 200;

/** Shows as things to be made and listed; what happens in them is the desk's. */
export class Shows {
  constructor(private readonly parts: ShowsParts) {}

  /** A new show of this host, its log opened. Refuses: `malformed` (rules that contradict themselves). */
  async create(host: Pick<SessionMember, 'memberId' | 'townshipId'>, wanted: ShowCreate): Promise<string> {
    const { elsewhere } = wanted;
    const wished: ShowRules = { ...newShowRules, ...definedOf(wanted.rules ?? {}) };
    const rules = lengthenedBy(wished, elsewhere?.delayMs ?? 0);
    const problems = problemsOfRules(rules);
    if (problems.length > 0) throw new Refused('malformed', undefined, problems.map(outOfBounds));
    const { house, demo } = this.parts;
    const [nowMs, township] = [this.parts.nowMs(), await this.townshipOf(host.townshipId)];
    const card = {
      title: wanted.title,
      township: township.name,
      hostTitle: wanted.hostTitle ?? house.hostTitle,
      seller: house.seller,
      startsAtMs: wanted.startsAtMs ?? nowMs,
      freight: rules.freight ? freightWords(rules.freight) : house.freight,
      payBy: house.payBy,
      ...(elsewhere && { elsewhere }),
    };
    const show = { townshipId: township.id, hostId: host.memberId, card, rules, demo, nowMs };
    const { showId } = await this.parts.db.transaction((manager) =>
      this.parts.store.createShow(manager, show),
    );
    return showId;
  }

  /** Newest first. Drafts are seen by the people of their own township only. */
  async list(member: Pick<SessionMember, 'townshipId'> | null): Promise<ShowSummary[]> {
    const visible = [
      { phase: In(['sealed', 'open', 'closed', 'settled']) },
      ...(member?.townshipId ? [{ townshipId: member.townshipId }] : []),
    ];
    const order = { startsAt: 'DESC', showId: 'DESC' } as const;
    const shows = await this.parts.db.manager.find(Show, { where: visible, order, take: SHOWS_LISTED_MAX });
    const ids = shows.map(({ showId }) => showId);
    const [counts, ends] = [await this.countsOf(ids), await this.endsOf(ids)];
    return shows.map((show) => ({
      ...{ showId: show.showId, title: show.title, phase: show.phase, code: show.code, card: show.card },
      startsAtMs: show.startsAt.getTime(),
      ...(counts.get(show.showId) ?? { lots: 0, units: 0 }),
      ...(ends.has(show.showId) && { ended: ends.get(show.showId)! }),
    }));
  }

  private async endsOf(showIds: string[]): Promise<Map<string, ShowEnd>> {
    const rows = await this.parts.db.manager.findBy(EndedShow, { showId: In(showIds) });
    return new Map(rows.map(({ showId, how, byShow }) => [showId, { how, byShow }]));
  }

  /** Lots and units that were catalogued and not struck. */
  private async countsOf(showIds: string[]): Promise<Map<string, { lots: number; units: number }>> {
    const rows = await rowsOf<{ show_id: string; lots: number; units: number }>(
      this.parts.db.manager,
      `SELECT show_id, count(*)::int AS lots, sum(units)::int AS units FROM lots
        WHERE show_id = ANY($1) AND phase <> 'struck' GROUP BY show_id`,
      [showIds],
    );
    return new Map(rows.map(({ show_id: showId, lots, units }) => [showId, { lots, units }]));
  }

  private async townshipOf(townshipId: string | null) {
    const township = townshipId === null ? null : await this.parts.members.townshipOf(townshipId);
    if (!township) throw new Refused('not-allowed');
    return township;
  }
}

const outOfBounds = (path: string) => ({ path, message: 'out of bounds' });

/** A field that is there without a value says nothing. */
const definedOf = <T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
