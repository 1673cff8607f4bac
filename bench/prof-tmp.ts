import { createAudience } from './audience.ts';
import { pinLoad } from './machine.ts';
import { SELECTIONS } from './operations.ts';
import { createStage } from './stage.ts';
import { changeAsFastAsSeen } from './works/changes.ts';
import { introduce, seatAt } from './works/seats.ts';

pinLoad();
const stage = await createStage({ full: false, warmUp: 1, warmUpAgain: 1, round: 1, rounds: 1 }, null, []);
const upstream = await stage.ownUpstream({ push: true });
const prof = process.env.PROF ? ['--cpu-prof', '--cpu-prof-dir=/tmp/prof', '--cpu-prof-interval=500'] : [];
const g = await stage.own('ours', { args: prof, env: { LIVE_SOURCE: 'push' } }, upstream);
const sessions = Array.from({ length: 500 }, (_, i) => 6_000_000 + i);
const audience = createAudience(upstream);
await introduce(
  g,
  Array.from({ length: 100 }, (_, v) => v),
);
await audience.admit(
  sessions.flatMap((s) => Array.from({ length: 4 }, (_, k) => seatAt(g, s % 100, [s], SELECTIONS[k % 3]))),
);
for (let i = 0; i < 6; i++) {
  const before = await upstream.counts();
  const cpu = g.server.processorTime();
  const { changes, seconds } = await changeAsFastAsSeen(audience, sessions, 32, 3000);
  const after = await upstream.counts();
  console.log(
    (changes / seconds).toFixed(0),
    'changes/s',
    ((g.server.processorTime() - cpu) / changes).toFixed(2),
    'ms cpu each',
    'reads',
    after.reads - before.reads,
    'polls',
    after.polls - before.polls,
  );
}
audience.stop();
await g.server.stop();
await stage.stop();
process.exit();
