/**
 * The process of one attack: `attacker.ts <attack> <port> <milliseconds>`. It tells when it is ready, begins, and tells at the
 * end what came of it, a line of JSON each. A process of its own, so that what it costs does not slow the clock of the good user.
 */
import { setMaxListeners } from 'node:events';
import { ATTACKS } from './attacks.ts';

const [name = '', port, duration] = process.argv.slice(2);
const attack = ATTACKS[name];
if (attack === undefined) throw new Error(`There is no attack "${name}"`);

const begin = await attack.prepare(Number(port));
process.stdout.write('"ready"\n');

const happened: Record<string, number> = {};
const over = AbortSignal.timeout(Number(duration));
setMaxListeners(0, over);
await begin({
  port: Number(port),
  duration: Number(duration),
  over,
  note(what) {
    happened[what] = (happened[what] ?? 0) + 1;
  },
});
process.stdout.write(`${JSON.stringify(happened)}\n`, () => process.exit());
