import { z } from 'zod';
import { hash, showId, timeMs } from './units.js';

/**
 * Whether there is live video, as the relay sees it. `off`: this house has none · `idle`: nobody has sent yet · `live`: a
 * viewer could see or hear it now · `stalled`: the camera has been silent for five seconds · `ended`: it was put out.
 */
export const stageState = z.enum(['off', 'idle', 'live', 'stalled', 'ended']);
export type StageState = z.infer<typeof stageState>;
export const stage = z.object({
  state: stageState,
  video: z.boolean().describe('a picture comes'),
  audio: z.boolean().describe('sound comes'),
  take: z
    .int()
    .nonnegative()
    .describe('grows when the camera comes back in another form: whoever watches an older take posts again'),
  recording: z
    .enum(['on', 'full'])
    .optional()
    .describe('on: it is being recorded; full: it is not, since the disk is; left out: it is not'),
});
export type Stage = z.infer<typeof stage>;
/** Asked for before a show goes on air. */
export const stageAnswer = stage.extend({
  reached: z
    .boolean()
    .optional()
    .describe(
      'whether the relay answers the market now; left out: there is none, or it is another house’s server',
    ),
});
export type StageAnswer = z.infer<typeof stageAnswer>;

/** Where live video is sent to (WHIP, RFC 9725) or fetched from (WHEP, LiveKit), and the bearer token for it. */
export const mediaAddress = z.object({
  url: z.string().describe('an offer is POSTed here as application/sdp; by LiveKit: its websocket'),
  token: z.string(),
  by: z
    .literal('livekit')
    .optional()
    .describe('sent to by WHIP in one size, watched by its own client; left out: WHIP, WHEP'),
  untilMs: timeMs.describe('a connection that is open by then stays open'),
});
export type MediaAddress = z.infer<typeof mediaAddress>;
export const watchAnswer = z.object({
  stage,
  watch: mediaAddress.nullable().describe('null: no live video in this house'),
  delayed: z
    .string()
    .nullable()
    .describe('a playlist (HLS) some seconds behind, for networks that let neither UDP nor our TCP through'),
});
export type WatchAnswer = z.infer<typeof watchAnswer>;
/** A page from its start to its stop, made up by itself: of two of one person the newer one sends. */
const senderPage = z.uuid().optional();
export const publishAsk = z.strictObject({
  /** `encoder`: OBS and the like, which cannot ask for a fresh token; for twelve hours. */
  for: z.enum(['page', 'encoder']).default('page'),
  page: senderPage,
});
export type SenderKind = z.infer<typeof publishAsk>['for'];

/** A link for a second phone; it opens once. */
export const cameraLink = z.object({ path: z.string(), untilMs: timeMs });
export type CameraLink = z.infer<typeof cameraLink>;
export const cameraEnter = z.strictObject({ token: z.string().max(100) });
export const cameraPass = z.object({
  showId,
  title: z.string(),
  code: z.string().nullable().describe('short code of the sealed root'),
  pass: z.string().describe('with it the page asks for publish tokens'),
  untilMs: timeMs,
});
export type CameraPass = z.infer<typeof cameraPass>;
export const cameraAsk = z.strictObject({ pass: z.string().max(600), page: senderPage });
export const cameraAnswer = z.object({ stage, publish: mediaAddress });
export type CameraAnswer = z.infer<typeof cameraAnswer>;

/** What a media server elsewhere says of a stage, where nothing else tells it (docs/media.md). */
export const stageNews = z.strictObject({
  show: showId,
  state: z.enum(['live', 'stalled', 'ended']),
  video: z.boolean().default(true),
  audio: z.boolean().default(true),
});
export type StageNews = z.infer<typeof stageNews>;

/** How a viewer's connection goes on: POSTed to `<its resource>/layer`. */
export const layerAsk = z.strictObject({ layer: z.enum(['high', 'low', 'voice']) });

/**
 * What lets somebody send or receive live video: short-lived, signed, bound to one show, one role and one person.
 * `camera`: asks for `publish` tokens in the name of the person who made the camera's link; no relay takes it.
 * `events`: the market listens to its relay.
 */
export const mediaClaim = z.strictObject({
  show: z.string().min(1).max(40),
  may: z.enum(['publish', 'watch', 'camera', 'events']),
  person: z.string().min(1).max(80),
  untilMs: z.int().positive(),
});
export type MediaClaim = z.infer<typeof mediaClaim>;

/** A piece of a show's recording. `deleted`: its time to be kept is over · `lost`: the file is not as it was kept. */
export const replayPiece = z.object({
  segment: z.int().positive(),
  fromMs: timeMs.describe('when its first picture was filmed'),
  toMs: timeMs,
  bytes: z.int().positive(),
  sha256: hash.describe("of the file; the show's log has the same in `recording.kept`"),
  state: z.enum(['kept', 'deleted', 'lost']),
});
export type ReplayPiece = z.infer<typeof replayPiece>;
export const replayAnswer = z.object({
  title: z.string(),
  buyersMayWatch: z.boolean().describe('who has a paddle may watch when the show is closed'),
  mayOpen: z.boolean().describe('you may change that'),
  pieces: z.array(replayPiece),
});
export type ReplayAnswer = z.infer<typeof replayAnswer>;
const filmed = z.object({ fromMs: timeMs, toMs: timeMs });
/** How one lot was sold: as a rule one clip; another begins where the picture changed its size or codec. */
export const clipsAnswer = z.object({
  clips: z.array(
    filmed.extend({
      part: z.int().positive().describe('asked for as `clip?part=`'),
      pieces: z
        .array(z.object({ segment: z.int().positive(), sha256: hash }))
        .describe('what it was cut from, as the log has it; the file itself names them too, as its comment'),
    }),
  ),
  gaps: z.array(filmed).describe('between the call and the hammer nothing was filmed, or it is not kept'),
});
export type ClipsAnswer = z.infer<typeof clipsAnswer>;
export const replaySetting = z.strictObject({ buyersMayWatch: z.boolean() });

const byteCount = z.int().nonnegative().max(Number.MAX_SAFE_INTEGER);
/** Room for recordings. `low`: fewer than three evenings fit · `full`: nothing is recorded until some is made. */
export const recordingDisk = z.object({
  usedBytes: byteCount.describe('by recordings'),
  freeBytes: byteCount.describe('on that disk'),
  freeBytesMin: byteCount.describe('below it recording stops, so that the log has room'),
  eveningBytes: byteCount.describe('what an evening of four hours takes, as the last ones did'),
  eveningsLeft: z.int().nonnegative(),
  state: z.enum(['enough', 'low', 'full']),
  keepDays: z.int().positive().describe('how long each piece is kept, by the setting'),
  nextToGo: z
    .object({ showId, goesAtMs: z.int(), bytes: byteCount.describe('of this show, that are kept') })
    .nullable()
    .describe('whose pieces are deleted first, since their time is over then; null: nothing is kept'),
});
export type RecordingDisk = z.infer<typeof recordingDisk>;
