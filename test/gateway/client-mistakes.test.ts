/** Every argument of the schema is given what no client should send: the answer says so, and no alarm rings. */
import {
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';
import { expect, test } from 'vitest';
import { schema } from '../../schema/index.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { openHouse } from '../support/gateway.ts';

/** As deep as JSON can be read, and deeper than it can be written. */
const DEEP = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;

/** JSON of what may stand where something else is expected. */
const HOSTILE = [
  ...['null', 'true', '-1', '1.5', '1e400', '9007199254740993', '{}', '[[]]', '{"toString":1}'],
  ...[
    '""',
    '".."',
    '"../../x?y#z"',
    '"\\u0000"',
    '"\\ud800"',
    '"__proto__"',
    '"constructor"',
    '"275760-09-13"',
  ],
];
const HOSTILE_AND_LARGE = [...HOSTILE, '{"__proto__":{"x":1}}', `"${'x'.repeat(20_000)}"`, DEEP];

type Json = string;

/** A value of a type as a client might send it. */
function usual(type: GraphQLInputType): Json {
  const bare = getNullableType(type);
  if (isListType(bare)) return `[${usual(bare.ofType)}]`;
  if (isEnumType(bare)) return JSON.stringify(bare.getValues()[0]?.name);
  if (!isInputObjectType(bare)) return { Int: '1', Float: '1', Boolean: 'true' }[bare.toString()] ?? '"1"';
  const fields = Object.values(bare.getFields());
  const given = bare.isOneOf ? fields.slice(0, 1) : fields;
  return `{${given.map((field) => `"${field.name}":${usual(field.type)}`).join()}}`;
}

let places = 0;

/** Every third hostile value: as there are many more places than values, each value comes to all kinds of them. */
function someHostile(): Json[] {
  places += 1;
  return HOSTILE.filter((_, index) => (index + places) % 3 === 0);
}

/** The same with one hostile value, in every place it has. */
function hostile(type: GraphQLInputType): Json[] {
  const bare = getNullableType(type);
  if (isListType(bare)) return [...HOSTILE_AND_LARGE, ...hostile(bare.ofType).map((value) => `[${value}]`)];
  if (!isInputObjectType(bare)) return someHostile();
  const fields = Object.values(bare.getFields());
  return [
    ...HOSTILE_AND_LARGE,
    ...fields.flatMap((spoilt) =>
      hostile(spoilt.type).map((value) => {
        const given = bare.isOneOf ? [spoilt] : fields;
        const parts = given.map((field) => `"${field.name}":${field === spoilt ? value : usual(field.type)}`);
        return `{${parts.join()}}`;
      }),
    ),
  ];
}

function operation(type: string, { name, args, type: result }: GraphQLField<unknown, unknown>): string {
  const declared = args.map((arg) => `$${arg.name}: ${arg.type}`).join();
  const given = args.map((arg) => `${arg.name}: $${arg.name}`).join();
  const isLeaf = !('getFields' in getNamedType(result)) && !('getTypes' in getNamedType(result));
  const variables = args.length === 0 ? ['', ''] : [`(${declared})`, `(${given})`];
  return `${type}${variables[0]} { ${name}${variables[1]} ${isLeaf ? '' : '{ __typename }'} }`;
}

/** Bodies of requests, each with one thing wrong. */
function* requests(): Generator<string> {
  const types = { query: schema.getQueryType(), mutation: schema.getMutationType() };
  for (const [type, root] of Object.entries(types)) {
    for (const field of Object.values(root?.getFields() ?? {})) {
      const query = JSON.stringify(operation(type, field));
      for (const spoilt of field.args) {
        for (const value of hostile(spoilt.type)) {
          const variables = field.args.map(
            (arg) => `"${arg.name}":${arg === spoilt ? value : usual(arg.type)}`,
          );
          yield `{"query":${query},"variables":{${variables.join()}}}`;
        }
        if (isNonNullType(spoilt.type)) yield `{"query":${query}}`;
      }
    }
  }
}

test('No value of any variable is taken for a defect of ours', async () => {
  const lines: string[] = [];
  const log = createLog('error', { write: (line: string) => void lines.push(line) });
  await using house = await openHouse({ gateway: { log } });
  const wrong: string[] = [];
  const codes = new Set<string | undefined>();
  const all = requests();
  const ask = async () => {
    for (const body of all) {
      const response = await fetch(house.gateway.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: 'Bearer sim-101' },
        body,
      });
      const answer = await response.text();
      const code = /"code":"(\w+)"/.exec(answer)?.[1];
      codes.add(code);
      if (response.status >= 500 || code === 'INTERNAL_SERVER_ERROR') {
        wrong.push(`${body.slice(0, 400)} → ${response.status} ${answer.slice(0, 200)}`);
      }
    }
  };
  await Promise.all(Array.from({ length: 8 }, ask));

  expect(wrong).toEqual([]);
  expect(lines).toEqual([]);
  expect(codes).toContain('BAD_USER_INPUT');
}, 120_000);
