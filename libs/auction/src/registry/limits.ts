/** How often the registrar looks for shows that the registry has not followed. */
export const SWEEP_EVERY_MS = 60_000;
/** A season's verdict may be this old: it is made from every bundle of the township. */
export const SEASON_VERDICT_LIFE_MS = 60_000;
/** Townships whose verdict is kept. */
export const SEASONS_KEPT_MAX = 16;
