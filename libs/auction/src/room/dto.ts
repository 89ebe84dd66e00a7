import * as wire from '@qingpai/wire';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

export class ShowParamDto extends createZodDto(z.object({ id: wire.showId })) {}
export class ShowCodeDto extends createZodDto(wire.showCode) {}
export class SnapshotDto extends createZodDto(wire.snapshot) {}
export class SinceQueryDto extends createZodDto(z.object({ from: z.coerce.number().int().nonnegative() })) {}
export class SincePageDto extends createZodDto(z.object({ since: wire.eventsFrame, more: z.boolean() })) {}
export class BidDto extends createZodDto(wire.bid) {}
export class BidAcceptedDto extends createZodDto(wire.bidAccepted) {}
export class BidRefusedDto extends createZodDto(wire.bidRefused) {}
export class ProxyDto extends createZodDto(wire.proxyAsk) {}
export class ProxyPlacedDto extends createZodDto(wire.proxyPlaced) {}
export class ProxyRefusedDto extends createZodDto(wire.proxyRefused) {}
export class ProxyWithdrawalDto extends createZodDto(wire.proxyWithdrawal) {}
export class ChanceAnswerDto extends createZodDto(wire.chanceAnswer) {}
export class OfferAnswerDto extends createZodDto(wire.offerAnswer) {}
export class OfferAnsweredDto extends createZodDto(wire.offerAnswered.options[0]) {}
export class CommandMessageDto extends createZodDto(wire.commandMessage) {}
export class CommandDoneDto extends createZodDto(
  z.object({ ok: z.literal(true), events: z.array(wire.loggedEvent) }),
) {}
export class CommandRefusedDto extends createZodDto(
  wire.refusal.extend({ lots: z.array(wire.lotId).optional() }),
) {}
export class JoinShowDto extends createZodDto(wire.joinShow) {}
export class JoinedShowDto extends createZodDto(wire.joinedShow) {}
export class StaffKeyDto extends createZodDto(wire.staffKey) {}
export class SealDraftDto extends createZodDto(wire.sealDraft) {}
export class ApprovalQueryDto extends createZodDto(wire.approvalQuery) {}
export class ApprovalDraftDto extends createZodDto(wire.approvalDraft) {}
export class ApprovalAskDto extends createZodDto(wire.approvalAsk) {}
export class ReceiptDto extends createZodDto(wire.receipt) {}
export class LeafParamDto extends createZodDto(
  z.object({ id: wire.showId, i: z.coerce.number().int().nonnegative() }),
) {}
export class ReceiptQueryDto extends createZodDto(
  z.object({ from: z.coerce.number().int().positive().optional() }),
) {}
export class TakeOverCodeDto extends createZodDto(wire.takeOverCode) {}
export class TakeOverAskDto extends createZodDto(wire.takeOverAsk) {}
export class OkDto extends createZodDto(z.object({ ok: z.literal(true) })) {}
