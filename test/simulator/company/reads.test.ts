/** What the simulated company tells of itself: lists, the directory, groups, and what everybody is doing. */
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EXTENSIONS } from '../../../src/simulator/company/people.ts';
import { PEOPLE_OPERATIONS } from '../../../src/simulator/company/people-operations.ts';
import { PRESENCE_OPERATIONS } from '../../../src/simulator/company/presence-operations.ts';
import { QUEUE_OPERATIONS } from '../../../src/simulator/company/queue-operations.ts';
import type { JournalEntry } from '../../../src/simulator/journal.ts';
import type { Simulator } from '../../../src/simulator/server.ts';
import { createValidator, PUBLISHED } from '../published.ts';
import { type Client, clientOf, inbound, startQuiet } from '../support.ts';

const HELP_DESK = '701050004';
const SALES = '701051004';
const IRIS = '701001004';
const TOMAS = '701002004';
const BEN = '701005004';
const ELIF = '701008004';
const HUGO = '701011004';
const MULTIPART_JSON = 'application/vnd.ringcentral.multipart+json';

let simulator: Simulator;
let iris: Client;
let ada: Client;
let ines: Client;
const journal: JournalEntry[] = [];

beforeAll(async () => {
  simulator = await startQuiet({ settings: { mediumLimit: 0, journalBodies: true } });
  iris = clientOf(simulator);
  ada = clientOf(simulator, 'sim-104');
  ines = clientOf(simulator, 'sim-112');
});
beforeEach(() => {
  journal.push(...simulator.requests());
  simulator.reset({ mediumLimit: 0, lightLimit: 0, heavyLimit: 0, journalBodies: true });
});
afterAll(() => simulator.stop());

const numbersOf = ({ body }: { body: unknown }) =>
  (body as { records: { extensionNumber: string }[] }).records.map(({ extensionNumber }) => extensionNumber);
const permission = (permissionName: string) => ({
  status: 403,
  body: { errorCode: 'CMN-408', permissionName },
});
const OTHER = { status: 403, body: { errorCode: 'CMN-404' } };

