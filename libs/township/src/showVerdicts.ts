import { type Verification } from '@qingpai/wire';

/** Nest's token of `ShowVerdicts`; without it every badge stays yellow. */
export const SHOW_VERDICTS = Symbol('show verdicts');

/** The port to the verifier: what it says of a show as it stands now, or null when it cannot say. */
export interface ShowVerdicts {
  of(showId: string): Promise<Verification | null>;
}

export const noVerdicts: ShowVerdicts = { of: () => Promise.resolve(null) };
