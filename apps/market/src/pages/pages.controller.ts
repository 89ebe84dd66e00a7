import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Shows } from '@qingpai/auction';
import { CurrentMember, Public, type SessionMember } from '@qingpai/members';
import { Refused } from '@qingpai/platform';
import { showId } from '@qingpai/wire';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { BuiltPages, type PageName } from './builtPages.js';
import { languageOf } from './language.js';
import { PlainPages } from './plainPages.js';
import { sendPage } from './sendPage.js';

/** The pages whose script asks for everything itself, and the list of shows, which has no script. */
@ApiExcludeController()
@Controller()
export class PagesController {
  constructor(
    private readonly built: BuiltPages,
    private readonly plain: PlainPages,
    private readonly shows: Shows,
  ) {}

  @Get()
  @Public()
  async home(
    @CurrentMember() member: SessionMember | null,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ) {
    const language = languageOf(request.query, request.headers['accept-language']);
    await sendPage(request, reply, this.plain.home(await this.shows.list(member), language));
  }

  @Get('host')
  @Public()
  host(@Res() reply: FastifyReply) {
    this.send(reply, 'host');
  }

  /** The second phone: its one-use token stands in the fragment. */
  @Get('camera')
  @Public()
  camera(@Res() reply: FastifyReply) {
    this.send(reply, 'camera');
  }

  @Get('township')
  @Public()
  township(@Res() reply: FastifyReply) {
    this.send(reply, 'township');
  }

  @Get('c/:showId')
  @Public()
  certificate(@Param('showId') id: string, @Res() reply: FastifyReply) {
    if (!showId.safeParse(id).success) throw new Refused('unknown-show');
    this.send(reply, 'certificate');
  }

  @Get('pay/:showId')
  @Public()
  pay(@Param('showId') id: string, @Res() reply: FastifyReply) {
    if (!showId.safeParse(id).success) throw new Refused('unknown-show');
    this.send(reply, 'pay');
  }

  @Get('parcel/:showId')
  @Public()
  parcel(@Param('showId') id: string, @Res() reply: FastifyReply) {
    if (!showId.safeParse(id).success) throw new Refused('unknown-show');
    this.send(reply, 'parcel');
  }

  @Get('after/:showId')
  @Public()
  after(@Param('showId') id: string, @Res() reply: FastifyReply) {
    if (!showId.safeParse(id).success) throw new Refused('unknown-show');
    this.send(reply, 'after');
  }

  /** For a projector in the hall. */
  @Get('hall/:showId')
  @Public()
  hall(@Param('showId') id: string, @Res() reply: FastifyReply) {
    if (!showId.safeParse(id).success) throw new Refused('unknown-show');
    this.send(reply, 'hall');
  }

  @Get('replay/:showId')
  @Public()
  replay(@Param('showId') id: string, @Res() reply: FastifyReply) {
    if (!showId.safeParse(id).success) throw new Refused('unknown-show');
    this.send(reply, 'replay');
  }

  /** Its token is in the fragment, which no server sees. */
  @Get('consent')
  @Public()
  consent(@Res() reply: FastifyReply) {
    this.send(reply, 'consent');
  }

  /** To be kept, and opened from there: a verifier that the judged server hands out each time could lie. */
  @Get('verify.html')
  @Public()
  verifier(@Res() reply: FastifyReply) {
    const page = this.built.verifier();
    if (page === null) throw new Refused('not-found');
    void reply
      .type('text/html; charset=utf-8')
      .header('content-disposition', 'attachment; filename="qingpai-verify.html"')
      .header('cache-control', 'no-cache')
      .send(page);
  }

  /** The same for everybody; asked anew each time, because the names of its scripts change with every build. */
  private send(reply: FastifyReply, page: PageName): void {
    void reply
      .type('text/html; charset=utf-8')
      .header('cache-control', 'no-cache')
      .send(this.built.html(page));
  }
}
