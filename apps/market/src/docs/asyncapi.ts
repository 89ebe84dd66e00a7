import * as wire from '@qingpai/wire';
import { z } from 'zod';
import { examples } from './examples.js';
import { howToConnect } from './howToConnect.js';

/**
 * The socket, described for strangers (AsyncAPI 3.0.0): generated from the very schemas by which the gateway
 * parses and the pages read, so it cannot say anything else than the server does.
 */
export interface AsyncApiOptions {
  version: string;
  /** Origins the server is reached by, e.g. https://market.example: one entry under `servers` each. */
  origins: readonly string[];
}

type Json = Record<string, unknown>;

const schemaRef = (id: string) => ({ $ref: `#/components/schemas/${id}` });
const messageRef = (id: string) => ({ $ref: `#/components/messages/${id}` });
const inChannel = (channel: string, id: string) => ({ $ref: `#/channels/${channel}/messages/${id}` });
const keyed = <T>(keys: readonly string[], value: (key: string) => T): Record<string, T> =>
  Object.fromEntries(keys.map((key) => [key, value(key)]));

/** Ids of messages: what a client asks, how the server answers it, what the server tells unasked. */
const asks = entriesOf(wire.clientMessages).map(([name, message]) => ({
  ...message,
  name,
  ask: `ask.${name}`,
  reply: `answer.${name}`,
}));
const tells = entriesOf(wire.serverMessages).map(([name, message]) => ({
  ...message,
  name,
  tell: `tell.${name}`,
}));

/** The document as plain JSON. */
export function asyncApi({ version, origins }: AsyncApiOptions): Json {
  return {
    asyncapi: '3.0.0',
    id: 'urn:qingpai:room',
    info: {
      title: '清拍 Qingpai: the room / 直播拍卖房间',
      version,
      description: howToConnect(),
      license: { name: 'Apache-2.0', url: 'https://www.apache.org/licenses/LICENSE-2.0' },
    },
    defaultContentType: 'application/json',
    servers: Object.fromEntries(origins.map((origin, at) => [`server${at + 1}`, serverAt(new URL(origin))])),
    channels: {
      room: {
        address: '/',
        title: 'The room',
        description: 'The default namespace of socket.io. One socket is in one show at a time: see `join`.',
        messages: keyed([...asks.map(({ ask }) => ask), ...tells.map(({ tell }) => tell)], messageRef),
        bindings: { ws: { method: 'GET', query: handshakeQuery, bindingVersion: '0.1.0' } },
      },
      acknowledgements: {
        address: null,
        title: 'Acknowledgements',
        description:
          'The socket.io acknowledgement of the message that asked: each is answered exactly once.',
        messages: keyed(
          asks.map(({ reply }) => reply),
          messageRef,
        ),
      },
    },
    operations: Object.fromEntries([
      ...asks.map(({ ask, reply, summary }) => [ask, receives(ask, reply, summary)]),
      ...tells.map(({ tell, summary }) => [tell, sends(tell, summary)]),
    ]) as Json,
    components: { schemas: schemas(), messages: messages(), securitySchemes },
  };
}

// ---------------------------------------------------------------- servers

const handshakeQuery = {
  type: 'object',
  required: ['EIO', 'transport'],
  properties: {
    EIO: { const: '4', description: 'Engine.IO protocol' },
    transport: { const: 'websocket', description: 'the only transport; polling is refused' },
  },
};

const securitySchemes = {
  cookie: {
    type: 'httpApiKey',
    name: 'qp_session',
    in: 'cookie',
    description: 'The session cookie set by sign-in; browsers send it with the handshake.',
  },
  bearer: {
    type: 'http',
    scheme: 'bearer',
    description: 'The session token, given by sign-in to those who ask with `X-Session: bearer`.',
  },
};

