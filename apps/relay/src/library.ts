import type * as Library from 'node-datachannel';

export type { Library };

/** The WebRTC library, or why it is not there: its binary needs glibc ≥ 2.30 and a platform it was built for. */
export function loadLibrary(): { library: typeof Library } | { why: string } {
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- an optional package: loaded at run time, or not
    return { library: require('node-datachannel') as typeof Library };
  } catch (error) {
    return { why: String(error).split('\n')[0]! };
  }
}
