/**
 * Every operation of RingCentral that the simulator knows: address, rate group, and what it answers.
 *
 * What the published document leaves open is decided here and in `commands.ts` as the settings say.
 */
import { ACCOUNT_ID, EXTENSIONS, type Extension, extensionById } from './account.ts';
import {
  activeCallRecords,
  deviceBody,
  extensionBody,
  forwardingNumberBody,
  pageBody,
  partyBody,
  presenceBody,
  recordingBody,
  reducedPartyBody,
  sessionBody,
  supervisorBody,
} from './bodies.ts';
import type { PartyCommand } from './commands.ts';
import * as commands from './commands.ts';
import type { Body } from './fields.ts';
import type { SignedIn } from './oauth.ts';
import { callOut, createConference } from './placing.ts';
import type { SocketSession, Subscriptions } from './push/subscriptions.ts';
import type { RateGroup } from './rate-limits.ts';
import { invalid, notFound, otherExtension, Refusal } from './refusals.ts';
import { partyAt, type Switchboard } from './switchboard.ts';

/** A request that has found its operation, from somebody who is known. */
export interface Asked {
  readonly board: Switchboard;
  readonly viewer: Extension;
  readonly signedIn: SignedIn;
  readonly subscriptions: Subscriptions;
  /** The session of the socket that the request came over; null when it came by HTTP. */
  readonly socket: SocketSession | null;
  /** The parts of the path that differ, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Body;
  /** Where this server is, like `http://127.0.0.1:4010`. */
  readonly origin: string;
  /** Aborts when whoever asked has left. */
  readonly signal: AbortSignal;
  /** Says that the answer has to wait for a change. */
  holding(): void;
}

export interface Answer {
  readonly status: number;
  /** Missing: no content. */
  readonly body?: unknown;
  /** There is no answer: the connection breaks. */
  readonly breaks?: true;
}

export interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly group: RateGroup;
  /** The published document lists no 409 for it. */
  readonly conflictUnlisted?: true;
  handle(asked: Asked): Answer | Promise<Answer>;
}

/**
 * Finds the operation for a method and the decoded parts of a path: `['restapi', 'v1.0', …]`.
 * @returns Null when there is none.
 */
export function findOperation(
  method: string,
  segments: readonly string[],
): { readonly operation: Operation; readonly params: Readonly<Record<string, string>> } | null {
  for (const { operation, pattern } of ROUTES) {
    if (operation.method !== method || pattern.length !== segments.length) continue;
    const params: Record<string, string> = {};
    const fits = pattern.every((part, index) => {
      const segment = segments[index] ?? '';
      if (!part.startsWith('{')) return part === segment;
      params[part.slice(1, -1)] = segment;
      return true;
    });
    if (fits) return { operation, params };
  }
  return null;
}

/** Does an operation; there is one account, and `~` is it. */
export function perform(operation: Operation, asked: Asked): Answer | Promise<Answer> {
  const accountId = asked.params.accountId ?? '~';
  if (accountId !== '~' && accountId !== ACCOUNT_ID) throw notFound('accountId');
  return operation.handle(asked);
}

const ok = (body: unknown): Answer => ({ status: 200, body });
const created = (body: unknown): Answer => ({ status: 201, body });
const NO_CONTENT: Answer = { status: 204 };

const ACCOUNT = '/restapi/v1.0/account/{accountId}';
const EXTENSION = `${ACCOUNT}/extension/{extensionId}`;
const SESSION = `${ACCOUNT}/telephony/sessions/{telephonySessionId}`;
const SUBSCRIPTIONS = '/restapi/v1.0/subscription';
const PARTY = `${SESSION}/parties/{partyId}`;

