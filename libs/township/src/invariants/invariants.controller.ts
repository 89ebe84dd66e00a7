import { Controller, Get, Header, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiProblems, May } from '@qingpai/members';
import { ZodResponse } from 'nestjs-zod';
import { InvariantRunDto, LastInvariantRunDto } from '../dto.js';
import { InvariantRuns } from './invariantRuns.js';

/** What must always be true of the data: shown to who answers for it. */
@ApiTags('operations')
@Controller('api/invariants')
@May('invariants.read')
export class InvariantsController {
  constructor(private readonly runs: InvariantRuns) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({
    summary: 'What the last look at the data found: each statement that must hold, and whether it does.',
    description: 'The server looks by itself every night and some minutes after its start.',
  })
  @ZodResponse({ status: 200, type: LastInvariantRunDto })
  @ApiProblems(401, 403)
  async last() {
    return { run: await this.runs.last() };
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Look now.' })
  @ZodResponse({ status: 200, type: InvariantRunDto })
  @ApiProblems(401, 403)
  run() {
    return this.runs.run();
  }
}
