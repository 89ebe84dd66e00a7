import { connect } from 'node:net';

// Thousands of sockets from a process of their own, in as few bytes as the protocol needs: what is measured is the
// server. Told what to do by its parent, one order after the other.

const PONG = '3';
const AGAIN_MS = 200;
/** Loopback addresses that they come from: a village, not one house. */
const ADDRESSES = 40;
const AT_ONCE = 200;

const members = [];
let port = 0;
let showId = '';

class Member {
  isIn = false;
  joinedAtMs = 0;
  gone = false;
  /** The next leaf that has not been heard of. */
  next = 0;
  gaps = 0;
  asks = 0;
  data = Buffer.alloc(0);

  constructor(n, joins) {
    this.n = n;
    this.joins = joins;
  }

  /** Resolves when in; a refusal or a lost line is tried again. */
  async enter(untilMs) {
    while (!(await this.tried())) {
      if (Date.now() > untilMs) return false;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS * (0.5 + Math.random())));
    }
    return true;
  }
  tried() {
    this.isIn = false;
    this.gone = false;
    this.data = Buffer.alloc(0);
    this.socket = connect({ port, host: '127.0.0.1', localAddress: `127.0.0.${2 + (this.n % ADDRESSES)}` });
    this.socket.write(
      `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost:${port}\r\nOrigin: http://localhost:${port}\r\n` +
        'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: cWluZ3BhaS1xaW5ncGFpLg==\r\n\r\n',
    );
    return new Promise((resolve) => {
      this.entered = (isIn) => {
        this.isIn = isIn;
        this.joinedAtMs = Date.now();
        resolve(isIn);
      };
      this.socket.on('data', (bytes) => this.takes(bytes));
      this.socket.on('error', () => undefined);
      this.socket.on('close', () => {
        this.gone = true;
        resolve(false);
        if (this.isIn) this.handleLost?.();
      });
    });
  }

  takes(bytes) {
    this.data = this.data.length > 0 ? Buffer.concat([this.data, bytes]) : bytes;
    if (!this.upgraded) {
      const end = this.data.indexOf('\r\n\r\n');
      if (end < 0) return;
      if (!this.data.subarray(0, 12).toString().includes('101')) return void this.socket.destroy();
      this.data = this.data.subarray(end + 4);
    }
    this.upgraded = true;
    for (let frame = this.frame(); frame !== null; frame = this.frame()) this.hears(frame);
  }
  get upgraded() {
    return this.socket.upgraded ?? false;
  }
  set upgraded(is) {
    this.socket.upgraded = is;
  }
  /** RFC 6455: frames of a server are not masked. */
  frame() {
    const { data } = this;
    if (data.length < 2) return null;
    let [size, at] = [data[1] & 0x7f, 2];
    if (size === 126) [size, at] = data.length < 4 ? [Infinity, 4] : [data.readUInt16BE(2), 4];
    else if (size === 127)
      [size, at] = data.length < 10 ? [Infinity, 10] : [Number(data.readBigUInt64BE(2)), 10];
    if (data.length < at + size) return null;
    this.data = data.subarray(at + size);
    return data.subarray(at, at + size);
  }
  /** A frame of a client is masked; a mask of zeros leaves the text as it is. */
  says(text) {
    const bytes = Buffer.from(text);
    const head =
      bytes.length < 126 ? [0x81, 0x80 | bytes.length] : [0x81, 0xfe, bytes.length >> 8, bytes.length & 255];
    this.socket.write(Buffer.concat([Buffer.from([...head, 0, 0, 0, 0]), bytes]));
  }

  hears(frame) {
    const [kind, sort] = [frame[0], frame[1]];
    if (kind === 0x30) this.says('40');
    else if (kind === 0x32) this.says(PONG);
    else if (kind === 0x34 && sort === 0x30) {
      if (this.joins) this.says(`420["join",{"showId":"${showId}"}]`);
      else this.entered(true);
    } else if (kind === 0x34 && sort === 0x33) this.hearsAnswer(frame.toString());
    else if (kind === 0x34 && sort === 0x32) this.hearsNews(frame.toString());
    else if (kind === 0x34 && sort === 0x34) this.socket.destroy();
  }
  hearsAnswer(text) {
    const [answer] = JSON.parse(text.slice(text.indexOf('[')));
    if (!this.isIn) {
      if (!answer.ok) return void this.socket.destroy();
      this.next = answer.snapshot?.state.next ?? this.next;
      this.entered(true);
    } else if (answer.since) this.folds(answer.since, answer.more);
  }
  hearsNews(text) {
    if (!text.startsWith('42["events"')) return;
    const [, frame] = JSON.parse(text.slice(2));
    if (frame.from > this.next) {
      this.gaps += 1;
      this.catchesUp();
    } else this.folds(frame, false);
  }
  folds({ to }, more) {
    this.next = Math.max(this.next, to + 1);
    if (more) this.catchesUp();
  }
  catchesUp() {
    this.asksSince(this.next);
  }
  asksSince(from) {
    this.asks += 1;
    if (!this.gone) this.says(`42${this.asks % 1_000}["since",{"from":${from}}]`);
  }

  /** Reads nothing any more, but says that it lives, and goes on asking for much. */
  goesDeaf(everyMs) {
    this.socket.pause();
    const pong = setInterval(() => this.gone || this.says(PONG), 4_000);
    const ask = setInterval(() => this.asksSince(0), everyMs);
    this.hearsAgain = () => {
      clearInterval(pong);
      clearInterval(ask);
      this.socket.resume();
      this.catchesUp();
    };
  }
}

