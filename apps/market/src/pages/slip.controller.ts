import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Rooms } from '@qingpai/auction';
import { Public } from '@qingpai/members';
import { Refused } from '@qingpai/platform';
import { lotId, showId } from '@qingpai/wire';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { codeUnder, growerSlip, headUnder, type Paper, papers } from './growerSlip.js';
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
    const { lots, sales, seals } = snapshot.state;
    const lot = Object.hasOwn(lots, id) ? lots[id]! : null;
    const seal = seals.find(({ list }) => list === lot?.list);
    if (!lot || !seal || lot.phase === 'struck') throw new Refused('unknown-lot');
    const catalogued = await room.receipt(lot.i);
    const hammers = Object.values(sales).filter((sale) => sale.lot === lot.lot);
    const slip = {
      ...{ snapshot, lot, catalogued, sealed: await room.receipt(seal.i, headUnder(catalogued).size) },
      // Of the seal itself: the card that the room shows learns it a moment later.
      code: codeUnder(await room.receipt(seals[0]!.i)),
      sales: await Promise.all(hammers.map(async (sale) => ({ sale, receipt: await room.receipt(sale.i) }))),
      address: `${request.protocol}://${request.host}/g/${show}/${lot.lot}`,
      paper: papers.find((known) => known === paper) ?? ('80' satisfies Paper),
    };
    const language = languageOf(request.query, request.headers['accept-language']);
    await sendPage(request, reply, this.plain.of(growerSlip(slip, language)));
  }
}
