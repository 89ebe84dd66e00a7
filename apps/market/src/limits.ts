/** Every limit of the web server, in one place. */

/** A body of JSON or a form: a bid has 300 bytes, an import comes as a file. */
export const BODY_BYTES_MAX = 64 * 1024;
/** A photo as a phone takes it, or a catalogue. */
export const FILE_BYTES_MAX = 15 * 1024 * 1024;
