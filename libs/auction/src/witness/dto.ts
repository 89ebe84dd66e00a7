import * as wire from '@qingpai/wire';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

export class ShowParamDto extends createZodDto(z.object({ id: wire.showId })) {}
export class WitnessStateDto extends createZodDto(wire.witnessState) {}
export class WitnessRequestQueryDto extends createZodDto(
  z.object({
    witness: z.string().max(200).optional().describe('name of a configured witness; default: one by file'),
    old: z.coerce.number().int().nonnegative().optional().describe('size at which that witness stands'),
  }),
) {}
