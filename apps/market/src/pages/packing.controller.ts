import { Controller, Get, Logger, Param, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Parcels, Rooms } from '@qingpai/auction';
import { assertMay, CurrentMember, May, MembersService, type SessionMember } from '@qingpai/members';
import { Refused } from '@qingpai/platform';
import { type Parcel, showId } from '@qingpai/wire';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type PlainPage } from './growerSlip.js';
import { languageOf } from './language.js';
import { packingPage, parcelSlips, pickingPage } from './packingPages.js';
import { PlainPages } from './plainPages.js';
import { sendPage } from './sendPage.js';

/** Lists to print, for host and officer of the show. */
@ApiExcludeController()
@Controller('print/:showId')
@May('parcel.handle')
export class PackingController {
  private readonly exports = new Logger('exports');

  constructor(
    private readonly plain: PlainPages,
    private readonly members: MembersService,
    private readonly parcels: Parcels,
    private readonly rooms: Rooms,
  ) {}

  @Get(':list')
  async list(
    @Param('showId') show: string,
    @Param('list') list: string,
    @Query('paper') paper: unknown,
    @CurrentMember() member: SessionMember,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    if (!showId.safeParse(show).success) throw new Refused('unknown-show');
    assertMay(member, 'parcel.handle', await this.members.placeOf(show));
    const { card } = await (await this.rooms.of(show)).snapshot();
    const language = languageOf(request.query, request.headers['accept-language']);
    const parcels = await this.parcels.list(show);
    const made = this.page(list, parcels, {
      ...{ title: card.title, language, paper: paper === '58' ? ('58' as const) : ('80' as const) },
      receipt: (parcel: Parcel) => `${request.protocol}://${request.host}/parcel/${show}#${parcel.paddle}`,
    });
    this.exports.log(`member ${member.memberId} printed ${list} of ${show}: ${parcels.length} parcels`);
    await sendPage(request, reply, this.plain.of(made));
  }

  private page(list: string, parcels: Parcel[], of: Parameters<typeof packingPage>[1]): PlainPage {
    if (list === 'packing') return packingPage(parcels, of);
    if (list === 'picking') return pickingPage(parcels, of);
    if (list === 'slips') return parcelSlips(parcels, of);
    throw new Refused('not-found');
  }
}
