import * as wire from '@qingpai/wire';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

export class BarredListDto extends createZodDto(wire.barredList) {}
export class BiddingLiftDto extends createZodDto(wire.biddingLift) {}
export class BarredParamDto extends createZodDto(z.object({ member: z.uuid() })) {}
