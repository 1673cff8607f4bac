/** The log: one JSON line each on stdout, pretty on a terminal, and never a secret in it. */
import { type DestinationStream, type LevelWithSilent, type Logger, type LoggerOptions, pino } from 'pino';

export type Log = Logger;

/** Paths that hold a secret wherever an object of ours is logged. */
const SECRET_PATHS = [
  'authorization',
  'cookie',
  'token',
  'access_token',
  'refresh_token',
  'assertion',
  'jwt',
].flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

/** Makes the log of a gateway; `destination` is for tests that read it back. */
export function createLog(level: LevelWithSilent, destination?: DestinationStream): Log {
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRET_PATHS, censor: '[redacted]' },
    formatters: { level: (label) => ({ level: label }) },
    hooks: {
      // The last door: whatever text or error gets here has its secrets and phone numbers cut.
      streamWrite: withoutSecrets,
    },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

const BEARER = /(Bearer|Basic) +[\w.~+/=-]+/gi;
/** As it stands in text, and in a URL. */
const PHONE_NUMBER = /(\+|%2B)\d{4,}(?=\d{3})/gi;

/**
 * Cuts bearer tokens and all but the last three digits of a phone number.
 *
 * ```ts
 * withoutSecrets('call from +12025550147') // 'call from +…147'
 * ```
 */
export function withoutSecrets(line: string): string {
  return line.replace(BEARER, '$1 [redacted]').replace(PHONE_NUMBER, '$1…');
}

/** Lines for a person at a terminal. Loaded only there: a server that writes JSON starts without it. */
export async function createTerminal(): Promise<DestinationStream> {
  const { default: pretty } = await import('pino-pretty');
  return pretty({ colorize: true, ignore: 'pid,hostname', translateTime: 'HH:MM:ss', sync: true });
}