describe('lists', () => {
  test('There are twelve users and more, two queues and a park location, by type and by status', async () => {
    const all = await iris('GET', '/extension');
    expect(numbersOf(all)).toEqual(EXTENSIONS.map(({ number }) => number));
    const of = async (query: string) => numbersOf(await iris('GET', `/extension?${query}`));
    expect((await of('type=User&status=Enabled')).length).toBeGreaterThanOrEqual(12);
    expect(await of('type=Department')).toEqual(['200', '201']);
    expect(await of('type=ParkLocation&type=Department')).toEqual(['200', '201', '300']);
    expect(await of('status=Disabled&status=NotActivated')).toEqual(['114', '115']);
    expect(await of('extensionNumber=104')).toEqual(['104']);
    expect(await of('email=ben@example.com')).toEqual(['105']);
    expect(await iris('GET', '/extension?type=Robot')).toMatchObject({
      status: 400,
      body: { errorCode: 'CMN-101', parameterName: 'type', parameterValue: 'Robot' },
    });
  });

  test('A crowd stands in the lists as the setting says, in pages of a hundred unless larger ones are asked for', async () => {
    simulator.configure({ crowd: 1_000 });
    const total = EXTENSIONS.length + 1_000;
    expect(await iris('GET', '/extension?page=2')).toMatchObject({
      body: {
        paging: { page: 2, perPage: 100, totalElements: total, pageStart: 100, pageEnd: 199 },
        navigation: { firstPage: {}, previousPage: {}, nextPage: {}, lastPage: {} },
      },
    });
    const large = await iris('GET', '/extension?perPage=1000&page=2');
    expect(numbersOf(large)).toEqual(
      Array.from({ length: EXTENSIONS.length }, (_, i) => String(11_000 - EXTENSIONS.length + i)),
    );
    expect((await iris('GET', '/extension?perPage=1001')).status).toBe(400);
    // Presence comes in pages of a thousand, and without whoever hides it.
    const { body } = await iris('GET', '/presence?page=2');
    expect(body).toMatchObject({ paging: { perPage: 1_000, totalElements: total - 1 } });
    // An extension beyond the crowd is still somebody.
    expect(await iris('GET', '/extension/701911000')).toMatchObject({ body: { extensionNumber: '11000' } });
    expect((await ada('GET', '/extension?extensionNumber=10999')).body).toMatchObject({
      records: [{ id: 701_910_999 }],
    });
    expect((await ada('GET', '/extension?extensionNumber=11000')).body).toMatchObject({ records: [] });
  });

  test('The directory is for everybody, in pages of up to two thousand, of text ids', async () => {
    simulator.configure({ crowd: 3_000 });
    const of = async (query: string) =>
      (await ines('GET', `/directory/entries?${query}`)).body as {
        records: { id: string }[];
        paging: object;
      };
    expect(await of('')).toMatchObject({ records: { length: 1_000 }, paging: { perPage: 1_000 } });
    expect(await of('perPage=max')).toMatchObject({ records: { length: 2_000 }, paging: { perPage: 2_000 } });
    expect((await of('perPage=all')).records).toHaveLength(EXTENSIONS.length + 3_000);
    expect(await of('type=Department')).toMatchObject({
      records: [{ id: HELP_DESK, name: 'Help Desk' }, { id: SALES }],
    });
    expect((await of('typeGroup=NonUser')).records).toHaveLength(3);
    expect((await ines('GET', '/directory/entries?perPage=2001')).status).toBe(400);
    expect((await ines('GET', `/directory/entries/${BEN}`)).body).toMatchObject({
      id: BEN,
      extensionNumber: '105',
      firstName: 'Ben',
      phoneNumbers: [{ phoneNumber: '+12025550165' }],
    });
    expect((await ines('GET', '/directory/entries/1')).status).toBe(404);
  });

  test('Queues are listed with text ids and their members with numbers, also those of one member', async () => {
    expect((await iris('GET', '/call-queues')).body).toMatchObject({
      records: [
        { id: HELP_DESK, extensionNumber: '200', name: 'Help Desk', status: 'Enabled' },
        { id: SALES, extensionNumber: '201', name: 'Sales' },
      ],
      navigation: { firstPage: {}, lastPage: {} },
    });
    expect(numbersOf(await iris('GET', `/call-queues?memberExtensionId=${BEN}`))).toEqual(['201']);
    expect((await iris('GET', '/call-queues?memberExtensionId=1')).status).toBe(404);
    expect((await iris('GET', `/call-queues/${SALES}`)).body).toMatchObject({
      name: 'Sales',
      editableMemberStatus: true,
    });
    expect((await iris('GET', `/call-queues/${HELP_DESK}/members`)).body).toMatchObject({
      records: [{ id: Number(IRIS), extensionNumber: '101' }, { id: Number(TOMAS) }, { id: Number(ELIF) }],
    });
    expect((await iris('GET', `/call-queues/${IRIS}`)).status).toBe(404);
  });

  test('A monitoring group says who may listen to whom, and so do the grants', async () => {
    const groups = await iris('GET', '/call-monitoring-groups');
    expect(groups.body).toMatchObject({ records: [{ id: '4100', name: 'The floor' }], navigation: {} });
    expect((await iris('GET', `/call-monitoring-groups?memberExtensionId=${HUGO}`)).body).toMatchObject({
      records: [],
    });
    const { body } = await iris('GET', '/call-monitoring-groups/4100/members');
    expect(body).toMatchObject({
      records: expect.arrayContaining([
        expect.objectContaining({ id: '701003004', permissions: ['Monitoring'] }),
        expect.objectContaining({ id: IRIS, permissions: ['Monitored'] }),
      ]),
    });
    const nadia = clientOf(simulator, 'sim-103');
    const grants = (await nadia('GET', '/extension/~/grant?extensionType=User')).body as {
      records: { extension: { extensionNumber: string }; callMonitoring: boolean }[];
    };
    const listens = grants.records.filter(({ callMonitoring }) => callMonitoring);
    expect(listens.map(({ extension }) => extension.extensionNumber)).toEqual([
      ...['101', '102', '105', '106', '107', '108', '109', '110', '113'],
    ]);
  });

  test('What somebody may do can be asked, by themselves and by an admin', async () => {
    const check = (id: string, who = '~') => `/extension/${who}/authz-profile/check?permissionId=${id}`;
    expect((await iris('GET', check('ReadCompanyCallLog'))).body).toMatchObject({ successful: false });
    expect((await ada('GET', check('ReadCompanyCallLog'))).body).toMatchObject({
      successful: true,
      details: { permission: { id: 'ReadCompanyCallLog' }, scopes: ['Account'] },
    });
    expect((await ada('GET', check('ReadExtensions', '701012004'))).body).toMatchObject({
      successful: false,
    });
    expect(await iris('GET', check('ReadExtensions', TOMAS))).toMatchObject(OTHER);
    expect((await iris('GET', '/extension/~/authz-profile')).body).toMatchObject({
      permissions: expect.arrayContaining([
        expect.objectContaining({ permission: expect.objectContaining({ id: 'ReadPresenceStatus' }) }),
      ]),
    });
  });
});

