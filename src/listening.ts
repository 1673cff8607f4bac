/** Why nothing can listen at an address, as the setting to mend. */
import { type Config, InvalidSettings } from './config.ts';

/** What keeps a server from listening, by the code of its error. */
const PORT_PROBLEMS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'at which another program listens',
  EACCES: 'at which this user may not listen',
};
const HOST_PROBLEMS: ReadonlySet<string> = new Set(['EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EINVAL']);

/** The setting to mend when nothing can listen there; null for an error of another kind. */
export function whyNotListening(
  error: unknown,
  { host, port }: Pick<Config, 'host' | 'port'>,
): InvalidSettings | null {
  const { code = '' } = error as NodeJS.ErrnoException;
  const problem = PORT_PROBLEMS[code];
  if (problem !== undefined) {
    return new InvalidSettings([
      `PORT: read "${port}", ${problem} (${code} on ${host}); allowed is a free port, or 0 for any.`,
    ]);
  }
  if (!HOST_PROBLEMS.has(code)) return null;
  return new InvalidSettings([
    `HOST: read "${host}", which is no address of this machine (${code}); ` +
      'allowed is one that is, like 127.0.0.1, or 0.0.0.0 for all of them.',
  ]);
}
