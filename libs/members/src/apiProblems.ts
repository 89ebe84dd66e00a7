import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { ProblemDto } from './dto.js';

/** Says in OpenAPI which statuses a route may refuse with; each answers a `problem`. */
export function ApiProblems(...statuses: number[]) {
  return applyDecorators(
    ...statuses.map((status) =>
      ApiResponse({ status, type: ProblemDto.Output, description: 'refused: see `code`' }),
    ),
  );
}
