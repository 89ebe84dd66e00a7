import * as wire from '@qingpai/wire';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

export class BillDto extends createZodDto(wire.bill) {}
export class BillListDto extends createZodDto(wire.billList) {}
export class MaskedParcelDto extends createZodDto(wire.maskedParcel) {}
export class PackingListDto extends createZodDto(wire.packingList) {}
export class ShowFreightDto extends createZodDto(wire.showFreight) {}
export class MyParcelDto extends createZodDto(wire.myParcel) {}
export class PaymentDto extends createZodDto(wire.payment) {}
export class PaymentListDto extends createZodDto(wire.paymentList) {}
export class PaymentRecordDto extends createZodDto(wire.paymentRecord) {}
export class PaymentDecisionDto extends createZodDto(wire.paymentDecision) {}
export class PaymentDisputeDto extends createZodDto(wire.paymentDispute) {}
export class PaymentCaseDto extends createZodDto(wire.paymentCase) {}
export class PaymentCaseListDto extends createZodDto(wire.paymentCaseList) {}
export class CaseOutcomeDto extends createZodDto(wire.caseOutcome) {}
export class MyPaymentDto extends createZodDto(wire.myPayment) {}
export class PayOnlineDto extends createZodDto(wire.payOnline) {}
export class PayingOnlineDto extends createZodDto(wire.payingOnline) {}
export class OnlineOrderListDto extends createZodDto(wire.onlineOrderList) {}
export class RefundAskDto extends createZodDto(wire.refundAsk) {}
export class RefundDto extends createZodDto(wire.refund) {}
export class RefundDecisionDto extends createZodDto(wire.refundDecision) {}
export class HookAnswerDto extends createZodDto(wire.hookAnswer) {}
export class HandRefundAskDto extends createZodDto(wire.handRefundAsk) {}
export class HandRefundDto extends createZodDto(wire.handRefund) {}
export class HandRefundListDto extends createZodDto(wire.handRefundList) {}
export class HandRefundDecisionDto extends createZodDto(wire.handRefundDecision) {}
export class HandRefundParamDto extends createZodDto(z.object({ id: wire.showId, refund: z.uuid() })) {}
export class ShowParamDto extends createZodDto(z.object({ id: wire.showId })) {}
export class DepositRecordDto extends createZodDto(wire.depositRecord) {}
export class DepositMoveDto extends createZodDto(wire.depositMove) {}
export class DepositListDto extends createZodDto(wire.depositList) {}
export class MyDepositDto extends createZodDto(wire.myDeposit) {}
export class PayingDepositDto extends createZodDto(wire.payingDeposit) {}
export class DepositReleaseDto extends createZodDto(wire.depositRelease) {}
export class DepositParamDto extends createZodDto(z.object({ id: wire.showId, deposit: wire.depositId })) {}
export class PaymentParamDto extends createZodDto(z.object({ id: wire.showId, payment: z.uuid() })) {}
export class OrderParamDto extends createZodDto(z.object({ id: wire.showId, order: z.uuid() })) {}
export class OrderRefundParamDto extends createZodDto(
  z.object({ id: wire.showId, order: z.uuid(), refund: z.uuid() }),
) {}
export class CaseParamDto extends createZodDto(z.object({ id: wire.showId, case: z.uuid() })) {}
