import { applyDecorators, Header, StreamableFile } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOkResponse, ApiProduces } from '@nestjs/swagger';

const binary = { type: 'string', format: 'binary' } as const;

/** A route that takes one file, as `file` of a form. */
export const ApiFile = () =>
  applyDecorators(
    ApiConsumes('multipart/form-data'),
    ApiBody({ schema: { type: 'object', required: ['file'], properties: { file: binary } } }),
  );

/** A route that answers with a photo which not everybody may see: nobody in between keeps it. */
export const ApiPhoto = () =>
  applyDecorators(
    Header('cache-control', 'private, no-store'),
    Header('x-content-type-options', 'nosniff'),
    ApiProduces('image/webp'),
    ApiOkResponse({ description: 'the photo', schema: binary }),
  );

/** Photos are kept as WebP, whatever was uploaded. */
export const photoFile = (bytes: Buffer): StreamableFile =>
  new StreamableFile(bytes, { type: 'image/webp', length: bytes.length });
