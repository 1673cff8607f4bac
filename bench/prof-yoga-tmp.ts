import { createAudience } from './audience.ts';
import { pinLoad } from './machine.ts';
import { SELECTIONS } from './operations.ts';
import { createStage } from './stage.ts';
import { changeAsFastAsSeen } from './works/changes.ts';
import { introduce, seatAt } from './works/seats.ts';

pinLoad();
const stage = await createStage({ full: false, warmUp: 1, warmUpAgain: 1, round: 1, rounds: 1 }, null, []);
const upstream = await stage.ownUpstream({ push: true });
const both = [];
for (const [name, first] of [
  ['ours', 6_000_000],
  ['stock Yoga', 6_100_000],
] as const) {
  const g = await stage.own(name, name === 'ours' ? { env: { LIVE_SOURCE: 'push' } } : {}, upstream);
  const sessions = Array.from({ length: 500 }, (_, i) => first + i);
  const audience = createAudience(upstream);
  await introduce(
    g,
    Array.from({ length: 100 }, (_, v) => v),
  );
  await audience.admit(
    sessions.flatMap((s) => Array.from({ length: 4 }, (_, k) => seatAt(g, s % 100, [s], SELECTIONS[k % 3]))),
  );
  await changeAsFastAsSeen(audience, sessions, 32, 6000);
  both.push({ name, g, sessions, audience });
}
for (let i = 0; i < 4; i++)
  for (const { name, g, sessions, audience } of both) {
    const cpu = g.server.processorTime();
    const { changes, seconds } = await changeAsFastAsSeen(audience, sessions, 32, 2000);
    console.log(
      name,
      (changes / seconds).toFixed(0),
      'changes/s',
      ((g.server.processorTime() - cpu) / changes).toFixed(2),
      'ms cpu each',
    );
  }
for (const b of both) {
  b.audience.stop();
  await b.g.server.stop();
}
await stage.stop();
process.exit();
