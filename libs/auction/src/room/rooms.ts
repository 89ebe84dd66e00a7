import { type MembersService } from '@qingpai/members';
import { Room, type RoomParts } from './room.js';

export interface RoomsParts extends RoomParts {
  members: Pick<MembersService, 'placeOf' | 'onAdmitted' | 'onWaitingChanged'>;
  warn(event: string, details: Record<string, unknown>): void;
}

/** The rooms of this server, one per show that somebody asked for. */
export class Rooms {
  private readonly rooms = new Map<string, Promise<Room>>();
  private readonly stops: (() => void)[];

  constructor(private readonly parts: RoomsParts) {
    const { desks, members, seats, witnessing, stages } = parts;
    this.stops = [
      desks.onRetired((showId) => this.inOpenRoom(showId, (room) => room.end())),
      witnessing.onChange((showId) => this.inOpenRoom(showId, (room) => room.tellWitness())),
      members.onAdmitted(({ memberId, showId }) => this.handleAdmitted(showId, memberId)),
      members.onWaitingChanged((showId) => this.inOpenRoom(showId, (room) => room.tellWaiting())),
      ...(stages
        ? [stages.onStage((showId, stage) => this.inOpenRoom(showId, async (room) => room.tellStage(stage)))]
        : []),
      seats.onTaken(({ showId, memberId }) => this.inOpenRoom(showId, (room) => room.tellMe(memberId))),
    ];
  }

  /** Refuses: `unknown-show`. */
  of(showId: string): Promise<Room> {
    let room = this.rooms.get(showId);
    if (!room) {
      room = this.opened(showId);
      this.rooms.set(showId, room);
      room.catch(() => this.rooms.delete(showId));
    }
    return room;
  }

  private async opened(showId: string): Promise<Room> {
    const place = await this.parts.members.placeOf(showId);
    return new Room(showId, place, this.parts, await this.parts.talk.of(showId));
  }

  close(): void {
    for (const stop of this.stops) stop();
    for (const room of this.rooms.values()) void room.then((one) => one.close()).catch(() => {});
  }

  /** The host's tap gives the paddle as well: nothing is left for the buyer to do. */
  private handleAdmitted(showId: string, memberId: string): void {
    this.inOpenRoom(showId, async (room) => {
      await room.tellMe(memberId, (member) => (member.state = 'active'));
      await this.parts.seats.take(showId, memberId);
    });
  }

  private inOpenRoom(showId: string, act: (room: Room) => Promise<void>): void {
    void this.of(showId)
      .then(act)
      .catch((error: unknown) => this.parts.warn('room.news-failed', { show: showId, error: String(error) }));
  }
}
