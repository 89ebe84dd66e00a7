/** Where a buyer's parcel goes, opened: for the courier's list and for the parcel's own label. */
export interface Address {
  name: string;
  /** Eleven digits; whoever shows it masks it. */
  phone: string;
  /** Province to door, in one line. */
  text: string;
}

/** The port by which parcels learn where they go. Who keeps addresses answers it. */
export interface Addresses {
  /** By bidder. Who is missing has given none, comes for his goods, or asked to be erased. */
  addressesOf(showId: string): Promise<ReadonlyMap<string, Address>>;
}
