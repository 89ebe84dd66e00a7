import * as wire from '@qingpai/wire';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

export class ShowParamDto extends createZodDto(z.object({ id: wire.showId })) {}
export class StageDto extends createZodDto(wire.stage) {}
export class WatchAnswerDto extends createZodDto(wire.watchAnswer) {}
export class PublishAskDto extends createZodDto(wire.publishAsk) {}
export class MediaAddressDto extends createZodDto(wire.mediaAddress) {}
export class CameraLinkDto extends createZodDto(wire.cameraLink) {}
export class CameraEnterDto extends createZodDto(wire.cameraEnter) {}
export class CameraPassDto extends createZodDto(wire.cameraPass) {}
export class CameraAskDto extends createZodDto(wire.cameraAsk) {}
export class CameraAnswerDto extends createZodDto(wire.cameraAnswer) {}
