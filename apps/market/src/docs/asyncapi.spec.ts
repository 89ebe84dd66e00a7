import { type Diagnostic, Parser } from '@asyncapi/parser';
import { clientMessages, eventTypes, reasonCodes, serverMessages } from '@qingpai/wire';
import Ajv from 'ajv';
import { type z } from 'zod';
import { asyncApi } from './asyncapi.js';
import { examples } from './examples.js';

const document = asyncApi({ version: '0.1.0', origins: ['http://localhost:8020', 'https://market.example'] });

/** The parts the tests look into. */
interface Shown {
  info: { description: string };
  servers: Record<string, { host: string; protocol: string }>;
  operations: Record<string, { action: string; reply?: { messages: { $ref: string }[] } }>;
  components: {
    schemas: Record<string, object>;
    messages: Record<string, { name: string; payload: object }>;
  };
}
const shown = document as unknown as Shown;
const messages = shown.components.messages;

test('AsyncAPI finds nothing to mend', async () => {
  const { document: parsed, diagnostics } = await new Parser().parse(JSON.stringify(document));
  const grave = diagnostics.filter(({ severity }: Diagnostic) => severity <= 1);
  expect(grave.map(({ message, path }) => `${path.join('.')}: ${message}`)).toEqual([]);
  expect(parsed?.version()).toBe('3.0.0');
});

test('every message of the wire is there, with its answer', () => {
  const asked = Object.keys(clientMessages).flatMap((name) => [`ask.${name}`, `answer.${name}`]);
  const told = Object.keys(serverMessages).map((name) => `tell.${name}`);
  expect(Object.keys(messages).sort()).toEqual([...asked, ...told].sort());
  for (const name of Object.keys(clientMessages)) {
    expect(shown.operations[`ask.${name}`]).toMatchObject({
      action: 'receive',
      reply: { messages: [{ $ref: `#/channels/acknowledgements/messages/answer.${name}` }] },
    });
  }
  for (const name of Object.keys(serverMessages)) {
    expect(shown.operations[`tell.${name}`]?.action).toBe('send');
    expect(messages[`tell.${name}`]?.name).toBe(name);
  }
});

test('there is one server for each address', () => {
  expect(Object.values(shown.servers).map(({ protocol, host }) => `${protocol}://${host}`)).toEqual([
    'ws://localhost:8020',
    'wss://market.example',
  ]);
});

test('the prose names every event and every reason', () => {
  for (const type of eventTypes) expect(shown.info.description).toContain(`| \`${type}\` |`);
  for (const code of reasonCodes) expect(shown.info.description).toContain(`| \`${code}\` |`);
});

function publishedSchema(id: string) {
  const ajv = new Ajv({ strict: false }).addSchema({ $id: 'doc', components: shown.components });
  return ajv.compile({ $ref: `doc#/components/schemas/${id}` });
}

const schemaOf = (name: string, of: 'payload' | 'answer'): z.ZodType =>
  (clientMessages as Record<string, { payload: z.ZodType; answer: z.ZodType }>)[name]![of];
const cases = [
  ...Object.entries(examples.asks).map(([name, list]) => [`ask.${name}`, schemaOf(name, 'payload'), list] as const),
  ...Object.entries(examples.answers).map(([name, list]) => [`answer.${name}`, schemaOf(name, 'answer'), list] as const),
  ...Object.entries(examples.tells).map(
    ([name, list]) => [`tell.${name}`, serverMessages[name as keyof typeof serverMessages].payload, list] as const,
  ),
]; // prettier-ignore

test.each(cases)('%s: its examples pass the schema of the wire and the published one', (id, schema, list) => {
  const published = publishedSchema(id);
  expect(list.length).toBeGreaterThan(0);
  for (const example of list) {
    expect(schema.safeParse(example).error).toBeUndefined();
    published(example);
    expect(published.errors ?? []).toEqual([]);
  }
});

test('a payload with a field that is not described is refused by both', () => {
  const bid = { ...(examples.asks.bid[0] as object), bidder: 'somebody else' };
  expect(clientMessages.bid.payload.safeParse(bid).success).toBe(false);
  expect(publishedSchema('ask.bid')(bid)).toBe(false);
});
