import { type INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { problem } from '@qingpai/wire';
import { cleanupOpenApiDoc } from 'nestjs-zod';
import { z } from 'zod';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
const methods = ['get', 'put', 'post', 'delete', 'patch'] as const;
const PROBLEM = { $ref: '#/components/schemas/Problem' };
const PROBLEM_TYPE = 'application/problem+json';

const description = `
清拍 Qingpai over HTTP. The live room itself speaks socket.io: see [/asyncapi](/asyncapi).

**Sign in** by one of \`POST /api/sign-in/code\` + \`verify\`, \`/api/sign-in/link\`, \`/api/sign-in/slip\`, or wait to be
admitted. A browser gets the cookie \`qp_session\`; another client sends \`X-Session: bearer\` with the sign-in, finds
\`token\` in the answer and sends \`Authorization: Bearer TOKEN\` from then on. Requests of browsers that change
anything must come from a page of this server (\`Origin\`).

**Refusals** are problems (RFC 9457, \`${PROBLEM_TYPE}\`): branch on \`code\`, one of the stable reasons listed in
[/asyncapi](/asyncapi); \`title\` says it in English, \`detail\` in Chinese; \`errors\` names the fields that did not pass;
quote \`requestId\` when asking for help. Refused bids and commands answer with their own shape and the reason's status.

Money is whole fen (1 yuan = 100 fen); times are milliseconds since 1970, UTC.`.trim();

/** The document of /docs-json: made from the controllers and the wire's schemas, and completed where Nest is silent. */
export function openApi(app: INestApplication, version: string): OpenAPIObject {
  const about = new DocumentBuilder()
    .setTitle('清拍 Qingpai')
    .setDescription(description)
    .setVersion(version)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addTag('people', 'Sign-in, sessions, and who waits to be admitted')
    .addTag('shows', 'Shows and their lists')
    .addTag('room', 'The second door to the room: the same bids and commands as on the socket')
    .addTag('catalogue', 'Lots, imports and photos')
    .addTag('proofs', 'What a show proves: certificate, bundle, policy, verdict')
    .addTag(
      'payments',
      'Bills, payments by hand that a second person confirms, payments online, and what people must decide',
    )
    .addTag('township', "The township's books")
    .addTag('documents', 'Descriptions for machines')
    .addTag('operations', 'Health and counters')
    .addCookieAuth('qp_session', { type: 'apiKey', in: 'cookie' }, 'cookie')
    .addBearerAuth({ type: 'http', scheme: 'bearer' }, 'bearer')
    .build();
  const document = cleanupOpenApiDoc(SwaggerModule.createDocument(app, about));
  document.security = [{}, { cookie: [] }, { bearer: [] }];
  document.components ??= {};
  document.components.schemas = { ...document.components.schemas, Problem: problemSchema() };
  for (const operation of operationsOf(document)) sayProblems(operation);
  inOpenApi30(document);
  return document;
}

/** Rewrites in place what JSON Schema 2020-12 says otherwise than OpenAPI 3.0: exclusive bounds, constants, tuples. */
function inOpenApi30(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  const schema = node as Record<string, unknown>;
  for (const [exclusive, bound] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (typeof schema[exclusive] !== 'number') continue;
    schema[bound] = schema[exclusive];
    schema[exclusive] = true;
  }
  if (['string', 'number', 'boolean'].includes(typeof schema.const)) {
    schema.enum = [schema.const];
    delete schema.const;
  }
  if (Array.isArray(schema.prefixItems)) {
    // OpenAPI 3.0 cannot say which item is which, only how many there are and what each may be.
    const { length } = schema.prefixItems;
    Object.assign(schema, { items: { anyOf: schema.prefixItems }, minItems: length, maxItems: length });
    delete schema.prefixItems;
  }
  for (const inner of Object.values(schema)) inOpenApi30(inner);
}

export function operationsOf(document: OpenAPIObject): Operation[] {
  return Object.values(document.paths).flatMap((path) => methods.flatMap((method) => path[method] ?? []));
}

/** Every route may refuse, and with a problem; the type of the answer says so too. */
function sayProblems(operation: Operation): void {
  for (const [status, response] of Object.entries(operation.responses)) {
    if (Number(status) < 400 || !response || '$ref' in response) continue;
    // A refused bid or command has its own shape; before it is understood as one, the refusal is a problem.
    const own = isProblem(response.content) ? {} : response.content;
    response.content = { ...own, [PROBLEM_TYPE]: { schema: PROBLEM } };
  }
  operation.responses.default ??= {
    description: 'any other refusal or failure: see `code`',
    content: { [PROBLEM_TYPE]: { schema: PROBLEM } },
  };
}

function isProblem(content: object | undefined): boolean {
  return JSON.stringify(content ?? {}).includes('ProblemDto');
}

function problemSchema(): object {
  const schema: Record<string, unknown> = {
    ...z.toJSONSchema(problem, { io: 'input', target: 'openapi-3.0' }),
  };
  delete schema.$schema;
  return schema;
}
