/** What people say of themselves, as commands: what became of each, and what is told of it. */
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { JournalEntry } from '../../src/simulator/journal.ts';
import { createValidator, PUBLISHED } from '../simulator/published.ts';
import { type House, openHouse } from '../support/gateway.ts';
import { isToListen } from '../support/live-source.ts';

const IRIS = '701001004';
const TOMAS = '701002004';
const NOBODY = '701999999';
const HELP_DESK = '701050004';
const SALES = '701051004';
const ADMIN = 'sim-104';

const SET_PRESENCE = /* GraphQL */ `
  mutation ($input: SetPresenceInput!) {
    setPresence(input: $input) {
      outcome
      replayed
      error { __typename message ... on CommandForbidden { permissionName } ... on CallNotFound { parameterName } }
      presence { extensionId dndStatus userStatus message presenceStatus extension { name } }
    }
  }
`;
const SET_QUEUES = /* GraphQL */ `
  mutation ($input: SetQueueAvailabilityInput!) {
    setQueueAvailability(input: $input) {
      outcome
      replayed
      error { __typename }
      extensionId
      queues { queueId acceptsCalls queue { name } }
    }
  }
`;

const journal: JournalEntry[] = [];
let house: House;
beforeAll(async () => {
  house = await openHouse({
    simulator: { settings: { journalBodies: true } },
    environment: { UPSTREAM_TIMEOUT: '2' },
  });
});
beforeEach(() => {
  journal.push(...house.simulator.requests());
  house.simulator.reset({
    ...{ lightLimit: 0, mediumLimit: 0, heavyLimit: 0, authLimit: 0 },
    ...{ story: false, journalBodies: true },
  });
});
afterAll(() => house?.[Symbol.asyncDispose]());

const setPresence = async (input: object, token?: string) =>
  (await house.ask(SET_PRESENCE, { input }, token)).data.setPresence;
const setQueues = async (input: object, token?: string) =>
  (await house.ask(SET_QUEUES, { input }, token)).data.setQueueAvailability;

function sent(operationId: string): readonly JournalEntry[] {
  return house.simulator.requests().filter((entry) => entry.operationId === operationId);
}

