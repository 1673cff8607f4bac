import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { WireSession } from '../../src/ringcentral/wire.ts';
import { type Call, changeParty, hangUp, isPresent, partyIdOf } from '../../src/simulator/call.ts';
import { playQueues } from '../../src/simulator/queueing.ts';
import {
  createSimulator,
  DEMO_CALLER_PARTY_ID,
  DEMO_PARTY_ID,
  DEMO_SESSION_ID,
} from '../../src/simulator/server.ts';
import { DEFAULT_SETTINGS } from '../../src/simulator/settings.ts';
import { DEMO_RECORDING_ID, STAGED } from '../../src/simulator/stage.ts';
import { createStory } from '../../src/simulator/story.ts';
import { createSwitchboard } from '../../src/simulator/switchboard.ts';
import { clientOf, DEVICES } from './support.ts';

/** A story whose time is made by hand: `turn()` lets one pass. */
function tellStory() {
  vi.useFakeTimers();
  const board = createSwitchboard({}, Date.now);
  playQueues(board);
  const story = createStory(board);
  onTestFinished(() => {
    story.stop();
    board.stop();
    vi.useRealTimers();
  });
  story.follow();
  return { board, story, turn: () => vi.advanceTimersByTime(DEFAULT_SETTINGS.storyPace) };
}

/** The address of a party, and of a command to it. */
function party(sessionId: string, position: number, verb: string): string {
  return `/telephony/sessions/${sessionId}/parties/${partyIdOf(sessionId, position)}${verb}`;
}

