/** Every example of RingCentral that watches, run as a newcomer runs it: on the call that its default variables point to. */
import { describe, expect, test } from 'vitest';
import watchACall from '../../examples/03-watch-a-call.json' with { type: 'json' };
import watchParties from '../../examples/22-watch-parties.json' with { type: 'json' };
import resumeWatching from '../../examples/24-resume-watching.json' with { type: 'json' };
import watchColleagues from '../../examples/28-watch-colleagues.json' with { type: 'json' };
import { DEMO_CALLER_PARTY_ID, DEMO_PARTY_ID, DEMO_SESSION_ID } from '../../src/simulator/stage.ts';
import * as documents from '../generated/graphql.ts';
import { A_MOMENT, countExamples, HERE, listen, openStory, ran } from '../support/story.ts';

describe('Watching', () => {
  test('WatchACall begins with the whole call and goes on with each change', async () => {
    await using house = await openStory();
    const events = await listen(house, documents.WatchACallDocument, watchACall, 2, () =>
      house.simulator.moveParty(DEMO_SESSION_ID, DEMO_PARTY_ID, { code: 'Hold' }),
    );
    const talking = { status: { code: 'ANSWERED' }, ...HERE };
    expect(events.map(({ callEvents }) => callEvents)).toEqual([
      {
        __typename: 'CallSnapshot',
        cursor: expect.any(String),
        reason: 'SUBSCRIBED',
        session: {
          id: DEMO_SESSION_ID,
          parties: [
            { id: DEMO_CALLER_PARTY_ID, ...talking },
            { id: DEMO_PARTY_ID, ...talking },
          ],
        },
      },
      {
        __typename: 'CallPartyChange',
        cursor: expect.any(String),
        skipped: 0,
        previousStatus: { code: 'ANSWERED' },
        party: {
          id: DEMO_PARTY_ID,
          muted: false,
          status: { code: 'HOLD', reason: null },
          ...HERE,
        },
      },
    ]);
  });

  test('WatchParties begins with each party and goes on with the one that changes', async () => {
    await using house = await openStory();
    const states = await listen(house, documents.WatchPartiesDocument, watchParties, 3, () =>
      house.simulator.moveParty(DEMO_SESSION_ID, DEMO_PARTY_ID, { muted: true }),
    );
    expect(states.map(({ callPartyUpdated: { id, muted } }) => ({ id, muted }))).toEqual([
      { id: DEMO_CALLER_PARTY_ID, muted: false },
      { id: DEMO_PARTY_ID, muted: expect.any(Boolean) },
      { id: DEMO_PARTY_ID, muted: true },
    ]);
  });

  test('WatchMyCalls begins with your calls', async () => {
    await using house = await openStory();
    const [first] = await listen(house, documents.WatchMyCallsDocument, {});
    expect(first?.activeCalls[0]).toMatchObject({
      sessionId: DEMO_SESSION_ID,
      partyId: DEMO_PARTY_ID,
      telephonyStatus: 'CALL_CONNECTED',
    });
  });

  test('WatchMyList begins with your calls and when they were seen', async () => {
    await using house = await openStory();
    const [first] = await listen(house, documents.WatchMyListDocument, {});
    expect(first?.activeCallEvents).toMatchObject({
      __typename: 'ActiveCallList',
      observedAt: A_MOMENT,
      calls: expect.arrayContaining([
        expect.objectContaining({ sessionId: DEMO_SESSION_ID, partyId: DEMO_PARTY_ID, observedAt: A_MOMENT }),
      ]),
    });
  });

  test('WatchTheCompany begins with everybody, and tells of the next call at the first click', async () => {
    await using house = await openStory();
    const [first, second] = await listen(house, documents.WatchTheCompanyDocument, {}, 2, () =>
      house.simulator.moveParty(DEMO_SESSION_ID, DEMO_PARTY_ID, { code: 'Hold' }),
    );
    expect(first?.accountCallEvents).toMatchObject({
      __typename: 'AccountSnapshot',
      reason: 'SUBSCRIBED',
      presences: expect.arrayContaining([expect.objectContaining({ extensionId: '701001004' })]),
    });
    expect(second?.accountCallEvents.__typename).toMatch(
      /^Account(CallBegan|CallPartyChange|PresenceChange)$/,
    );
  });

  test('WatchColleagues tells what each does now, and who they are, at the first click', async () => {
    await using house = await openStory();
    const heard = await listen(house, documents.WatchColleaguesDocument, watchColleagues, 3);
    const colleagues = heard.map(({ presenceUpdated }) => presenceUpdated);
    expect(colleagues.map(({ extension }) => extension?.name).sort()).toEqual([
      'Ada Brook',
      'Nadia Holm',
      'Tomas Reed',
    ]);
    for (const one of colleagues)
      expect(one).toMatchObject({ presenceStatus: expect.any(String), observedAt: A_MOMENT });
  });

  test('ResumeWatching goes on after the cursor of WatchACall, and begins anew without one', async () => {
    await using house = await openStory();
    const [unknown] = await listen(house, documents.ResumeWatchingDocument, resumeWatching);
    expect(unknown?.callEvents).toEqual({
      __typename: 'CallSnapshot',
      cursor: expect.any(String),
      reason: 'CURSOR_UNKNOWN',
    });

    const [snapshot] = await listen(house, documents.WatchACallDocument, watchACall);
    house.simulator.moveParty(DEMO_SESSION_ID, DEMO_PARTY_ID, { code: 'Hold' });
    const [missed] = await listen(house, documents.ResumeWatchingDocument, {
      ...resumeWatching,
      after: snapshot?.callEvents.cursor ?? '',
    });
    expect(missed?.callEvents).toMatchObject({
      __typename: 'CallPartyChange',
      party: { id: DEMO_PARTY_ID, status: { code: 'HOLD' } },
    });
  });
});

test('Every example of RingCentral that watches has run here', async () => {
  expect(ran.size).toBe(await countExamples({ watching: true }));
});
