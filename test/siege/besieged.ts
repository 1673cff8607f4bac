/**
 * A gateway in a process of its own, told by environment variables as ever, that forgets fast: what is kept for a minute is
 * kept for two seconds, so that it can be seen to be let go. On SIGUSR2 it collects its garbage.
 */
import { readConfig } from '../../src/config.ts';
import { createGateway } from '../../src/gateway.ts';
import { createLog } from '../../src/telemetry/log.ts';

const config = readConfig(process.env);
const log = createLog(config.logLevel);
const gateway = await createGateway(config, {
  log,
  live: { limits: { linger: 500, retention: 2_000, queryLinger: 1_000 } },
  account: { look: 2_000 },
});
log.info({}, `Besieged: ${gateway.url}`);
process.on('SIGUSR2', () => globalThis.gc?.());
process.once('SIGTERM', () => void gateway.stop().then(() => process.exit(0)));
