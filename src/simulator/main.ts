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
  process.stderr.write(`The simulator could not start: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}

function portOrExit(value: string | undefined): number {
  if (value === undefined || value === '') return DEFAULT_PORT;
  if (/^\d{1,5}$/.test(value) && Number(value) <= 65_535) return Number(value);
  process.stderr.write(`SIMULATOR_PORT is ${JSON.stringify(value)}, but must be a port from 0 to 65535\n`);
  process.exit(1);
}
