import type { Bid, BidAnswer, LoggedEvent, Snapshot } from '@qingpai/wire';
import { io } from 'socket.io-client';
import { roomClient, type BidMade, type RoomClient, type RoomPort } from './client';
import { serverClock, type ServerClock } from './serverClock';

/** Ties a room client and the server's clock to a real socket and to the page's own events. */
export interface OpenRoom {
  client: RoomClient;
  clock: ServerClock;
  /** After a sign-in: the cookie is read when a socket opens, so open a new one. */
  renew(): void;
  close(): void;
}

/** Out of sight for this long: do not trust the old socket. By the date, as a sleeping phone stops its other clock. */
const STALE_AFTER_MS = 30_000;
const RETRY_AFTER_MS = 1_000;

const monotonicMs = () => performance.now();
const later = (run: () => void, afterMs: number) => {
  const timer = setTimeout(run, afterMs);
  return () => clearTimeout(timer);
};
/** `crypto.randomUUID` exists on secure pages only; this works on a phone over plain http as well. */
export function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}

async function postBid(showId: string, bid: Bid): Promise<BidAnswer | null> {
  try {
    const response = await fetch(`/api/shows/${showId}/bids`, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(bid),
    });
    const body = (await response.json()) as BidAnswer | null;
    return body && 'verdict' in body ? body : null;
  } catch {
    return null; // still unknown; the client asks again
  }
}

export function openRoom(
  showId: string,
  options: {
    snapshot?: Snapshot | null;
    wrap?: <T extends object>(value: T) => T;
    onEvent?: (event: LoggedEvent) => void;
    onBid?: (made: BidMade) => void;
  } & Pick<RoomPort, 'sign' | 'onAnswer' | 'onHead'> = {},
): OpenRoom {
  const socket = io({
    transports: ['websocket'],
    reconnectionDelay: 300,
    reconnectionDelayMax: 2_000,
    autoConnect: false,
  });
  const client: RoomClient = roomClient(
    showId,
    {
      // Never into socket.io's own buffer: what could not be sent now is asked anew after joining.
      send: (name, payload, answer) => {
        if (socket.connected) socket.emit(name, payload, answer);
      },
      post: (bid) => postBid(showId, bid),
      monotonicMs,
      later,
      newId,
      onEvent: options.onEvent,
      onBid: options.onBid,
      onAnswer: options.onAnswer,
      onHead: options.onHead,
      ...(options.sign && { sign: options.sign }),
      onJoined: (serverNowMs) => {
        clock.guess(serverNowMs);
        clock.start();
      },
    },
    options,
  );
  const clock = serverClock({
    ask: (answer) => client.send('time', {}, (told) => told.ok && answer(told.serverNowMs)),
    monotonicMs,
    later,
  });

  let renewing = false;
  socket.on('connect', () => {
    renewing = false;
    client.handleConnect();
  });
  socket.on('connect_error', () => {
    if (renewing) lose();
  });
  socket.on('disconnect', (reason) => {
    if (!renewing) lose();
    // Only this reason is not retried by socket.io itself: a server that drains before a restart.
    if (reason === 'io server disconnect')
      later(() => client.view.link !== 'ended' && socket.connect(), RETRY_AFTER_MS);
  });
  function lose(): void {
    renewing = false;
    clock.stop();
    client.handleDisconnect();
  }
  socket.on('events', client.handleEvents);
  socket.on('chat', client.handleChat);
  socket.on('presence', client.handlePresence);
  socket.on('me', client.handleMe);
  socket.on('waiting', client.handleWaiting);
  socket.on('witness', client.handleWitness);
  socket.on('stage', client.handleStage);
  socket.on('bye', client.handleBye);

  function reopen(): void {
    socket.disconnect().connect();
  }
  let hiddenAt = Date.now();
  function wake(): void {
    if (document.visibilityState === 'hidden') hiddenAt = Date.now();
    else if (client.view.link !== 'ended' && (!socket.connected || Date.now() - hiddenAt > STALE_AFTER_MS))
      reopen();
  }
  /** The phone knows before the socket does. */
  const sleep = () => client.handleDisconnect();
  addEventListener('online', reopen);
  addEventListener('offline', sleep);
  document.addEventListener('visibilitychange', wake);
  socket.connect();

  return {
    client,
    clock,
    renew() {
      renewing = true;
      reopen();
    },
    close() {
      removeEventListener('online', reopen);
      removeEventListener('offline', sleep);
      document.removeEventListener('visibilitychange', wake);
      clock.stop();
      socket.disconnect();
    },
  };
}
