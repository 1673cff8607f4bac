import { describe, expect, test } from 'vitest';
import type { ConversationCommand, ConversationCommandName } from '../../schema/genesys/provider.ts';
import { doubtAbout, type Evidence, isVisible } from '../../src/genesys/outcomes.ts';
import { toConversation } from '../../src/genesys/translate.ts';
import { at, conversation, EXAMPLES, ME, type WireConversation } from './commands-of-all-kinds.ts';

const read = (wire: WireConversation) => toConversation(wire, 1);

function doubt(
  command: ConversationCommand,
  before: WireConversation | null,
  after: WireConversation | null,
  {
    madeId = null,
    userId = ME,
    afterCallWork,
  }: Partial<Pick<Evidence, 'madeId' | 'userId' | 'afterCallWork'>> = {},
): string | null {
  const evidence = {
    ...{ conversation: after && read(after), before: before && read(before), userId, madeId },
    afterCallWork,
  };
  return doubtAbout(command, evidence);
}

const NOT_SHOWN = 'the conversation does not show it';
const SHOWN_BEFORE = 'the conversation showed the same before';
const NEVER_SEEN = 'nobody saw how the conversation was before';

describe.each(Object.keys(EXAMPLES) as ConversationCommandName[])('%s', (name) => {
  const { command, before, after, madeId = null, work = null } = EXAMPLES[name];
  const saying = (from: boolean | null, to: boolean | null) => ({ afterCallWork: { before: from, now: to } });
  const not = work === null ? null : !work;

  test.runIf(after !== null && madeId === null)('is proved by its effect, and by nothing else.', () => {
    expect(doubt(command, before, after, saying(not, work))).toBeNull();
    expect(doubt(command, before, before, saying(not, not))).toBe(NOT_SHOWN);
    // Each effect was there before the command, or may have been.
    expect(doubt(command, after, after, saying(work, work))).toBe(
      IS_NEW.has(name) ? NOT_SHOWN : SHOWN_BEFORE,
    );
    expect(doubt(command, null, after, saying(null, work))).toBe(IS_NEW.has(name) ? NOT_SHOWN : NEVER_SEEN);
    expect(doubtAbout(command, null)).toBe('the conversation could not be read again');
  });

  test.runIf(madeId !== null)('is proved by what its answer named, and only by that.', () => {
    expect(doubt(command, null, after, { madeId })).toBeNull();
    expect(doubt(command, null, after, { madeId: 'c-other' })).toBe(NOT_SHOWN);
    expect(doubt(command, null, null, { madeId })).toBe(NOT_SHOWN);
    expect(doubt(command, null, after)).toMatch(/only the lost answer held/);
    expect(doubtAbout(command, null)).toMatch(/only the lost answer held/);
  });

  test.runIf(after === null)('is proved by no conversation, and says why.', () => {
    expect(isVisible(command)).toBe(false);
    expect(doubt(command, before, before)).toMatch(/^a conversation does not show/);
  });
});

/** Effects that only the difference to before shows. */
const IS_NEW: ReadonlySet<ConversationCommandName> = new Set([
  'mergeCallConversations',
  'addCallMediaParticipants',
  'startConsultTransfer',
  'completeConsultTransfer',
  'cancelConsultTransfer',
]);

describe('A participant who left', () => {
  const gone = conversation({ state: 'disconnected', held: false, muted: false, recording: false });
  test.each(['unholdCallMediaParticipant', 'unmuteCallMediaParticipant'] as const)(
    'proves no %s: nobody is held who is not there.',
    (name) => {
      expect(doubt({ name, ...at }, conversation({ held: true, muted: true }), gone)).toBe(NOT_SHOWN);
    },
  );

  test('proves no transfer, unless it left for that.', () => {
    const { command, before } = EXAMPLES.transferCallMediaParticipant;
    expect(doubt(command, before, gone)).toBe(NOT_SHOWN);
  });

  test('proves a hang-up, and so does a conversation that is no more.', () => {
    const { command, before } = EXAMPLES.disconnectCallMediaParticipant;
    expect(doubt(command, before, gone)).toBeNull();
    expect(doubt(command, before, null)).toBeNull();
    expect(doubt(EXAMPLES.disconnectCallConversation.command, before, null)).toBeNull();
    expect(doubt(EXAMPLES.holdCallMediaParticipant.command, before, null)).toBe(NOT_SHOWN);
  });
});

describe('A transfer that waits for its target', () => {
  const command: ConversationCommand = {
    ...{ ...at, target: { userId: 'u-2' } },
    name: 'transferCallMediaParticipant',
    transferType: 'ATTENDED',
  };
  const transfer = (id: string, state: string, userId = ME) => ({ id, state, initiator: { userId } });
  const before = conversation({}, { recentTransfers: [transfer('t-1', 'Complete')] });
  const with2 = (state: string, userId?: string) =>
    conversation({}, { recentTransfers: [transfer('t-1', 'Complete'), transfer('t-2', state, userId)] });

  test('is proved by the transfer that is new, and that this user began.', () => {
    expect(doubt(command, before, with2('Active'))).toBeNull();
    expect(doubt(command, before, with2('Failed'))).toBe(NOT_SHOWN);
    expect(doubt(command, before, with2('Active', 'u-9'))).toBe(NOT_SHOWN);
    expect(doubt(command, before, before)).toBe(NOT_SHOWN);
    expect(doubt({ ...command, transferType: 'UNATTENDED' }, before, with2('Active'))).toBe(NOT_SHOWN);
  });
});

describe('A consultation', () => {
  const { command, before, after } = EXAMPLES.startConsultTransfer;

  test('is proved by the participant whom its answer names.', () => {
    expect(doubt(command, null, after, { madeId: 'p-colleague' })).toBeNull();
    expect(doubt(command, before, after, { madeId: 'p-other' })).toBe(NOT_SHOWN);
  });

  test('is not complete while the viewer is in it, nor when the customer left.', () => {
    const complete = EXAMPLES.completeConsultTransfer;
    const customerLeft = {
      ...complete.before,
      participants: complete.before.participants.map((one) => ({ ...one, state: 'disconnected' })),
    };
    expect(doubt(complete.command, complete.before, customerLeft)).toBe(NOT_SHOWN);
    expect(doubt(complete.command, complete.before, complete.after, { userId: null })).toBe(NOT_SHOWN);
  });
});

test('A wrap-up with other notes is not the one that was asked for.', () => {
  const { command, before } = EXAMPLES.wrapUpCallMediaParticipant;
  const other = conversation({ state: 'disconnected', wrapup: { code: 'w-1', notes: 'Lost.' } });
  expect(doubt(command, before, other)).toBe(NOT_SHOWN);
});

test('A supervisor who listens is the viewer, where it is known who that is.', () => {
  const { command, before, after } = EXAMPLES.monitorCallMediaParticipant;
  expect(doubt(command, before, after, { userId: 'u-other' })).toBe(NOT_SHOWN);
  expect(doubt(command, before, after, { userId: null })).toBeNull();
});
