import { clientMessages, type ClientMessage } from '@qingpai/wire';
import { type Chance } from '../../tampering/chance.js';

/** What a hostile or broken client may send instead of what fits. */
const odd: readonly unknown[] = [
  null,
  true,
  '',
  '0',
  '\ud800',
  '\u0000',
  '出价'.repeat(400),
  'x'.repeat(3_000),
  -1,
  0,
  0.1,
  1e308,
  Number.MAX_SAFE_INTEGER + 2,
  [],
  {},
  [[[[[[[[]]]]]]]],
  { toString: 1, valueOf: null, then: 'x' },
  { length: 1e9 },
  JSON.parse('{"__proto__":{"isAdmin":true},"constructor":{"prototype":{}}}'),
  "'; DROP TABLE leaves; --",
  '../../../../etc/passwd',
];
const oddNames = [
  '',
  'constructor',
  '__proto__',
  'hasOwnProperty',
  'Bid',
  'bid ',
  'events',
  '💥',
  'x'.repeat(500),
];

/** Packets under socket.io's own protocol: cut off, of unknown kinds, with attachments that never come. */
const oddPackets = [
  '2',
  '2[',
  '2["bid"',
  '2{"bid":1}',
  '2[]',
  '2[null]',
  '2["connect"]',
  '29999999999999999999["bid",{}]',
  '5',
  '51-["bid",{"_placeholder":true,"num":99}]',
  '5999999999-["bid"]',
  '6',
  '9',
  '4{"message":"x"}',
  '0/admin,',
  '0{"token":[]}',
  '3["ack"]',
  '\u0000\uffff',
] as const;

const names = Object.keys(clientMessages) as ClientMessage[];

/** Frames and bodies from chance: nearly right, so that they get far, or not right at all. */
export class Garbage {
  constructor(
    private readonly chance: Chance,
    private readonly right: Record<ClientMessage, object>,
  ) {}

  /** A name and the arguments that follow it. */
  frame(): [string, ...unknown[]] {
    const { chance } = this;
    if (chance.maybe(0.03)) return [chance.one(oddNames), this.value()];
    const name = chance.one(names);
    if (chance.maybe(0.02)) return [name];
    if (chance.maybe(0.02)) return [name, this.nearly(this.right[name]), this.value()];
    return [name, chance.maybe(0.1) ? this.value() : this.nearly(this.right[name])];
  }
  packet(): string {
    const { chance } = this;
    const packet = chance.one(oddPackets);
    return chance.maybe(0.5) ? packet : packet + String.fromCharCode(chance.below(0xffff)).repeat(3);
  }
  value(): unknown {
    return structuredClone(this.chance.one(odd));
  }

  /** The same with one or two things wrong somewhere inside. */
  nearly(right: object): object {
    const wrong = structuredClone(right) as Record<string, unknown>;
    for (let n = 1 + this.chance.below(2); n > 0; n -= 1) this.spoil(wrong);
    return wrong;
  }
  private spoil(object: Record<string, unknown>): void {
    const { chance } = this;
    const keys = Object.keys(object);
    const key = keys.length === 0 || chance.maybe(0.1) ? 'more' : chance.one(keys);
    const inside = object[key];
    if (typeof inside === 'object' && inside !== null && chance.maybe(0.7)) {
      this.spoil(inside as Record<string, unknown>);
    } else if (chance.maybe(0.2)) delete object[key];
    else object[key] = this.value();
  }

  /** Bytes that claim to be a body, with the kind they claim to be. */
  body(): { type: string; bytes: string } {
    const { chance } = this;
    const type = chance.maybe(0.8)
      ? 'application/json'
      : chance.one([
          'text/plain',
          'application/x-www-form-urlencoded',
          'multipart/form-data; boundary=x',
          'x/y',
        ]);
    const json = JSON.stringify(this.nearly(this.right[chance.one(names)]));
    if (chance.maybe(0.7)) return { type, bytes: json };
    const at = chance.below(json.length);
    const bytes = chance.one([
      json.slice(0, at),
      json.slice(0, at) + '\u0000' + json.slice(at),
      '['.repeat(2_000),
      '',
    ]);
    return { type, bytes };
  }
}
