/** Compiled operations answer what graphql-js answers: random ones of the whole schema, and those that fail in every way. */
import fc from 'fast-check';
import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLCompositeType,
  GraphQLError,
  type GraphQLObjectType,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isObjectType,
  parse,
  validate,
} from 'graphql';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  CallNotFound,
  Forbidden,
  RateLimited,
  UpstreamUnavailable,
  WrongCallState,
} from '../../schema/failures.ts';
import { schema } from '../../schema/index.ts';
import type { CallProvider } from '../../schema/provider.ts';
import { createExecutor, type Execute } from '../../src/server/compiled.ts';
import { APPLIED, aContext, createFakeProvider } from '../schema/fake-provider.ts';
import { aFullSession, eventsOf } from './stream-events.ts';

/** A phone system where much goes wrong, the same each time it is made. */
function troubledProvider(): CallProvider {
  const full = aFullSession();
  const provider = createFakeProvider();
  return createFakeProvider({
    callSession: async (id) => {
      if (id === 's-broken') throw new UpstreamUnavailable('RingCentral is out of order.', true);
      if (id === 's-secret') throw new Forbidden('Not yours.');
      return id === 's-full' ? full : provider.callSession(id);
    },
    callParty: async (address) => {
      if (address.sessionId === 's-broken') throw new TypeError('A defect.');
      return address.sessionId === 's-full' ? (full.parties[1] ?? null) : provider.callParty(address);
    },
    devices: () => Promise.reject(new RateLimited('Wait.', { retryAfter: 31, retryAt: 1, sent: false })),
    command: async (command) => {
      if (command.name === 'dropCallSession') throw new Forbidden('Not today.');
      if (command.name === 'muteCallParty') {
        return { ...APPLIED, outcome: 'NOT_APPLIED', error: new WrongCallState('No.', 'HOLD', ['UNHOLD']) };
      }
      if (command.name === 'holdCallParty') {
        return { ...APPLIED, outcome: 'UNKNOWN', error: new CallNotFound('Gone.', 'partyId'), session: full };
      }
      return { ...APPLIED, session: full, party: full.parties[1] ?? null };
    },
  });
}

const SESSIONS = ['"s-1"', '"s-full"', '"s-broken"', '"s-secret"', '"s-unknown"', '"../x"', '$id', '7'];
const PARTIES = ['"p-1"', '"p-2"', '"nobody"', '$partyId'];
const VARIABLES = { id: 's-full', partyId: 'p-2', yes: true, no: false };
const DECLARATIONS = ['$id: ID! = "s-1"', '$partyId: ID!', '$yes: Boolean!', '$no: Boolean = true'];

/** Declares the variables that are used: an operation with others is not valid. */
function named(type: string, text: string): string {
  const used = DECLARATIONS.filter((declaration) =>
    new RegExp(`\\${declaration.split(':')[0]}\\b`).test(text),
  );
  return `${type} Random${used.length > 0 ? `(${used.join(', ')})` : ''} ${text}`;
}

/** A random selection from a type, down to `depth` levels, with directives or without. */
function selectionOf(
  type: GraphQLCompositeType,
  depth: number,
  directive: fc.Arbitrary<string>,
): fc.Arbitrary<string> {
  const inner = isAbstractType(type)
    ? schema
        .getPossibleTypes(type)
        .map((one) => selectionOf(one, depth, directive).map((text) => `... on ${one} ${text}`))
    : [];
  const fields = 'getFields' in type ? Object.values(type.getFields()) : [];
  const selections = fields.flatMap((field) => {
    const below = getNamedType(field.type);
    if (isCompositeType(below) && depth === 0) return [];
    const args = fc.tuple(...field.args.map(({ name }) => argument(name)));
    const selection = isCompositeType(below) ? selectionOf(below, depth - 1, directive) : fc.constant('');
    return fc.tuple(fc.nat(999), directive, args, selection).map(([alias, after, given, text]) => {
      const list = given.length > 0 ? `(${given.join(', ')})` : '';
      // Two fields of one name must be the same field.
      const name = given.length > 0 || alias % 3 === 0 ? `${field.name}${alias}: ${field.name}` : field.name;
      return `${name}${list}${after} ${text}`;
    });
  });
  const fragment = isObjectType(type)
    ? [
        fc
          .tuple(
            directive,
            fc
              .subarray([...selections, typename], {
                minLength: 1,
                maxLength: Math.min(selections.length + 1, 2),
              })
              .chain(all),
          )
          .map(([after, texts]) => `... on ${type}${after} { ${texts.join(' ')} }`),
      ]
    : [];
  const everything = [...selections, ...inner, ...fragment, typename];
  return fc
    .subarray(everything, { minLength: 1, maxLength: Math.min(everything.length, 5) })
    .chain(all)
    .map((texts) => `{ ${texts.join(' ')} }`);
}