describe('setPresence', () => {
  test('sets what is named, once, and answers the presence as it is then', async () => {
    const payload = await setPresence({
      ...{ extensionId: IRIS, dndStatus: 'DO_NOT_ACCEPT_DEPARTMENT_CALLS', message: 'Back at two' },
    });
    expect(payload).toEqual({
      ...{ outcome: 'APPLIED', replayed: false, error: null },
      presence: {
        ...{ extensionId: IRIS, dndStatus: 'DO_NOT_ACCEPT_DEPARTMENT_CALLS', userStatus: 'AVAILABLE' },
        ...{ message: 'Back at two', presenceStatus: expect.any(String), extension: { name: 'Iris Vance' } },
      },
    });
    expect(sent('updateUserPresenceStatus').map(({ requestBody }) => requestBody)).toEqual([
      { dndStatus: 'DoNotAcceptDepartmentCalls', message: 'Back at two' },
    ]);
    // The answer of RingCentral showed it: nothing more is asked.
    expect(sent('readUserPresenceStatus')).toEqual([]);
    const { data } = await house.ask('{ viewer { extension { presence { dndStatus message } } } }');
    expect(data.viewer.extension.presence).toEqual({
      ...{ dndStatus: 'DO_NOT_ACCEPT_DEPARTMENT_CALLS', message: 'Back at two' },
    });
    expect(
      (await setPresence({ extensionId: IRIS, message: '', userStatus: 'BUSY' })).presence,
    ).toMatchObject({
      ...{ message: null, userStatus: 'BUSY', dndStatus: 'DO_NOT_ACCEPT_DEPARTMENT_CALLS' },
    });
  });

  test('of somebody else is an administrator’s, as RingCentral decides', async () => {
    const input = { extensionId: TOMAS, dndStatus: 'DO_NOT_ACCEPT_ANY_CALLS' };
    expect(await setPresence(input)).toMatchObject({
      ...{ outcome: 'NOT_APPLIED', error: { __typename: 'CommandForbidden' } },
      presence: { extensionId: TOMAS, dndStatus: 'TAKE_ALL_CALLS' },
    });
    expect(await setPresence(input, ADMIN)).toMatchObject({
      ...{ outcome: 'APPLIED', error: null, presence: { dndStatus: 'DO_NOT_ACCEPT_ANY_CALLS' } },
    });
  });

  test('of nobody tells that there is no such extension', async () => {
    expect(await setPresence({ extensionId: NOBODY, userStatus: 'BUSY' }, ADMIN)).toEqual({
      ...{ outcome: 'NOT_APPLIED', replayed: false, presence: null },
      error: {
        __typename: 'CallNotFound',
        message: 'RingCentral knows no such extension (any more).',
        parameterName: 'extensionId',
      },
    });
  });

  test('whose answer is lost is told by what is seen', async () => {
    const input = { extensionId: IRIS, dndStatus: 'DO_NOT_ACCEPT_ANY_CALLS' };
    house.simulator.orderFaults([{ match: 'updateUserPresenceStatus', times: 1, do: 'resetAfterApply' }]);
    expect(await setPresence(input)).toMatchObject({
      ...{ outcome: 'APPLIED', error: null, presence: { dndStatus: 'DO_NOT_ACCEPT_ANY_CALLS' } },
    });
    house.simulator.orderFaults([{ match: 'updateUserPresenceStatus', times: 1, do: 'status', status: 503 }]);
    expect(await setPresence({ ...input, dndStatus: 'TAKE_ALL_CALLS' })).toMatchObject({
      outcome: 'UNKNOWN',
      error: { __typename: 'UpstreamUnavailable', message: expect.stringContaining('is unknown') },
      presence: { dndStatus: 'DO_NOT_ACCEPT_ANY_CALLS' },
    });
    house.simulator.orderFaults([
      { match: 'updateUserPresenceStatus', times: 1, do: 'reset' },
      { match: 'readUserPresenceStatus', times: 9, do: 'status', status: 404 },
    ]);
    expect(await setPresence({ ...input, dndStatus: 'TAKE_ALL_CALLS' })).toMatchObject({
      outcome: 'UNKNOWN',
      error: { message: expect.stringContaining('it could not be read again') },
      presence: null,
    });
    // Each was sent once, whatever became of it.
    expect(sent('updateUserPresenceStatus')).toHaveLength(3);
  });

  test('with a key is done once', async () => {
    const input = { extensionId: IRIS, userStatus: 'BUSY', idempotencyKey: 'one click' };
    expect(await setPresence(input)).toMatchObject({ outcome: 'APPLIED', replayed: false });
    expect(await setPresence(input)).toMatchObject({
      ...{ outcome: 'APPLIED', replayed: true, presence: { extensionId: IRIS, userStatus: 'BUSY' } },
    });
    expect(await setPresence({ ...input, userStatus: 'OFFLINE' })).toMatchObject({
      ...{ outcome: 'NOT_APPLIED', error: { __typename: 'InvalidCommand' }, presence: null },
    });
    expect(sent('updateUserPresenceStatus')).toHaveLength(1);
  });

  test('is refused before it is sent where it makes no sense', async () => {
    const refusalOf = async (input: object) => {
      const { errors } = await house.ask(SET_PRESENCE, { input: { extensionId: IRIS, ...input } });
      return errors?.map(({ message, extensions }) => [message, extensions.code, extensions.parameterName]);
    };
    const long = 'x'.repeat(76);
    expect(await refusalOf({})).toEqual([
      [
        'setPresence: read nothing to change, allowed is at least one of dndStatus, userStatus and message.',
        ...['BAD_USER_INPUT', 'dndStatus'],
      ],
    ]);
    expect(await refusalOf({ dndStatus: 'UNKNOWN' })).toEqual([
      ['dndStatus: read "UNKNOWN", allowed is any other of its values.', 'BAD_USER_INPUT', 'dndStatus'],
    ]);
    expect(await refusalOf({ userStatus: 'UNKNOWN' })).toEqual([
      ['userStatus: read "UNKNOWN", allowed is any other of its values.', 'BAD_USER_INPUT', 'userStatus'],
    ]);
    expect(await refusalOf({ message: long })).toEqual([
      [
        `message: read ${JSON.stringify(long.slice(0, 40))}… (76 characters), allowed is at most 75 characters.`,
        ...['BAD_USER_INPUT', 'message'],
      ],
    ]);
    expect(await refusalOf({ extensionId: `${IRIS},${TOMAS}`, userStatus: 'BUSY' })).toEqual([
      [expect.stringContaining('the id of one extension'), 'BAD_USER_INPUT', 'extensionId'],
    ]);
    expect(sent('updateUserPresenceStatus')).toEqual([]);
  });
});

