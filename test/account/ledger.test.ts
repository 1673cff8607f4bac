/** What gateways tell each other of an account, where the store answers late or not at all. */
import { expect, test, vi } from 'vitest';
import { AccountMemory } from '../../src/account/account-memory.ts';
import { createAccountLedger } from '../../src/account/ledger.ts';
import type { LedgerHost } from '../../src/account/ledger-host.ts';
import { createSharedPicture } from '../../src/account/shared-picture.ts';
import { createAccountCodec, NOT_WATCHING, type Picture } from '../../src/account/tidings.ts';
import { Apart, type Commons, type Log, type LogSort } from '../../src/commons/commons.ts';
import { createInProcessCommons } from '../../src/commons/in-process.ts';
import { sealingKey } from '../../src/commons/seal.ts';
import type { Role } from '../../src/live/shared/duty.ts';
import { RINGCENTRAL_CALLS } from '../../src/ringcentral/call-shape.ts';

const seal = sealingKey('a viewer', 'a test');

/** The ledger of whoever leads, open; `own` is of its host. */
async function openLedger(own: Partial<LedgerHost> = {}) {
  const real = createInProcessCommons();
  let answers: (() => void)[] | null = null;
  const commons: Commons = {
    ...real,
    log<Event>(sort: LogSort): Log<Event> {
      const log = real.log<Event>(sort);
      return {
        ...log,
        async append(key, after, events) {
          const waiting = answers;
          if (waiting !== null) await new Promise<void>((resolve) => waiting.push(resolve));
          if (role === 'alone') throw new Apart('The store is gone.');
          return log.append(key, after, events);
        },
      };
    },
  };
  let role: Role = 'leading';
  const told: string[] = [];
  let opened = 0;
  const host: LedgerHost = {
    memory: new AccountMemory(RINGCENTRAL_CALLS, () => ''),
    facts: () => NOT_WATCHING,
    tell() {},
    tellTrouble: (_, place) => void told.push(place === null ? 'trouble, alone' : 'trouble'),
    tellRecovery: (place) => void told.push(place === null ? 'recovery, alone' : 'recovery'),
    narrowed() {},
    refused() {},
    begin() {},
    remember() {},
    opened() {
      opened += 1;
    },
    doubt() {},
    onDefect(error) {
      throw error;
    },
    ...own,
  };
  const ledger = createAccountLedger(
    {
      ...{ commons, seal, owner: () => 'a viewer', ahead: 0 },
      get role() {
        return role;
      },
      isAsking: () => true,
      wish() {},
      askForWhole() {},
      onUnauthenticated() {},
    },
    100,
    host,
  );
  ledger.open();
  await vi.waitFor(() => expect(opened).toBe(1));
  return {
    ledger,
    told,
    opened: () => opened,
    hold() {
      answers = [];
    },
    answer() {
      for (const go of answers?.splice(0) ?? []) go();
      answers = null;
    },
    part() {
      role = 'alone';
      ledger.roleChanged();
    },
  };
}

test('What the store has not answered for is told by the gateway itself when the store is gone, once and in order', async () => {
  const { ledger, told, hold, answer, part } = await openLedger();
  ledger.publishTrouble(null);
  await ledger.settled();
  expect(told).toEqual(['trouble']);
  hold();
  ledger.publishRecovery();
  ledger.publishTrouble(null);
  part();
  ledger.publishRecovery();
  answer();
  await ledger.settled();
  expect(told).toEqual(['trouble', 'recovery, alone', 'trouble, alone', 'recovery, alone']);
});

test('What was told to nobody before somebody looks again is not told to them as news', async () => {
  const { ledger, told, opened, hold, answer } = await openLedger();
  hold();
  ledger.publishTrouble(null);
  ledger.close();
  ledger.open();
  answer();
  await vi.waitFor(() => expect(opened()).toBe(2));
  ledger.publishRecovery();
  await ledger.settled();
  expect(told).toEqual(['recovery']);
});

test('A defect of whoever is told is noted, and what is seen next is told', async () => {
  const defect = new TypeError('a defect');
  const defects: unknown[] = [];
  const { ledger, told } = await openLedger({
    tellTrouble() {
      throw defect;
    },
    onDefect: (error) => void defects.push(error),
  });
  ledger.publishTrouble(null);
  await vi.waitFor(() => expect(defects).toEqual([defect]));
  ledger.publishRecovery();
  await ledger.settled();
  expect(told).toEqual(['recovery']);
  expect(defects).toHaveLength(1);
});

test('A picture that is wanted while one is written is written after it', async () => {
  const codec = createAccountCodec(seal, () => 0);
  const picture: Picture = {
    position: { epoch: 'an epoch', offset: 1 },
    whole: { calls: [], presences: [], graves: [] },
    ...NOT_WATCHING,
  };
  let current = picture;
  const shared = createSharedPicture({
    sharing: { commons: createInProcessCommons(), owner: () => 'a viewer' },
    codec,
    current: () => current,
    onDefect(error) {
      throw error;
    },
  });
  shared.want();
  current = { ...picture, source: 'ACCOUNT_PUSH', isSurveyed: true };
  shared.want();
  await vi.waitFor(async () => expect(await shared.read()).toEqual(current));
});
