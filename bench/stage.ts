/** Where the works are performed: who takes part, how long a round is, and what was found so far. */
import {
  type Contestant,
  type ContestantName,
  composeHive,
  PEERS,
  startContestant,
  startUpstream,
  type Upstream,
  type UpstreamManner,
} from './contestants.ts';
import { type Finding, notMeasured } from './findings.ts';
import type { ServerOptions } from './machine.ts';

/** How long everything takes, in milliseconds. */
export interface Pace {
  readonly full: boolean;
  /** Of a server that has not been asked anything like it yet. */
  readonly warmUp: number;
  /** Of a server that is warm from a work of the same kind. */
  readonly warmUpAgain: number;
  readonly round: number;
  readonly rounds: number;
  /** What goes on at its own pace is looked at for so long: tens of seconds, because that is how often some of it happens. */
  readonly look: number;
}

export interface Stage {
  readonly pace: Pace;
  readonly upstream: Upstream;
  /**
   * The peers of this run: none in a short round, no Hive Gateway without the published document, and nobody
   * who cannot be started, which is reported.
   */
  peers(start?: (name: ContestantName) => Promise<Contestant>): Promise<Contestant[]>;
  /** A contestant that the works share. */
  shared(name: ContestantName): Promise<Contestant>;
  /** A contestant of one's own, which is stopped with the work at the latest; `before` another upstream than that of the stage. */
  own(
    name: ContestantName,
    more?: Partial<ServerOptions>,
    before?: Pick<Upstream, 'port'>,
  ): Promise<Contestant>;
  /** Another upstream, likewise. */
  ownUpstream(manner: UpstreamManner): Promise<Upstream>;
  /** Gives a contestant its warm-up for one kind of work. */
  warm(contestant: Contestant, kind: string, load: (duration: number) => Promise<unknown>): Promise<void>;
  /** Has something stopped with the work, whatever happens before. */
  leaves(thing: Thing): void;
  report(...findings: readonly Finding[]): void;
  say(text: string): void;
  /** From now on everything takes so long. */
  keepPace(pace: Pace): void;
  /** Stops what a work has taken: it must not disturb the next one, also where it died before its end. */
  clear(): Promise<void>;
  stop(): Promise<void>;
}

interface Thing {
  stop(): unknown;
}

/** Sets the stage; `openapi` is the path of RingCentral's published document. */
export async function createStage(
  firstPace: Pace,
  openapi: string | null,
  findings: Finding[],
): Promise<Stage> {
  let pace = firstPace;
  const ofWork: Thing[] = [];
  const contestants = new Map<ContestantName, Contestant>();
  const warmed = new Set<string>();
  const upstream = await startUpstream();
  const ofStage: Thing[] = [upstream];

  async function start(
    things: Thing[],
    name: ContestantName,
    before: Pick<Upstream, 'port'>,
    more?: Partial<ServerOptions>,
  ): Promise<Contestant> {
    if (name === 'Hive Gateway' && openapi !== null) things.push(composeHive(openapi, before));
    const contestant = await startContestant(name, before, more);
    things.push(contestant.server);
    return contestant;
  }

  const shared: Stage['shared'] = async (name) => {
    const contestant = contestants.get(name) ?? (await start(ofStage, name, upstream));
    contestants.set(name, contestant);
    return contestant;
  };

  const clear = () => stopAll(ofWork.splice(0));

  const report: Stage['report'] = (...found) => {
    findings.push(...found);
    for (const { measure, ours, against, result, goal, met } of found) {
      const verdict = met === null ? '' : met ? '✓' : '✗';
      const facts = [ours, against, result].filter((fact) => fact !== '').join('; ');
      process.stdout.write(`  ${measure}: ${facts} ${goal} ${verdict}\n`);
    }
  };

  return {
    get pace() {
      return pace;
    },
    upstream,
    own: (name, more, before = upstream) => start(ofWork, name, before, more),
    shared,
    report,
    async peers(startPeer = shared) {
      const present: Contestant[] = [];
      for (const name of pace.full ? PEERS : []) {
        if (name === 'Hive Gateway' && openapi === null) continue;
        try {
          present.push(await startPeer(name));
        } catch (error) {
          report(notMeasured('peers', name, String(error)));
        }
      }
      return present;
    },
    async ownUpstream(manner) {
      const other = await startUpstream(manner);
      ofWork.push(other);
      return other;
    },
    async warm({ name, server }, kind, load) {
      const key = `${server.pid} ${kind}`;
      const duration = warmed.has(key) ? pace.warmUpAgain : pace.warmUp;
      process.stdout.write(`  warming up ${name} for ${duration / 1_000} s\n`);
      warmed.add(key);
      await load(duration);
    },
    leaves: (thing) => ofWork.push(thing),
    say: (text) => process.stdout.write(`  ${text}\n`),
    keepPace(next) {
      pace = next;
    },
    clear,
    async stop() {
      await clear();
      await stopAll(ofStage);
    },
  };
}

async function stopAll(things: readonly Thing[]): Promise<void> {
  await Promise.all(things.map(async (thing) => thing.stop()));
}
