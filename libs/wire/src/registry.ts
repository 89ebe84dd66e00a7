import { z } from 'zod';
import { verification } from './verification.js';
import { bundle } from './bundle.js';
import { signedHead } from './proofs.js';
import {
  hash,
  leafIndex,
  origin,
  pseudonym,
  publicKey,
  showId,
  signature,
  textOrNull,
  timeMs,
} from './units.js';

/**
 * The registry: one log per township, origin `<host>/township/<code>`, that lists every show, so that a bad one cannot
 * vanish (LEDGER §1.4, §2). Each event has a number of its own, without gaps from 1: whatever is missing shows.
 */
const n = z.int().positive().describe('number of the event in the registry, without gaps from 1');
const show = showId;
/** `note`: SHA-256 of the three-line body of the checkpoint that ends right after the show's leaf. */
const noted = z.strictObject({ n, show, note: hash });

export const townshipCode = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/)
  .describe('code of a township, as in its addresses, e.g. siqiao');
/** `<name>+<key id, 8 hex>+<base64(type ‖ key)>`, as C2SP signed-note has it. */
const vkey = z
  .string()
  .max(300)
  .regex(/^[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*$/)
  .describe("a log's public key, with its name");

/**
 * After a restore: the registry before, its head, and this log's own key. `vouched` is an Ed25519 signature by the key of
 * the registry before, over `qingpai/registry-continues/v1`, a line feed, and the canonical JSON (RFC 8785) of
 * `{origin, root, size, vkey}`: whoever pinned the first key need not pin another.
 */
export const registryContinues = z.strictObject({
  ...{ origin, size: z.int().positive(), root: hash },
  ...{ vkey, vouched: signature },
});
export type RegistryContinues = z.infer<typeof registryContinues>;

export const registryBodies = {
  'registry.opened': z.strictObject({
    ...{ n, origin, township: townshipCode },
    continues: registryContinues.optional(),
  }),
  'show.registered': z.strictObject({ n, show, origin, vkey, startsAt: timeMs }),
  'show.cancelled': z.strictObject({ n, show }),
  'show.sealed': noted,
  'show.closed': noted,
  /** Whose key may approve catalogues (`show.approved`) of this township. */
  'officer.enrolled': z.strictObject({ n, person: pseudonym, key: publicKey }),
  /** SHA-256 of a report that stands outside: a complaint, or a correction after a show was settled. */
  'report.filed': z.strictObject({ n, hash }),
} as const;
export type RegistryEventType = keyof typeof registryBodies;
export type RegistryBody<T extends RegistryEventType> = z.infer<(typeof registryBodies)[T]>;
export type RegistryEvent = {
  [T in RegistryEventType]: { type: T; body: RegistryBody<T> };
}[RegistryEventType];
/** As the log holds it; the leaf is `{body, by: 'platform', i, show: <the registry's origin>, t, type, v: 2}`. */
export type LoggedRegistryEvent = RegistryEvent & { i: number; t: number };

const registryTypes = Object.keys(registryBodies) as RegistryEventType[];
export const loggedRegistryEvent = z
  .union(
    registryTypes.map((type) =>
      z.object({
        i: leafIndex,
        t: timeMs,
        type: z.literal(type),
        body: registryBodies[type] as z.ZodType,
      }),
    ),
  )
  .describe("an event of a township's registry") as unknown as z.ZodType<LoggedRegistryEvent>;

/** The registry by itself, as in a season's bundle: leaves and signed notes are exact, as in a show's. */
export const registryBundle = z.object({
  origin,
  leaves: z.array(z.string()),
  /** Signed notes, oldest first; the newest covers all leaves. */
  checkpoints: z.array(z.string()),
});
export type RegistryBundle = z.infer<typeof registryBundle>;

/** Everything a stranger needs to judge all shows of a township together, one JSON file. */
export const seasonBundle = z.object({
  format: z.literal('qingpai/season/v1'),
  /**
   * SHA-256, lower-case hex, of the canonical JSON (RFC 8785) of `{before, format, registry, shows}` (`before` only where
   * there is one) with the digest of each show's bundle in its place: each of those covers its own.
   */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  registry: registryBundle,
  before: z
    .array(registryBundle)
    .min(1)
    .optional()
    .describe('the registries that this one goes on from after restores, the nearest first'),
  shows: z.array(bundle),
});
export type SeasonBundle = z.infer<typeof seasonBundle>;

/**
 * How a show stands in the registry: still to be sealed, a day over the time it was to begin and not sealed (which makes
 * the season INVALID), called off before it was sealed, sealed, closed.
 */
export const registeredStanding = z.enum(['toCome', 'overdue', 'cancelled', 'sealed', 'closed']);
export const registryView = z.object({
  origin,
  vkey: vkey.describe('the key to pin once: the registry vouches for the key of each show'),
  head: signedHead,
  officers: z.array(publicKey).describe('keys by which catalogues may be approved'),
  before: z
    .array(z.object({ origin, size: z.int().positive() }))
    .describe('registries that this one goes on from after restores, the nearest first, as far as they led'),
  isBehind: z
    .boolean()
    .describe(
      'a witness holds more of it than this server: it was put back from a copy, and has to go on in another log',
    ),
  shows: z.array(
    z.object({
      show,
      origin,
      i: leafIndex.describe('leaf of the registry that registered it'),
      log: origin.describe('the registry of that leaf: this one, or one before it'),
      startsAtMs: timeMs,
      standing: registeredStanding,
    }),
  ),
});
export type RegistryView = z.infer<typeof registryView>;
/** A document that stands outside, e.g. a complaint or a correction: only its hash is published. */
export const reportFile = z.strictObject({ hash: hash.describe('SHA-256 of the document, base64') });

/** How a registered show stands in a season. `notDue`: it has still time to be sealed or cancelled. */
export const showStanding = z.enum(['notDue', 'cancelled', 'continued', 'judged', 'unsealed', 'missing']);
export type ShowStanding = z.infer<typeof showStanding>;

/** What the verifier says of a season: of the registry, and of every show that it lists. */
export const seasonVerification = verification.extend({
  registry: textOrNull.describe("the registry's origin"),
  shows: z.array(
    z.object({
      show: showId,
      origin,
      standing: showStanding,
      verification: verification.nullable().describe('null where there is no bundle to judge'),
    }),
  ),
});
export type SeasonVerification = z.infer<typeof seasonVerification>;

/** Of a log that goes on from others after restores: all of them together. */
export const continuedVerification = verification.extend({
  before: z
    .array(verification)
    .optional()
    .describe('of each log before by itself, the nearest first; left out where none was at hand'),
});
export type ContinuedVerification = z.infer<typeof continuedVerification>;
