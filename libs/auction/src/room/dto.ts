import * as wire from '@qingpai/wire';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

export class ShowParamDto extends createZodDto(z.object({ id: wire.showId })) {}
export class SnapshotDto extends createZodDto(wire.snapshot) {}
export class SinceQueryDto extends createZodDto(z.object({ from: z.coerce.number().int().nonnegative() })) {}
export class SincePageDto extends createZodDto(z.object({ since: wire.eventsFrame, more: z.boolean() })) {}
export class BidDto extends createZodDto(wire.bid) {}
export class BidAcceptedDto extends createZodDto(wire.bidAccepted) {}
export class BidRefusedDto extends createZodDto(wire.bidRefused) {}
export class CommandMessageDto extends createZodDto(wire.commandMessage) {}
export class CommandDoneDto extends createZodDto(
  z.object({ ok: z.literal(true), events: z.array(wire.loggedEvent) }),
) {}
export class CommandRefusedDto extends createZodDto(
  wire.refusal.extend({ lots: z.array(wire.lotId).optional() }),
) {}
export class JoinShowDto extends createZodDto(wire.joinShow) {}
export class JoinedShowDto extends createZodDto(wire.joinedShow) {}
