/** The printed schema: it is what app developers read, so it is complete and up to date. */
import { readFile } from 'node:fs/promises';
import {
  buildSchema,
  type GraphQLNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
  lexicographicSortSchema,
  printSchema,
} from 'graphql';
import { describe, expect, test } from 'vitest';
import { embeddedTypes } from '../../examples/cache-types.ts';
import { schema } from '../../schema/index.ts';
import { printSdl } from '../../schema/sdl.ts';
import {
  GENESYS_COMMANDS,
  GENESYS_KEYS,
  GENESYS_ONE_OF,
  GENESYS_QUERIES,
  GENESYS_SUBSCRIPTIONS,
  WITHOUT_A_KEY,
} from './genesys-names.ts';

const MUTATIONS = `
  makeCallOut createConference dropCallSession superviseCallSession bringInCallParty
  answerCallParty rejectCallParty ignoreCallInQueue replyToCallParty forwardCallParty pickupCallParty
  holdCallParty unholdCallParty updateCallParty muteCallParty unmuteCallParty
  transferCallParty bridgeCallParty parkCallParty flipCallParty removeCallParty superviseCallParty
  startCallRecording pauseCallRecording resumeCallRecording
`
  .trim()
  .split(/\s+/);

/** About people, not about calls. */
const ACCOUNT_MUTATIONS = ['setPresence', 'setQueueAvailability'];

/**
 * Every type with an `id`, the fields that tell two of its objects apart in the calls of one account, and why they do.
 * A new one is looked at before it gets here: caches take any `id` for a key.
 */
const KEYS: { readonly [type: string]: { readonly key: readonly string[]; readonly because: string } } = {
  CallSession: { key: ['id'], because: 'the telephonySessionId names one call' },
  CallParty: { key: ['sessionId', 'id'], because: 'a party id means something only inside its session' },
  CallRecording: { key: ['id'], because: 'it is the id of a resource of the account' },
  ParkInfo: {
    key: ['id'],
    because: 'a slot is the same slot whichever call is parked there, and has nothing else',
  },
  Account: { key: ['id'], because: 'it is the id of the account itself' },
  Extension: { key: ['id'], because: 'it is the id of a resource of the account' },
  CallQueue: { key: ['id'], because: 'it is the id of its extension, and a type of its own' },
  Device: { key: ['id'], because: 'it is the id of a resource of the account' },
  SignInSession: { key: ['id'], because: 'it is a random id of its own' },
  ForwardingNumber: { key: ['id'], because: 'it is the id of a resource of the account' },
  ...GENESYS_KEYS,
};

/** What a command answers. */
function payloadOf(name: string): RegExp {
  if (ACCOUNT_MUTATIONS.includes(name)) return /^(Presence|QueueAvailability)Payload!$/;
  return GENESYS_COMMANDS.includes(name)
    ? /^(CallMediaParticipant|CallConversation|ConsultTransfer)Payload!$/
    : /^Call(Party|Session|Recording)Payload!$/;
}

/** The mutations that are commands: all but those about the user's own sign-in. */
function commands() {
  return Object.values(schema.getMutationType()?.getFields() ?? {}).filter(
    ({ name }) => name !== 'endSession',
  );
}

/** Types that other fields tell apart. */
const KEYED_WITHOUT_ID: typeof KEYS = {
  ActiveCall: {
    key: ['sessionId', 'partyId'],
    because: 'presence names a call by the party that the user has in it',
  },
  Presence: { key: ['extensionId'], because: 'an extension has one' },
  CallQueueMember: { key: ['queueId', 'extensionId'], because: 'a user is in a queue once, and in several' },
  WaitingCall: { key: ['queueId', 'sessionId'], because: 'a call waits in one queue, and then in another' },
  AccountCall: { key: ['sessionId'], because: 'each call is told of once' },
};

const OPERATION_TYPES = ['Query', 'Mutation', 'Subscription'];

describe('The printed schema', () => {
  test('is up to date: `npm run schema` changes nothing', async () => {
    const printed = await readFile(new URL('../../schema/schema.graphql', import.meta.url), 'utf8');
    expect(printed).toBe(printSdl(schema));
  });

  test('says the same as the schema that runs, down to each description', () => {
    expect(unwrapped(buildSchema(printSdl(schema)))).toBe(unwrapped(schema));
  });

  test('has no line that an editor would have to scroll for, except long addresses', () => {
    const long = printSdl(schema)
      .split('\n')
      .filter((line) => line.length > 100 && !/^ +`(GET|POST|PUT|PATCH|DELETE) [^ ]+`\.$/.test(line));
    expect(long).toEqual([]);
  });

  test('describes every type, field, argument, input field and enum value', () => {
    const silent = Object.values(schema.getTypeMap()).filter(isOurs).flatMap(undescribed);
    expect(silent).toEqual([]);
  });
});

