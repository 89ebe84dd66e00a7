import * as wire from '@qingpai/wire';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

export class ShowParamDto extends createZodDto(z.object({ id: wire.showId })) {}
export class LotParamDto extends createZodDto(z.object({ id: wire.showId, lot: wire.lotId })) {}
export class LotDraftDto extends createZodDto(wire.lotDraft) {}
export class CarriedListDto extends createZodDto(wire.carriedList) {}
export class TakeUpDto extends createZodDto(wire.takeUp) {}
export class LotAddedDto extends createZodDto(wire.lotAdded) {}
export class ImportReportDto extends createZodDto(wire.importReport) {}
export class ImportConfirmDto extends createZodDto(wire.importConfirm) {}
export class ImportDoneDto extends createZodDto(wire.importDone) {}
export class FloorListDto extends createZodDto(wire.floorList) {}
export class PhotoAddedDto extends createZodDto(wire.photoAdded) {}
