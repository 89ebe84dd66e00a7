/** A sentence, and what follows it on lines of its own: signed notes, verbatim. */
export function inParts(text: string): { words: string; evidence: string } {
  const [first = '', ...lines] = text.split('\n');
  return { words: first.replace(/: $/, ''), evidence: lines.join('\n') };
}
