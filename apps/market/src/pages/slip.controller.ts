import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Rooms } from '@qingpai/auction';
import { Public } from '@qingpai/members';
import { Refused } from '@qingpai/platform';
import { lotId, showId } from '@qingpai/wire';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { growerSlip, type Paper, papers } from './growerSlip.js';
import { languageOf } from './language.js';
import { PlainPages } from './plainPages.js';
import { sendPage } from './sendPage.js';

/** The slip that a grower takes home. Of lots that are sealed: before that nothing is promised to anybody. */
@ApiExcludeController()
@Controller('g')
export class SlipController {
  constructor(
    private readonly plain: PlainPages,
    private readonly rooms: Rooms,
  ) {}

  @Get(':showId/:lot')
  @Public()
  async slip(
    @Param('showId') show: string,
    @Param('lot') id: string,
    @Query('paper') paper: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    if (!showId.safeParse(show).success) throw new Refused('unknown-show');
    if (!lotId.safeParse(id).success) throw new Refused('unknown-lot');
    const room = await this.rooms.of(show);
    const snapshot = await room.snapshot();
    const { lots, sales } = snapshot.state;
    const lot = Object.hasOwn(lots, id) ? lots[id]! : null;
    if (!lot || lot.phase === 'draft' || lot.phase === 'struck') throw new Refused('unknown-lot');
    const hammers = Object.values(sales).filter((sale) => sale.lot === lot.lot);
    const slip = {
      ...{ snapshot, lot, catalogued: await room.receipt(lot.i) },
      sales: await Promise.all(hammers.map(async (sale) => ({ sale, receipt: await room.receipt(sale.i) }))),
      address: `${request.protocol}://${request.host}/g/${show}/${lot.lot}`,
      paper: papers.find((known) => known === paper) ?? ('80' satisfies Paper),
    };
    const language = languageOf(request.query, request.headers['accept-language']);
    await sendPage(request, reply, this.plain.of(growerSlip(slip, language)));
  }
}
