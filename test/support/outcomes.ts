/**
 * The ways in which the answer to a command can fail, and what the gateway must say then of each command of each phone system.
 */

import type { ConversationCommandName } from '../../schema/genesys/provider.ts';
import type { CommandName, CommandOutcome } from '../../schema/provider.ts';
import { EFFECT_TIMES } from '../../src/genesys/carrying-out.ts';
import { OPERATIONS } from '../../src/genesys/operations.ts';
import type { JournalEntry } from '../../src/simulator/journal.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import { COMMAND_NAMES as CONVERSATION_COMMAND_NAMES, scene } from '../genesys/stage.ts';
import { COMMAND_NAMES, COMMANDS } from './command-cases.ts';
import { give, openStillHouse, untruthsIn } from './commands.ts';
import { CONVERSATION_CASES, conversationsOf, seenOf } from './conversation-cases.ts';
import { give as giveToGenesys, untruthsIn as untruthsInConversation } from './conversation-commands.ts';
import type { House } from './gateway.ts';
import { type GenesysHouse, openGenesysHouse } from './genesys-house.ts';

/** A trouble, and whether the simulator carries the command out all the same. */
export const TROUBLES = {
  '409': { fault: { do: 'status', status: 409 }, applies: false },
  '404': { fault: { do: 'status', status: 404 }, applies: false },
  '403': { fault: { do: 'status', status: 403 }, applies: false },
  '400': { fault: { do: 'status', status: 400 }, applies: false },
  '429': { fault: { do: 'status', status: 429, retryAfter: '30' }, applies: false },
  '500 before': { fault: { do: 'status', status: 500 }, applies: false },
  'timeout before': { fault: { do: 'hang' }, applies: false },
  'reset before': { fault: { do: 'reset' }, applies: false },
  'HTML before': { fault: { do: 'html', status: 502 }, applies: false },
  'HTML with 200 before': { fault: { do: 'html', status: 200 }, applies: false },
  '500 after': { fault: { do: 'applyThenStatus', status: 500 }, applies: true },
  'timeout after': { fault: { do: 'applyThenDelay', delay: 600_000 }, applies: true },
  'reset after': { fault: { do: 'resetAfterApply' }, applies: true },
  'HTML after': { fault: { do: 'html', status: 502, apply: true }, applies: true },
  'truncated JSON': { fault: { do: 'truncate' }, applies: true },
  '204 without a body': { fault: { do: 'applyThenStatus', status: 204, body: '' }, applies: true },
  '202 without a body': { fault: { do: 'applyThenStatus', status: 202, body: '' }, applies: true },
  '200 without a body': { fault: { do: 'applyThenStatus', status: 200, body: '' }, applies: true },
  '200 with a body of another shape': {
    fault: { do: 'applyThenStatus', status: 200, body: {} },
    applies: true,
  },
} as const;
export type TroubleName = keyof typeof TROUBLES;

/** Whatever the command: it was refused. */
const REFUSED = {
  '409': 'NOT_APPLIED',
  '404': 'NOT_APPLIED',
  '403': 'NOT_APPLIED',
  '400': 'NOT_APPLIED',
  '429': 'NOT_APPLIED',
} as const;

/** Nothing was done, but nobody said so: the phone system may still be at it. */
const NOTHING_SEEN = {
  '500 before': 'UNKNOWN',
  'timeout before': 'UNKNOWN',
  'reset before': 'UNKNOWN',
  'HTML before': 'UNKNOWN',
  'HTML with 200 before': 'UNKNOWN',
} as const;

/** It was done, and the state of the call shows it. */
const SEEN = {
  '500 after': 'APPLIED',
  'timeout after': 'APPLIED',
  'reset after': 'APPLIED',
  'HTML after': 'APPLIED',
} as const;

/** It was done, and nothing in the call proves it (yet). */
const UNSEEN = {
  '500 after': 'UNKNOWN',
  'timeout after': 'UNKNOWN',
  'reset after': 'UNKNOWN',
  'HTML after': 'UNKNOWN',
} as const;

/** The phone system said yes, and nothing that can be read beside it. */
const ACCEPTED = {
  'truncated JSON': 'APPLIED',
  '204 without a body': 'APPLIED',
  '202 without a body': 'APPLIED',
  '200 without a body': 'APPLIED',
  '200 with a body of another shape': 'APPLIED',
} as const;