/** The operations of Call Control, and what finding calls needs. */
export const OPERATIONS: readonly Operation[] = [
  {
    operationId: 'createCallOutCallSession',
    method: 'POST',
    path: `${ACCOUNT}/telephony/call-out`,
    group: 'heavy',
    conflictUnlisted: true,
    handle: ({ board, viewer, body }) => created({ session: sessionBody(callOut(board, viewer, body)) }),
  },
  {
    operationId: 'createConferenceCallSession',
    method: 'POST',
    path: `${ACCOUNT}/telephony/conference`,
    group: 'heavy',
    conflictUnlisted: true,
    handle: ({ board, viewer }) => created({ session: sessionBody(createConference(board, viewer)) }),
  },
  {
    operationId: 'readCallSessionStatus',
    method: 'GET',
    path: SESSION,
    group: 'light',
    handle: readSession,
  },
  {
    operationId: 'deleteCallSession',
    method: 'DELETE',
    path: SESSION,
    group: 'light',
    conflictUnlisted: true,
    handle: (asked) => {
      commands.dropSession(asked.board, sessionIdOf(asked));
      return NO_CONTENT;
    },
  },
  {
    operationId: 'superviseCallSession',
    method: 'POST',
    path: `${SESSION}/supervise`,
    group: 'light',
    conflictUnlisted: true,
    handle: (asked) => created(supervisorBody(commands.superviseSession(commandOf(asked)))),
  },
  {
    operationId: 'createCallPartyWithBringIn',
    method: 'POST',
    path: `${SESSION}/parties/bring-in`,
    group: 'light',
    handle: (asked) => created(partyBody(commands.bringIn(commandOf(asked)))),
  },
  {
    operationId: 'readCallPartyStatus',
    method: 'GET',
    path: PARTY,
    group: 'light',
    handle: (asked) => ok(partyBody(partyAt(asked.board, commandOf(asked)))),
  },
  onParty('updateCallParty', 'PATCH', '', (command) => ok(partyBody(commands.update(command)))),
  {
    ...onParty('deleteCallParty', 'DELETE', '', (command) => {
      commands.removeParty(command);
      return NO_CONTENT;
    }),
    conflictUnlisted: true,
  },
  onParty('holdCallParty', 'POST', '/hold', (command) => ok(partyBody(commands.hold(command)))),
  onParty('unholdCallParty', 'POST', '/unhold', (command) => ok(partyBody(commands.unhold(command)))),
  onParty('answerCallParty', 'POST', '/answer', (command) => ok(partyBody(commands.answer(command)))),
  onParty('rejectParty', 'POST', '/reject', (command) => {
    commands.reject(command);
    return NO_CONTENT;
  }),
  {
    ...onParty('ignoreCallInQueue', 'POST', '/ignore', (command) => {
      commands.ignore(command);
      return NO_CONTENT;
    }),
    conflictUnlisted: true,
  },
  onParty('forwardCallParty', 'POST', '/forward', (command) =>
    ok(reducedPartyBody(commands.forward(command))),
  ),
  onParty('transferCallParty', 'POST', '/transfer', (command) => ok(partyBody(commands.transfer(command)))),
  onParty('bridgeCallParty', 'POST', '/bridge', (command) => ok(partyBody(commands.bridge(command)))),
  onParty('callParkParty', 'POST', '/park', (command) => created(partyBody(commands.park(command)))),
  onParty('pickupCallParty', 'POST', '/pickup', (command) => created(partyBody(commands.pickup(command)))),
  onParty('callFlipParty', 'POST', '/flip', (command) => {
    commands.flip(command);
    return ok({});
  }),
  onParty('replyParty', 'POST', '/reply', (command) => ok(reducedPartyBody(commands.reply(command)))),
  onParty('superviseCallParty', 'POST', '/supervise', (command) =>
    created(supervisorBody(commands.superviseParty(command))),
  ),
  onParty('startCallRecording', 'POST', '/recordings', (command) =>
    created(recordingBody(commands.startRecording(command))),
  ),
  {
    operationId: 'pauseResumeCallRecording',
    method: 'PATCH',
    path: `${PARTY}/recordings/{recordingId}`,
    group: 'light',
    handle: (asked) => {
      const recordingId = asked.params.recordingId ?? '';
      return ok(recordingBody(commands.updateRecording({ ...commandOf(asked), recordingId })));
    },
  },

  {
    operationId: 'readExtension',
    method: 'GET',
    path: EXTENSION,
    group: 'light',
    handle: (asked) => ok(extensionBody(extensionOf(asked), asked.origin)),
  },
  {
    operationId: 'readUserPresenceStatus',
    method: 'GET',
    path: `${EXTENSION}/presence`,
    group: 'light',
    handle: (asked) =>
      ok(presenceBody(extensionOf(asked), asked.board.calls(), presenceWanted(asked), asked.origin)),
  },
  {
    operationId: 'readAccountPresence',
    method: 'GET',
    path: `${ACCOUNT}/presence`,
    group: 'heavy',
    handle: (asked) => {
      const calls = asked.board.calls();
      const users = EXTENSIONS.filter(({ type }) => type === 'User');
      const records = users.map((user) => presenceBody(user, calls, presenceWanted(asked), asked.origin));
      return ok(pageBody(records, pageWanted(asked, 1_000), uriOf(asked, 'presence')));
    },
  },
  {
    operationId: 'listExtensionDevices',
    method: 'GET',
    path: `${EXTENSION}/device`,
    group: 'light',
    handle: (asked) => {
      const owner = ownExtension(asked);
      const records = owner.devices.map((device) => deviceBody(device, owner, asked.origin));
      return ok(pageBody(records, pageWanted(asked), uriOf(asked, `extension/${owner.id}/device`)));
    },
  },
  {
    operationId: 'listForwardingNumbers',
    method: 'GET',
    path: `${EXTENSION}/forwarding-number`,
    group: 'light',
    handle: (asked) => {
      const owner = ownExtension(asked);
      const records = owner.forwardingNumbers.map((one) => forwardingNumberBody(one, owner, asked.origin));
      return ok(
        pageBody(records, pageWanted(asked), uriOf(asked, `extension/${owner.id}/forwarding-number`)),
      );
    },
  },
  {
    operationId: 'listExtensionActiveCalls',
    method: 'GET',
    path: `${EXTENSION}/active-calls`,
    group: 'heavy',
    handle: (asked) => {
      const owner = ownExtension(asked);
      const uri = uriOf(asked, `extension/${owner.id}/active-calls`);
      return ok(pageBody(recordsOf(asked, owner), pageWanted(asked), uri));
    },
  },
  {
    operationId: 'listCompanyActiveCalls',
    method: 'GET',
    path: `${ACCOUNT}/active-calls`,
    group: 'heavy',
    handle: (asked) => {
      if (!asked.viewer.supervisor) throw permissionMissing('ReadCompanyCallLog');
      const records = EXTENSIONS.flatMap((owner) => recordsOf(asked, owner));
      return ok(pageBody(records, pageWanted(asked), uriOf(asked, 'active-calls')));
    },
  },
  {
    operationId: 'listWebAppDevices',
    method: 'GET',
    path: `${EXTENSION}/webapp-devices`,
    group: 'medium',
    handle: (asked) => ok({ records: ownExtension(asked).webPhones.map((phone) => ({ ...phone })) }),
  },
  {
    operationId: 'createSubscription',
    method: 'POST',
    path: SUBSCRIPTIONS,
    group: 'medium',
    handle: ({ subscriptions, socket, signedIn, body }) => ok(subscriptions.create(socket, signedIn, body)),
  },
  {
    operationId: 'listSubscriptions',
    method: 'GET',
    path: SUBSCRIPTIONS,
    group: 'light',
    handle: ({ subscriptions, signedIn, origin }) =>
      ok({ uri: `${origin}${SUBSCRIPTIONS}`, records: subscriptions.list(signedIn, origin) }),
  },
  {
    operationId: 'updateSubscription',
    method: 'PUT',
    path: `${SUBSCRIPTIONS}/{subscriptionId}`,
    group: 'medium',
    handle: ({ subscriptions, socket, params, body }) =>
      ok(subscriptions.update(socket, params.subscriptionId ?? '', body)),
  },
  {
    operationId: 'deleteSubscription',
    method: 'DELETE',
    path: `${SUBSCRIPTIONS}/{subscriptionId}`,
    group: 'medium',
    handle: ({ subscriptions, signedIn, params }) => {
      subscriptions.remove(signedIn, params.subscriptionId ?? '');
      return NO_CONTENT;
    },
  },
];

