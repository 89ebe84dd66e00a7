import * as wire from '@qingpai/wire';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

export class BillDto extends createZodDto(wire.bill) {}
export class BillListDto extends createZodDto(wire.billList) {}
export class PaymentDto extends createZodDto(wire.payment) {}
export class PaymentListDto extends createZodDto(wire.paymentList) {}
export class PaymentRecordDto extends createZodDto(wire.paymentRecord) {}
export class PaymentDecisionDto extends createZodDto(wire.paymentDecision) {}
export class ShowParamDto extends createZodDto(z.object({ id: wire.showId })) {}
export class PaymentParamDto extends createZodDto(z.object({ id: wire.showId, payment: z.uuid() })) {}
