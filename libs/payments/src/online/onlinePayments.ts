/** Something that may have missed what the provider told. */
interface Forgetful {
  /** Answers how many could not be asked for. */
  reconcile(): Promise<number>;
}

/** What is online, as the house's clock sees it. */
export class OnlinePayments {
  constructor(private readonly parts: readonly Forgetful[]) {}

  /** Asks the provider for what it never told us. To be called every minute; answers how much it could not be asked for. */
  async reconcile(): Promise<number> {
    let failed = 0;
    for (const part of this.parts) failed += await part.reconcile();
    return failed;
  }
}
