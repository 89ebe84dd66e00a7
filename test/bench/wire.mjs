import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';

/**
 * One socket.io client by hand, on a bare TCP socket: three thousand of the usual ones would keep a core busy with
 * themselves. It knows as much of WebSocket, engine.io 4 and socket.io 5 as a room's servers say, and no more.
 */

const CONNECT_MS_MAX = 60_000;
const ANSWER_MS_MAX = 30_000;
const TEXT = 0x1;
const CLOSE = 0x8;
const PING = 0x9;
const [ENGINE_OPEN, ENGINE_PING, MESSAGE] = [0x30, 0x32, 0x34];
const [CONNECTED, DISCONNECTED, EVENT, ACK, REFUSED] = [0x30, 0x31, 0x32, 0x33, 0x34];
const EVENTS = Buffer.from('42["events",');

/** What a client sends is masked; by zeros, which change nothing and cost nothing. */
function framed(text, opcode = TEXT) {
  const bytes = Buffer.byteLength(text);
  const head = bytes < 126 ? 6 : 8;
  const frame = Buffer.alloc(head + bytes);
  frame[0] = 0x80 | opcode;
  if (bytes < 126) frame[1] = 0x80 | bytes;
  else {
    frame[1] = 0x80 | 126;
    frame.writeUInt16BE(bytes, 2);
  }
  frame.write(text, head);
  return frame;
}

export class Wire {
  /** Told every `events` frame's payload, as bytes. */
  onEvents = () => {};
  onClosed = () => {};
  isOpen = false;
  bytesRead = 0;
  #socket;
  #rest = null;
  #asked = new Map();
  #acks = 0;
  #entered;
  #greeting = '';

  /** @param auth what the namespace's connect packet carries; with `origin` it is a browser, and may be a guest */
  static open({ port, auth = null, origin = null }) {
    const wire = new Wire();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('a socket did not open')), CONNECT_MS_MAX);
      wire.#entered = (error) => {
        clearTimeout(timer);
        wire.isOpen = !error;
        if (error) wire.close();
        return error ? reject(error) : resolve(wire);
      };
      wire.#open(port, auth, origin);
    });
  }

  #open(port, auth, origin) {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#socket = socket;
    const lines = [
      'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1',
      `Host: 127.0.0.1:${port}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
      ...(origin === null ? [] : [`Origin: ${origin}`]),
    ];
    socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    this.#greeting = `40${auth === null ? '' : JSON.stringify(auth)}`;
    let greeting = Buffer.alloc(0);
    const greeted = (chunk) => {
      greeting = Buffer.concat([greeting, chunk]);
      const end = greeting.indexOf('\r\n\r\n');
      if (end < 0) return;
      socket.off('data', greeted);
      const status = greeting.toString('latin1', 0, greeting.indexOf('\r\n'));
      if (!status.includes(' 101 ')) return this.#entered(new Error(`not upgraded: ${status}`));
      socket.on('data', (bytes) => this.#read(bytes));
      if (greeting.length > end + 4) this.#read(greeting.subarray(end + 4));
    };
    socket.on('data', greeted);
    socket.on('error', (error) => this.#entered(error));
    socket.on('close', () => {
      this.isOpen = false;
      this.#entered(new Error('the server hung up'));
      for (const { settle } of this.#asked.values()) settle(null);
      this.#asked.clear();
      this.onClosed();
    });
  }

  #read(chunk) {
    this.bytesRead += chunk.length;
    let bytes = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk]);
    this.#rest = null;
    while (bytes.length >= 2) {
      let [length, head] = [bytes[1] & 0x7f, 2];
      if (length === 126) {
        if (bytes.length < 4) break;
        [length, head] = [bytes.readUInt16BE(2), 4];
      } else if (length === 127) {
        if (bytes.length < 10) break;
        [length, head] = [Number(bytes.readBigUInt64BE(2)), 10];
      }
      if (bytes.length < head + length) break;
      this.#handle(bytes[0] & 0x0f, bytes.subarray(head, head + length));
      bytes = bytes.subarray(head + length);
    }
    if (bytes.length > 0) this.#rest = bytes;
  }

  #handle(opcode, payload) {
    if (opcode === PING) return this.#socket.write(framed(payload.toString('latin1'), 0xa));
    if (opcode === CLOSE) return this.#socket.end();
    if (payload[0] === ENGINE_PING) return this.#socket.write(framed('3'));
    if (payload[0] === ENGINE_OPEN) return this.#socket.write(framed(this.#greeting));
    if (payload[0] !== MESSAGE) return;
    switch (payload[1]) {
      case EVENT:
        if (payload.indexOf(EVENTS) === 0) this.onEvents(payload.subarray(EVENTS.length, payload.length - 1));
        return;
      case ACK:
        return this.#answered(payload);
      case CONNECTED:
        return this.#entered();
      case REFUSED:
        return this.#entered(new Error(payload.toString('utf8', 2)));
      case DISCONNECTED:
        return this.#socket.end();
    }
  }

  #answered(payload) {
    const at = payload.indexOf(0x5b);
    const id = Number(payload.toString('latin1', 2, at));
    const asked = this.#asked.get(id);
    if (!asked) return;
    this.#asked.delete(id);
    asked.settle(payload.subarray(at + 1, payload.length - 1));
  }

  /** Bytes of the answer's one argument; null: the line was cut, or nothing came in time. */
  ask(name, payload) {
    this.#acks += 1;
    const id = this.#acks;
    return new Promise((settle) => {
      this.#asked.set(id, { settle, untilMs: performance.now() + ANSWER_MS_MAX });
      this.#socket.write(framed(`42${id}["${name}",${JSON.stringify(payload)}]`));
    });
  }

  /** Gives up on what was asked too long ago; one timer for all sockets calls it. */
  sweep(nowMs) {
    for (const [id, { settle, untilMs }] of this.#asked) {
      if (untilMs > nowMs) return;
      this.#asked.delete(id);
      settle(null);
    }
  }

  /** Reads nothing more: a phone in a tunnel. */
  stall() {
    this.#socket.pause();
  }

  close() {
    this.#socket.destroy();
  }
}
