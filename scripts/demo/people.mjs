import { isDeepStrictEqual } from 'node:util';
import { io } from 'socket.io-client';

/** What a stranger's client does too: HTTP with a bearer token, one socket, events folded by the shared rules. */
export function api(address) {
  const call = async (method, path, { token, body, form } = {}) => {
    const response = await fetch(address + path, {
      method,
      headers: {
        'x-session': 'bearer',
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      body: form ?? (body && JSON.stringify(body)),
    });
    const text = await response.text();
    const answer = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : text;
    return { ok: response.ok, status: response.status, answer };
  };
  const must = async (...asked) => {
    const { ok, answer } = await call(...asked);
    if (!ok) throw new Error(`${asked[0]} ${asked[1]}: ${JSON.stringify(answer)}`);
    return answer;
  };
  return {
    call,
    get: (path, token) => must('GET', path, { token }),
    post: (path, body, token) => must('POST', path, { body, token }),
    upload: (path, form, token) => must('POST', path, { form, token }),
  };
}

/** Signs in by phone and the code that the server's console prints. Answers the session's token. */
export async function signInByCode(http, server, phone, nickname) {
  await http.post('/api/sign-in/code', { phone });
  const code = await server.codeOf(phone);
  return (await http.post('/api/sign-in/verify', { phone, code, ...(nickname && { nickname }) })).token;
}

/**
 * A person in the room: joins, folds frames with the server's own `evolve`, heals gaps by `since`, signs what it bids
 * or commands when it has a key, and keeps the receipts.
 * @param rules `@qingpai/auction/rules`, as built
 * @param key from `newKey`, registered; without one nothing is signed
 */
export async function enter({ address, token, showId, rules, ids, key }) {
  const socket = io(address, {
    transports: ['websocket'],
    auth: { token },
    forceNew: true,
    reconnection: false,
  });
  const person = { token, state: null, me: null, caughtUp: 0, offsetMs: 0, receipts: [] };
  const lookers = new Set();

  const fold = (frame) => {
    if (!person.state) return false;
    return rules.evolveFrame(person.state, frame, (event) => {
      for (const look of lookers) look(event);
    });
  };
  const ask = (name, payload) => socket.timeout(15_000).emitWithAck(name, payload);
  let healing = null;
  const heal = async () => {
    for (let more = true; more;) {
      const answer = await ask('since', { from: person.state.next });
      if (!answer.ok) throw new Error(`since: ${answer.reason}`);
      fold(answer.since);
      more = answer.more;
    }
    healing = null;
  };
  socket.on('events', (frame) => {
    // Before the snapshot there is nothing to fold into; joining catches up.
    if (person.state && !fold(frame)) healing ??= heal();
  });
  const join = async () => {
    const from = person.state?.next;
    const answer = await ask('join', { showId, ...(from !== undefined && { from }) });
    if (!answer.ok) throw new Error(`join: ${answer.reason}`);
    if (answer.snapshot) person.state = answer.snapshot.state;
    if (answer.since) {
      person.caughtUp += answer.since.events.length;
      fold(answer.since);
    }
    await (healing ??= heal());
    person.me = answer.me;
    person.nth = answer.me.nth;
    person.head = [answer.head.size, answer.head.root];
  };
  const connected = () =>
    new Promise((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
    });

  Object.assign(person, {
    ask,
    /** Resolves with the first folded event that fits. */
    event: (fits, withinMs = 30_000) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => {
          lookers.delete(look);
          reject(new Error('an awaited event did not come'));
        }, withinMs);
        const look = (event) => {
          if (!fits(event)) return;
          clearTimeout(timer);
          lookers.delete(look);
          resolve(event);
        };
        lookers.add(look);
      }),
    /** Resolves when this person has folded all leaves below `next`. */
    async reached(next) {
      while (person.state.next < next) await new Promise((resolve) => setTimeout(resolve, 5));
    },
    async syncClock() {
      let best = Infinity;
      for (let ping = 0; ping < 5; ping++) {
        const sentAt = performance.now();
        const { serverNowMs } = await ask('time', {});
        const tripMs = performance.now() - sentAt;
        if (tripMs < best) person.offsetMs = serverNowMs + tripMs / 2 - performance.now();
        best = Math.min(best, tripMs);
      }
    },
    serverNowMs: () => performance.now() + person.offsetMs,
    /** The bid as it is sent: with its count, the head that was seen, and the signature over all of it. */
    signed: (wish, bidId) => {
      const bid = { bidId, ...wish, nth: person.nth, seen: person.head };
      if (!key) return { bidId, ...wish };
      const { clock } = person.state.lots[wish.lot].offerings[wish.offering - 1] ?? { clock: null };
      const body = rules.signedBid(bid, person.me.bidder, bid.nth, clock !== null);
      return { ...bid, sig: key.sign(rules.bidMessage(body, person.state.origin)) };
    },
    /** The signature over a leaf of this person's own that is no bid. */
    signAct: (type, body) => key?.sign(rules.actMessage({ type, body }, person.state.origin)),
    /** What an answer leaves with who bid: the next count, and the receipt. */
    heed: (answer) => {
      if (answer.nth !== undefined) person.nth = answer.nth;
      if (answer.receipt) person.receipts.push(answer.receipt);
      return answer;
    },
    bid: async (wish, bidId = ids()) => person.heed(await ask('bid', person.signed(wish, bidId))),
    /** @param leaf type and body of the leaf that a signed command makes */
    command: async (command, leaf) => {
      const sig = leaf && person.signAct(leaf.type, leaf.body);
      const answer = await ask('command', { commandId: ids(), command, ...(sig && { sig }) });
      if (!answer.ok)
        throw new Error(`${command.name}: ${answer.reason} ${JSON.stringify(answer.lots ?? '')}`);
      return answer.events;
    },
    drop: () => socket.disconnect(),
    async back() {
      socket.connect();
      await connected();
      await join();
    },
    leave: () => socket.disconnect(),
    sees: (state) => isDeepStrictEqual(person.state, state),
  });
  await connected();
  await join();
  return person;
}