describe('presence', () => {
  const presence = (ids: string, accept?: string) =>
    fetch(`${simulator.url}/restapi/v1.0/account/~/extension/${ids}/presence?detailedTelephonyState=true`, {
      headers: { authorization: 'Bearer sim-101', ...(accept === undefined ? {} : { accept }) },
    });

  test('Thirty extensions are read at once, for one request of the group Light; what is wrong with one stands in its place', async () => {
    simulator.configure({ lightLimit: 50 });
    const call = inbound(simulator);
    const response = await presence(`${IRIS},${HUGO},701999004,~`, MULTIPART_JSON);
    expect(response.status).toBe(207);
    expect(response.headers.get('content-type')).toBe(MULTIPART_JSON);
    expect(response.headers.get('x-rate-limit-group')).toBe('light');
    expect(response.headers.get('x-rate-limit-remaining')).toBe('49');
    expect(await response.json()).toMatchObject([
      {
        resourceId: IRIS,
        status: 200,
        body: { presenceStatus: 'Busy', activeCalls: [{ telephonySessionId: call.id }] },
      },
      { resourceId: HUGO, status: 403, body: { errorCode: 'CMN-404' } },
      { resourceId: '701999004', status: 404, body: { errorCode: 'CMN-102', parameterName: 'extensionId' } },
      { resourceId: '~', status: 200, body: { extension: { extensionNumber: '101' } } },
    ]);
    const crowd = (size: number) =>
      Array.from({ length: size }, (_, index) => `7019${10_000 + index}`).join(',');
    expect(((await (await presence(crowd(30), MULTIPART_JSON)).json()) as unknown[]).length).toBe(30);
    expect((await presence(crowd(31), MULTIPART_JSON)).status).toBe(400);
    expect((await presence(`${IRIS},`, MULTIPART_JSON)).status).toBe(400);
  });

  test('Whoever does not ask for JSON gets the older form, in parts', async () => {
    const response = await presence(`${IRIS},701999004`);
    expect(response.status).toBe(207);
    const [, boundary = ''] =
      /^multipart\/mixed; boundary=(\S+)$/.exec(response.headers.get('content-type') ?? '') ?? [];
    const parts = (await response.text()).split(`--${boundary}`).slice(1, -1);
    const bodies = parts.map((part) => JSON.parse(part.split('\r\n\r\n')[1] ?? '') as object);
    expect(bodies).toMatchObject([
      { response: [{ status: 200 }, { status: 404 }] },
      { extension: { id: Number(IRIS) } },
      { errorCode: 'CMN-102' },
    ]);
  });

  test('Somebody who hides their presence shows it to an admin alone, and takes part in no list of others', async () => {
    expect(await iris('GET', `/extension/${HUGO}/presence`)).toMatchObject(OTHER);
    expect(await clientOf(simulator, 'sim-103')('GET', `/extension/${HUGO}/presence`)).toMatchObject(OTHER);
    expect(await ada('GET', `/extension/${HUGO}/presence`)).toMatchObject({
      body: { allowSeeMyPresence: false },
    });
    const hugo = clientOf(simulator, 'sim-111');
    expect((await hugo('GET', '/extension/~/presence')).status).toBe(200);
    await hugo('PUT', '/extension/~/presence', { allowSeeMyPresence: true });
    expect(await iris('GET', `/extension/${HUGO}/presence`)).toMatchObject({
      body: { allowSeeMyPresence: true },
    });
    await iris('PUT', '/extension/~/presence', { allowSeeMyPresence: false });
    const listed = async (client: Client) =>
      ((await client('GET', '/presence')).body as { records: { extension: { id: number } }[] }).records.map(
        ({ extension }) => String(extension.id),
      );
    expect(await listed(hugo)).not.toContain(IRIS);
    expect(await listed(ada)).toContain(IRIS);
  });

  test('A guest sees neither the extensions nor what they are doing, but the directory and their own', async () => {
    expect(await ines('GET', '/presence')).toMatchObject(permission('ReadPresenceStatus'));
    expect(await ines('GET', `/extension/${IRIS}/presence`)).toMatchObject(permission('ReadPresenceStatus'));
    expect(await ines('GET', '/extension')).toMatchObject(permission('ReadExtensions'));
    expect(await ines('GET', `/extension/${IRIS}`)).toMatchObject(permission('ReadExtensions'));
    expect(await ines('GET', '/call-queues')).toMatchObject(permission('ReadExtensions'));
    expect(await ines('GET', '/active-calls')).toMatchObject(permission('ReadCompanyCallLog'));
    expect(await ines('GET', `/call-queues/${HELP_DESK}/presence`)).toMatchObject(
      permission('ReadPresenceStatus'),
    );
    expect((await ines('GET', '/extension/~/presence')).status).toBe(200);
    expect((await ines('GET', '/extension/~')).status).toBe(200);
    expect((await ines('GET', '/directory/entries')).status).toBe(200);
  });

  test('Queues and park locations are offline always, and a parked call shows where it waits', async () => {
    const call = inbound(simulator);
    const [, party] = call.parties;
    await iris('POST', `/telephony/sessions/${call.id}/parties/${party?.id}/transfer`, {
      parkOrbit: '701060004',
    });
    const lobby = await iris('GET', '/extension/701060004/presence?detailedTelephonyState=true');
    expect(lobby.body).toMatchObject({
      presenceStatus: 'Offline',
      telephonyStatus: 'ParkedCall',
      activeCalls: [{ telephonySessionId: call.id, partyId: party?.id, to: '300' }],
    });
    const { records } = (await iris('GET', '/presence?detailedTelephonyState=true')).body as {
      records: { extension: { extensionNumber: string } }[];
    };
    const { telephonyStatus, activeCalls, presenceStatus } = Object.assign(
      { telephonyStatus: undefined, activeCalls: undefined, presenceStatus: undefined },
      records.find(({ extension }) => extension.extensionNumber === '300'),
    );
    expect([presenceStatus, telephonyStatus, activeCalls]).toEqual(['Offline', undefined, undefined]);
  });

  test('A user says that they are busy, away or not to be disturbed, for themselves; an admin for anybody', async () => {
    const changed = await iris('PUT', '/extension/~/presence', {
      userStatus: 'Busy',
      dndStatus: 'DoNotAcceptDepartmentCalls',
      message: 'At lunch',
    });
    expect(changed).toMatchObject({
      status: 200,
      body: {
        presenceStatus: 'Busy',
        userStatus: 'Busy',
        dndStatus: 'DoNotAcceptDepartmentCalls',
        message: 'At lunch',
      },
    });
    expect(changed.headers.get('x-rate-limit-group')).toBeNull();
    expect((await clientOf(simulator, 'sim-102')('GET', `/extension/${IRIS}/presence`)).body).toMatchObject({
      message: 'At lunch',
    });
    expect((await iris('PUT', '/extension/~/presence', { message: '' })).body).not.toHaveProperty('message');
    expect((await iris('PUT', '/extension/~/presence', { userStatus: 'Offline' })).body).toMatchObject({
      presenceStatus: 'Offline',
    });
    expect(await iris('PUT', '/extension/~/presence', { dndStatus: 'Never' })).toMatchObject({
      status: 400,
      body: { parameterName: 'dndStatus', parameterValue: 'Never' },
    });
    expect(await iris('PUT', `/extension/${TOMAS}/presence`, { userStatus: 'Busy' })).toMatchObject(OTHER);
    expect(
      (await ada('PUT', `/extension/${TOMAS}/presence`, { dndStatus: 'DoNotAcceptAnyCalls' })).body,
    ).toMatchObject({
      presenceStatus: 'Busy',
      dndStatus: 'DoNotAcceptAnyCalls',
    });
    // Whoever is not to be disturbed is not rung.
    expect(simulator.startCall({ kind: 'inbound', to: '102' }).parties[1]?.status?.code).toBe('VoiceMail');
    simulator.reset({ mediumLimit: 0, journalBodies: true });
    expect((await iris('GET', '/extension/~/presence')).body).toMatchObject({
      userStatus: 'Available',
      dndStatus: 'TakeAllCalls',
    });
  });

  test('Unified presence says the same in other words, and changes it', async () => {
    expect((await iris('GET', '/extension/~/unified-presence')).body).toEqual({
      status: 'Available',
      glip: { status: 'Online', visibility: 'Visible', availability: 'Available' },
      telephony: { status: 'NoCall', visibility: 'Visible', availability: 'TakeAllCalls' },
      meeting: { status: 'NoMeeting' },
    });
    expect(
      (await iris('PATCH', '/extension/~/unified-presence', { glip: { availability: 'DND' } })).body,
    ).toMatchObject({
      status: 'DND',
      telephony: { availability: 'DoNotAcceptAnyCalls' },
    });
    const { body } = await iris('PATCH', '/extension/~/unified-presence', {
      telephony: { availability: 'DoNotAcceptQueueCalls' },
      glip: { visibility: 'Invisible' },
    });
    expect(body).toMatchObject({ status: 'Offline', telephony: { availability: 'DoNotAcceptQueueCalls' } });
    expect(await iris('GET', `/extension/${IRIS},${HUGO}/unified-presence`)).toMatchObject({
      status: 207,
      body: [
        { resourceId: IRIS, status: 200 },
        { resourceId: HUGO, status: 403 },
      ],
    });
    expect(await iris('PATCH', `/extension/${TOMAS}/unified-presence`, {})).toMatchObject(OTHER);
  });
});

