import { z } from 'zod';
import { defaultFreight } from './defaultFreight.js';
import { province } from './provinces.js';
import { durationMs, fen, positiveFen } from './units.js';

/** Lots open at once in a timed show, at most. */
export const TIMED_OPEN_MAX = 200;

/**
 * 运费: what the one parcel of a buyer costs, shown before the first bid (RULES §5). A province stands in one zone at most;
 * one that no zone names costs `elsewhereFen`, or is not served where that is left out.
 */
export const freightRule = z
  .strictObject({
    zones: z.array(z.strictObject({ provinces: z.array(province).min(1).max(34), feeFen: fen })).max(34),
    elsewhereFen: fen.optional(),
    /** Nothing is sent there. */
    notServed: z.array(province).max(34),
    /** No freight from this sum of a buyer's sales on. Left out: never free. */
    freeFromFen: positiveFen.optional(),
    /** 自提: whoever fetches it at the station pays none. */
    pickUp: z.boolean(),
  })
  .refine(({ zones, notServed }) => isEachOnce([...zones.flatMap((zone) => zone.provinces), ...notServed]), {
    message: 'a province stands in one place',
  });
export type FreightRule = z.infer<typeof freightRule>;

const isEachOnce = (all: readonly string[]): boolean => new Set(all).size === all.length;

/**
 * The auction rules of one show (RULES §2 and §3). They are fixed when the show is sealed: `show.sealed`
 * carries SHA-256 of their canonical JSON, and the bundle carries them beside the leaves.
 */
export const showRules = z.strictObject({
  v: z.literal(1),
  /** Upper bound exclusive → step. The last step has no bound. */
  increments: z.array(z.strictObject({ belowFen: positiveFen, stepFen: positiveFen })).max(20),
  topStepFen: positiveFen,
  /** A rising lot's first close: this long after it is offered. */
  openForMs: durationMs,
  windowMs: durationMs,
  extensionMs: durationMs,
  /** No extension goes past the first close plus this. */
  hardEndMs: durationMs,
  suddenDeath: z.boolean(),
  /** 最后一次 sets the close this far off, never nearer. */
  lastCallMs: durationMs,
  /** A bid of more steps than this needs `confirmed: true`. */
  slipSteps: z.int().positive().max(100),
  clock: z.strictObject({
    tickMs: durationMs,
    /** After takes the clock starts again this many steps up, never above its first price. */
    restartSteps: z.int().nonnegative().max(20),
    /** Takes within the same tick at the same price all buy while stock lasts. */
    manyTakers: z.boolean(),
    /** 最少拿货量. The last take may be smaller when less is left. */
    minUnits: z.int().positive().max(999),
  }),
  /**
   * 限时竞价: several rising lots may be open at once, each with its own close. Left out: a live room, one lot on the
   * block at a time.
   */
  timed: z
    .strictObject({
      openMax: z.int().min(2).max(TIMED_OPEN_MAX),
      /** Each lot's first close lies at least this long after that of every lot which is open when it is offered. */
      staggerMs: durationMs,
    })
    .optional(),
  furtherOfferings: z.int().nonnegative().max(2),
  reoffer: z.strictObject({
    ofBestPercent: z.int().min(100).max(300),
    ofFloorPercent: z.int().min(100).max(300),
  }),
  /**
   * 保不流拍: chosen beforehand, run by the server once every lot has been called (RULES §4). A lot that waits is offered
   * again as a falling clock, as often as `furtherOfferings` allows; then it passes, is carried, or waits for the host.
   * Left out: the host brings lots back by hand.
   */
  ladder: z
    .strictObject({
      /** Between the end of one offering and the server's next step. */
      pauseMs: durationMs,
      atLast: z.enum(['pass', 'carry', 'wait']),
      /**
       * Before that, what is left is offered to one person after the other of those who pre-bid or bid on it, at the
       * floor or above. Left out: to nobody.
       */
      offers: z
        .strictObject({
          /** How long each may think. */
          answerWithinMs: durationMs.min(10_000),
          /** How many are asked about one lot. */
          perLotMax: z.int().positive().max(20),
        })
        .optional(),
    })
    .optional(),
  /**
   * 顺位成交: what the server does when a sale of the closed show is in default. Left out: nothing; the sale stays in
   * default. Units from a falling clock have no runner-up.
   */
  secondChance: z
    .strictObject({
      /** How long each may think. */
      answerWithinMs: durationMs.min(10_000),
      /** How many are asked about the units of one sale, one after the other. */
      perSaleMax: z.int().positive().max(20),
      /** Then the units go to the next show, or the sale stays in default, by name. */
      atLast: z.enum(['carry', 'wait']),
    })
    .optional(),
  /**
   * 保证金: who bids needs one, of this amount for the whole show. Left out: nobody does. A maximum bid needs it in any
   * case, since nobody may know how far it goes.
   */
  deposit: z
    .strictObject({
      amountFen: positiveFen,
      /** Only for bids that come to more than this in all. Left out or 0: for every bid. */
      abovePriceFen: fen.optional(),
    })
    .optional(),
  /** The most one bid of a bidder may come to, fen, unless a limit of his own says otherwise. Left out: none. */
  bidLimitFen: positiveFen.optional(),
  /** The same for a person in the hall or on the telephone, for whom the house bids (代拍). Left out: `bidLimitFen`. */
  hallLimitFen: positiveFen.optional(),
  /** Logged refusals per bidder and offering; then the answer is `slow-down` without a leaf. */
  refusalsLoggedMax: z.int().positive().max(1000),
  /** A sale is terminal, and a show can be settled, this long after the show was closed. */
  complaintMs: durationMs,
  /**
   * 售后: how long after the goods came damage may be shown (坏损包赔), by when the house owes an answer, and so on. Left
   * out: nothing is claimed in the log.
   */
  afterSale: z
    .strictObject({
      claimWithinMs: durationMs,
      answerWithinMs: durationMs,
      /** Goods that are no living ones may be sent back this long after they came. */
      returnWithinMs: durationMs,
      /** Shipped this long ago and not heard of since: taken as received. */
      lapseAfterMs: durationMs,
      /** What one person may grant of one sale by himself, fen; above it a second must agree. */
      grantAloneMaxFen: positiveFen,
    })
    .optional(),
  /** A sale that is not paid this long after the show was closed is in default. Left out: no sale ever is. */
  payWithinMs: durationMs.optional(),
  /**
   * The same by the clock on the wall, where `payWithinMs` is left out: so many days after the day of the close, at this
   * minute of the day (720: noon), by a clock that is so far ahead of UTC.
   */
  payBy: z
    .strictObject({
      afterDays: z.int().min(1).max(30),
      minuteOfDay: z.int().min(0).max(1_439),
      utcOffsetMinutes: z.int().min(-720).max(840),
    })
    .optional(),
  /** Left out: no freight is charged. */
  freight: freightRule.optional(),
  /**
   * The township's share of what a sale brought in, percent, rounded down to the fen. Where it is given (0 too) the
   * growers are paid from these books, and the show is settled when all are. Left out: no share, and no waiting.
   */
  feePercent: z.int().nonnegative().max(30).optional(),
  /**
   * settled: before the show is, deposits that were forfeited to growers are paid out, and what a grower owes back is taken
   * off, repaid or carried on by name. Left out: it may be, and nobody waits for it.
   */
  growerDues: z.literal('settled').optional(),
});
export type ShowRules = z.infer<typeof showRules>;

