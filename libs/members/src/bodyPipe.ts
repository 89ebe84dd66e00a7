import { type ArgumentMetadata, Injectable } from '@nestjs/common';
import { Refused } from '@qingpai/platform';
import { createZodValidationPipe } from 'nestjs-zod';
import { ZodError } from 'zod';

const ZodPipe = createZodValidationPipe({
  createValidationException: (error) =>
    error instanceof ZodError ? new Refused('malformed', undefined, fieldsOf(error)) : (error as Error),
});

/** Parses bodies, queries and parameters by the schemas of their DTOs; refuses with `malformed` and the fields. */
@Injectable()
export class WirePipe extends ZodPipe {
  override transform(value: unknown, metadata: ArgumentMetadata): unknown {
    try {
      return super.transform(value, metadata);
    } catch (error) {
      // zod compares the `length` of whatever came in place of a text, and JSON can make one that has no number.
      if (error instanceof TypeError) throw new Refused('malformed');
      throw error;
    }
  }
}

function fieldsOf(error: ZodError): { path: string; message: string }[] {
  return error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
}