const VISIBLE = { ...REFUSED, ...NOTHING_SEEN, ...SEEN, ...ACCEPTED };
const INVISIBLE = { ...REFUSED, ...NOTHING_SEEN, ...UNSEEN, ...ACCEPTED };

const RINGCENTRAL_CELLS: Cells<CommandName> = {
  // The id of what is new stood in the lost answer alone.
  makeCallOut: INVISIBLE,
  createConference: INVISIBLE,
  dropCallSession: VISIBLE,
  // A party of the supervisor is there, but only who saw the call before knows that it is new.
  superviseCallSession: INVISIBLE,
  superviseCallParty: INVISIBLE,
  // The guest shows where it came from once it is `GONE`; here it is still `SETUP`.
  bringInCallParty: INVISIBLE,
  // The phone is told to answer, and rings as before until it does.
  answerCallParty: INVISIBLE,
  rejectCallParty: VISIBLE,
  ignoreCallInQueue: VISIBLE,
  replyToCallParty: VISIBLE,
  forwardCallParty: VISIBLE,
  // Somebody else may have picked it up.
  pickupCallParty: INVISIBLE,
  holdCallParty: VISIBLE,
  unholdCallParty: VISIBLE,
  updateCallParty: VISIBLE,
  muteCallParty: VISIBLE,
  unmuteCallParty: VISIBLE,
  transferCallParty: VISIBLE,
  bridgeCallParty: VISIBLE,
  parkCallParty: VISIBLE,
  // The old phone leaves when the other one has answered.
  flipCallParty: INVISIBLE,
  removeCallParty: VISIBLE,
  startCallRecording: VISIBLE,
  pauseCallRecording: VISIBLE,
  resumeCallRecording: VISIBLE,
};

type Cells<Name extends string> = {
  readonly [One in Name]: { readonly [Trouble in TroubleName]: CommandOutcome };
};

/** A command that can be given, and its call. */
export interface CommandScene {
  /** What the simulator calls its request. */
  readonly operation: string;
  /** True for a request that is about the call of this command. */
  readonly isOwn: (request: JournalEntry) => boolean;
  /** What a fault must match to hit the request and no other. */
  readonly match: string;
  /** Whether the simulator's calls show that it was carried out; missing where nothing would. */
  readonly isApplied?: () => boolean;
  /** Gives it, and answers what was said of it, and what of that is not as the simulator has it. */
  give(): Promise<CommandAnswer>;
}

export interface CommandAnswer {
  readonly outcome: CommandOutcome;
  /** The type of the error in the payload. */
  readonly error: string | null;
  readonly untruths: readonly string[];
}

/** The house of one phone system. */
export interface CommandHouse<Name extends string> extends AsyncDisposable {
  readonly simulator: Simulator;
  ready(name: Name): CommandScene | Promise<CommandScene>;
}

/** The commands of one phone system. */
export interface CommandSystem<Name extends string> {
  readonly name: string;
  readonly names: readonly Name[];
  /** The one that holds. */
  readonly hold: Name;
  readonly cells: Cells<Name>;
  open(environment?: Readonly<Record<string, string>>): Promise<CommandHouse<Name>>;
}

export const RINGCENTRAL_COMMANDS: CommandSystem<CommandName> = {
  name: 'RingCentral',
  names: COMMAND_NAMES,
  hold: 'holdCallParty',
  cells: RINGCENTRAL_CELLS,
  async open(environment = {}) {
    const house = await openStillHouse({ environment });
    return { ...house, ready: (name) => readyAtRingCentral(house, name) };
  },
};

function readyAtRingCentral(house: House, name: CommandName): CommandScene {
  const { ready, operationId } = COMMANDS[name];
  const { input, isApplied } = ready(house.simulator);
  const callId = input.sessionId === undefined ? null : String(input.sessionId);
  return {
    ...{ operation: operationId, isApplied },
    isOwn: (request) => (callId === null ? request.operationId === operationId : isAbout(callId, request)),
    // The first request that names the session is the command's: nothing is read before it.
    match: callId ?? operationId,
    async give() {
      const payload = await give(house, name, input);
      return answered(payload, untruthsIn(house.simulator, payload));
    },
  };
}

