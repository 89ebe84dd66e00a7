import { SENDER_PAGES_MAX } from './limits.js';

/**
 * Of one person's pages that send for a show the newest does; an older one that comes back is told so. Our relay tells it
 * too (410); of other servers nobody knows what they say.
 */
export class SenderPages {
  private readonly pages = new Map<string, string[]>();

  /** Whether a newer page of this person has asked to send since. */
  isReplaced(show: string, person: string, page: string): boolean {
    const key = `${show} ${person}`;
    const known = this.pages.get(key) ?? [];
    if (known.includes(page)) return known.at(-1) !== page;
    this.pages.set(key, [...known, page].slice(-SENDER_PAGES_MAX));
    return false;
  }
}
