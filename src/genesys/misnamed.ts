/**
 * What a refusal is about that says that something is unknown, where what the command addressed is there.
 *
 * Genesys answers 404 for everything that a request names: the conversation, the participant, and as well the user to whom a
 * call shall go. An app that was told that its call is no more would take it off the screen, with a customer on the line.
 */
import { BadUserInput, CallNotFound } from '../../schema/failures.ts';
import { type CallConversation, findParticipant } from '../../schema/genesys/model.ts';
import type {
  ConversationCommand,
  ConversationCommandName,
  ConversationCommandOf,
} from '../../schema/genesys/provider.ts';
import { namesParticipant } from './failures.ts';

/** The input that is unknown instead; null where what was addressed may well be. `seen` is how it is after the refusal. */
export function misnamed(
  command: ConversationCommand,
  error: BadUserInput | CallNotFound,
  seen: CallConversation | null,
): BadUserInput | null {
  if (error instanceof CallNotFound ? !isThere(command, error, seen) : !isForPlacing(command, error))
    return null;
  const read = BESIDE[command.name] as ((command: ConversationCommand) => string | undefined) | undefined;
  const name = read?.(command);
  if (name === undefined) return null;
  return new BadUserInput(
    `Genesys Cloud does not know what the command names in its ${name}.`,
    ...([name, error.trace, { cause: error }] as const),
  );
}

/** A conference is placed like a call, and yet its input calls them otherwise whom it calls. */
function isForPlacing({ name }: ConversationCommand, { parameterName, trace }: BadUserInput): boolean {
  return name === 'startCallConference' && parameterName === 'to' && trace.status === 404;
}

/** True where what is said to be unknown is there, or is nothing that the command addresses. */
function isThere(command: ConversationCommand, error: CallNotFound, seen: CallConversation | null): boolean {
  if (!('conversationId' in command)) return true;
  if (seen === null) return false;
  if (error.parameterName !== 'participantId' || !('participantId' in command)) return true;
  return !namesParticipant(error) && findParticipant(seen, command.participantId) !== undefined;
}

type Beside = {
  readonly [Name in ConversationCommandName]?: (command: ConversationCommandOf<Name>) => string | undefined;
};

const communicationId = (command: { readonly communicationId?: string | undefined }) =>
  command.communicationId === undefined ? undefined : 'communicationId';

/** What a command names beside what it addresses, as its input calls it. */
const BESIDE: Beside = {
  startCallConference: ({ participants }) => (participants.length > 0 ? 'participants' : 'conversationIds'),
  mergeCallConversations: () => 'conversationIds',
  addCallMediaParticipants: () => 'participants',
  transferCallMediaParticipant: () => 'target',
  startConsultTransfer: () => 'target',
  speakToInConsultTransfer: ({ consultingUserId }) =>
    consultingUserId === undefined ? undefined : 'consultingUserId',
  disconnectCallMediaParticipant: communicationId,
  wrapUpCallMediaParticipant: (command) =>
    communicationId(command) ?? (command.code === undefined ? undefined : 'code'),
  setCallMediaParticipantAfterCallWork: communicationId,
  setCallMediaParticipantUuiData: communicationId,
};
