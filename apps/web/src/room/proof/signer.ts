import { actMessage, bidMessage, signedBid } from '@qingpai/auction/rules';
import type { Bid, RoomMe, ShowState } from '@qingpai/wire';
import type { Asked } from '../../shared/api';
import type { Mendable } from '../../shared/client';
import type { OwnKey } from '../../shared/ownKey';
import type { Joined } from './joinShow';
import type { Sent } from './judge';

/** What a bid is completed with, at the moment when it goes out. */
export interface SignerPort {
  state(): ShowState | null;
  me(): RoomMe;
  /** The head to name. */
  seen(): Bid['seen'];
  /** Registers this phone's key; asking again changes nothing. */
  join(): Promise<Asked<Joined>>;
  /** Resolves when a bid has waited for its key for too long. */
  patience(): Promise<null>;
}
type SignedType =
  | ('proxy.placed' | 'proxy.withdrawn' | 'offer.accepted' | 'offer.declined')
  | ('sale.accepted' | 'sale.declined');

export interface Signer {
  /** Registers this phone, unless that is done. */
  enter(): Promise<void>;
  sign(bid: Bid, trouble: Mendable | null): Promise<Bid>;
  /**
   * Signs a leaf of one's own, its `bidder` and, unless told otherwise, its count added. Null: this phone cannot, and it
   * goes out unsigned.
   */
  signAct(type: SignedType, body: object, counts?: boolean): Promise<{ nth: number; sig: string } | null>;
  /** How the bid is to be read: by whom, and whether on a clock. Null: nobody with a paddle. */
  sentAs(bid: Bid): Sent | null;
}

export function signer(port: SignerPort): Signer {
  /** By bidder: somebody else may sign in on the same phone. */
  const registered = new Map<string, Promise<OwnKey | null>>();

  /** Null: this phone cannot sign here, so its bids go out unsigned; the server says if it minds. */
  function keyOf(bidder: string): Promise<OwnKey | null> {
    const known = registered.get(bidder);
    if (known) return known;
    const joining = port
      .join()
      .then((joined) => (joined.ok ? joined.value.key : null))
      .catch(() => null);
    registered.set(bidder, joining);
    void joining.then((key) => key ?? registered.delete(bidder));
    return joining;
  }
  function isClock({ lot, offering }: Bid): boolean {
    return (port.state()?.lots[lot]?.offerings[offering - 1]?.clock ?? null) !== null;
  }
  function sentAs(bid: Bid): Sent | null {
    const { bidder } = port.me();
    return bidder === null ? null : { bid, bidder, isClock: isClock(bid) };
  }

  return {
    sentAs,
    async enter() {
      const { bidder } = port.me();
      if (bidder !== null) await keyOf(bidder);
    },
    async signAct(type, body, counts = true) {
      const { bidder } = port.me();
      if (bidder === null) return null;
      const key = await Promise.race([keyOf(bidder), port.patience()]);
      const { nth } = port.me();
      const origin = port.state()?.origin;
      if (!key || nth === null || origin === undefined) return null;
      const signed = { ...body, bidder, ...(counts && { nth }) };
      const message = actMessage({ type, body: signed } as Parameters<typeof actMessage>[0], origin);
      return { nth, sig: await key.sign(message) };
    },
    async sign(bid, trouble) {
      const seen = trouble === 'unknown-head' ? undefined : port.seen();
      const asked: Bid = { ...bid, ...(seen && { seen }) };
      const { bidder } = port.me();
      if (bidder === null) return asked;
      if (trouble === 'bad-signature' || trouble === 'signature-missing') registered.delete(bidder);
      const key = await Promise.race([keyOf(bidder), port.patience()]);
      const { nth } = port.me();
      const origin = port.state()?.origin;
      if (!key || nth === null || origin === undefined) return asked;
      const message = bidMessage(signedBid(asked, bidder, nth, isClock(bid)), origin);
      return { ...asked, nth, sig: await key.sign(message) };
    },
  };
}
