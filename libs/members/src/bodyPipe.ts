import { Refused } from '@qingpai/platform';
import { createZodValidationPipe } from 'nestjs-zod';
import { ZodError } from 'zod';

/** Parses bodies, queries and parameters by the schemas of their DTOs; refuses with `malformed` and the fields. */
export const WirePipe = createZodValidationPipe({
  createValidationException: (error) =>
    error instanceof ZodError ? new Refused('malformed', undefined, fieldsOf(error)) : (error as Error),
});

function fieldsOf(error: ZodError): { path: string; message: string }[] {
  return error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
}
