import { type SessionMember } from '@qingpai/members';
import { type Reason, type ServerMessage } from '@qingpai/wire';
import { type Socket } from 'socket.io';
import { type Room, type Visitor } from '../room/room.js';

/** The parts of an engine.io connection that tell how much waits to be sent. */
interface Queue {
  writeBuffer: { data?: unknown }[];
  transport: { socket?: { bufferedAmount?: number } };
}

/** What was written to this socket and has not left us: in the kernel's queue and in our own. */
export function queuedBytesOf({ conn }: Socket): number {
  const { writeBuffer, transport } = conn as unknown as Queue;
  const ours = writeBuffer.reduce((sum, { data }) => sum + (typeof data === 'string' ? data.length : 0), 0);
  return ours + (transport.socket?.bufferedAmount ?? 0);
}

/** One socket and who is behind it. */
export class SocketVisitor implements Visitor {
  room: Room | null = null;

  constructor(
    private readonly socket: Socket,
    public member: SessionMember | null,
  ) {}

  get id(): string {
    return this.socket.id;
  }
  /** What is counted against limits: the person; of a guest, the socket. */
  get person(): string {
    return this.member?.memberId ?? this.id;
  }
  get isOpen(): boolean {
    return this.socket.connected;
  }

  send(name: ServerMessage, payload: unknown): void {
    this.socket.emit(name, payload);
  }

  queuedBytes(): number {
    return queuedBytesOf(this.socket);
  }

  drop(): void {
    this.socket.conn.close(true);
  }

  /** Says why, and closes; a reader too slow to hear it is cut. */
  sendAway(reason: Reason): void {
    this.send('bye', { reason });
    this.socket.disconnect(true);
  }
}
