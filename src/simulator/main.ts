/** The command: runs the simulator alone, until it is told to stop. */
import { createSimulator } from './server.ts';

const DEFAULT_PORT = 4010;

const port = portOrExit(process.env.SIMULATOR_PORT);
try {
  const simulator = await createSimulator({ port });
  process.stdout.write(`RingCentral simulator: ${simulator.url} (tokens: ${simulator.tokens.join(', ')})\n`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void simulator.stop());
  }
} catch (error) {
  process.stderr.write(`${whyNot(error)}\n`);
  process.exitCode = 1;
}

function whyNot(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const read = `SIMULATOR_PORT is ${port}, at which`;
  if (code === 'EADDRINUSE')
    return `${read} another program listens (${code}): take a free one, or 0 for any`;
  if (code === 'EACCES')
    return `${read} this user may not listen (${code}): take one above 1023, or 0 for any`;
  return `The simulator could not start: ${message}`;
}

function portOrExit(value: string | undefined): number {
  if (value === undefined || value === '') return DEFAULT_PORT;
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value);
  process.stderr.write(`SIMULATOR_PORT is ${JSON.stringify(value)}, but must be a port from 0 to 65535\n`);
  process.exit(1);
}