describe('who takes the calls of a queue', () => {
  test('An agent leaves one queue or all of them, and comes back; a supervisor does it for them', async () => {
    const queue = `/call-queues/${HELP_DESK}/presence`;
    const accepting = async () =>
      ((await iris('GET', queue)).body as { records: { member: { extensionNumber: string } }[] }).records.map(
        (one) => {
          const { acceptQueueCalls, acceptCurrentQueueCalls } = one as unknown as Record<string, boolean>;
          return [one.member.extensionNumber, acceptQueueCalls, acceptCurrentQueueCalls];
        },
      );
    expect(await accepting()).toEqual([
      ['101', true, true],
      ['102', true, true],
      ['108', true, false],
    ]);
    const record = (id: string, accepts: object) => ({ records: [{ member: { id }, ...accepts }] });
    await iris('PUT', queue, record(IRIS, { acceptCurrentQueueCalls: false }));
    expect(await iris('PUT', queue, record(TOMAS, { acceptQueueCalls: false }))).toMatchObject(OTHER);
    await clientOf(simulator, 'sim-103')('PUT', queue, record(TOMAS, { acceptQueueCalls: false }));
    expect(await accepting()).toEqual([
      ['101', true, false],
      ['102', false, true],
      ['108', true, false],
    ]);
    // The switch for all queues is the one of the presence.
    expect((await iris('GET', `/extension/${TOMAS}/presence`)).body).toMatchObject({
      dndStatus: 'DoNotAcceptDepartmentCalls',
    });
    expect(await iris('PUT', queue, record(BEN, { acceptQueueCalls: true }))).toMatchObject({
      status: 400,
      body: { parameterName: 'member.id' },
    });

    const own = '/extension/~/call-queue-presence';
    expect((await iris('GET', own)).body).toMatchObject({
      records: [{ callQueue: { id: HELP_DESK, extensionNumber: '200' }, acceptCalls: false }],
    });
    const back = { records: [{ callQueue: { id: HELP_DESK }, acceptCalls: true }] };
    expect((await iris('PUT', own, back)).body).toMatchObject({ records: [{ acceptCalls: true }] });
    expect(await iris('PUT', `/extension/${TOMAS}/call-queue-presence`, back)).toMatchObject(OTHER);
    expect((await ada('PUT', `/extension/${ELIF}/call-queue-presence`, back)).status).toBe(200);
    expect((await accepting()).map(([number, , current]) => [number, current])).toEqual([
      ['101', true],
      ['102', true],
      ['108', true],
    ]);
    expect(
      (await iris('PUT', own, { records: [{ callQueue: { id: SALES }, acceptCalls: true }] })).status,
    ).toBe(400);
  });
});

