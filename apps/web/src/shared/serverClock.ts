/**
 * The server's clock as this page knows it: five pings on joining, then one every 30 s, and the answer with
 * the lowest round trip counts (half of that trip is the largest possible error). It runs on a monotonic
 * clock, so a phone whose date is a day off still counts down rightly.
 */
export interface ClockPort {
  /** Ask the server for its time; never called back when the connection is lost. */
  ask(answer: (serverNowMs: number) => void): void;
  /** Milliseconds that only ever grow: performance.now(). */
  monotonicMs(): number;
  /** Run later; returns how to call it off. */
  later(run: () => void, afterMs: number): () => void;
}

export interface ServerClock {
  /** Call after each (re)join: forgets old measurements, as a phone that slept may have lost time. */
  start(): void;
  stop(): void;
  /** A rough first guess, from any message that carries the server's time. */
  guess(serverNowMs: number): void;
  /** The server's time now in ms since 1970, or null before anything is known. */
  nowMs(): number | null;
}

const FIRST_PINGS = 5;
const FIRST_PING_EVERY_MS = 200;
const PING_EVERY_MS = 30_000;

export function serverClock(port: ClockPort): ServerClock {
  let offsetMs: number | null = null;
  let bestTripMs = Infinity;
  let callOff = () => {};
  /** Answers to pings of an earlier start are ignored. */
  let turn = 0;

  function ping(nth: number): void {
    const current = turn;
    const sentAtMs = port.monotonicMs();
    port.ask((serverNowMs) => {
      if (current === turn) learn(serverNowMs, sentAtMs);
    });
    callOff = port.later(() => ping(nth + 1), nth < FIRST_PINGS ? FIRST_PING_EVERY_MS : PING_EVERY_MS);
  }
  function learn(serverNowMs: number, sentAtMs: number): void {
    const nowMs = port.monotonicMs();
    const tripMs = nowMs - sentAtMs;
    if (tripMs > bestTripMs) return;
    bestTripMs = tripMs;
    offsetMs = serverNowMs + tripMs / 2 - nowMs;
  }

  return {
    start() {
      callOff();
      turn += 1;
      bestTripMs = Infinity;
      ping(1);
    },
    stop() {
      callOff();
      turn += 1;
    },
    guess(serverNowMs) {
      if (bestTripMs === Infinity) offsetMs = serverNowMs - port.monotonicMs();
    },
    nowMs: () => (offsetMs === null ? null : offsetMs + port.monotonicMs()),
  };
}
