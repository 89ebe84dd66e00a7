import { type Bid, type BidAnswer, type CommandAnswer, type LoggedEvent } from '@qingpai/wire';
import { type EntityManager } from 'typeorm';
import { type Command, type ProxySecret, type SealCommand } from '../rules/command.js';

/** A bid of the house for somebody in the hall; the desk counts it. */
export interface BidForAsked extends Pick<Command, 'by'> {
  name: 'bidFor';
  bidder: string;
  bid: Omit<Bid, 'nth' | 'sig'>;
}

/** What can be asked of a desk: every command but a bid's; the catalogue's root is the desk's to add. */
export type Asked = (
  Exclude<Command, { name: 'bid' } | SealCommand> | (Pick<Command, 'by'> & { name: 'seal' }) | BidForAsked
) & {
  /** The author's own, over the leaf that the command makes (base64). */
  sig?: string;
  /** Of a maximum bid: what the log only commits to. */
  secret?: ProxySecret;
};

/** Written in the same transaction as the leaves it is handed. */
export type Beside = (manager: EntityManager, leaves: readonly LoggedEvent[]) => Promise<void>;

/** A place in a show's line. `t` was stamped on arrival and never decreases along the line. */
export type Place = { t: number; tries: number } & (
  | {
      kind: 'bid';
      bid: Bid;
      bidder: string;
      form: boolean;
      /** Whether a key of this bidder made its signature: found out beside the line, awaited before it is decided. */
      isSigned: Promise<boolean>;
      answer: (answer: BidAnswer) => void;
    }
  | {
      kind: 'command';
      /** Decided all or nothing, in order. */
      asked: readonly Asked[];
      beside?: Beside;
      answer: (answer: CommandAnswer) => void;
    }
  /** Silence acts too: whatever is due by `t`, such as a lot's close. */
  | { kind: 'due' }
  /** Nobody could be heard between these moments (server's clock): the lot on the block gets the time back. */
  | { kind: 'giveBack'; cause: 'stall' | 'dark'; fromMs: number; toMs: number }
);

export type PlaceOf<K extends Place['kind']> = Extract<Place, { kind: K }>;

/** A seal and a settlement quote what is committed, so they can only come first in their batch. */
export const quotesLog = (place: Place): boolean => asksFor(place, 'seal') || asksFor(place, 'settle');
export const asksFor = (place: Place, name: Asked['name']): boolean =>
  place.kind === 'command' && place.asked.some((asked) => asked.name === name);

/** The host's acts after which a lot runs. */
const goes: ReadonlySet<Asked['name']> = new Set(['offer', 'reoffer', 'resume']);
export const setsGoing = (place: Place): boolean =>
  place.kind === 'command' && place.asked.some(({ name }) => goes.has(name));
