declare module 'fontverter' {
  /** @param to 'sfnt', 'truetype', 'woff' or 'woff2' */
  export function convert(font: Buffer, to: string): Promise<Buffer>;
}
