/**
 * The operations of Call Control: placing, reading and changing calls.
 *
 * What the published document leaves open is decided here and in `commands.ts` as the settings say.
 */
import { partyBody, recordingBody, reducedPartyBody, sessionBody, supervisorBody } from './bodies.ts';
import type { PartyCommand } from './commands.ts';
import * as commands from './commands.ts';
import { ACCOUNT, type Answer, type Asked, created, NO_CONTENT, type Operation, ok } from './operation.ts';
import { callOut, createConference } from './placing.ts';
import { invalid } from './refusals.ts';
import { partyAt } from './switchboard.ts';

const SESSION = `${ACCOUNT}/telephony/sessions/{telephonySessionId}`;
const PARTY = `${SESSION}/parties/{partyId}`;

export const CALL_OPERATIONS: readonly Operation[] = [
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
      commands.dropSession(commandOf(asked));
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
];

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
