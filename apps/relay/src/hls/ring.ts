/** What is kept for who watches a little behind; older parts are asked for by nobody. */
const PARTS_MAX = 8;
const PARTS_LISTED = 6;

interface Part {
  n: number;
  /** Which init segment it needs. */
  head: number;
  seconds: number;
  /** When its first picture was filmed, ms UTC. */
  fromMs: number;
  bytes: Uint8Array;
}

/** The newest seconds of one show, in memory alone, as HLS (RFC 8216) asks for them. Pure. */
export class HlsRing {
  private readonly heads = new Map<number, Uint8Array>();
  private parts: Part[] = [];
  private head = 0;
  private next = 0;
  /** Changes of the head among the parts that are gone. */
  private gone = 0;

  addHead(bytes: Uint8Array): void {
    this.head += 1;
    this.heads.set(this.head, bytes);
  }

  addPart(bytes: Uint8Array, seconds: number, fromMs: number): void {
    this.parts.push({ n: this.next, head: this.head, seconds, fromMs, bytes });
    this.next += 1;
    while (this.parts.length > PARTS_MAX) this.forget();
  }

  private forget(): void {
    const [old, first] = [this.parts.shift()!, this.parts[0]!];
    if (old.head === first.head) return;
    this.gone += 1;
    this.heads.delete(old.head);
  }

  /** Number of the part that is being made. */
  get comes(): number {
    return this.next;
  }
  get isReady(): boolean {
    return this.parts.length >= 2;
  }

  /** Addresses are beside its own: `<head>.mp4` and `<head>-<n>.m4s`. */
  playlist(): string {
    const listed = this.parts.slice(-PARTS_LISTED);
    const left = this.parts.slice(0, -PARTS_LISTED);
    const leftChanges = changes([...left, ...listed.slice(0, 1)]);
    const longest = Math.max(...listed.map(({ seconds }) => seconds));
    const lines = [
      '#EXTM3U',
      '#EXT-X-VERSION:7',
      `#EXT-X-TARGETDURATION:${Math.max(1, Math.round(longest))}`,
      `#EXT-X-MEDIA-SEQUENCE:${listed[0]!.n}`,
      `#EXT-X-DISCONTINUITY-SEQUENCE:${this.gone + leftChanges}`,
      '#EXT-X-INDEPENDENT-SEGMENTS',
      '#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES',
    ];
    for (const [k, { n, head, seconds, fromMs }] of listed.entries()) {
      if (k > 0 && listed[k - 1]!.head !== head) lines.push('#EXT-X-DISCONTINUITY');
      if (k === 0 || listed[k - 1]!.head !== head) lines.push(`#EXT-X-MAP:URI="${head}.mp4"`);
      lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(fromMs).toISOString()}`);
      lines.push(`#EXTINF:${seconds.toFixed(3)},`, `${head}-${n}.m4s`);
    }
    return `${lines.join('\n')}\n`;
  }

  /** Null: it is not there, or no longer. */
  file(name: string): Uint8Array | null {
    const head = /^(\d{1,9})\.mp4$/.exec(name);
    if (head) return this.heads.get(Number(head[1])) ?? null;
    const part = /^(\d{1,9})-(\d{1,9})\.m4s$/.exec(name);
    return (
      this.parts.find(({ n, head: of }) => part && n === Number(part[2]) && of === Number(part[1]))?.bytes ??
      null
    );
  }
}

const changes = (parts: readonly Part[]): number =>
  parts.filter((part, k) => k > 0 && parts[k - 1]!.head !== part.head).length;
