import * as wire from '@qingpai/wire';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

export class ShowParamDto extends createZodDto(z.object({ id: wire.showId })) {}
export class ClaimParamDto extends createZodDto(z.object({ id: wire.showId, claim: wire.claimId })) {}
export class DamageParamDto extends createZodDto(
  z.object({ id: wire.showId, sale: wire.saleId, units: z.coerce.number().pipe(wire.unitCount) }),
) {}
export class ParcelListDto extends createZodDto(wire.parcelList) {}
export class ParcelPackDto extends createZodDto(wire.parcelPack) {}
export class ParcelShipDto extends createZodDto(wire.parcelShip) {}
export class ParcelReceiveDto extends createZodDto(wire.parcelReceive) {}
export class ParcelsMovedDto extends createZodDto(wire.parcelsMoved) {}
export class TrackingReportDto extends createZodDto(wire.trackingReport) {}
export class ClaimListDto extends createZodDto(wire.claimList) {}
export class ClaimAnswerDto extends createZodDto(wire.claimAnswering) {}
export class ClaimPaybackDto extends createZodDto(wire.claimPayback) {}
export class ComplaintFileDto extends createZodDto(wire.complaintFile) {}
export class ReturnFileDto extends createZodDto(wire.returnFile) {}
export class ClaimSayDto extends createZodDto(wire.claimSay) {}
export class MyGoodsDto extends createZodDto(wire.myGoods) {}
