/** What is drawn into a picture so that a recording of the show carries it: the sealed code, and which show. */
export interface CodeMark {
  /** Short code of the sealed root, e.g. 7F3A·C2D1·09BE. */
  code: string;
  showId: string;
}

/** Everything in pixels of the canvas; by default for a picture of a phone's width. */
export interface MarkSize {
  fontPx: number;
  padPx: number;
}
export const markSize = (fontPx: number): MarkSize => ({ fontPx, padPx: Math.round(fontPx * 0.6) });

const face = ({ fontPx }: MarkSize) => `600 ${fontPx}px ui-monospace, Menlo, Consolas, monospace`;
const lineOf = ({ code, showId }: CodeMark) => `${code}  ${showId}`;

/** Width and height that the mark takes. */
export function measureMark(context: CanvasRenderingContext2D, mark: CodeMark, size: MarkSize) {
  context.font = face(size);
  const width = Math.ceil(context.measureText(lineOf(mark)).width) + 2 * size.padPx;
  return { width, height: size.fontPx + 2 * size.padPx };
}

/** Draws it with its upper left corner there, in light letters on a dark ground: readable on any picture. */
export function drawMark(
  context: CanvasRenderingContext2D,
  mark: CodeMark,
  size: MarkSize,
  at: { x: number; y: number } = { x: 0, y: 0 },
): void {
  const { width, height } = measureMark(context, mark, size);
  context.fillStyle = 'rgb(16 26 22 / 62%)';
  context.fillRect(at.x, at.y, width, height);
  context.fillStyle = '#f6f5f0';
  context.textBaseline = 'middle';
  context.fillText(lineOf(mark), at.x + size.padPx, at.y + height / 2);
}
