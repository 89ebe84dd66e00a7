import * as wire from '@qingpai/wire';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

export class ShowCreateDto extends createZodDto(wire.showCreate) {}
export class ShowCreatedDto extends createZodDto(wire.showCreated) {}
export class ShowListDto extends createZodDto(wire.showList) {}
export class ShowParamDto extends createZodDto(z.object({ id: wire.showId })) {}
