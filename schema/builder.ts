/** The schema under construction: every file of this folder adds its concept to it. */
import SchemaBuilder from '@pothos/core';
import { GraphQLError } from 'graphql';
import type { GatewayContext } from './context.ts';
import type * as model from './model.ts';

/** Collects the types; `index.ts` makes the schema of them. */
export const builder = new SchemaBuilder<{
  Context: GatewayContext;
  Scalars: { DateTime: { Input: number; Output: number }; BigInt: { Input: never; Output: string } };
  DefaultFieldNullability: false;
}>({ defaultFieldNullability: false });

/** A call. It is named here, like its party, because each points to the other. */
export const CallSession = builder.objectRef<model.CallSession>('CallSession');
/** A participant of a call. */
export const CallParty = builder.objectRef<model.CallParty>('CallParty');

builder.scalarType('DateTime', {
  description:
    'A moment in UTC as ISO 8601 text with milliseconds, like `2026-03-04T15:20:01.417Z`. Two of them ' +
    'compare as text.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time',
  serialize: (milliseconds) => new Date(milliseconds).toISOString(),
  parseValue: readDateTime,
});

builder.scalarType('BigInt', {
  description:
    'A whole number of up to 64 bits, as decimal text like `"5000000000"`: an `Int` ends at 32 bits, and a JSON number ' +
    'is exact to 53 only. In JavaScript `BigInt(text)`, or `Number(text)` where the last digits do not matter.',
  serialize: (text) => text,
});

const DATE_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** @throws {GraphQLError} for anything but a moment with its time zone: a wrong argument. */
function readDateTime(value: unknown): number {
  const milliseconds = typeof value === 'string' && DATE_TIME.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(milliseconds)) {
    throw new GraphQLError(
      'DateTime: allowed is ISO 8601 text with a time zone, like "2026-03-04T15:20:01.417Z".',
    );
  }
  return milliseconds;
}

/** Adds an enum of exactly these values; one without a description does not compile. */
export function addEnum<const Value extends string>(
  name: string,
  values: readonly Value[],
  words: { readonly description: string; readonly values: Readonly<Record<Value, string>> },
) {
  return builder.enumType(name, {
    description: words.description,
    values: Object.fromEntries(
      values.map((value) => [value, { value, description: words.values[value] }]),
    ) as Record<Value, { value: Value; description: string }>,
  });
}

/** A description of several paragraphs. */
export function paragraphs(...texts: readonly string[]): string {
  return texts.join('\n\n');
}

/** A list inside a description. */
export function bullets(...items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

/** The paragraph that tells caches how to tell two objects of a type apart: by these fields together. */
export function keyedBy(...fields: readonly string[]): string {
  const names = fields.map((field) => `\`${field}\``).join(' and ');
  return fields.length === 1
    ? `Key for caches: ${names}.`
    : `Key for caches: ${names} together; select both wherever you select one of these.`;
}

/** The extension of a field that may ask the phone system: it weighs more than what it shows. */
export const READS = { reads: true } as const;

/** The extension of a field that is worked out of what is there, without asking anybody: it weighs what any value weighs. */
export const IN_PLACE = { inPlace: true } as const;

/** What a field costs of the rate budget that RingCentral gives each user. */
export type RateGroup = 'Light' | 'Medium' | 'Heavy';

/** The last paragraph of a description: the request that a field makes. */
export function spends(operation: string, address: string, group: RateGroup): string {
  return `Costs one ${group} request of RingCentral's rate budget: \`${operation}\`, \`${address}\`.`;
}
