/** The log: one JSON line each on stdout, pretty on a terminal, and never a secret in it. */
import { type DestinationStream, type LevelWithSilent, type Logger, type LoggerOptions, pino } from 'pino';
import { type Outlet, standardOutput } from './outlet.ts';

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

/** Makes the log of a gateway; `destination` is for tests that read it back, and for a terminal. */
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
  return destination === undefined ? tellingLosses(standardOutput(), options) : pino(options, destination);
}

/** A log that says how many of its lines were lost, once it can be written again. */
function tellingLosses(outlet: Outlet, options: LoggerOptions): Log {
  const log = pino(options, outlet);
  outlet.onRecovered = ({ lines, ms }) =>
    log.warn({ lines, ms: Math.round(ms) }, 'The log could not be written for a while: lines are lost');
  return log;
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
