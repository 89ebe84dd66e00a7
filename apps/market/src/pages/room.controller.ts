import { randomUUID } from 'node:crypto';
import { Body, Controller, Get, Param, Post, Redirect, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Rooms } from '@qingpai/auction';
import {
  CurrentMember,
  MembersService,
  Public,
  SessionAnswer,
  type SessionMember,
  SignInLimits,
} from '@qingpai/members';
import { Refused, statusOf } from '@qingpai/platform';
import { type Reason, showId } from '@qingpai/wire';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type z } from 'zod';
import { BuiltPages } from './builtPages.js';
import {
  askedNotice,
  bidOf,
  type FormBid,
  formBid,
  type FormOffer,
  formOffer,
  noticeOf,
  offerNotice,
  reasonNotice,
} from './formBid.js';
import { type Language, languageOf } from './language.js';
import { sendPage } from './sendPage.js';
import { bootJson, staticRoomHtml } from './staticRoom.js';

type Visit = FastifyRequest & { member: SessionMember | null };

/** What came of a form. */
interface Outcome {
  notice: string;
  status: number;
}

/** The room before JavaScript, and without it: price, form, answer. Its script then takes the page over. */
@ApiExcludeController()
@Controller('r')
export class RoomController {
  constructor(
    private readonly built: BuiltPages,
    private readonly members: MembersService,
    private readonly sessionAnswer: SessionAnswer,
    private readonly limits: SignInLimits,
    private readonly rooms: Rooms,
  ) {}

  @Get(':showId')
  @Public()
  async show(
    @Param('showId') id: string,
    @CurrentMember() member: SessionMember | null,
    @Req() request: Visit,
    @Res() reply: FastifyReply,
  ) {
    const language = languageOf(request.query, request.headers['accept-language']);
    this.sessionAnswer.nameDevice(request, reply);
    await this.send(known(id), member, language, request, reply);
  }

  /** The address of a form that was sent, opened again. */
  @Get([':showId/bid', ':showId/offer'])
  @Public()
  @Redirect()
  again(@Param('showId') id: string) {
    return { url: `/r/${known(id)}`, statusCode: 303 };
  }

  /** The same bidId gets the same answer, so a form sent twice is one bid. */
  @Post(':showId/bid')
  @Public()
  async bid(
    @Param('showId') id: string,
    @Body() body: unknown,
    @CurrentMember() member: SessionMember | null,
    @Req() request: Visit,
    @Res() reply: FastifyReply,
  ) {
    const form = parsed(formBid, body);
    const language = form.lang ?? languageOf(null, request.headers['accept-language']);
    const outcome = await this.outcomeOf(known(id), form, member, language, request, reply);
    await this.send(id, member, language, request, reply, outcome);
  }

  /** The same answer sent twice is one answer. */
  @Post(':showId/offer')
  @Public()
  async offer(
    @Param('showId') id: string,
    @Body() body: unknown,
    @CurrentMember() member: SessionMember | null,
    @Req() request: Visit,
    @Res() reply: FastifyReply,
  ) {
    const form = parsed(formOffer, body);
    const language = form.lang ?? languageOf(null, request.headers['accept-language']);
    const outcome = await this.outcomeOfOffer(known(id), form, member, language);
    await this.send(id, member, language, request, reply, outcome);
  }

  private async outcomeOfOffer(
    id: string,
    { offer, answer: given }: FormOffer,
    member: SessionMember | null,
    language: Language,
  ): Promise<Outcome> {
    const room = await this.rooms.of(id);
    const answer = await room.answerOffer(member, { offer, accept: given === 'accept' }, { form: true });
    return { notice: offerNotice(answer, language), status: answer.ok ? 200 : statusOf(answer.reason) };
  }

  private async outcomeOf(
    id: string,
    form: FormBid,
    member: SessionMember | null,
    language: Language,
    request: Visit,
    reply: FastifyReply,
  ): Promise<Outcome> {
    const refused = (reason: Reason) => ({
      notice: reasonNotice(reason, language),
      status: statusOf(reason),
    });
    try {
      if (member === null) return await this.askToBeAdmitted(id, form, language, request, reply);
      if (member.state === 'waiting') await this.members.alsoWaitFor(member.memberId, id);
      const room = await this.rooms.of(id);
      const answer = await room.bid(member, bidOf(form), { form: true });
      return { notice: noticeOf(answer, language), status: answer.ok ? 200 : statusOf(answer.reason) };
    } catch (error) {
      if (error instanceof Refused && error.reason !== 'unknown-show') return refused(error.reason);
      throw error;
    }
  }

  private async askToBeAdmitted(
    id: string,
    form: FormBid,
    language: Language,
    request: Visit,
    reply: FastifyReply,
  ): Promise<Outcome> {
    if (form.nickname === undefined) throw new Refused('not-signed-in');
    await this.limits.signInFrom(request.ip);
    await this.sessionAnswer.give(await this.members.waitFor(form.nickname, id), request, reply);
    return { notice: askedNotice(language), status: 200 };
  }

  private async send(
    id: string,
    member: SessionMember | null,
    language: Language,
    request: Visit,
    reply: FastifyReply,
    outcome?: Outcome,
  ): Promise<void> {
    const room = await this.rooms.of(id);
    const [me, nowMs, snapshot] = await Promise.all([room.me(member), room.nowMs(), room.snapshot()]);
    const html = this.built.filled('room', {
      'room:static': staticRoomHtml(snapshot, nowMs, {
        language,
        bidId: randomUUID(),
        me: member === null ? null : { paddle: me.paddle, nickname: me.nickname ?? '', bidder: me.bidder },
        ...(outcome && { notice: outcome.notice }),
      }),
      'room:boot': bootJson(snapshot),
    });
    await sendPage(request, reply, html, outcome?.status);
  }
}

function known(id: string): string {
  if (!showId.safeParse(id).success) throw new Refused('unknown-show');
  return id;
}

function parsed<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const form = schema.safeParse(body);
  if (form.success) return form.data;
  const errors = form.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new Refused('malformed', undefined, errors);
}