/** A conversation that is begun has an id that stands in the answer alone: where that cannot be read, nothing is known of it. */
const BEGUN = { ...INVISIBLE, ...outcomesOf(ACCEPTED, 'UNKNOWN') };

/** The others are done when they are seen, and not before, whatever was answered. */
const GENESYS_CELLS = Object.fromEntries(
  CONVERSATION_COMMAND_NAMES.map((name) => [name, VISIBLE]),
) as unknown as Cells<ConversationCommandName>;

function outcomesOf<Trouble extends string>(
  troubles: { readonly [One in Trouble]: CommandOutcome },
  outcome: CommandOutcome,
): { readonly [One in Trouble]: CommandOutcome } {
  return Object.fromEntries(Object.keys(troubles).map((name) => [name, outcome])) as {
    [One in Trouble]: CommandOutcome;
  };
}

export const GENESYS_COMMANDS: CommandSystem<ConversationCommandName> = {
  name: 'Genesys Cloud',
  names: CONVERSATION_COMMAND_NAMES,
  hold: 'holdCallMediaParticipant',
  cells: {
    ...GENESYS_CELLS,
    placeCall: BEGUN,
    startCallConference: BEGUN,
    // They leave no trace, so that their being accepted is all that can be told.
    sendDigitsToCallMediaParticipant: INVISIBLE,
  },
  async open(environment = {}) {
    const house = await openGenesysHouse({
      ...{ environment, on: 'genesys', settings: { journalBodies: true, genesysRateLimit: PLENTY } },
      gateway: { genesys: { effects: SOON } },
    });
    for (const genesys of ['gsim-ada', 'gsim-cleo']) {
      await house.ask('{ viewer { genesysUser { id } } }', { genesys });
    }
    return { ...house, ready: (name) => readyAtGenesys(house, name) };
  },
};

/** What is not seen is given up sooner than for a user: dozens of commands here are never done. */
const SOON = { ...EFFECT_TIMES, patience: 2_500, looks: [150, 500, 1_000, 2_000] };

/** Of what is allowed the gateway learns from answers: before it believes in less than these commands need. */
const PLENTY = 1_000_000;

async function readyAtGenesys(house: GenesysHouse, name: ConversationCommandName): Promise<CommandScene> {
  const { simulator } = house;
  const { command, operation, token } = await scene(simulator, name);
  const callId = 'conversationId' in command ? command.conversationId : null;
  const before = seenOf(simulator, command);
  let beginning = 0;
  const { method } = OPERATIONS[operation as keyof typeof OPERATIONS];
  const isApplied = () =>
    callId === null
      ? begunBy(simulator, name) > beginning
      : CONVERSATION_CASES[name].isApplied(seenOf(simulator, command), before);
  return {
    operation,
    // Two begin a call by the same operation: one names whom it invites.
    isOwn: (request) =>
      callId === null
        ? request.operationId === operation && invites(request) === (name === 'startCallConference')
        : isAbout(callId, request),
    ...(name !== 'sendDigitsToCallMediaParticipant' && { isApplied }),
    // The conversation is read before.
    match: callId === null ? operation : `${method} /…${callId}`,
    async give() {
      beginning = begunBy(simulator, name);
      const payload = await giveToGenesys(house, command, token);
      return answered(payload, untruthsInConversation(simulator, payload));
    },
  };
}

function isAbout(callId: string, { path }: JournalEntry): boolean {
  return path.split('/').includes(callId);
}

function invites({ requestBody }: JournalEntry): boolean {
  return Array.isArray((requestBody as { readonly participants?: unknown } | undefined)?.participants);
}

function answered(
  {
    outcome,
    error,
  }: Pick<CommandAnswer, 'outcome'> & { readonly error: { readonly __typename: string } | null },
  untruths: readonly string[],
): CommandAnswer {
  return { outcome, error: error?.__typename ?? null, untruths };
}

/** How many conversations there are like the one that a command begins. */
function begunBy(simulator: Simulator, name: ConversationCommandName): number {
  const outsiders = name === 'placeCall' ? 1 : 2;
  return conversationsOf(simulator).filter(
    ({ participants }) =>
      participants.length === outsiders + 1 &&
      participants.some(({ address }) => String(address).includes('+12025550188')),
  ).length;
}
