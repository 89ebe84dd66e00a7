/** Lots in one answer of the list; totals and CSV take all. */
export const LOTS_LISTED_MAX = 2_000;

/** A day's report is signed by noon of the next day; later it is missing (缺报). */
export const REPORT_DUE_MS = 12 * 3_600_000;
/** Further back nobody asks for a missing report. */
export const MISSING_DAYS_MAX = 31;
/** Days whose report is kept afterwards when the server was off. */
export const KEPT_AFTERWARDS_DAYS = 7;

/** Issues of a township that are open at a time: more than this nobody works off. */
export const ISSUES_OPEN_MAX = 200;
/** Shown under a report, the open ones first. */
export const ISSUES_SHOWN_MAX = 300;
