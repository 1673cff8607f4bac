import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, expectTypeOf, test } from 'vitest';
import type { ConversationCommand, ConversationCommandOf } from '../../schema/genesys/provider.ts';
import { toRequest, type WholeCommand } from '../../src/genesys/commands.ts';
import { OPERATIONS, type Operation } from '../../src/genesys/operations.ts';
import { checkBody, pathOf } from '../../src/upstream/checks.ts';
import { at, EXAMPLES } from './commands-of-all-kinds.ts';

/** Other forms of commands that the examples have once. */
const FORMS: readonly [command: ConversationCommand, line: string, body: object | undefined][] = [
  ...transfers(),
  ...consults(),
  [
    { name: 'placeCall', to: { userId: 'u-2' }, onBehalfOfUserId: 'u-3' },
    'POST /api/v2/conversations/calls/user/u-3',
    { callUserId: 'u-2' },
  ],
  [{ name: 'placeCall', to: { queueId: 'q-1' } }, 'POST /api/v2/conversations/calls', { callQueueId: 'q-1' }],
  [
    { name: 'startCallConference', participants: [], conversationIds: ['c-2'] },
    'POST /api/v2/conversations/calls',
    { conversationIds: ['c-2'] },
  ],
  [
    { name: 'disconnectCallConversation', conversationId: 'c-1', allMedia: true },
    'DELETE /api/v2/conversations/c-1',
    undefined,
  ],
  [
    { name: 'disconnectCallMediaParticipant', ...at, communicationId: 'k-1' },
    'PATCH /api/v2/conversations/calls/c-1/participants/p-me/communications/k-1',
    { state: 'disconnected' },
  ],
  [
    { name: 'wrapUpCallMediaParticipant', ...at, communicationId: 'k-1', provisional: true },
    'POST /api/v2/conversations/calls/c-1/participants/p-me/communications/k-1/wrapup',
    { provisional: true },
  ],
  [
    { name: 'startRecordingCallMediaParticipant', ...at, type: 'SNIPPET' },
    'POST /api/v2/conversations/calls/c-1/participants/p-me/snippet/record',
    { type: 'snippet', record: true },
  ],
  [
    { name: 'stopRecordingCallMediaParticipant', ...at, type: 'AD_HOC' },
    'PATCH /api/v2/conversations/calls/c-1/participants/p-me',
    { recording: false },
  ],
];

function transfers(): [ConversationCommand, string, object][] {
  const to = (target: ConversationCommandOf<'transferCallMediaParticipant'>['target']) =>
    ({ name: 'transferCallMediaParticipant', ...at, target }) as const;
  const any = 'POST /api/v2/conversations/c-1/participants/p-me';
  return [
    [to({ queueId: 'q-1' }), `${any}/replace/queue`, { queueId: 'q-1' }],
    [to({ address: '+12025550147' }), `${any}/transfer`, { address: '+12025550147' }],
    [
      to({ externalContact: { contactId: 'x-1', phone: 'CELL' } }),
      `${any}/replace/contact/external`,
      { contactId: 'x-1', phoneType: 'CellPhone' },
    ],
    [
      to({ voicemail: true }),
      'POST /api/v2/conversations/calls/c-1/participants/p-me/replace',
      { voicemail: true },
    ],
  ];
}

function consults(): [ConversationCommand, string, object][] {
  const about = (target: ConversationCommandOf<'startConsultTransfer'>['target']) =>
    ({ name: 'startConsultTransfer', ...at, target, consultingUserId: 'u-9' }) as const;
  const line = 'POST /api/v2/conversations/calls/c-1/participants/p-me';
  const consultingUserId = 'u-9';
  return [
    [about({ userId: 'u-2' }), `${line}/consult/agent`, { userId: 'u-2', consultingUserId }],
    [
      about({ externalContact: { contactId: 'x-1' } }),
      `${line}/consult/contact/external`,
      { contactId: 'x-1', consultingUserId },
    ],
    [
      about({ address: '+12025550147' }),
      `${line}/voice/consult`,
      { address: '+12025550147', consultingUserId },
    ],
  ];
}

