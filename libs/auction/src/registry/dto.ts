import * as wire from '@qingpai/wire';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

export class TownshipParamDto extends createZodDto(z.object({ code: wire.townshipCode })) {}
export class RegistryViewDto extends createZodDto(wire.registryView) {}
export class ReportFileDto extends createZodDto(wire.reportFile) {}
export class SeasonBundleDto extends createZodDto(wire.seasonBundle) {}
export class SeasonVerificationDto extends createZodDto(wire.seasonVerification) {}
