import {
  type AuctionEvent,
  type Author,
  type Bid,
  type BidderKind,
  type EventBody,
  type HostCommand,
  type Office,
  type Reason,
  type ReleaseReason,
  type TakeOverReason,
  type UnwitnessedReason,
} from '@qingpai/wire';

/** What only the server knows and the log commits to: it goes into `decide`, never into an event or the state. */
export interface Secrets {
  /** Fen per unit, by lot; a lot that is missing or 0 has no floor. */
  readonly floors: ReadonlyMap<string, number>;
  /** Maximum bids by their id; left out by who does not know them (the verifier), and then not looked at. */
  readonly proxies?: ReadonlyMap<string, ProxySecret>;
}

/** What the phone told the server of a maximum bid. */
export interface ProxySecret {
  /** Per unit. */
  maxFen: number;
  /** 32 random bytes. */
  secret: Uint8Array;
}

/** Everything that can be asked of a show. `by` is the author of the leaves that follow, where nobody else is. */
export type Command = { by: Author } & (
  | { name: 'openLog'; body: EventBody<'log.opened'> }
  | { name: 'register'; bidder: string; id: string; kind: BidderKind; key?: string; device?: string }
  | { name: 'enrol'; person: string; office: Office; key: string }
  | { name: 'approve'; list: number; note: string; key: string }
  | { name: 'catalogue'; lot: EventBody<'lot.catalogued'>; floorFen: number }
  | { name: 'amend'; lot: EventBody<'lot.amended'>; floorFen: number }
  | { name: 'strike'; lot: string }
  | BidCommand
  | ProxyCommand
  | { name: 'withdrawProxy'; bidder: string; lot: string }
  | SealCommand
  | OpenCommand
  | Exclude<
      HostCommand,
      {
        name:
          'seal' | 'open' | 'settle' | 'hallPaddle' | 'bidFor' | 'offerAll' | 'answerOffer' | 'answerChance';
      }
    >
  /** By who was asked, or by the house for somebody in the hall; `form`: through the plain form. */
  | { name: 'answerOffer'; offer: string; accept: boolean; form?: true }
  /** The same of a second chance: by form there is none, since the plain page is of the open show. */
  | { name: 'answerChance'; sale: string; accept: boolean }
  | { name: 'holdDeposit'; body: Omit<EventBody<'deposit.held'>, 'deposit'> }
  | { name: 'releaseDeposit'; deposit: string; reason: ReleaseReason | 'nothing-owed' }
  | { name: 'returnDeposit'; body: EventBody<'deposit.returned'> }
  | { name: 'takeOver'; person: string; reason: TakeOverReason }
  | { name: 'takeOverSale'; body: EventBody<'sale.takenOver'> }
  | { name: 'paid'; body: EventBody<'sale.paid'> }
  | { name: 'refunded'; body: EventBody<'sale.refunded'> }
  | { name: 'pack'; sale: string }
  | { name: 'ship'; body: EventBody<'sale.shipped'> }
  | { name: 'receive'; body: EventBody<'sale.received'> }
  | { name: 'fileClaim'; body: Omit<EventBody<'claim.filed'>, 'claim'> }
  /** By one person; above what one may grant alone it is a proposal, until another grants the same. */
  | { name: 'grantClaim'; claim: string; amountFen: number; person: string }
  | { name: 'declineClaim'; body: EventBody<'claim.declined'> }
  | { name: 'closeClaim'; body: EventBody<'claim.closed'> }
  | { name: 'keepRecording'; body: EventBody<'recording.kept'> }
  | { name: 'payOut'; body: EventBody<'payout.made'> }
  | { name: 'takeBack'; body: EventBody<'clawback.taken'> }
  | { name: 'repayClawback'; body: EventBody<'clawback.repaid'> }
  | { name: 'carryClawback'; body: EventBody<'clawback.carried'> }
  | SettleCommand
  /** The server was away or the loop stood still near the end: see `rules/english.ts`. */
  | { name: 'extend'; lot: string; closesAt: number; cause: 'stall' | 'dark' }
  /** The same on a falling clock: see `rules/dutch.ts`. */
  | { name: 'shift'; lot: string; byMs: number; cause: 'stall' | 'dark' }
);

/** `catalogue`: RFC 6962 root over the last leaf of each unstruck lot, by number; the desk has the leaves. */
export interface SealCommand {
  name: 'seal';
  catalogue: string;
}

/** `books`: root of the books so far, base64; the desk derives them. Looked at where growers are paid from them. */
export interface SettleCommand {
  name: 'settle';
  books?: string;
}

/**
 * `witnessed`: whether a witness has cosigned the sealed head; the room knows, and leaves it out where none is
 * configured. Unwitnessed although one is, opening needs the host's reason.
 */
export interface OpenCommand {
  name: 'open';
  reason?: UnwitnessedReason;
  witnessed?: boolean;
}

/** `max`: the commitment, base64. What it hides comes by `Secrets`. */
export interface ProxyCommand {
  name: 'proxy';
  bidder: string;
  proxy: { bidId: string; lot: string; max: string; seen?: [number, string] };
  nth: number;
}

/** `nth` is settled by the desk; `form`: entered through the plain form, without JavaScript. */
export interface BidCommand {
  name: 'bid';
  bidder: string;
  bid: Omit<Bid, 'nth' | 'sig'>;
  nth: number;
  form?: true;
}

/** An event with its author; index and time are the desk's to give, and so is the author's signature. */
export type DecidedEvent = AuctionEvent & { by: Author; sig?: string };

/**
 * A refusal may have an event of its own (`bid.refused`). `beatenBy`: leaf of the bid that stands at or above;
 * `leastFen`: the least bid that would be accepted; `lots`: which ones are left (`lots-left`).
 */
export type Decision =
  | { ok: true; events: DecidedEvent[] }
  | {
      ok: false;
      reason: Reason;
      events: DecidedEvent[];
      beatenBy?: number;
      leastFen?: number;
      lots?: string[];
    };
