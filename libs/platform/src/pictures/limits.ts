export const PICTURE_BYTES_MAX = 8 * 1024 * 1024;
/** What a phone's best camera takes; a small file may claim far more. */
export const PICTURE_PIXELS_MAX = 64_000_000;
/** The longer side of what is kept. */
export const PICTURE_SIDE_PX = 1_600;
export const PICTURE_QUALITY = 82;
