/** How RingCentral says no: a status, an error code, and the parameter it is about. */

/** What a refusal may tell beside its code. */
export interface RefusalDetails {
  readonly parameterName?: string;
  readonly parameterValue?: string;
  readonly permissionName?: string;
}

/** A request that is refused. The pure parts return it, the edge throws it, and the server writes it down. */
export class Refusal extends Error {
  override name = 'Refusal';
  readonly status: number;
  readonly errorCode: string;
  readonly details: RefusalDetails;

  constructor(status: number, errorCode: string, message: string, details: RefusalDetails = {}) {
    super(message);
    this.status = status;
    this.errorCode = errorCode;
    this.details = details;
  }
}

/** The call is not in a state that allows the command. */
export function wrongState(): Refusal {
  return new Refusal(409, 'TAS-102', 'Incorrect State [WrongState]');
}

/** There is no such session, party or recording (any more). */
export function notFound(parameterName: string): Refusal {
  return new Refusal(404, 'CMN-102', `Resource for parameter [${parameterName}] is not found`, {
    parameterName,
  });
}

/** A parameter is missing, or has a value that cannot be used. */
export function invalid(parameterName: string, value?: unknown): Refusal {
  const parameterValue = value === undefined ? {} : { parameterValue: String(value).slice(0, 200) };
  const message = `Parameter [${parameterName}] value is invalid.`;
  return new Refusal(400, 'CMN-101', message, { parameterName, ...parameterValue });
}

/** What was asked for belongs to another extension. */
export function otherExtension(): Refusal {
  return new Refusal(403, 'CMN-404', 'Operation on behalf of another extension is not allowed');
}

/** The platform does not do this here, whatever the state of the call. */
export function notAllowed(): Refusal {
  return new Refusal(403, 'TAS-106', 'Operation is not allowed');
}

/** The value, unless it is a refusal: that is thrown. */
export function agreed<Value>(value: Value | Refusal): Value {
  if (value instanceof Refusal) throw value;
  return value;
}