const ROUTES = OPERATIONS.map((operation) => ({ operation, pattern: operation.path.slice(1).split('/') }));

/** Seconds that a request may be held at most. */
const LONGEST_HOLD = 300; // 5 minutes

/** Reads a session; with `timestamp` and `timeout` the answer waits for something newer. */
async function readSession(asked: Asked): Promise<Answer> {
  const { board, query, signal } = asked;
  const { id, changedAt } = board.call(sessionIdOf(asked));
  const timestamp = query.get('timestamp');
  const timeout = query.get('timeout');
  const { longPoll } = board.settings;
  if (timestamp !== null || timeout !== null) {
    if (longPoll === 'reject')
      throw invalid(timestamp === null ? 'timeout' : 'timestamp', timestamp ?? timeout);
    if (longPoll === 'honour') {
      const since = timestamp === null ? Number.POSITIVE_INFINITY : timeOf(timestamp);
      const seconds = Math.min(timeout === null ? 0 : secondsOf(timeout), LONGEST_HOLD);
      // A change in the very millisecond counts: rather one answer too many than a change missed.
      if (changedAt < since && seconds > 0) {
        asked.holding();
        const { longPollCutAfter, longPollCutBy, longPollExpiry } = board.settings;
        const patience = longPollCutAfter ?? Number.POSITIVE_INFINITY;
        await board.changed(id, Math.min(seconds * 1_000, patience), signal);
        if (board.call(id).changedAt === changedAt) {
          const end = patience < seconds * 1_000 ? longPollCutBy : longPollExpiry;
          if (end === 'reset') return { status: 0, breaks: true };
          if (end !== 200) return { status: end };
        }
      }
    }
  }
  return ok(sessionBody(board.call(id)));
}

