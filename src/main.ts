/** The command: checks the settings, starts the gateway, says where it is, and ends it well. */
import { type Config, InvalidSettings, readConfig } from './config.ts';
import { createGateway, type Gateway } from './gateway.ts';
import { createLog } from './telemetry/log.ts';
import { standardOutput } from './telemetry/outlet.ts';
import { createTerminal } from './telemetry/terminal.ts';

/** For the last lines of the log, where whoever reads it is slow. */
const LAST_WORDS = 200; // milliseconds

const config = settingsOrExit();
const log = createLog(config.logLevel, process.stdout.isTTY ? await createTerminal() : undefined);
/** Null: it has not started yet. */
let gateway: Gateway | null = null;
let isEnding = false;

// What nobody caught, nobody foresaw: what it left undone nobody knows, and clients are better off elsewhere. Promises that
// reject unheard come here, too.
process.on('uncaughtException', (error, origin) => {
  // The first one says what went wrong; what follows, while it ends, are its sequels.
  const level = process.exitCode === 1 ? 'debug' : 'fatal';
  process.exitCode = 1;
  log[level]({ err: error, origin }, 'The gateway met a defect, and ends');
  if (!isEnding) void end();
});

try {
  gateway = await createGateway(config, { log });
  const page = config.graphiql ? `GraphiQL: ${gateway.url}` : `GraphQL: ${gateway.url}`;
  log.info(
    { simulator: gateway.simulatorUrl ?? undefined, metrics: gateway.metricsUrl ?? undefined },
    `${page} (${callsOf(config)})`,
  );

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // Whoever asks twice does not want to wait.
      if (isEnding) process.exit(1);
      log.info({ signal }, 'Draining');
      void end();
    });
  }
} catch (error) {
  if (error instanceof InvalidSettings) exitBecauseOf(error);
  log.fatal({ err: error }, 'The gateway could not start');
  // What has started already, like the simulator, would keep the process alive.
  process.exit(1);
}

/** Drains what has started, and exits: with 1 where a defect was met. */
async function end(): Promise<never> {
  isEnding = true;
  try {
    await gateway?.stop();
  } catch (error) {
    log.fatal({ err: error }, 'The gateway did not end well');
    process.exitCode = 1;
  }
  await standardOutput().flushed(LAST_WORDS);
  process.exit();
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
