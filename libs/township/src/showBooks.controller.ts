import { Controller, Get, Header, Param, UsePipes } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Desks } from '@qingpai/auction';
import { Ledger } from '@qingpai/ledger';
import {
  ApiProblems,
  assertMay,
  CurrentMember,
  May,
  MembersService,
  type SessionMember,
  WirePipe,
} from '@qingpai/members';
import { type ShowBooks, showId } from '@qingpai/wire';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { ShowBooksDto } from './dto.js';
import { balancesOf, tenInvariants } from './rules/tenInvariants.js';

class ShowParamDto extends createZodDto(z.object({ id: showId })) {}

/** The books of one show: I1 to I10 with their figures, as the database holds them now. */
@ApiTags('township')
@Controller('api/shows/:id/books')
@UsePipes(WirePipe)
export class ShowBooksController {
  constructor(
    private readonly members: MembersService,
    private readonly desks: Desks,
    private readonly ledger: Ledger,
  ) {}

  @Get()
  @May('books.read')
  @Header('cache-control', 'no-store')
  @ApiOperation({ summary: 'Invariants I1 to I10 of the books, and the balances of the accounts.' })
  @ZodResponse({ status: 200, type: ShowBooksDto })
  @ApiProblems(400, 401, 403, 404)
  async books(@Param() { id }: ShowParamDto, @CurrentMember() member: SessionMember): Promise<ShowBooks> {
    assertMay(member, 'books.read', await this.members.placeOf(id));
    const desk = await this.desks.of(id);
    const { size } = desk.head;
    const state = structuredClone(desk.state);
    const events = Array.from({ length: size }, (_, i) => desk.leaf(i)!);
    const entries = await this.ledger.journal.entriesOf(state.origin, size);
    const lines = entries.flatMap((entry) => entry.lines);
    const accounts = [...balancesOf(lines)].map(([account, balanceFen]) => ({ account, balanceFen }));
    return { invariants: tenInvariants({ state, events, entries }), accounts: addedUp(accounts) };
  }
}

/** Buyers together and growers together: who is behind a pseudonym is nothing for a page of sums. */
function addedUp(accounts: readonly { account: string; balanceFen: number }[]): ShowBooks['accounts'] {
  const sums = new Map<string, { balanceFen: number; lines: number }>();
  for (const { account, balanceFen } of accounts) {
    const name = account.replace(/^(buyer|grower):[^:]+:/, '$1:*:');
    const sum = sums.get(name) ?? { balanceFen: 0, lines: 0 };
    sums.set(name, { balanceFen: sum.balanceFen + balanceFen, lines: sum.lines + 1 });
  }
  return [...sums].map(([account, sum]) => ({ account, ...sum }));
}
