import type { clientMessages, ClientMessage, serverMessages, ServerMessage } from '@qingpai/wire';
import { reasons, type Reason } from '@qingpai/wire';
import { type z } from 'zod';

/** Worked payloads of every message, shown in /asyncapi. A test parses each with its schema. */
type Ask<N extends ClientMessage> = z.input<(typeof clientMessages)[N]['payload']>;
type Answer<N extends ClientMessage> = z.input<(typeof clientMessages)[N]['answer']>;
type Tell<N extends ServerMessage> = z.input<(typeof serverMessages)[N]['payload']>;

const t = Date.UTC(2026, 10, 24, 12, 40, 52);
const HE = 'q3Zt0hJvYb1sKd8A';
const refusal = (reason: Reason) => ({ ok: false as const, reason, message: reasons[reason] });

const accepted = {
  i: 412,
  t,
  by: HE,
  type: 'bid.accepted' as const,
  body: {
    bid: '7d0c5a1e9f',
    bidder: HE,
    lot: 'L21',
    offering: 1,
    amountFen: 5_800,
    nth: 4,
    floorMet: true as const,
  },
};
const extended = {
  i: 413,
  t,
  by: 'platform' as const,
  type: 'lot.extended' as const,
  body: { lot: 'L21', offering: 1, closesAt: t + 15_000, cause: 'bid' as const },
};
const lastCall = {
  i: 414,
  t: t + 2_000,
  by: 'host' as const,
  type: 'lot.lastCall' as const,
  body: { lot: 'L21', offering: 1, closesAt: t + 12_000 },
};
const frame = { from: 412, to: 413, events: [accepted, extended] };
const buyer = {
  role: 'buyer' as const,
  nickname: '小林',
  bidder: HE,
  paddle: 45,
  nth: 5,
  waiting: false,
  muted: false,
};
const guest = {
  role: null,
  nickname: null,
  bidder: null,
  paddle: null,
  nth: null,
  waiting: false,
  muted: false,
};
const line = {
  id: 'c81',
  atMs: t,
  role: 'buyer' as const,
  paddle: 45,
  bidder: HE,
  text: '这盆是自家种的吗？',
};

const asks: { [N in ClientMessage]: Ask<N>[] } = {
  join: [{ showId: '20261124-01' }, { showId: '20261124-01', from: 412 }],
  since: [{ from: 412 }],
  bid: [
    { bidId: '7d0c5a1e9f', lot: 'L21', offering: 1, amountFen: 5_800, nth: 4 },
    { bidId: 'b41f02c7aa', lot: 'L1', offering: 1, amountFen: 12_800, units: 2, run: 0 },
  ],
  command: [
    { commandId: 'c-000017', command: { name: 'offer', lot: 'L21' } },
    { commandId: 'c-000018', command: { name: 'withdraw', lot: 'L30', reason: 'damaged' } },
  ],
  chat: [{ text: '这盆是自家种的吗？' }],
  moderate: [
    { act: 'mute', bidder: HE },
    { act: 'slow', everyMs: 10_000 },
  ],
  time: [{}],
};

const answers: { [N in ClientMessage]: Answer<N>[] } = {
  join: [
    { ok: true, me: buyer, serverNowMs: t + 600, watching: 38, since: frame },
    { ok: true, me: guest, serverNowMs: t + 600, watching: 38, since: { from: 414, to: 413, events: [] } },
    refusal('unknown-show'),
  ],
  since: [
    { ok: true, since: frame, more: false },
    { ok: true, since: { from: 414, to: 413, events: [] }, more: false },
  ],
  bid: [
    { ok: true, bidId: '7d0c5a1e9f', verdict: 'accepted', i: 412, t, amountFen: 5_800, nth: 5 },
    {
      ...refusal('not-above-price'),
      bidId: 'e0b7c2d914',
      verdict: 'refused',
      i: 415,
      beatenBy: 412,
      leastFen: 6_000,
      nth: 6,
    },
  ],
  command: [
    { ok: true, events: [lastCall] },
    { ...refusal('lots-left'), lots: ['L30', 'L44'] },
  ],
  chat: [{ ok: true }, refusal('slow-mode')],
  moderate: [{ ok: true }, refusal('not-allowed')],
  time: [{ ok: true, serverNowMs: t }],
};

const tells: { [N in ServerMessage]: Tell<N>[] } = {
  events: [frame, { from: 414, to: 416, events: [lastCall] }],
  chat: [
    { kind: 'line', line },
    { kind: 'removed', id: 'c81' },
    { kind: 'slow', slowMs: 10_000 },
  ],
  presence: [{ watching: 38 }],
  me: [{ me: buyer }],
  waiting: [{ waiting: 2 }],
  bye: [{ reason: 'not-signed-in' }],
};

export const examples: {
  asks: Record<ClientMessage, readonly unknown[]>;
  answers: Record<ClientMessage, readonly unknown[]>;
  tells: Record<ServerMessage, readonly unknown[]>;
} = { asks, answers, tells };