function timeOf(text: string): number {
  const time = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(time)) throw invalid('timestamp', text);
  return time;
}

function secondsOf(text: string): number {
  if (!/^\d+(\.\d+)?$/.test(text)) throw invalid('timeout', text);
  return Number(text);
}

function onParty(
  operationId: string,
  method: string,
  verb: string,
  handle: (command: PartyCommand) => Answer,
): Operation {
  return {
    operationId,
    method,
    path: `${PARTY}${verb}`,
    group: 'light',
    handle: (asked) => handle(commandOf(asked)),
  };
}

function commandOf(asked: Asked): PartyCommand {
  const { board, viewer, body, params } = asked;
  return { board, viewer, body, sessionId: sessionIdOf(asked), partyId: params.partyId ?? '' };
}

function sessionIdOf({ params }: Asked): string {
  return params.telephonySessionId ?? '';
}

/** `~` is whoever asks, for the account and for the extension. */
function extensionOf(asked: Asked): Extension {
  const id = asked.params.extensionId ?? '~';
  const extension = id === '~' ? asked.viewer : extensionById(id);
  if (extension === undefined) throw notFound('extensionId');
  return extension;
}

function ownExtension(asked: Asked): Extension {
  const extension = extensionOf(asked);
  if (extension !== asked.viewer) throw otherExtension();
  return extension;
}

function recordsOf({ board, origin }: Asked, owner: Extension): Record<string, unknown>[] {
  return activeCallRecords(owner, board.calls(), board.now(), origin);
}

function presenceWanted({ query }: Asked) {
  return {
    detailedTelephonyState: query.get('detailedTelephonyState') === 'true',
    sipData: query.get('sipData') === 'true',
  };
}

function pageWanted({ query }: Asked, perPage = 100) {
  const read = (name: string, otherwise: number) => {
    const text = query.get(name);
    if (text === null) return otherwise;
    const number = Number(text);
    if (!Number.isInteger(number) || number < 1 || number > 1_000) throw invalid(name, text);
    return number;
  };
  return { page: read('page', 1), perPage: read('perPage', perPage) };
}

function uriOf({ origin }: Asked, path: string): string {
  return `${origin}/restapi/v1.0/account/${ACCOUNT_ID}/${path}`;
}

function permissionMissing(permissionName: string): Refusal {
  const message = `In order to call this API endpoint, user needs to have [${permissionName}] permission for requested resource.`;
  return new Refusal(403, 'CMN-408', message, { permissionName });
}
