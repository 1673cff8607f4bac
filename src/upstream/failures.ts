/** What a failed request means, as far as it is the same for every phone system: no answer, or none that can be read. */
import { ReadError, RequestError } from 'got';
import {
  type CallControlFailure,
  UpstreamBadResponse,
  type UpstreamTrace,
  UpstreamUnavailable,
} from '../../schema/failures.ts';
import { headerOf, type WithHeaders } from '../answer-headers.ts';
import { withoutSecrets } from '../telemetry/log.ts';

/** An HTTP answer as it came. */
export interface RawAnswer extends WithHeaders {
  readonly status: number;
  readonly text: string;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
}

/** False for a web page: a proxy or a portal on the way wrote that, whatever its status says. */
export function isOfTheSystem(answer: Pick<RawAnswer, 'headers' | 'text'>): boolean {
  const type = headerOf(answer, 'content-type') ?? '';
  return !/^\s*</.test(answer.text) && !/^\s*text\/html/i.test(type);
}

/** What an answer of 200 to 299 means whose body cannot be read. */
export function unreadable(
  system: string,
  answer: RawAnswer,
  trace: UpstreamTrace,
  cause?: unknown,
): UpstreamBadResponse {
  const kind = isOfTheSystem(answer) ? 'something that is not JSON' : 'a web page';
  return new UpstreamBadResponse(
    `${system} answered ${kind} instead of a call.`,
    trace,
    cause === undefined ? {} : { cause },
  );
}

/** What it means when there was no whole answer. */
export function failureOfError(system: string, error: unknown): CallControlFailure {
  const options = { cause: error };
  if (error instanceof AnswerTooLarge) {
    return new UpstreamBadResponse(`${system} answered more than an answer can be.`, {}, options);
  }
  if (error instanceof NotAnAnswer) {
    return new UpstreamBadResponse(`${system} answered with ${error.instead}.`, {}, options);
  }
  if (error instanceof NoAnswerInTime) {
    const message = error.wasConnected
      ? `${system} did not answer in time.`
      : `${system} could not be reached in time.`;
    return new UpstreamUnavailable(message, error.wasConnected, {}, options);
  }
  if (error instanceof ReadError) {
    const status = error.response?.statusCode;
    return status !== undefined && status < 300
      ? new UpstreamBadResponse(`The answer of ${system} broke off.`, { status }, options)
      : new UpstreamUnavailable(`The answer of ${system} broke off.`, true, { status }, options);
  }
  const sent = !(error instanceof RequestError) || wasConnected(error);
  const message = sent ? `The connection to ${system} broke.` : `${system} could not be reached.`;
  return new UpstreamUnavailable(message, sent, {}, options);
}

/** Thrown while reading an answer that grows beyond any real one. */
export class AnswerTooLarge extends Error {
  override name = 'AnswerTooLarge';
}

/** Thrown when something comes that will never be an answer, like a change to another protocol. */
export class NotAnAnswer extends Error {
  override name = 'NotAnAnswer';

  /** `instead` says what came, in words that go on behind "… answered with". */
  constructor(readonly instead: string) {
    super(`There came ${instead}.`);
  }
}

/** Thrown when the time is up. */
export class NoAnswerInTime extends Error {
  override name = 'NoAnswerInTime';

  /** `wasConnected` is false when certainly not a byte of the request has left. */
  constructor(readonly wasConnected: boolean) {
    super('The time for the answer is up.');
  }
}

/** True where something did come, and asking again would bring the same. */
export function wasAnswered(error: unknown): boolean {
  return error instanceof AnswerTooLarge || error instanceof NotAnAnswer;
}

/** Before the connection stood, not a byte of the request can have left. */
function wasConnected(error: RequestError): boolean {
  return error.timings?.connect !== undefined;
}

/** The object that a text is as JSON; an empty one where it is none. */
export function parseObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** Text that says something; a longer one than any real one is cut before anything is looked for in it. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, LONGEST_TEXT) : undefined;
}

const URL_TEXT = /https?:\/\/\S+/gi;
const LONG_NUMBER = /\+?\d{7,}/g;
const LONGEST_MESSAGE = 300; // characters
const LONGEST_TEXT = 2_000; // characters

/** The system's own words, without what must not be repeated. */
export function speakable(message: string | undefined): string | undefined {
  if (message === undefined) return undefined;
  return withoutSecrets(message.slice(0, LONGEST_TEXT))
    .replace(URL_TEXT, '…')
    .replace(LONG_NUMBER, '…')
    .slice(0, LONGEST_MESSAGE);
}
