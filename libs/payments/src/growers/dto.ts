import * as wire from '@qingpai/wire';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

export class ShowPayoutsDto extends createZodDto(wire.showPayouts) {}
export class GrowerAccountDto extends createZodDto(wire.growerAccount) {}
export class PayoutBatchAskDto extends createZodDto(wire.payoutBatchAsk) {}
export class PayoutConfirmationDto extends createZodDto(wire.payoutConfirmation) {}
export class ClawbackRepaymentAskDto extends createZodDto(wire.clawbackRepaymentAsk) {}
export class ClawbackCarryAskDto extends createZodDto(wire.clawbackCarryAsk) {}
export class ClawbackDecisionDto extends createZodDto(wire.paymentDecision) {}
export class RepaymentParamDto extends createZodDto(z.object({ id: wire.showId, repayment: z.uuid() })) {}
export class SheetFilterDto extends createZodDto(wire.sheetFilter) {}
export class ShowParamDto extends createZodDto(z.object({ id: wire.showId })) {}
export class GrowerParamDto extends createZodDto(z.object({ id: wire.showId, grower: wire.pseudonym })) {}
export class BatchParamDto extends createZodDto(z.object({ id: wire.showId, batch: z.uuid() })) {}
export class StatementReportDto extends createZodDto(wire.statementReport) {}
export class ShowMatchDto extends createZodDto(wire.showMatch) {}
export class StatementParamDto extends createZodDto(
  z.object({ id: wire.showId, kind: wire.statementKind }),
) {}
