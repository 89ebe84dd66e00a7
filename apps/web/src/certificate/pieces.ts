/** A stretch of a sentence; the strong ones are set larger. */
export interface Piece {
  text: string;
  strong: boolean;
}

/** 'list of **64** lots' → plain, strong, plain. The dictionary marks what matters, the page sets it. */
export function pieces(marked: string): Piece[] {
  return marked
    .split('**')
    .map((text, k) => ({ text, strong: k % 2 === 1 }))
    .filter((piece) => piece.text !== '');
}