describe('the story', () => {
  test('has a call for everybody to look at from the first moment', async () => {
    await using simulator = await createSimulator();
    const iris = clientOf(simulator);
    const { body } = await iris('GET', `/telephony/sessions/${DEMO_SESSION_ID}`);
    expect(body.parties).toMatchObject([
      { id: DEMO_CALLER_PARTY_ID, status: { code: 'Answered' } },
      { id: DEMO_PARTY_ID, extensionId: '701001004', status: { code: 'Proceeding' } },
    ]);
    const { body: presence } = await iris('GET', '/extension/~/presence?detailedTelephonyState=true');
    expect(presence).toMatchObject({
      activeCalls: expect.arrayContaining([expect.objectContaining({ partyId: DEMO_PARTY_ID })]),
    });
  });

  test('takes its call round all states, again and again', () => {
    const { board, turn } = tellStory();
    const round = () =>
      Array.from({ length: 9 }, () => {
        const [, party] = board.call(DEMO_SESSION_ID).parties;
        turn();
        return [party?.code, party?.muted, party?.recordings[0]?.active];
      });
    const first = round();
    expect(first).toEqual([
      ['Proceeding', false, undefined],
      ['Answered', false, undefined],
      ['Answered', true, undefined],
      ['Answered', false, undefined],
      ['Hold', false, undefined],
      ['Answered', false, undefined],
      ['Answered', false, true],
      ['Answered', false, false],
      ['Answered', false, true],
    ]);
    expect(round()).toEqual(first);
  });

  test('goes on for hours with a handful of calls, each of which ends', () => {
    const { board, turn } = tellStory();
    const seen = new Set<string>();
    for (let turns = 0; turns < 2_000; turns++) {
      turn();
      const live = board.calls().filter(({ endedAt }) => endedAt === null);
      expect(live.length).toBeGreaterThanOrEqual(6);
      expect(live.length).toBeLessThanOrEqual(16);
      expect(board.calls().length).toBeLessThanOrEqual(32);
      for (const { id } of live) seen.add(id);
    }
    expect(seen.size).toBeGreaterThan(500);
    expect(board.call(DEMO_SESSION_ID).parties).toHaveLength(2);
  });

  test('shows a busy company: callers wait in each queue, many are on the phone, and one is not to be disturbed', () => {
    const { board, turn } = tellStory();
    const waited = { '701050004': 0, '701051004': 0 };
    const queues = Object.keys(waited) as (keyof typeof waited)[];
    const onThePhone = new Set<string>();
    const answeredBy = new Set<string>();
    let undisturbed = 0;
    const isOf = (id: string) => (one: { extensionId: string | null }) => one.extensionId === id;
    const turns = 400;
    for (let played = 0; played < turns; played++) {
      const live = board.calls().filter(({ endedAt }) => endedAt === null);
      for (const queue of queues) {
        const waits = live.some(({ parties }) => parties.some((one) => isOf(queue)(one) && isPresent(one)));
        if (waits) waited[queue] += 1;
      }
      for (const { extensionId, code, queueCall } of live.flatMap(({ parties }) => parties)) {
        if (extensionId === null || code !== 'Answered') continue;
        onThePhone.add(extensionId);
        if (queueCall) answeredBy.add(extensionId);
      }
      if (board.staff.statusOf('701007004').dndStatus === 'DoNotAcceptAnyCalls') undisturbed += 1;
      if (played === 0) {
        // From the first moment on: whoever looks sees it.
        expect(waited).toEqual({ '701050004': 1, '701051004': 1 });
        expect(undisturbed).toBe(1);
      }
      turn();
    }
    expect(Math.min(...Object.values(waited))).toBeGreaterThan(turns * 0.6);
    expect(onThePhone.size).toBeGreaterThanOrEqual(10);
    // The supervisor has some that were handed on to her.
    expect([...onThePhone]).toContain('701003004');
    expect([...answeredBy].sort()).toEqual(['701002004', '701005004', '701006004', '701007004', '701013004']);
    expect(undisturbed / turns).toBeCloseTo(0.75, 1);
  });

  test('comes back with the same call when somebody has hung up, or handed it on', () => {
    const { board, turn } = tellStory();
    const endings: ((call: Call, at: number) => Call)[] = [
      hangUp,
      (call, at) => changeParty(call, DEMO_PARTY_ID, { code: 'Gone', reason: 'AttendedTransfer' }, at),
    ];
    for (const ending of endings) {
      turn();
      board.change(DEMO_SESSION_ID, ending);
      // It ends for good first, and stays away for longer than a watcher remembers an ended call: 65 s.
      for (let turns = 0; turns < 3; turns++) turn();
      expect(board.call(DEMO_SESSION_ID).endedAt).not.toBeNull();
      for (let turns = 3; turns < 20; turns++) turn();
      expect(board.find(DEMO_SESSION_ID)?.endedAt).not.toBeNull();
      turn();
      const [, party] = board.call(DEMO_SESSION_ID).parties;
      expect(party).toMatchObject({ id: DEMO_PARTY_ID, code: 'Proceeding' });
    }
  });

  test('switched off, its calls stay as they are; switched on, it goes on', () => {
    const { board, story, turn } = tellStory();
    board.configure({ story: false });
    story.follow();
    const frozen = board.calls();
    for (let turns = 0; turns < 20; turns++) turn();
    expect(board.calls()).toEqual(frozen);
    board.configure({ story: true });
    story.follow();
    turn();
    expect(board.calls()).not.toEqual(frozen);
  });

  const COMMANDS: readonly [name: string, path: string, body: object, token: string][] = [
    ['answer', party(STAGED.ringing, 2, '/answer'), { deviceId: DEVICES['101'] }, 'sim-101'],
    ['transfer', party(STAGED.transfer, 2, '/transfer'), { extensionNumber: '102' }, 'sim-101'],
    ['hold of the customer', party(STAGED.customer, 2, '/hold'), {}, 'sim-101'],
    [
      'bridge',
      party(STAGED.customer, 2, '/bridge'),
      { telephonySessionId: STAGED.consultation, partyId: partyIdOf(STAGED.consultation, 1) },
      'sim-101',
    ],
    ['park', party(STAGED.parking, 2, '/park'), {}, 'sim-101'],
    [
      'bring-in',
      `/telephony/sessions/${STAGED.conference}/parties/bring-in`,
      { sessionId: STAGED.guest, partyId: partyIdOf(STAGED.guest, 2) },
      'sim-101',
    ],
    [
      'supervise',
      `/telephony/sessions/${STAGED.supervised}/supervise`,
      { mode: 'Listen', supervisorDeviceId: DEVICES['103'], agentExtensionNumber: '101' },
      'sim-103',
    ],
  ];

  test.each([...COMMANDS])(
    'has a call waiting for %s, as often as one likes',
    async (_, path, body, token) => {
      await using simulator = await createSimulator({ settings: { storyPace: 3_600_000 } });
      const ask = clientOf(simulator, token);
      const sessionId = path.split('/')[3] ?? '';
      expect((await ask('GET', `/telephony/sessions/${sessionId}`)).status).toBe(404);
      for (let time = 1; time <= 3; time++) expect((await ask('POST', path, body)).status).toBeLessThan(300);
      expect((await ask('GET', `/telephony/sessions/${sessionId}`)).status).toBe(200);

      simulator.reset({ story: false });
      expect((await ask('POST', path, body)).status).toBe(404);
    },
  );

  test('helps its call along for every command of the examples, but not for the same one twice in a moment', async () => {
    await using simulator = await createSimulator({ settings: { storyPace: 3_600_000 } });
    const iris = clientOf(simulator);
    const own = party(DEMO_SESSION_ID, 2, '');
    const recording = `${own}/recordings/${DEMO_RECORDING_ID}`;
    // It still rings, so that none of these would be allowed.
    const commands: readonly (readonly [string, string, object])[] = [
      ['POST', `${own}/unhold`, {}],
      ['POST', `${own}/hold`, {}],
      ['PATCH', recording, { active: false }],
      ['POST', `${own}/recordings`, {}],
      ['POST', `${own}/unhold`, {}],
      ['PATCH', recording, { active: true }],
      ['PATCH', own, { muted: true }],
      ['POST', `${own}/hold`, {}],
    ];
    for (const [method, path, body] of commands) {
      const { status } = await iris(method, path, body);
      expect({ path, done: status < 300 }).toEqual({ path, done: true });
    }
    // Whoever watches reads meanwhile.
    expect((await iris('GET', own)).status).toBe(200);
    expect((await iris('POST', `${own}/hold`)).status).toBe(409);
    expect((await iris('POST', `${own}/unhold`)).status).toBe(200);
  });

  test('lets hang up by themselves the calls that nobody comes back to, also those that users began', () => {
    const { board, story, turn } = tellStory();
    story.expect('transferCallParty', STAGED.transfer);
    const conference = board.open({ origin: 'Conference' }).id;
    for (let turns = 0; turns < 10; turns++) turn();
    story.expect('callParkParty', STAGED.parking);
    const endings = () =>
      [STAGED.transfer, STAGED.parking, conference].map((id) => board.find(id)?.endedAt !== null);
    expect(endings()).toEqual([false, false, false]);
    for (let turns = 0; turns < 5; turns++) turn();
    expect(endings()).toEqual([true, false, true]);
    for (let turns = 0; turns < 10; turns++) turn();
    expect(board.find(STAGED.parking)?.endedAt).not.toBeNull();
  });

  test('obeys its users', async () => {
    await using simulator = await createSimulator({ settings: { storyPace: 3_600_000, answerDelay: 0 } });
    const iris = clientOf(simulator);
    const path = `/telephony/sessions/${DEMO_SESSION_ID}/parties/${DEMO_PARTY_ID}`;
    expect((await iris('POST', `${path}/answer`, { deviceId: DEVICES['101'] })).status).toBe(200);
    expect((await iris('POST', `${path}/hold`)).body.status).toEqual({ code: 'Hold' });
  });
});

describe('the command', () => {
  const main = fileURLToPath(new URL('../../src/simulator/main.ts', import.meta.url));

  function run(port: string) {
    const child = spawn(process.execPath, ['--import', 'tsx', main], {
      env: { ...process.env, SIMULATOR_PORT: port },
    });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    return child;
  }

  test('prints its address and tokens, serves, and ends on SIGTERM', async () => {
    const child = run('0');
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    expect(String(line)).toMatch(
      /^RingCentral simulator: http:\/\/127\.0\.0\.1:\d+ \(tokens: sim-101, sim-102, sim-103, sim-104, sim-105, sim-112\)\n$/,
    );
    const url = /http\S+/.exec(String(line))?.[0];
    const calls = (await (await fetch(`${url}/simulator/calls`)).json()) as WireSession[];
    expect(calls[0]?.id).toBe(DEMO_SESSION_ID);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test('does not start on what is no port', async () => {
    const child = run('abc');
    const [line] = (await once(child.stderr, 'data')) as [Buffer];
    expect(String(line)).toBe('SIMULATOR_PORT is "abc", but must be a port from 0 to 65535\n');
    expect(await once(child, 'exit')).toEqual([1, null]);
  });
});
