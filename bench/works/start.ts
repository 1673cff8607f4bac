/** From `node dist/src/main.js` to its first answer, and what it has taken by then. */
import { tokenOf } from '../calls.ts';
import { microseconds } from '../clock.ts';
import type { ContestantName } from '../contestants.ts';
import { atMost } from '../findings.ts';
import { isTrue, openConnection, postRequest } from '../http-load.ts';
import type { ServerOptions } from '../machine.ts';
import type { Stage } from '../stage.ts';

const WORK = 'start';

/** Starts it again and again, as it is deployed and as a newcomer starts it. */
export async function start(stage: Stage): Promise<void> {
  await startedAs('before RingCentral', tokenOf(1), stage);
  await startedAs('with the simulator', 'sim-101', stage, {
    env: { RINGCENTRAL_SERVER_URL: '', SIMULATOR: 'on' },
  });
}

async function startedAs(
  how: string,
  token: string,
  stage: Stage,
  more: Partial<ServerOptions> = {},
): Promise<void> {
  const seconds: number[] = [];
  const megabytes: number[] = [];
  for (let round = 0; round < (stage.pace.full ? 9 : 3); round += 1) {
    const started = await startOnce('ours', token, stage, more);
    seconds.push(started.seconds);
    megabytes.push(started.megabytes);
  }
  stage.report(
    atMost(
      { work: WORK, measure: `seconds to the first answer, ${how}`, ours: { name: 'ours', values: seconds } },
      0.6,
    ),
    atMost(
      { work: WORK, measure: `MB resident then, ${how}`, ours: { name: 'ours', values: megabytes } },
      80,
    ),
  );
}

/** Starts a contestant once, until its first answer. */
export async function startOnce(
  name: ContestantName,
  token: string,
  stage: Stage,
  more: Partial<ServerOptions> = {},
): Promise<{ readonly seconds: number; readonly megabytes: number }> {
  const { server } = await stage.own(name, more);
  const accepted = microseconds();
  const connection = await openConnection(server.port);
  const answer = await connection.send(postRequest('/graphql', token, '{"query":"{ __typename }"}'));
  const seconds = (server.acceptedAfter + microseconds() - accepted) / 1_000_000;
  const megabytes = server.resident() / 1_000_000;
  connection.close();
  await server.stop();
  if (!isTrue(answer, ['"__typename":"Query"'])) throw new Error(`It answered ${answer.body.toString()}`);
  return { seconds, megabytes };
}
