/** How Genesys Cloud says no: a status, a code with dots, and the ids it is about. */

/** A request that is refused. The pure parts return it, the edge throws it, and the server writes it down. */
export class GenesysRefusal extends Error {
  override name = 'GenesysRefusal';
  readonly status: number;
  readonly code: string;
  /** What the message names: `permissions`, `conversationId`. */
  readonly params: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, params: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.params = params;
  }
}

/** The state of the call does not allow it, in the words of the platform: `hold.alerting`. */
export function notNow(code: string, message: string): GenesysRefusal {
  return new GenesysRefusal(400, `conversation.error.${code}`, message);
}

/** The same of a transfer, whose codes begin with a plural. */
export function noTransfer(code: string, message: string): GenesysRefusal {
  return new GenesysRefusal(400, `conversations.error.${code}`, message);
}

export function badRequest(message: string): GenesysRefusal {
  return new GenesysRefusal(400, 'bad.request', message);
}

export function invalidValue(field: string, value: unknown): GenesysRefusal {
  const shown = (JSON.stringify(value) ?? 'nothing').slice(0, 200);
  return new GenesysRefusal(
    400,
    'invalid.value',
    `Value [${shown}] is not valid for field type [${field}].`,
    { field },
  );
}

export function noConversation(conversationId: string): GenesysRefusal {
  const message = `Conversation ${conversationId} was not found`;
  return new GenesysRefusal(404, 'conversation.error.conversation.not.found', message, { conversationId });
}

export function noParticipant(participantId: string): GenesysRefusal {
  const message = `Participant ${participantId} is not a participant of the conversation`;
  return new GenesysRefusal(404, 'conversation.error.not.conversation.participant', message, {
    participantId,
  });
}

export function notActive(): GenesysRefusal {
  const message = 'The user is not an active participant of the conversation';
  return new GenesysRefusal(403, 'conversation.error.forbidden.not.active.participant', message);
}

/** There is no user, queue or other thing of this id. */
export function noResource(what: string): GenesysRefusal {
  return new GenesysRefusal(404, 'resource.not.found', `The requested ${what} was not found`);
}

export function notFound(): GenesysRefusal {
  return new GenesysRefusal(404, 'not.found', 'The requested resource was not found.');
}

/** None of the permissions of which one is needed. */
export function missingPermissions(permissions: readonly string[]): GenesysRefusal {
  const listed = permissions.join(', ');
  return permissions.length === 1
    ? new GenesysRefusal(403, 'missing.permissions', `Missing the following permission(s): ${listed}`, {
        permissions: listed,
      })
    : new GenesysRefusal(
        403,
        'missing.any.permissions',
        `Unable to perform the requested action. You must have at least one of the following permissions assigned: ${listed}`,
        { permissions: listed },
      );
}

export function notAUser(): GenesysRefusal {
  const message =
    'This request requires a user context. Client credentials cannot be used for requests to this resource.';
  return new GenesysRefusal(400, 'not.a.user', message);
}

export function badCredentials(): GenesysRefusal {
  return new GenesysRefusal(401, 'bad.credentials', 'Invalid login credentials.');
}

export function noStation(): GenesysRefusal {
  return notNow('no.user.station', 'The user does not have a station');
}

/** As it stands in an answer; `contextId` is the correlation id. */
export function genesysErrorBody(
  { status, code, message, params }: Pick<GenesysRefusal, 'status' | 'code' | 'message' | 'params'>,
  contextId: string,
) {
  return { message, code, status, contextId, messageParams: params, details: [], errors: [] };
}

/** The value, unless it is a refusal: that is thrown. */
export function granted<Value>(value: Value | GenesysRefusal): Value {
  if (value instanceof GenesysRefusal) throw value;
  return value;
}
