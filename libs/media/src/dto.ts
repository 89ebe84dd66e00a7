import * as wire from '@qingpai/wire';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

export class ShowParamDto extends createZodDto(z.object({ id: wire.showId })) {}
export class PieceParamDto extends createZodDto(
  z.object({ id: wire.showId, segment: z.coerce.number().int().positive().max(99_999) }),
) {}
export class SaleParamDto extends createZodDto(z.object({ id: wire.showId, sale: wire.saleId })) {}
export class ReplayAnswerDto extends createZodDto(wire.replayAnswer) {}
export class ClipAskDto extends createZodDto(
  z.object({ part: z.coerce.number().int().positive().max(999).default(1) }),
) {}
export class ClipsAnswerDto extends createZodDto(wire.clipsAnswer) {}
export class ReplaySettingDto extends createZodDto(wire.replaySetting) {}
export class RecordingDiskDto extends createZodDto(wire.recordingDisk) {}
export class StageDto extends createZodDto(wire.stageAnswer) {}
export class WatchAnswerDto extends createZodDto(wire.watchAnswer) {}
export class PublishAskDto extends createZodDto(wire.publishAsk) {}
export class MediaAddressDto extends createZodDto(wire.mediaAddress) {}
export class CameraLinkDto extends createZodDto(wire.cameraLink) {}
export class CameraEnterDto extends createZodDto(wire.cameraEnter) {}
export class CameraPassDto extends createZodDto(wire.cameraPass) {}
export class CameraAskDto extends createZodDto(wire.cameraAsk) {}
export class CameraAnswerDto extends createZodDto(wire.cameraAnswer) {}
