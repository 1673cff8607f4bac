/** Commands to RingCentral: what they answer, and what each takes to name a call or a party. */
import { builder, CallParty, CallSession, type RateGroup, spends } from './builder.ts';
import { CallRecording } from './call-party.ts';
import { checkId } from './checks.ts';
import {
  CommandPayload,
  commandsOf,
  type InputFields,
  nullIfExpected,
  type PayloadFields,
} from './command-shape.ts';
import type { PartyAddress } from './model.ts';
import type { Command, CommandResult } from './provider.ts';

/** What most commands answer. */
export const CallPartyPayload = builder.objectRef<CommandResult>('CallPartyPayload').implement({
  description: 'The answer to a command on a party.',
  interfaces: [CommandPayload],
  fields: (t) => ({
    party: t.expose('party', {
      type: CallParty,
      nullable: true,
      description: 'The party as now known; null where nothing is known of it.',
    }),
    session: callOfResult(t),
  }),
});

/** What the commands answer that begin or end a call. */
export const CallSessionPayload = builder.objectRef<CommandResult>('CallSessionPayload').implement({
  description: 'The answer to a command on a whole call.',
  interfaces: [CommandPayload],
  fields: (t) => ({ session: callOfResult(t) }),
});

/** What the commands on recordings answer. */
export const CallRecordingPayload = builder.objectRef<CommandResult>('CallRecordingPayload').implement({
  description: 'The answer to a command on a recording.',
  interfaces: [CommandPayload],
  fields: (t) => ({
    recording: t.expose('recording', {
      type: CallRecording,
      nullable: true,
      description: 'The recording as now known; null where nothing is known of it.',
    }),
    party: t.expose('party', {
      type: CallParty,
      nullable: true,
      description: 'The party that is recorded, as now known.',
    }),
    session: callOfResult(t),
  }),
});

/** The call after a command: as the answer gave it, else read. A failed read is no failure of the command. */
function callOfResult(t: PayloadFields<CommandResult>) {
  return t.field({
    type: CallSession,
    nullable: true,
    description:
      'The call as now known; null where nothing is known of it. Where the answer of RingCentral showed ' +
      'only the party, this costs a read of the call.',
    resolve: ({ session, party }, _, { loaders }) =>
      session ?? (party === null ? null : loaders.session.load(party.sessionId).catch(nullIfExpected)),
  });
}

/** The request of a command: operationId, method and path below `/restapi/v1.0/account/~/telephony`, rate group. */
type Upstream = readonly [operation: string, address: string, group: RateGroup];

/** Adds the mutation `name` and its input type. */
export const addCommand = commandsOf<Command, CommandResult, Upstream>({
  costs([operation, address, group]) {
    const [method, path] = address.split(' ');
    return spends(operation, `${method} /restapi/v1.0/account/~/telephony${path}`, group);
  },
  async send(context, command, key) {
    const result = await context.provider.command(command, key);
    context.afterCommand(result);
    return result;
  },
});

/** A second party in an input. */
export const PartyAddressInput = builder.inputType('PartyAddressInput', {
  description: 'The place of a party: its session, and its id in there.',
  fields: (t) => ({
    sessionId: t.id({ required: true, description: 'The session the party is in.' }),
    partyId: t.id({ required: true, description: 'The party.' }),
  }),
});

/** The fields of a command on a whole call. */
export function onSession(t: InputFields) {
  return { sessionId: t.id({ required: true, description: 'The call.' }) };
}

/** The fields of a command on a party. */
export function onParty(t: InputFields) {
  return {
    sessionId: t.id({ required: true, description: 'The session the party is in.' }),
    partyId: t.id({ required: true, description: 'The party to act on.' }),
  };
}

/** @throws {BadUserInput} for a bad id. */
export function sessionOf({ sessionId }: { readonly sessionId: string }): { readonly sessionId: string } {
  return { sessionId: checkId(sessionId, 'sessionId') };
}

/** @throws {BadUserInput} for a bad id, naming its place inside the input. */
export function partyOf({ sessionId, partyId }: PartyAddress, inside = ''): PartyAddress {
  return {
    sessionId: checkId(sessionId, `${inside}sessionId`),
    partyId: checkId(partyId, `${inside}partyId`),
  };
}
