/** Lots in one answer of the list; totals and CSV take all. */
export const LOTS_LISTED_MAX = 2_000;

/** Issues of a township that are open at a time: more than this nobody works off. */
export const ISSUES_OPEN_MAX = 200;
/** Shown under a report, the open ones first. */
export const ISSUES_SHOWN_MAX = 300;
