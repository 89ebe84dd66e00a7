import { Body, Controller, Get, Header, HttpCode, Param, Post, UsePipes } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  type Action,
  ApiProblems,
  assertMay,
  CurrentMember,
  May,
  MembersService,
  Public,
  type SessionMember,
  WirePipe,
} from '@qingpai/members';
import * as wire from '@qingpai/wire';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { Consents } from './consents.js';
import { SealConsents } from './sealConsents.js';

class ShowParamDto extends createZodDto(z.object({ id: wire.showId })) {}
class ConsentLinkAskDto extends createZodDto(wire.consentLinkAsk) {}
class ConsentLinkDto extends createZodDto(wire.consentLink) {}
class ShowConsentsDto extends createZodDto(wire.showConsents) {}
class ConsentWaiverAskDto extends createZodDto(wire.consentWaiverAsk) {}
class ConsentTokenDto extends createZodDto(z.strictObject({ token: z.string().max(100) })) {}
class ConsentPassDto extends createZodDto(z.strictObject({ pass: z.string().max(100) })) {}
class ConsentAnswersDto extends createZodDto(wire.consentAnswers) {}
class ConsentPageDto extends createZodDto(wire.consentPage) {}

/** Growers agree to the floors of their lots, before the list is sealed. */
@ApiTags('growers')
@Controller('api')
@UsePipes(WirePipe)
export class ConsentController {
  constructor(
    private readonly members: MembersService,
    private readonly consents: Consents,
    private readonly sealing: SealConsents,
  ) {}

  @Get('shows/:id/consents')
  @May('floors.read')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'What growers have said of the floors of lots that are not sealed.' })
  @ZodResponse({ status: 200, type: ShowConsentsDto })
  @ApiProblems(400, 401, 403, 404)
  async all(@Param() { id }: ShowParamDto, @CurrentMember() member: SessionMember) {
    await this.assertMayAt(id, member, 'floors.read');
    return this.consents.of(id);
  }

  @Post('shows/:id/consent-links')
  @May('consent.ask')
  @ApiOperation({ summary: 'Make a link for one grower; it is used once.' })
  @ZodResponse({ status: 201, type: ConsentLinkDto })
  @ApiProblems(400, 401, 403, 404, 415)
  async link(
    @Param() { id }: ShowParamDto,
    @Body() { grower }: ConsentLinkAskDto,
    @CurrentMember() member: SessionMember,
  ) {
    await this.assertMayAt(id, member, 'consent.ask');
    return this.consents.makeLink(id, grower, member.memberId);
  }

  @Post('shows/:id/consent-waivers')
  @May('consent.ask')
  @HttpCode(204)
  @ApiOperation({ summary: 'Say why a list is sealed although a grower has not agreed.' })
  @ApiNoContentResponse({ description: 'waived' })
  @ApiProblems(400, 401, 403, 404, 415)
  async waive(
    @Param() { id }: ShowParamDto,
    @Body() { reason }: ConsentWaiverAskDto,
    @CurrentMember() member: SessionMember,
  ) {
    await this.assertMayAt(id, member, 'consent.ask');
    await this.sealing.waive(id, reason, member.memberId);
  }

  @Post('consent/exchange')
  @Public()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'Use the token of a link, once: the lots of its grower, and a pass to answer with.',
  })
  @ZodResponse({ status: 200, type: ConsentPageDto })
  @ApiProblems(400, 401, 415)
  exchange(@Body() { token }: ConsentTokenDto) {
    return this.consents.open({ token });
  }

  @Post('consent/lots')
  @Public()
  @HttpCode(200)
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'The lots of the grower who holds this pass.' })
  @ZodResponse({ status: 200, type: ConsentPageDto })
  @ApiProblems(400, 401, 415)
  lots(@Body() { pass }: ConsentPassDto) {
    return this.consents.open({ pass });
  }

  @Post('consent/answers')
  @Public()
  @HttpCode(200)
  @ApiOperation({ summary: 'Agree to floors, or ask for others.' })
  @ZodResponse({ status: 200, type: ConsentPageDto })
  @ApiProblems(400, 401, 404, 409, 415)
  answer(@Body() answers: ConsentAnswersDto) {
    return this.consents.answer(answers);
  }

  private async assertMayAt(showId: string, member: SessionMember, action: Action): Promise<void> {
    assertMay(member, action, await this.members.placeOf(showId));
  }
}
