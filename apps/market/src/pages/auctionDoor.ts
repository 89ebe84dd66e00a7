import { Catalogue, Desks, Shows, ShowStore } from '@qingpai/auction';
import { type SessionMember } from '@qingpai/members';
import { Refused } from '@qingpai/platform';
import { type Bid, type BidAnswer, type RoomMe, type Snapshot } from '@qingpai/wire';
import { Injectable } from '@nestjs/common';
import { type RoomDoor } from './roomDoor.js';

@Injectable()
export class AuctionDoor implements RoomDoor {
  constructor(
    private readonly list: Shows,
    private readonly store: ShowStore,
    private readonly desks: Desks,
    private readonly catalogue: Catalogue,
  ) {}

  shows(member: SessionMember | null) {
    return this.list.list(member);
  }

  async snapshot(showId: string): Promise<Snapshot> {
    const show = await this.store.show(showId);
    const desk = await this.desks.of(showId);
    const cards = await this.catalogue.cards(showId);
    return { state: desk.state, card: show.card, cards, code: show.code, chat: [], slowMs: 0 };
  }

  async me(_showId: string, _member: SessionMember | null): Promise<RoomMe> {
    return {
      role: null,
      nickname: null,
      bidder: null,
      paddle: null,
      nth: null,
      waiting: false,
      muted: false,
    };
  }

  async bid(_showId: string, _member: SessionMember, _bid: Bid): Promise<BidAnswer> {
    throw new Refused('not-ready');
  }

  nowMs() {
    return Date.now();
  }
}