function serverAt(url: URL): Json {
  return {
    host: url.host,
    pathname: '/socket.io/',
    protocol: url.protocol === 'https:' ? 'wss' : 'ws',
    description: 'socket.io 4 (Engine.IO 4), websocket transport only. Guests may watch without signing in.',
    security: [
      { $ref: '#/components/securitySchemes/cookie' },
      { $ref: '#/components/securitySchemes/bearer' },
    ],
  };
}

// ---------------------------------------------------------------- operations and messages

function receives(ask: string, reply: string, summary: string): Json {
  return {
    action: 'receive',
    channel: { $ref: '#/channels/room' },
    summary,
    messages: [inChannel('room', ask)],
    reply: {
      channel: { $ref: '#/channels/acknowledgements' },
      messages: [inChannel('acknowledgements', reply)],
    },
  };
}

function sends(tell: string, summary: string): Json {
  return {
    action: 'send',
    channel: { $ref: '#/channels/room' },
    summary,
    messages: [inChannel('room', tell)],
  };
}

function messages(): Json {
  return Object.fromEntries([
    ...asks.flatMap(({ name, ask, reply, summary }) => [
      [ask, message(name, summary, ask, examples.asks[name])],
      [reply, message(name, `The answer to \`${name}\`.`, reply, examples.answers[name])],
    ]),
    ...tells.map(({ name, tell, summary }) => [tell, message(name, summary, tell, examples.tells[name])]),
  ]) as Json;
}

function message(name: string, summary: string, schema: string, payloads: readonly unknown[]): Json {
  return {
    name,
    title: name,
    summary,
    payload: schemaRef(schema),
    examples: payloads.map((payload) => ({ payload })),
  };
}

// ---------------------------------------------------------------- schemas

/** Shapes worth a name of their own in the document; everything else stands where it is used. */
const named: Record<string, z.ZodType> = {
  showState: wire.showState,
  lotState: wire.lotState,
  offeringState: wire.offeringState,
  clockState: wire.clockState,
  bidMark: wire.bidMark,
  saleState: wire.saleState,
  bidderState: wire.bidderState,
  sealState: wire.sealState,
  showRules: wire.showRules,
  snapshot: wire.snapshot,
  showCard: wire.showCard,
  lotCard: wire.lotCard,
  chatLine: wire.chatLine,
  roomMe: wire.roomMe,
  loggedEvent: wire.loggedEvent,
  refusal: wire.refusal,
  hostCommand: wire.hostCommand,
};

function schemas(): Json {
  const registry = z.registry<{ id: string }>();
  const add = (id: string, schema: z.ZodType) => registry.add(schema, { id });
  entriesOf(named).forEach(([id, schema]) => add(id, schema));
  entriesOf(wire.eventBodies).forEach(([type, body]) => {
    if (type !== 'lot.amended') add(`event.${type}`, body); // the same schema as lot.catalogued
  });
  // A shape may serve several messages; those beyond the first refer to it.
  const aliases: Json = {};
  for (const [id, schema] of messageSchemas()) {
    const known = registry.get(schema)?.id;
    if (known === undefined) add(id, schema);
    else aliases[id] = { allOf: [schemaRef(known)] };
  }
  const { schemas: made } = z.toJSONSchema(registry, {
    target: 'draft-7',
    io: 'input',
    uri: (id) => schemaRef(id).$ref,
  });
  return {
    ...Object.fromEntries(entriesOf(made).map(([id, schema]) => [id, withoutHead(schema)])),
    ...aliases,
  };
}

function messageSchemas(): [string, z.ZodType][] {
  return [
    ...asks.flatMap(({ ask, reply, payload, answer }): [string, z.ZodType][] => [
      [ask, payload],
      [reply, answer],
    ]),
    ...tells.map(({ tell, payload }): [string, z.ZodType] => [tell, payload]),
  ];
}

/** `$schema` and `$id` have no place inside another document. */
function withoutHead(schema: object): Json {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$schema' && key !== '$id'));
}

function entriesOf<T extends object>(record: T): [keyof T & string, T[keyof T]][] {
  return Object.entries(record) as [keyof T & string, T[keyof T]][];
}
