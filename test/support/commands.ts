/** Commands to RingCentral as a client of the gateway gives them, and whether what is answered is true. */
import { isDeepStrictEqual } from 'node:util';
import { type GraphQLObjectType, getNamedType, isObjectType } from 'graphql';
import type { CallAction } from '../../schema/failures.ts';
import { schema } from '../../schema/index.ts';
import type { CommandName } from '../../schema/provider.ts';
import type { WireParty } from '../../src/ringcentral/wire.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { COMMANDS, type Input, partiesOf, partyOf, STILL } from './command-cases.ts';
import { type House, type HouseOptions, openHouse } from './gateway.ts';

/** The ids in an input, as paths: `['bringIn', 'partyId']`. */
export function idsIn(input: Input): readonly (readonly string[])[] {
  return Object.entries(input).flatMap(([name, value]) => {
    if (ID_NAMES.includes(name)) return [[name]];
    if (typeof value !== 'object' || value === null) return [];
    return idsIn(value as Input).map((path) => [name, ...path]);
  });
}

const ID_NAMES = ['sessionId', 'partyId', 'recordingId'];

/** The input with another value at a path. */
export function withId(input: Input, [name = '', ...rest]: readonly string[], id: string): Input {
  return { ...input, [name]: rest.length === 0 ? id : withId(input[name] as Input, rest, id) };
}

const PARTY = `
  id sessionId extensionId direction muted standAlone conferenceRole recordings { id active }
  status { code rawCode rawReason parkData peerId { sessionId partyId } }`;

const SELECTIONS: Readonly<Record<string, string>> = {
  session: `session { id parties { ${PARTY} } }`,
  party: `party { ${PARTY} }`,
  recording: 'recording { id active }',
  outcome: 'outcome',
  replayed: 'replayed',
  error: `error {
    __typename message errorCode
    ... on WrongCallState { actualCode allowedActions }
    ... on CallNotFound { parameterName }
    ... on InvalidCommand { parameterName }
    ... on RateLimited { retryAt retryAfter }
  }`,
};

/** The whole payload of a mutation. */
export interface Payload {
  readonly outcome: 'APPLIED' | 'NOT_APPLIED' | 'UNKNOWN';
  readonly replayed: boolean;
  readonly error: {
    readonly __typename: string;
    readonly message: string;
    readonly errorCode: string | null;
    readonly actualCode?: string | null;
    readonly allowedActions?: readonly CallAction[];
    readonly parameterName?: string | null;
    readonly retryAt?: string;
    readonly retryAfter?: number;
  } | null;
  readonly session: { readonly id: string; readonly parties: readonly ShownParty[] } | null;
  /** Missing where a whole call is acted on. */
  readonly party?: ShownParty | null;
  readonly recording?: { readonly id: string; readonly active: boolean } | null;
}

type ShownParty = ReturnType<typeof shown>;

/** The mutation of a command, asking for everything that its payload has. */
export function mutationOf(name: CommandName): string {
  const payload = getNamedType(schema.getMutationType()?.getFields()[name]?.type);
  const fields = Object.keys(isObjectType(payload) ? (payload as GraphQLObjectType).getFields() : {});
  const selection = fields.map((field) => SELECTIONS[field] ?? field).join(' ');
  const input = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  return `mutation ($input: ${input}!) { payload: ${name}(input: $input) { ${selection} } }`;
}

/** Gives a command as whoever gives it in the table. Top-level errors are none of its answers. */
export async function give(house: House, name: CommandName, input: Input): Promise<Payload> {
  const { token } = COMMANDS[name];
  const { data, errors } = await house.ask<{ payload: Payload }>(mutationOf(name), { input }, token);
  if (errors !== undefined) throw new Error(`${name} was answered ${JSON.stringify(errors)}`);
  return data.payload;
}

/**
 * A house in which nothing happens by itself, and in which the gateway has learnt all that it learns from answers:
 * who is who, that nothing is limited, and which of its two bodies mutes.
 */
export async function openStillHouse(options: HouseOptions = {}): Promise<House> {
  const settings = { ...STILL, ...options.simulator?.settings };
  const house = await openHouse({ ...options, simulator: { ...options.simulator, settings } });
  for (const token of ['sim-101', 'sim-103']) await house.ask('{ viewer { devices { id } } }', {}, token);
  for (const name of ['muteCallParty', 'createConference'] as const) {
    await give(house, name, COMMANDS[name].ready(house.simulator).input);
  }
  return house;
}

/** What a payload says otherwise than the simulator's calls; empty when it tells the truth. */
export function untruthsIn(simulator: Simulator, { session, party: told, recording }: Payload): string[] {
  const parties = [...(told == null ? [] : [told]), ...(session?.parties ?? [])];
  const untruths = parties.flatMap((one) => {
    const now = partyOf(simulator, { sessionId: one.sessionId, partyId: one.id });
    const truth = now === undefined ? 'no such party' : shown(now, one.sessionId);
    return isDeepStrictEqual(one, truth) ? [] : [`told ${JSON.stringify(one)}, is ${JSON.stringify(truth)}`];
  });
  if (session !== null && session.parties.length !== partiesOf(simulator, session.id).length) {
    untruths.push(`told ${session.parties.length} parties of ${partiesOf(simulator, session.id).length}`);
  }
  const recordings = simulator
    .calls()
    .flatMap(({ parties = [] }) => parties.flatMap((one) => one.recordings ?? []));
  if (recording != null) {
    const truth = recordings.find(({ id }) => String(id) === recording.id)?.active;
    if (truth !== recording.active) untruths.push(`told recording ${recording.active}, is ${truth}`);
  }
  return untruths;
}

/** A party of the simulator in the words of the schema: RingCentral writes `VoiceMail`, the schema `VOICE_MAIL`. */
function shown(wire: WireParty, sessionId: string) {
  const { status = {} } = wire;
  const { peerId } = status;
  return {
    id: wire.id ?? '',
    sessionId,
    extensionId: wire.extensionId === undefined ? null : String(wire.extensionId),
    direction: upperSnake(wire.direction),
    muted: wire.muted ?? null,
    standAlone: wire.standAlone ?? null,
    conferenceRole: upperSnake(wire.conferenceRole),
    recordings: (wire.recordings ?? []).map(({ id, active }) => ({ id: String(id), active })),
    status: {
      code: upperSnake(status.code),
      rawCode: status.code ?? '',
      rawReason: status.reason ?? null,
      parkData: status.parkData ?? null,
      peerId: peerId === undefined ? null : { sessionId: peerId.sessionId, partyId: peerId.partyId },
    },
  };
}

function upperSnake(word: string | undefined): string | null {
  return word?.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase() ?? null;
}