const all = (parts: fc.Arbitrary<string>[]) => fc.tuple(...parts);
const typename = fc.constant('__typename');
/** With one of them anywhere, an operation is not compiled. */
const noDirective = fc.constant('');
const someDirective = fc.constantFrom(
  ...['', '', '', ' @include(if: $yes)', ' @skip(if: $no)', ' @include(if: $no)'],
);
const maybeDirective = fc.constantFrom(noDirective, noDirective, noDirective, someDirective);

function argument(name: string): fc.Arbitrary<string> {
  const values = name === 'id' || name === 'sessionId' ? SESSIONS : PARTIES;
  if (name !== 'ids') return fc.constantFrom(...values).map((value) => `${name}: ${value}`);
  return fc.array(fc.constantFrom(...SESSIONS), { maxLength: 4 }).map((ids) => `ids: [${ids.join(', ')}]`);
}

const PARTY = 'sessionId: "s-full", partyId: $partyId';
const COMMANDS = [
  `holdCallParty(input: { ${PARTY}, proto: AUTO })`,
  `muteCallParty(input: { ${PARTY} })`,
  `unmuteCallParty(input: { sessionId: "..", partyId: "p" })`,
  `dropCallSession(input: { sessionId: $id })`,
  `transferCallParty(input: { ${PARTY}, target: { phoneNumber: "101" }, idempotencyKey: "k" })`,
  `startCallRecording(input: { ${PARTY} })`,
];

/** One root field of a type: what has more is not compiled. */
function fieldOf(type: string, depth: number, directive: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.constantFrom(...Object.values(fieldsOf(type))).chain((field) => {
    const below = getNamedType(field.type);
    return fc
      .tuple(
        all(field.args.map(({ name }) => argument(name))),
        isCompositeType(below) ? selectionOf(below, depth, directive) : fc.constant(''),
      )
      .map(([args, text]) => `{ ${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''} ${text} }`);
  });
}

const anOperation = fc.oneof(
  maybeDirective.chain((directive) => fieldOf('Query', 3, directive).map((text) => named('query', text))),
  selectionOf(typeNamed('Query'), 3, someDirective).map((text) => named('query', text)),
  fc
    .array(fc.tuple(fc.constantFrom(...COMMANDS), fc.nat()), { minLength: 1, maxLength: 3 })
    .chain((commands) =>
      fc.tuple(
        ...commands.map(([command, place]) => {
          const name = command.split('(')[0] ?? '';
          const field = schema.getMutationType()?.getFields()[name];
          return maybeDirective
            .chain((directive) => selectionOf(typeNamed(String(getNamedType(field?.type))), 2, directive))
            .map((text) => `m${place}: ${command} ${text}`);
        }),
      ),
    )
    .map((texts) => named('mutation', `{ ${texts.join(' ')} }`)),
);

function fieldsOf(name: string): ReturnType<GraphQLObjectType['getFields']> {
  const type = typeNamed(name);
  return 'getFields' in type ? type.getFields() : {};
}

function typeNamed(name: string): GraphQLCompositeType {
  const type = schema.getType(name);
  if (!isCompositeType(type)) throw new TypeError(`${name} has no fields.`);
  return type;
}