describe('setQueueAvailability', () => {
  test('logs out of a queue and in again, and a call of the queue rings accordingly', async () => {
    const out = await setQueues({ extensionId: IRIS, queues: [{ queueId: HELP_DESK, acceptsCalls: false }] });
    expect(out).toEqual({
      ...{ outcome: 'APPLIED', replayed: false, error: null, extensionId: IRIS },
      queues: [{ queueId: HELP_DESK, acceptsCalls: false, queue: { name: 'Help Desk' } }],
    });
    const { data } = await house.ask(
      `{ viewer { account { callQueue(id: "${HELP_DESK}") { members(first: 1) { nodes { extensionId acceptsCalls acceptsCurrentQueueCalls } } } } } }`,
    );
    expect(data.viewer.account.callQueue.members.nodes).toEqual([
      { extensionId: IRIS, acceptsCalls: false, acceptsCurrentQueueCalls: false },
    ]);
    const rung = () =>
      house.simulator
        .startCall({ kind: 'queue', to: '200' })
        .parties?.flatMap(({ extensionId }) => extensionId ?? [])
        .filter((id) => id !== HELP_DESK);
    expect(rung()).toEqual([TOMAS]);
    const input = { extensionId: IRIS, queues: [{ queueId: HELP_DESK, acceptsCalls: true }] };
    expect((await setQueues(input)).queues).toMatchObject([{ queueId: HELP_DESK, acceptsCalls: true }]);
  });

  test('of somebody else is an administrator’s, as RingCentral decides', async () => {
    const input = { extensionId: TOMAS, queues: [{ queueId: HELP_DESK, acceptsCalls: false }] };
    const refused = await setQueues(input);
    expect(refused).toMatchObject({
      ...{ outcome: 'NOT_APPLIED', error: { __typename: 'CommandForbidden' }, extensionId: TOMAS },
    });
    expect(await setQueues(input, ADMIN)).toMatchObject({
      ...{ outcome: 'APPLIED', queues: [{ queueId: HELP_DESK, acceptsCalls: false }] },
    });
  });

  test('whose answer is lost is told by what is seen', async () => {
    const input = { extensionId: IRIS, queues: [{ queueId: HELP_DESK, acceptsCalls: false }] };
    const match = 'updateExtensionCallQueuePresence';
    house.simulator.orderFaults([{ match, times: 1, do: 'resetAfterApply' }]);
    expect(await setQueues(input)).toMatchObject({ outcome: 'APPLIED', queues: [{ acceptsCalls: false }] });
    house.simulator.orderFaults([{ match, times: 1, do: 'reset' }]);
    expect(await setQueues({ ...input, queues: [{ queueId: HELP_DESK, acceptsCalls: true }] })).toMatchObject(
      {
        ...{ outcome: 'UNKNOWN', queues: [{ acceptsCalls: false }] },
      },
    );
    expect(sent(match)).toHaveLength(2);
  });

  test('is refused before it is sent where it makes no sense', async () => {
    const refusalOf = async (queues: object[]) =>
      (await house.ask(SET_QUEUES, { input: { extensionId: IRIS, queues } })).errors?.map(
        ({ message }) => message,
      );
    const one = { queueId: SALES, acceptsCalls: true };
    expect(await refusalOf([])).toEqual(['queues: read "", allowed is at least one queue.']);
    expect(await refusalOf([one, { ...one, acceptsCalls: false }])).toEqual([
      `queues: read "${SALES}", allowed is each queue once.`,
    ]);
    const many = Array.from({ length: 101 }, (_, index) => ({ queueId: String(index), acceptsCalls: true }));
    expect(await refusalOf(many)).toEqual(['queues: read 101 ids, allowed are at most 100.']);
  });
});

test.skipIf(!existsSync(PUBLISHED))(
  'Every request and answer of these is valid under the published document',
  () => {
    const { requestProblemsOf, problemsOf } = createValidator(PUBLISHED);
    journal.push(...house.simulator.requests());
    const ours = journal.filter((entry) => entry.fault === undefined && !isToListen(entry));
    expect(ours.length).toBeGreaterThan(20);
    expect(ours.flatMap(requestProblemsOf)).toEqual([]);
    expect(ours.flatMap(problemsOf)).toEqual([]);
  },
);
