/** A count of units over sealed units, as the ledger counts it (LEDGER §1). */
export interface Share {
  units: number;
  of: number;
}

/**
 * '85.4%'. Only a whole is '100%' and only nothing is '0%': 9999 of 10000 is '99.9%', never rounded up to a
 * claim that is not true. '—' where nothing is sealed.
 */
export function percent({ units, of }: Share): string {
  if (of === 0) return '—';
  if (units === 0) return '0%';
  if (units >= of) return '100%';
  const tenths = Math.min(999, Math.max(1, Math.round((units * 1000) / of)));
  return `${Math.floor(tenths / 10)}.${tenths % 10}%`;
}
