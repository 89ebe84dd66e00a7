import type { TownshipFilter } from '@qingpai/wire';

/**
 * Where on the desk one is. All of it is in the address, so that a reload, a bookmark and a link sent to a
 * colleague show the same rows. `at` and `lot` are what was drilled into; the filter stays beside them.
 */
export const views = [
  'overview',
  'report',
  'shows',
  'show',
  'lots',
  'lot',
  'payments',
  'payouts',
  'books',
  'check',
  'proof',
  'registry',
  'locked',
  'invariants',
] as const;
export type View = (typeof views)[number];
export interface Place {
  view: View;
  at: string | null;
  lot: string | null;
  filter: TownshipFilter;
}

const filterKeys = ['fromDay', 'toDay', 'show', 'village', 'grower', 'phase', 'q'] as const;

/** '?fromDay=…&village=…' of what is set, in a fixed order; '' for no filter. The API takes it as it is. */
export function queryOf(filter: TownshipFilter): string {
  const set = filterKeys.flatMap((key) => (filter[key] ? [[key, filter[key]] as [string, string]] : []));
  return set.length > 0 ? `?${new URLSearchParams(set).toString()}` : '';
}

export function placeOf(search: string): Place {
  const query = new URLSearchParams(search);
  const view = views.find((known) => known === query.get('view')) ?? 'overview';
  const filter = Object.fromEntries(
    filterKeys.flatMap((key) => (query.get(key) ? [[key, query.get(key)]] : [])),
  ) as TownshipFilter;
  return { view, at: query.get('at'), lot: query.get('lot'), filter };
}

/** The address of a place; what is not set stays out of it. */
export function addressOf(place: Place): string {
  const query = new URLSearchParams(queryOf(place.filter));
  if (place.lot) query.set('lot', place.lot);
  if (place.at) query.set('at', place.at);
  if (place.view !== 'overview') query.set('view', place.view);
  const text = query.toString();
  return text ? `/township?${text}` : '/township';
}

/** Another filter, or the same without what is set to ''. */
export function filteredBy(filter: TownshipFilter, change: Partial<Record<keyof TownshipFilter, string>>) {
  const next = { ...filter, ...change };
  return Object.fromEntries(Object.entries(next).filter(([, value]) => value)) as TownshipFilter;
}

/** How many conditions are set. */
export const conditions = (filter: TownshipFilter): number => filterKeys.filter((key) => filter[key]).length;