/** The defaults of RULES §2 and §3. */
export const defaultRules: ShowRules = {
  v: 1,
  increments: [
    { belowFen: 3_000, stepFen: 100 },
    { belowFen: 10_000, stepFen: 200 },
    { belowFen: 30_000, stepFen: 500 },
    { belowFen: 100_000, stepFen: 1_000 },
    { belowFen: 300_000, stepFen: 2_000 },
  ],
  topStepFen: 5_000,
  openForMs: 60_000,
  windowMs: 15_000,
  extensionMs: 15_000,
  hardEndMs: 600_000,
  suddenDeath: false,
  lastCallMs: 10_000,
  slipSteps: 3,
  clock: { tickMs: 1_500, restartSteps: 3, manyTakers: true, minUnits: 1 },
  furtherOfferings: 2,
  reoffer: { ofBestPercent: 120, ofFloorPercent: 120 },
  refusalsLoggedMax: 20,
  hallLimitFen: 500_000,
  complaintMs: 86_400_000,
  payWithinMs: 86_400_000,
  afterSale: {
    claimWithinMs: 86_400_000,
    answerWithinMs: 86_400_000,
    returnWithinMs: 7 * 86_400_000,
    lapseAfterMs: 10 * 86_400_000,
    grantAloneMaxFen: 5_000,
  },
};

/** What a new show begins with: the defaults, to be paid by noon of the next day (RULES §5), with freight. */
export const newShowRules: ShowRules = {
  ...withoutPayWithin(defaultRules),
  payBy: { afterDays: 1, minuteOfDay: 720, utcOffsetMinutes: 480 },
  freight: defaultFreight,
};

function withoutPayWithin({ payWithinMs: _, ...rules }: ShowRules): ShowRules {
  return rules;
}