describe('The schema', () => {
  test('has one mutation that is about no call', () => {
    const { endSession } = schema.getMutationType()?.getFields() ?? {};
    expect(endSession?.args.map((arg) => `${arg.name}: ${arg.type}`)).toEqual(['id: ID!']);
    expect(String(endSession?.type)).toBe('EndSessionPayload!');
  });

  test('has every command, each with one required input and a payload', () => {
    const fields = commands();
    expect(fields.map((field) => field.name).sort()).toEqual(
      [...MUTATIONS, ...ACCOUNT_MUTATIONS, ...GENESYS_COMMANDS].sort(),
    );
    for (const field of fields) {
      const capitalised = `${field.name.charAt(0).toUpperCase()}${field.name.slice(1)}`;
      expect(field.args.map((arg) => `${arg.name}: ${arg.type}`)).toEqual([`input: ${capitalised}Input!`]);
      expect(String(field.type)).toMatch(payloadOf(field.name));
    }
  });

  test('takes an idempotency key with every command', () => {
    for (const mutation of commands()) {
      const input = schema.getType(`${mutation.name.charAt(0).toUpperCase()}${mutation.name.slice(1)}Input`);
      expect(isInputObjectType(input) && String(input.getFields().idempotencyKey?.type)).toBe('String');
    }
  });

  test('tells the cost of every command', () => {
    for (const { name, description } of commands()) {
      expect(description).toMatch(
        GENESYS_COMMANDS.includes(name)
          ? /Costs one request to Genesys Cloud: `(POST|PUT|PATCH|DELETE) \/api\/v2\/conversations\/\S+`\.$/
          : /Costs one (Light|Medium|Heavy) request of RingCentral's rate budget: `\w+`, `(POST|PUT|PATCH|DELETE) \/restapi\/\S+`\.$/,
      );
    }
  });

  test('has these queries and subscriptions', () => {
    const signatures = (type: GraphQLNamedType | null | undefined) =>
      isObjectType(type)
        ? Object.values(type.getFields()).map(
            ({ name, args, type: answer }) =>
              `${name}(${args.map((arg) => `${arg.name}: ${arg.type}`).join(', ')}): ${answer}`,
          )
        : [];
    expect(signatures(schema.getQueryType())).toEqual([
      'viewer(): Viewer!',
      'callSession(id: ID!): CallSession',
      'callSessions(ids: [ID!]!): [CallSession]!',
      'callParty(sessionId: ID!, id: ID!): CallParty',
      ...GENESYS_QUERIES,
    ]);
    expect(signatures(schema.getSubscriptionType())).toEqual([
      'callPartyUpdated(sessionId: ID!, partyId: ID): CallParty!',
      'callEvents(sessionId: ID!, after: ID): CallEvent!',
      'activeCalls(): [ActiveCall!]!',
      'activeCallEvents(): ActiveCallEvent!',
      'accountCallEvents(after: ID): AccountCallEvent!',
      'presenceUpdated(extensionIds: [ID!]!): Presence!',
      ...GENESYS_SUBSCRIPTIONS,
    ]);
  });

  test('has no id that is not the key of its type, alone or with what is said', () => {
    const types = Object.values(schema.getTypeMap()).filter(isObjectType).filter(isOurs);
    const withId = types
      .filter(({ name }) => !OPERATION_TYPES.includes(name))
      .filter((type) => type.getFields().id)
      .filter(({ name }) => !WITHOUT_A_KEY.includes(name));
    expect(embeddedTypes).toEqual(expect.arrayContaining(WITHOUT_A_KEY));
    expect(withId.map(({ name }) => name).sort()).toEqual(Object.keys(KEYS).sort());
    for (const type of withId) {
      const { key } = KEYS[type.name] ?? { key: [] };
      const fields = key.map((name) => String(type.getFields()[name]?.type));
      expect({ type: type.name, fields }).toEqual({ type: type.name, fields: key.map(() => 'ID!') });
    }
  });

  test('tells how each type that has a key is keyed, and no other type has one', () => {
    const types = Object.values(schema.getTypeMap()).filter(isObjectType).filter(isOurs);
    const told = types.flatMap(({ name, description }) => {
      const [, words] = /^Key for caches: (.+)\.$/m.exec(description ?? '') ?? [];
      const key = [...(words?.split(';')[0]?.matchAll(/`(\w+)`/g) ?? [])].map(([, field]) => field);
      return words === undefined ? [] : [[name, key] as const];
    });
    const keys = Object.entries({ ...KEYS, ...KEYED_WITHOUT_ID }).map(
      ([name, { key }]) => [name, key] as const,
    );
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(keys));
  });

  test('takes exactly one of the ways to name a target, a callee, a message and an agent', () => {
    const oneOf = Object.values(schema.getTypeMap()).filter(
      (type) => isInputObjectType(type) && type.isOneOf,
    );
    expect(oneOf.map(({ name }) => name).sort()).toEqual(
      [
        'CallOutCalleeInput',
        'ForwardTargetInput',
        'ReplyMessageInput',
        'SupervisedAgentInput',
        'TransferTargetInput',
        ...GENESYS_ONE_OF,
      ].sort(),
    );
    expect(printSdl(schema)).toContain('input TransferTargetInput @oneOf {');
  });
});

/** Line breaks inside a paragraph mean nothing. */
function unwrapped(any: typeof schema): string {
  return printSchema(lexicographicSortSchema(any)).replace(/\s+/g, ' ');
}

function isOurs(type: GraphQLNamedType): boolean {
  return !isIntrospectionType(type) && !isSpecifiedScalarType(type);
}

function undescribed(type: GraphQLNamedType): string[] {
  const parts: { name: string; description?: string | null | undefined }[] = [type];
  if (isEnumType(type)) {
    parts.push(...type.getValues().map((value) => ({ ...value, name: `${type.name}.${value.name}` })));
  }
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    parts.push(...fields.map((field) => ({ ...field, name: `${type.name}.${field.name}` })));
  }
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      parts.push({ ...field, name: `${type.name}.${field.name}` });
      parts.push(...field.args.map((arg) => ({ ...arg, name: `${type.name}.${field.name}(${arg.name})` })));
    }
  }
  return parts.filter(({ description }) => !description?.trim()).map(({ name }) => name);
}
