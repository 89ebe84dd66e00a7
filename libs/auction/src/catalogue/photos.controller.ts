import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { ApiProblems, photoFile, Public } from '@qingpai/members';
import { Refused } from '@qingpai/platform';
import { Catalogue } from './catalogue.service.js';

@ApiTags('catalogue')
@Controller('photos')
export class PhotosController {
  constructor(private readonly catalogue: Catalogue) {}

  /** The name is the hash of the content: what is behind it never changes. */
  @Get(':file')
  @Public()
  @Header('cache-control', 'public, max-age=31536000, immutable')
  @Header('x-content-type-options', 'nosniff')
  @ApiOperation({ summary: 'A photo of a lot.' })
  @ApiProduces('image/webp')
  @ApiOkResponse({ description: 'the photo', schema: { type: 'string', format: 'binary' } })
  @ApiProblems(404)
  async photo(@Param('file') file: string) {
    const bytes = await this.catalogue.photo(file);
    if (bytes === null) throw new Refused('not-found');
    return photoFile(bytes);
  }
}