/** An event, and what a subscription selects of it. */
const aSubscription = maybeDirective
  .chain((directive) => fieldOf('Subscription', 3, directive))
  .chain((text) => {
    const field = /^{ (\w+)/.exec(text)?.[1] ?? '';
    return fc.tuple(fc.constant(named('subscription', text)), fc.constantFrom(...eventsOf(field)));
  });

interface Run {
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
  /** Of a subscription. */
  readonly event?: unknown;
}

const compiled = createExecutor(schema);
const plainly: Execute = (operation) => execute({ ...operation, schema });

/** What is sent and what is masked and logged of it. */
async function outcomeOf(run: Execute, { document, variables, operationName, event }: Run) {
  const result: ExecutionResult = await run({
    document,
    variableValues: variables,
    operationName,
    rootValue: event,
    contextValue: aContext(troubledProvider()),
  });
  return {
    text: JSON.stringify(result),
    errors: result.errors?.map((error) => ({
      isOurs: error instanceof GraphQLError,
      cause: error.originalError?.constructor,
      extensions: error.extensions,
    })),
  };
}

/** The same three times: the last one is certainly by code, once graphql-jit is there. */
async function expectTheSame(
  source: string,
  variables: Run['variables'] = VARIABLES,
  rest: Pick<Run, 'operationName' | 'event'> = {},
) {
  const run = { document: parse(source), variables, ...rest };
  const expected = await outcomeOf(plainly, run);
  for (let times = 0; times < 4; times += 1) expect(await outcomeOf(compiled, run)).toEqual(expected);
}

const RUNS = 300;

beforeAll(async () => {
  await import('graphql-jit');
  const document = parse('{ __typename }');
  for (let times = 0; times < 4; times += 1) await compiled({ document });
});

describe('A compiled operation', () => {
  test('answers like graphql-js, whatever it selects and whatever goes wrong.', async () => {
    let valid = 0;
    await fc.assert(
      fc.asyncProperty(anOperation, async (source) => {
        fc.pre(validate(schema, parse(source)).length === 0);
        valid += 1;
        await expectTheSame(source);
      }),
      { numRuns: RUNS },
    );
    expect(valid).toBe(RUNS);
  });

  test('tells of an event what graphql-js tells, whatever is selected and whatever goes wrong.', async () => {
    let valid = 0;
    await fc.assert(
      fc.asyncProperty(aSubscription, async ([source, event]) => {
        fc.pre(validate(schema, parse(source)).length === 0);
        valid += 1;
        await expectTheSame(source, VARIABLES, { event });
      }),
      { numRuns: RUNS },
    );
    expect(valid).toBe(RUNS);
  });

  test('keeps the order of calls of which some cannot be read.', async () => {
    const source = '{ callSessions(ids: ["s-unknown", "s-full", "s-secret", "s-1", "s-secret"]) { id } }';
    await expectTheSame(source, {});
    const document = parse(source);
    const run = () => compiled({ document, contextValue: aContext(troubledProvider()) });
    for (let times = 0; times < 4; times += 1) await run();
    expect((await run()).data).toEqual({ callSessions: [null, { id: 's-full' }, null, { id: 's-1' }, null] });
  });

  test('tells the one failure that made an event null, where several would have.', async () => {
    const event = {
      party: { id: null, sessionId: null, status: null, observedAt: 'noon' },
      session: aFullSession(),
    };
    const source = `subscription { callPartyUpdated(sessionId: "s-full") {
      session { originType } observedAt status { code } sessionId id availableActions { action } } }`;
    await expectTheSame(source, {}, { event });
  });

  test('is the code also for the events of a subscription.', async () => {
    const document = parse('subscription { callPartyUpdated(sessionId: "s-full") { id status { code } } }');
    const [operation] = document.definitions;
    if (operation?.kind !== 'OperationDefinition') throw new TypeError('It is one.');
    const { selectionSet } = operation;
    let looks = 0;
    // graphql-js begins each execution with it.
    Object.defineProperty(operation, 'selectionSet', {
      get() {
        looks += 1;
        return selectionSet;
      },
    });
    const session = aFullSession();
    const rootValue = { party: session.parties[0], session };
    const run = () => compiled({ document, rootValue, contextValue: aContext(troubledProvider()) });
    for (let times = 0; times < 4; times += 1) await run();
    looks = 0;
    expect(await run()).toEqual({ data: { callPartyUpdated: { id: 'p-1', status: { code: 'ANSWERED' } } } });
    expect(looks).toBe(0);
  });

  const hold = `mutation M($input: HoldCallPartyInput!) { holdCallParty(input: $input) { outcome error { message } } }`;
  const transfer = `mutation M($target: TransferTargetInput!) {
    transferCallParty(input: { sessionId: "s-1", partyId: "p-2", target: $target }) { outcome }
  }`;
  const variables: Readonly<Record<string, readonly [string, Run['variables']]>> = {
    'none of oneOf': [transfer, { target: {} }],
    'two of oneOf': [transfer, { target: { phoneNumber: '101', voicemail: '7' } }],
    'null of oneOf': [transfer, { target: { phoneNumber: null } }],
    'one of oneOf': [transfer, { target: { phoneNumber: '101' } }],
    'an unknown field': [hold, { input: { sessionId: 's-1', partyId: 'p-2', haste: true } }],
    'a missing field': [hold, { input: { sessionId: 's-1' } }],
    'a wrong enum': [hold, { input: { sessionId: 's-1', partyId: 'p-2', proto: 'Smoke' } }],
    'numbers for ids': [hold, { input: { sessionId: 1, partyId: 2 } }],
    'a fraction for an id': [hold, { input: { sessionId: 1.5, partyId: 2 } }],
    'a list for an input': [hold, { input: [{ sessionId: 's-1', partyId: 'p-2' }] }],
    'null where the default is not': [
      'query Q($id: ID = "s-1") { callSession(id: $id) { id } }',
      { id: null },
    ],
    'the default': ['query Q($id: ID = "s-1") { callSession(id: $id) { id } }', {}],
    'one for a list': ['query Q($ids: [ID!]!) { callSessions(ids: $ids) { id } }', { ids: 's-1' }],
    'null in a list': ['query Q($ids: [ID!]!) { callSessions(ids: $ids) { id } }', { ids: ['s-1', null] }],
    'a text for a flag': ['query Q($yes: Boolean!) { viewer { name @include(if: $yes) } }', { yes: 'true' }],
    'a prototype': [
      'query Q($id: ID!) { callSession(id: $id) { id } }',
      JSON.parse('{"id":"s-1","__proto__":{"id":"x"}}'),
    ],
  };
  for (const [name, [source, values]] of Object.entries(variables)) {
    test(`takes ${name} in its variables as graphql-js does.`, async () => {
      expect(validate(schema, parse(source))).toEqual([]);
      await expectTheSame(source, values);
    });
  }

  test('is the one that is named, of several.', async () => {
    const source =
      'query A { viewer { name } } query B { viewer { extensionId } } mutation C { createConference(input: {}) { outcome } }';
    for (const operationName of ['A', 'B', 'C', 'D']) await expectTheSame(source, {}, { operationName });
    await expectTheSame(source, {});
  });

  test('keeps the place of an error, in whatever lines it stands.', async () => {
    await expectTheSame(
      '{\r\n  viewer {\r    name\n\n  devices { id } } callSession(id: "s-broken")\n{ id }\n}',
    );
  });

  test('runs commands one after another.', async () => {
    const document = parse(
      'mutation { a: createConference(input: {}) { outcome } b: createConference(input: {}) { outcome } }',
    );
    for (let times = 0; times < 4; times += 1) {
      const steps: string[] = [];
      const provider = createFakeProvider({
        command: async () => {
          steps.push('begins');
          await new Promise((resolve) => setImmediate(resolve));
          steps.push('ends');
          return APPLIED;
        },
      });
      await compiled({ document, contextValue: aContext(provider) });
      expect(steps).toEqual(['begins', 'ends', 'begins', 'ends']);
    }
  });
});
