/** Asking everybody the same over HTTP, in turns. */
import type { Contestant } from '../contestants.ts';
import { failed, type Rounds } from '../findings.ts';
import { type Asked, closedLoop } from '../http-load.ts';
import type { Stage } from '../stage.ts';
import { percentile, say } from '../statistics.ts';
import type { UpstreamCounts } from '../upstream.ts';

export interface Rates {
  readonly contestant: Contestant;
  /** Answers a second. */
  readonly perSecond: Rounds;
  /** Upstream requests for each answer, long polls included. */
  readonly requests: Rounds;
  /** Microseconds of processor time for each answer: what other work on the machine changes least. */
  readonly processor: Rounds;
}

export interface Question {
  readonly work: string;
  readonly connections: number;
  /** What a connection asks next. */
  readonly next: (contestant: Contestant, connection: number) => Asked;
}

/** Warms everybody up, then takes the rounds in turns. An answer that is not true is reported as a failure. */
export async function takeRates(
  stage: Stage,
  question: Question,
  contestants: readonly Contestant[],
): Promise<Rates[]> {
  const load = (contestant: Contestant, duration: number) =>
    closedLoop({
      port: contestant.server.port,
      connections: question.connections,
      duration,
      next: (connection) => question.next(contestant, connection),
    });
  const rates = contestants.map((contestant) => ({
    contestant,
    perSecond: { name: contestant.name, values: [] as number[] },
    requests: { name: contestant.name, values: [] as number[] },
    processor: { name: contestant.name, values: [] as number[] },
  }));

  for (const contestant of contestants) {
    await stage.warm(contestant, 'http', (duration) => load(contestant, duration));
  }
  for (let round = 0; round < stage.pace.rounds; round += 1) {
    for (const { contestant, perSecond, requests, processor } of inTurn(rates, round)) {
      const before = await stage.upstream.counts();
      const worked = contestant.server.processorTime();
      const result = await load(contestant, stage.pace.round);
      processor.values.push(((contestant.server.processorTime() - worked) * 1_000) / result.answers);
      const after = await stage.upstream.counts();
      const spent = requestsOf(after) - requestsOf(before);
      perSecond.values.push(result.perSecond);
      requests.values.push(spent / result.answers);
      stage.say(
        `${contestant.name}: ${say(result.perSecond)}/s, ${say(processor.values.at(-1) ?? 0)} µs each, p50 ${say(percentile(result.delays, 0.5))} ms, p99 ${say(percentile(result.delays, 0.99))} ms`,
      );
      if (result.untrue > 0) {
        const what = `${result.untrue} of ${result.answers} answers: ${result.example}`;
        stage.report(failed(question.work, `untrue answers of ${contestant.name}`, what));
      }
    }
  }
  return rates;
}

/** Whoever came first in one round comes last in the next: what changes slowly on the machine is nobody's luck. */
export function inTurn<Item>(items: readonly Item[], round: number): readonly Item[] {
  return round % 2 === 0 ? items : items.toReversed();
}

function requestsOf({ reads, polls, commands }: UpstreamCounts): number {
  return reads + polls + commands;
}

/** The rates of one contestant, or undefined where it did not take part. */
export function ratesOf(rates: readonly Rates[], name: Contestant['name']): Rates | undefined {
  return rates.find(({ contestant }) => contestant.name === name);
}
