import { type EventBody, type FreightRule, type FreightTable, provinceCodes, provinces } from '@qingpai/wire';

/** Freight goes with the last sale of a payment: by then all that it pays for stands in the log. */
export function withFreight(
  paid: readonly EventBody<'sale.paid'>[],
  freightFen: number,
): EventBody<'sale.paid'>[] {
  return paid.map((body, at) => (at === paid.length - 1 && freightFen > 0 ? { ...body, freightFen } : body));
}

/** The sealed rule as a table of places, with their names. */
export function freightTableOf({
  zones,
  elsewhereFen,
  notServed,
  freeFromFen,
  pickUp,
}: FreightRule): FreightTable {
  const places = provinceCodes.map((province) => {
    const zone = zones.find((one) => one.provinces.includes(province));
    const feeFen = notServed.includes(province) ? null : (zone?.feeFen ?? elsewhereFen ?? null);
    return { province, ...provinces[province], feeFen };
  });
  return { places, freeFromFen: freeFromFen ?? null, pickUp };
}