const orders = {
  at(order) {
    [port, showId] = [order.port, order.showId];
    return {};
  },
  /** So many more, joined in the room or only connected. */
  async come({ count, joins, withinMs }) {
    const untilMs = Date.now() + withinMs;
    const came = Array.from({ length: count }, (_, n) => new Member(members.length + n, joins));
    members.push(...came);
    const waiting = [...came];
    const entering = Array.from({ length: AT_ONCE }, async () => {
      for (let one = waiting.pop(); one; one = waiting.pop()) await one.enter(untilMs);
    });
    await Promise.all(entering);
    return { isIn: came.filter((one) => one.isIn).length };
  },
  goDeaf({ everyMs }) {
    for (const one of members) one.goesDeaf(everyMs);
    return {};
  },
  /** The first of them read again. */
  async hear({ count, withinMs, next }) {
    const some = members.slice(0, count);
    for (const one of some) one.hearsAgain();
    const isThere = () => some.filter((one) => one.gone || one.next >= next).length;
    for (const untilMs = Date.now() + withinMs; isThere() < count && Date.now() < untilMs;)
      await new Promise((resolve) => setTimeout(resolve, 50));
    return {
      caughtUp: some.filter((one) => !one.gone && one.next >= next).length,
      cut: some.filter((one) => one.gone).length,
    };
  },
  /** Whoever loses the line comes again at once, all of them at the same time. */
  hold() {
    for (const one of members)
      one.handleLost = () => {
        one.isIn = false;
        one.back = one.enter(Date.now() + 120_000);
      };
    return {};
  },
  lost() {
    return { lost: members.filter((one) => !one.isIn).length };
  },
  async returned({ sinceMs }) {
    await Promise.all(members.map((one) => one.back));
    const waits = members.filter((one) => one.isIn).map((one) => one.joinedAtMs - sinceMs);
    waits.sort((a, b) => a - b);
    return { isIn: waits.length, medianMs: waits[waits.length >> 1], lastMs: waits.at(-1) };
  },
};

process.on('message', async ({ id, name, order }) => {
  try {
    process.send({ id, result: await orders[name](order) });
  } catch (error) {
    process.send({ id, error: String(error.stack) });
  }
});
process.on('disconnect', () => process.exit());
