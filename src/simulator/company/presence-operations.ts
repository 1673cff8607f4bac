/** The operations on what people are doing: reading it of one, of thirty, of all, and changing one's own. */

import { everybody } from '../account.ts';
import { errorBody, pageBody } from '../bodies.ts';
import { type Body, object, optionalChoice, optionalFlag } from '../fields.ts';
import { ACCOUNT, type Answer, type Asked, type Operation, ok } from '../operation.ts';
import { invalid, Refusal } from '../refusals.ts';
import { managedExtension, pageWanted, seenExtension, showsPresence, uriOf } from './asking.ts';
import type { Extension } from './extension.ts';
import {
  listedPresenceBody,
  ownCalls,
  type PresenceWants,
  presenceBody,
  presenceStatusOf,
  telephonyStatusAmong,
} from './presence.ts';
import { needs, presenceRefusal } from './rights.ts';
import { DND_STATUSES, type DndStatus, type Status, takesQueueCalls, USER_STATUSES } from './staff.ts';

const EXTENSION = `${ACCOUNT}/extension/{extensionId}`;

export const PRESENCE_OPERATIONS: readonly Operation[] = [
  {
    operationId: 'readUserPresenceStatus',
    method: 'GET',
    path: `${EXTENSION}/presence`,
    group: 'light',
    handle: (asked) => ofEach(asked, (extension) => bodyFor(asked, extension)),
  },
  {
    operationId: 'updateUserPresenceStatus',
    method: 'PUT',
    path: `${EXTENSION}/presence`,
    group: 'medium',
    handle: (asked) => {
      const extension = managedExtension(asked);
      asked.board.staff.set(extension.id, statusIn(asked.body));
      return ok(bodyFor(asked, extension));
    },
  },
  {
    operationId: 'readAccountPresence',
    method: 'GET',
    path: `${ACCOUNT}/presence`,
    group: 'heavy',
    handle: (asked) => {
      const { viewer, board, origin } = asked;
      needs(viewer, 'ReadPresenceStatus');
      const wants = presenceWanted(asked);
      const seen = everybody(board.settings.crowd).filter(
        (extension) => presenceRefusal(viewer, extension, showsPresence(asked, extension)) === null,
      );
      const page = pageBody(seen, pageWanted(asked, 1_000), uriOf(asked, 'presence'));
      const records = page.records?.map((extension) => listedPresenceBody(extension, board, wants, origin));
      return ok({ ...page, records });
    },
  },
  {
    operationId: 'readUnifiedPresence',
    method: 'GET',
    path: `${EXTENSION}/unified-presence`,
    group: 'medium',
    handle: (asked) => ofEach(asked, (extension) => unifiedBody(asked, extension), JSON_TYPE),
  },
  {
    operationId: 'updateUnifiedPresence',
    method: 'PATCH',
    path: `${EXTENSION}/unified-presence`,
    group: 'medium',
    handle: (asked) => {
      const extension = managedExtension(asked);
      needs(asked.viewer, 'EditPresenceStatus');
      const status = asked.board.staff.statusOf(extension.id);
      asked.board.staff.set(extension.id, unifiedChangesIn(asked.body, status));
      return ok(unifiedBody(asked, extension));
    },
  },
];

/** So many ids one request may name. */
const MOST_IDS = 30;
const JSON_TYPE = 'application/json';
const MULTIPART_JSON = 'application/vnd.ringcentral.multipart+json';

/**
 * Answers for one extension, or for each of a list, `701001004,701002004`: what went wrong with one of them stands in its
 * place.
 * @param type The form of a list, where whoever asks does not choose it.
 * @throws {Refusal} 400 for too many, and what is wrong with the only one.
 */
