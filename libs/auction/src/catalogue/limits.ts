/** Every limit of the catalogue and its photos, in one place. */
export const IMPORT_BYTES_MAX = 2 * 1024 * 1024;
export const IMPORT_ROWS_MAX = 2_000;
/** Spreadsheets end in blank rows, sometimes in thousands of them. */
export const IMPORT_LINES_MAX = 5_000;
export const IMPORT_LINE_BYTES_MAX = 16 * 1024;
/** What a report says of columns that nobody knows. */
export const UNKNOWN_COLUMNS_MAX = 30;
export const COLUMN_NAME_MAX = 40;
/** What a spreadsheet may unpack to: 2 000 full rows need about a tenth of it. */
export const UNPACKED_BYTES_MAX = 32 * 1024 * 1024;
/** A spreadsheet is read beside the main loop, so that reading it never delays a bid. */
export const SPREADSHEET_HEAP_MB = 192;
export const SPREADSHEET_TIME_MS = 10_000;
/** A preview waits this long for its confirmation. */
export const IMPORT_LIFE_MS = 2 * 3_600_000;
/** The newest of a show; two phones may look at one each. */
export const IMPORTS_PER_SHOW_MAX = 5;
/** A million yuan per unit: above it, a price is a slip of the finger. */
export const PRICE_FEN_MAX = 100_000_000;
export const PHOTOS_PER_LOT_MAX = 6;
