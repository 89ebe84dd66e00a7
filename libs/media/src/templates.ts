import { type MediaAddress } from '@qingpai/wire';
import { type MediaServer } from './mediaServer.js';
import { type MediaClaim } from './rules/index.js';

export interface MediaTemplate {
  /** With `{show}` where its number goes, e.g. `https://live.example/{show}/whip`. */
  publish: string;
  watch: string;
  sign(claim: MediaClaim): string | Promise<string>;
}

/** The two addresses of a server that is known by a template. */
export function addressesBy({
  publish,
  watch,
  sign,
}: MediaTemplate): Pick<MediaServer, 'publishAt' | 'watchAt'> {
  const at = async (template: string, claim: MediaClaim): Promise<MediaAddress> => ({
    url: template.replaceAll('{show}', claim.show),
    token: await sign(claim),
    untilMs: claim.untilMs,
  });
  return {
    publishAt: ({ show, person, untilMs }) => at(publish, { show, may: 'publish', person, untilMs }),
    watchAt: (show, person, untilMs) => at(watch, { show, may: 'watch', person, untilMs }),
  };
}