function ofEach(asked: Asked, bodyOf: (extension: Extension) => unknown, type?: string): Answer {
  const text = asked.params.extensionId ?? '~';
  const ids = text.split(',');
  if (ids.length > MOST_IDS || ids.includes('')) throw invalid('extensionId', text);
  if (!text.includes(',')) return ok(bodyOf(seenExtension(asked)));
  const entries = ids.map((resourceId): Entry => {
    try {
      return { resourceId, status: 200, body: bodyOf(seenExtension(asked, resourceId)) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return { resourceId, status: error.status, body: errorBody(error) };
    }
  });
  if (type !== undefined) return { status: 207, body: entries };
  if (asked.accept.includes(MULTIPART_JSON)) {
    return { status: 207, headers: { 'Content-Type': MULTIPART_JSON }, body: entries };
  }
  const headers = { 'Content-Type': `multipart/mixed; boundary=${BOUNDARY}` };
  return { status: 207, headers, body: multipart(entries, asked) };
}

interface Entry {
  readonly resourceId: string;
  readonly status: number;
  readonly body: unknown;
}

const BOUNDARY = 'Boundary_51_30520004_1772637601417';

/** The older form: first a part that says what became of each, and then a part for each. */
function multipart(entries: readonly Entry[], asked: Asked): string {
  const summary = {
    response: entries.map(({ resourceId, status }) => ({
      href: uriOf(asked, `extension/${resourceId}/presence`),
      status,
      responseDescription: status === 200 ? 'OK' : 'Error',
    })),
  };
  const parts = [summary, ...entries.map(({ body }) => body)].map(
    (body) => `--${BOUNDARY}\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(body)}\r\n`,
  );
  return `${parts.join('')}--${BOUNDARY}--\r\n`;
}

function bodyFor(asked: Asked, extension: Extension) {
  return presenceBody(extension, asked.board, presenceWanted(asked), asked.origin);
}

function presenceWanted({ query }: Asked): PresenceWants {
  return {
    detailedTelephonyState: query.get('detailedTelephonyState') === 'true',
    sipData: query.get('sipData') === 'true',
  };
}

/** @throws {Refusal} 400 for a value that is none. */
function statusIn(body: Body): Partial<Status> {
  const { message } = body;
  if (message !== undefined && typeof message !== 'string') throw invalid('message', message);
  return given({
    userStatus: optionalChoice(body, 'userStatus', USER_STATUSES),
    dndStatus: optionalChoice(body, 'dndStatus', DND_STATUSES),
    message: message === '' ? null : message,
    allowSeeMyPresence: optionalFlag(body, 'allowSeeMyPresence'),
    ringOnMonitoredCall: optionalFlag(body, 'ringOnMonitoredCall'),
    pickUpCallsOnHold: optionalFlag(body, 'pickUpCallsOnHold'),
  });
}

const AVAILABILITIES = ['TakeAllCalls', 'DoNotAcceptAnyCalls', 'DoNotAcceptQueueCalls'] as const;

function unifiedChangesIn(body: Body, { dndStatus }: Status): Partial<Status> {
  const glip = body.glip === undefined ? {} : object(body, 'glip');
  const telephony = body.telephony === undefined ? {} : object(body, 'telephony');
  const visibility = optionalChoice(glip, 'visibility', ['Visible', 'Invisible']);
  const chat = optionalChoice(glip, 'availability', ['Available', 'DND']);
  const calls = optionalChoice(telephony, 'availability', AVAILABILITIES);
  const asked: DndStatus | undefined =
    calls === 'DoNotAcceptQueueCalls' ? 'DoNotAcceptDepartmentCalls' : calls;
  const ofChat: DndStatus = chat === 'DND' ? 'DoNotAcceptAnyCalls' : dndStatus;
  return given({
    dndStatus: asked ?? ofChat,
    userStatus: visibility && (visibility === 'Visible' ? 'Available' : 'Offline'),
  });
}

function unifiedBody({ board }: Asked, extension: Extension) {
  const status = board.staff.statusOf(extension.id);
  const own = ownCalls(extension, board);
  const isDnd = status.dndStatus === 'DoNotAcceptAnyCalls';
  const isVisible = status.userStatus !== 'Offline';
  const presence = presenceStatusOf(extension, own, status);
  const offline = presence === 'Offline' ? 'Offline' : null;
  const availability = isDnd
    ? 'DoNotAcceptAnyCalls'
    : takesQueueCalls(status)
      ? 'TakeAllCalls'
      : 'DoNotAcceptQueueCalls';
  return {
    status: offline ?? (isDnd ? 'DND' : presence),
    glip: {
      status: isVisible ? 'Online' : 'Offline',
      visibility: isVisible ? 'Visible' : 'Invisible',
      availability: isDnd ? 'DND' : 'Available',
    },
    telephony: {
      status: telephonyStatusAmong(own),
      visibility: status.allowSeeMyPresence ? 'Visible' : 'Invisible',
      availability,
    },
    meeting: { status: 'NoMeeting' },
  };
}

/** What is there. */
function given(changes: { readonly [Name in keyof Status]?: Status[Name] | undefined }): Partial<Status> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}