const cells = [
  ...Object.values(EXAMPLES).map(({ command, line, body }) => [command, line, body] as const),
  ...FORMS,
];

/** With what the command itself leaves open; the examples name their communications. */
function whole(command: ConversationCommand): WholeCommand {
  return command.name === 'completeConsultTransfer'
    ? { ...command, ownParticipantId: 'p-me' }
    : (command as WholeCommand);
}

/** Genesys's own document, where it is at hand; it is no part of the project. */
const PUBLISHED = fileURLToPath(new URL('../../../shared/genesys/genesys.openapi.json', import.meta.url));

interface PublishedOperation {
  readonly deprecated?: boolean;
  readonly requestBody?: { readonly content: { readonly 'application/json': { readonly schema: object } } };
}

const document = existsSync(PUBLISHED)
  ? (JSON.parse(readFileSync(PUBLISHED, 'utf8')) as {
      readonly paths: Readonly<Record<string, Readonly<Record<string, PublishedOperation>>>>;
    })
  : null;

/** What Genesys publishes at the address of an operation, whatever it calls the ids in it. */
function publishedOf({ method, path }: Operation): PublishedOperation | undefined {
  const plain = (address: string) => address.replace(/\{\w+\}/g, '{}');
  const found = Object.entries(document?.paths ?? {}).find(([address]) => plain(address) === plain(path));
  return found?.[1][method.toLowerCase()];
}

describe('The request of', () => {
  for (const [command, line, body] of cells) {
    test(`${command.name} is ${line} with ${JSON.stringify(body)}.`, () => {
      const request = toRequest(whole(command));
      expect(`${request.operation.method} ${pathOf(request.operation, request.ids)}`).toBe(line);
      expect(request.body).toEqual(body);
      expect(() => checkBody(request.operation, request.body)).not.toThrow();
    });
  }

  test('the completion of a consultation hangs up nobody where it is not known who the viewer is.', () => {
    const complete = {
      name: 'completeConsultTransfer',
      conversationId: 'c-1',
      participantId: 'p-customer',
    } as const;
    expectTypeOf(complete).not.toExtend<WholeCommand>();
    expectTypeOf({ ...complete, ownParticipantId: undefined }).not.toExtend<WholeCommand>();
    const { ids, body } = toRequest({ ...complete, ownParticipantId: 'p-me' });
    expect({ ids, body }).toEqual({
      ids: { conversationId: 'c-1', participantId: 'p-me' },
      body: { state: 'disconnected' },
    });
  });

  test.skipIf(document === null)('every command is valid by what Genesys publishes.', () => {
    const ajv = new Ajv({ strict: false, allErrors: true });
    formats.default(ajv);
    ajv.addFormat('int32', true).addFormat('int64', true).addFormat('double', true).addFormat('float', true);
    ajv.addSchema(document ?? {}, 'published');
    const problems = cells.flatMap(([command]) => {
      const { operation, body } = toRequest(whole(command));
      const published = publishedOf(operation);
      if (published === undefined) return [`${operation.id} is not published`];
      const schema = published.requestBody?.content['application/json'].schema;
      if (schema === undefined) return body === undefined ? [] : [`${operation.id} takes no body`];
      const name = (schema as { $ref?: string }).$ref;
      if (name === undefined) return [];
      const isValid = ajv.compile({ $ref: `published${name}` });
      return isValid(body) ? [] : [`${operation.id}: ${ajv.errorsText(isValid.errors)}`];
    });
    expect(problems).toEqual([]);
  });

  test.skipIf(document === null)('nothing is deprecated.', () => {
    const old = Object.values(OPERATIONS).filter((operation) => publishedOf(operation)?.deprecated);
    expect(old.map(({ id }) => id)).toEqual([]);
  });
});
