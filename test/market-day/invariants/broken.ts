/** A promise that was broken: which one, and how. */
export class Broken extends Error {
  constructor(
    readonly invariant: string,
    how: string,
  ) {
    super(`${invariant}: ${how}`);
  }
}
