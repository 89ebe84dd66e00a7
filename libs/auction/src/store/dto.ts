import * as wire from '@qingpai/wire';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

export class BundleDto extends createZodDto(wire.bundle) {}
export class CertificateDto extends createZodDto(wire.certificate) {}
export class VerificationDto extends createZodDto(wire.verification) {}
export class ShowParamDto extends createZodDto(z.object({ id: wire.showId })) {}
