/** The command: checks the settings, starts the gateway, says where it is, and ends it well. */
import { type Config, InvalidSettings, readConfig } from './config.ts';
import { createGateway } from './gateway.ts';
import { createLog } from './telemetry/log.ts';
import { standardOutput } from './telemetry/outlet.ts';
import { createTerminal } from './telemetry/terminal.ts';

/** For the last lines of the log, where whoever reads it is slow. */
const LAST_WORDS = 200; // milliseconds

const config = settingsOrExit();
const log = createLog(config.logLevel, process.stdout.isTTY ? await createTerminal() : undefined);

try {
  const gateway = await createGateway(config, { log });
  const page = config.graphiql ? `GraphiQL: ${gateway.url}` : `GraphQL: ${gateway.url}`;
  log.info(
    { simulator: gateway.simulatorUrl ?? undefined, metrics: gateway.metricsUrl ?? undefined },
    `${page} (${callsOf(config)})`,
  );

  let ending = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // Whoever asks twice does not want to wait.
      if (ending) process.exit(1);
      ending = true;
      log.info({ signal }, 'Draining');
      void gateway
        .stop()
        .then(() => standardOutput().flushed(LAST_WORDS))
        .then(() => process.exit(0));
    });
  }
} catch (error) {
  if (error instanceof InvalidSettings) exitBecauseOf(error);
  log.fatal({ err: error }, 'The gateway could not start');
  // What has started already, like the simulator, would keep the process alive.
  process.exit(1);
}

function settingsOrExit() {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof InvalidSettings)) throw error;
    exitBecauseOf(error);
  }
}

/** Whose calls these are. */
function callsOf({ ringCentral, genesys }: Config): string {
  const systems = { RingCentral: ringCentral, 'Genesys Cloud': genesys };
  const on = Object.entries(systems).filter(([, { kind }]) => kind !== 'off');
  if (on.every(([, { kind }]) => kind === 'played')) return 'simulated calls';
  const calls = on.map(([name, place]) =>
    place.kind === 'real' ? `calls of ${place.url}` : `simulated calls of ${name}`,
  );
  return calls.join(', ') + (ringCentral.kind === 'off' ? '; RingCentral is off' : '');
}

function exitBecauseOf({ problems }: InvalidSettings): never {
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exit(1);
}