test('Each read costs what RingCentral says it costs', async () => {
  simulator.configure({ lightLimit: 50, mediumLimit: 40, heavyLimit: 10 });
  const headers = { authorization: 'Bearer sim-104' };
  const groupOf = async (path: string) =>
    (await fetch(`${simulator.url}/restapi/v1.0/account/~${path}`, { headers })).headers.get(
      'x-rate-limit-group',
    );
  const groups = {
    [`/extension/${IRIS},${TOMAS}/presence`]: 'light',
    '/presence': 'heavy',
    '/active-calls': 'heavy',
    '/extension': 'medium',
    '/directory/entries': 'medium',
    '/call-queues': 'medium',
    [`/call-queues/${SALES}`]: 'light',
    [`/call-queues/${SALES}/members`]: 'light',
    [`/call-queues/${SALES}/presence`]: 'light',
    [`/extension/${IRIS}/call-queue-presence`]: 'light',
    [`/extension/${IRIS}/unified-presence`]: 'medium',
    '/call-monitoring-groups': 'medium',
    '/call-monitoring-groups/4100/members': 'medium',
    '/extension/~/grant': 'light',
    '/extension/~/authz-profile': 'medium',
    '/extension/~/authz-profile/check?permissionId=Groups': 'light',
  };
  for (const [path, group] of Object.entries(groups))
    expect([path, await groupOf(path)]).toEqual([path, group]);
});

describe('after all of this', () => {
  test('every operation of the company has succeeded at least once', () => {
    const succeeded = new Set(
      journal.flatMap(({ operationId, status }) => (status !== null && status < 300 ? [operationId] : [])),
    );
    const company = [...PEOPLE_OPERATIONS, ...PRESENCE_OPERATIONS, ...QUEUE_OPERATIONS];
    expect(company.map(({ operationId }) => operationId).filter((id) => !succeeded.has(id))).toEqual([]);
  });

  test.skipIf(!existsSync(PUBLISHED))(
    'every request and every answer is valid under the published document',
    () => {
      const validator = createValidator(PUBLISHED);
      expect(journal.flatMap(validator.problemsOf)).toEqual([]);
      const good = journal.filter(({ status }) => status !== null && status < 300);
      expect(good.length).toBeGreaterThan(50);
      expect(good.flatMap(validator.requestProblemsOf)).toEqual([]);
      // Fifteen of these operations are published without a word on what they refuse.
      expect([...validator.unlisted].filter((one) => one.endsWith(' 200') || one.endsWith(' 207'))).toEqual(
        [],
      );
    },
  );
});
