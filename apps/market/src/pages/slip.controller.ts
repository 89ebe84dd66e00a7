import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Rooms } from '@qingpai/auction';
import { Public } from '@qingpai/members';
import { OneByOne, Refused } from '@qingpai/platform';
import { lotId, showId } from '@qingpai/wire';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { MARKET_PARTS, type MarketParts } from '../parts.js';
import { codeUnder, growerSlip, headUnder, type Paper, papers, slipWords } from './growerSlip.js';
import { languageOf } from './language.js';
import { PlainPages } from './plainPages.js';
import { sendPage } from './sendPage.js';
import { type SlipFacts, slipPdf, slipPng } from './slipFiles.js';
import { slipMoney } from './slipMoney.js';

/** The slip that a grower takes home. Of lots that are sealed: before that nothing is promised to anybody. */
@ApiExcludeController()
@Controller('g')
export class SlipController {
  constructor(
    private readonly plain: PlainPages,
    private readonly rooms: Rooms,
    @Inject(MARKET_PARTS) private readonly parts: MarketParts,
  ) {}

  /** Drawing takes a core for a moment: one at a time, so that bids go on beside it. */
  private readonly drawing = new OneByOne();

  @Get(':showId/:lot')
  @Public()
  async slip(
    @Param('showId') show: string,
    @Param('lot') id: string,
    @Query('paper') paper: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const language = languageOf(request.query, request.headers['accept-language']);
    const { room, snapshot, lot, sealI } = await this.sealedLot(show, id);
    const { sales, seals } = snapshot.state;
    const catalogued = await room.receipt(lot.i);
    const hammers = Object.values(sales).filter((sale) => sale.lot === lot.lot);
    const slip = {
      ...{ snapshot, lot, catalogued, sealed: await room.receipt(sealI, headUnder(catalogued).size) },
      money: slipMoney(snapshot.state, lot, this.parts.clock.nowMs(), language),
      // Of the seal itself: the card that the room shows learns it a moment later.
      code: codeUnder(await room.receipt(seals[0]!.i)),
      sales: await Promise.all(hammers.map(async (sale) => ({ sale, receipt: await room.receipt(sale.i) }))),
      address: addressOf(request, show, lot.lot),
      paper: papers.find((known) => known === paper) ?? ('80' satisfies Paper),
    };
    await sendPage(request, reply, this.plain.of(growerSlip(slip, language)));
  }

  /** What the lot brings its grower, to send on. */
  @Get(':showId/:lot/slip.png')
  @Public()
  async picture(
    @Param('showId') show: string,
    @Param('lot') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const facts = await this.facts(show, id, request);
    await sendFile(reply, 'image/png', await this.drawing.run('slip', () => slipPng(facts)));
  }

  @Get(':showId/:lot/slip.pdf')
  @Public()
  async pdf(
    @Param('showId') show: string,
    @Param('lot') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const facts = await this.facts(show, id, request);
    await sendFile(reply, 'application/pdf', await this.drawing.run('slip', () => slipPdf(facts)));
  }

  private async facts(show: string, id: string, request: FastifyRequest): Promise<SlipFacts> {
    const language = languageOf(request.query, request.headers['accept-language']);
    const { room, snapshot, lot } = await this.sealedLot(show, id);
    const money = slipMoney(snapshot.state, lot, this.parts.clock.nowMs(), language);
    if (!money) throw new Refused('not-found');
    const words = slipWords(language);
    return {
      show: snapshot.card.title,
      lot: `${words.lot} ${Number(lot.number)} ${lot.title}`,
      code: codeUnder(await room.receipt(snapshot.state.seals[0]!.i)),
      ...{ address: addressOf(request, show, lot.lot), codeName: words.code, scan: words.scan, money },
    };
  }

  private async sealedLot(show: string, id: string) {
    if (!showId.safeParse(show).success) throw new Refused('unknown-show');
    if (!lotId.safeParse(id).success) throw new Refused('unknown-lot');
    const room = await this.rooms.of(show);
    const snapshot = await room.snapshot();
    const { lots, seals } = snapshot.state;
    const lot = Object.hasOwn(lots, id) ? lots[id]! : null;
    const seal = seals.find(({ list }) => list === lot?.list);
    if (!lot || !seal || lot.phase === 'struck') throw new Refused('unknown-lot');
    return { room, snapshot, lot, sealI: seal.i };
  }
}

const addressOf = ({ protocol, host }: FastifyRequest, show: string, lot: string): string =>
  `${protocol}://${host}/g/${show}/${lot}`;

const sendFile = async (reply: FastifyReply, type: string, bytes: Buffer): Promise<void> =>
  reply.type(type).header('cache-control', 'no-store').send(bytes);
