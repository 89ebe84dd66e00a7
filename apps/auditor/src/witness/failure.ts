/** Why the witness does not do what was asked, in words for its operator. */
export class Failure extends Error {
  override readonly name = 'Failure';

  constructor(zh: string, en: string) {
    super(`${zh}\n${en}`);
  }
}
