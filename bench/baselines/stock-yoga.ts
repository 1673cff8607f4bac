/**
 * What one gets from the documentation: graphql-yoga with graphql-ws as their recipe says, the same schema as
 * ours, resolvers over got, and `createPubSub` between one long poll for each call and its subscribers.
 */
import { createServer } from 'node:http';
import type { ExecutionArgs, execute, subscribe } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { createPubSub, createYoga } from 'graphql-yoga';
import { WebSocketServer } from 'ws';
import { type CallParty, type CallSession, findParty, type PartyAddress } from '../../schema/model.ts';
import type { CallPartyUpdate, CallProvider, CommandResult } from '../../schema/provider.ts';
import { createPoller } from './poller.ts';

// Ours runs compiled, so does this: the loader of this file would wrap every function of the schema.
const built = new URL('../../dist/', import.meta.url).href;
const { schema }: typeof import('../../schema/index.ts') = await import(`${built}schema/index.js`);
const { createContext }: typeof import('../../schema/context.ts') = await import(`${built}schema/context.js`);
const { toParty, toSession }: typeof import('../../src/ringcentral/translate.ts') = await import(
  `${built}src/ringcentral/translate.js`
);

const poller = createPoller(process.env.UPSTREAM ?? '');
const pubSub = createPubSub<{ changed: [call: string, update: CallPartyUpdate] }>();
/** The calls that are followed, by token and id. */
const followed = new Map<string, Promise<CallSession>>();

const yoga = createYoga({
  schema,
  logging: 'error',
  graphiql: false,
  context: ({ request, connectionParams }: { request?: Request; connectionParams?: Headers }) =>
    contextOf(request?.headers.get('authorization') ?? connectionParams?.authorization ?? ''),
});
interface Headers {
  readonly authorization?: string;
}

const server = createServer(yoga);
useServer(
  {
    execute: (args) => (args as Recipe).rootValue.execute(args),
    subscribe: (args) => (args as Recipe).rootValue.subscribe(args),
    async onSubscribe(context, _id, { query, operationName, variables }) {
      const enveloped = yoga.getEnveloped({ connectionParams: context.connectionParams });
      const args: Recipe = {
        schema: enveloped.schema,
        operationName,
        document: enveloped.parse(query),
        variableValues: variables,
        contextValue: await enveloped.contextFactory(),
        rootValue: { execute: enveloped.execute, subscribe: enveloped.subscribe },
      };
      const errors = enveloped.validate(args.schema, args.document);
      return errors.length > 0 ? errors : args;
    },
  },
  new WebSocketServer({ server, path: yoga.graphqlEndpoint }),
);
server.listen(Number(process.env.PORT), '127.0.0.1');

interface Recipe extends ExecutionArgs {
  rootValue: { execute: typeof execute; subscribe: typeof subscribe };
}

function contextOf(authorization: string) {
  return createContext({ provider: createProvider(authorization), requestId: 'bench' });
}

/** Only what the benchmark asks for. */
function createProvider(authorization: string): CallProvider {
  return {
    callSession: (id) => readSession(id),
    callParty: async ({ sessionId, partyId }) => findParty(await readSession(sessionId), partyId) ?? null,
    callPartyUpdates: (sessionId) => updates(sessionId, authorization),
    async command(command): Promise<CommandResult> {
      const verb = command.name === 'holdCallParty' ? 'hold' : 'unhold';
      const { sessionId, partyId } = command as typeof command & PartyAddress;
      const answer = await poller.command(`${sessionId}/parties/${partyId}/${verb}`, authorization);
      const party = toParty(answer, sessionId, Date.now());
      return { outcome: 'APPLIED', replayed: false, error: null, session: null, party, recording: null };
    },
    availableActions: () => [],
    viewer: notAsked,
    activeCalls: notAsked,
    devices: notAsked,
    forwardingNumbers: notAsked,
    callEvents: notAsked,
    activeCallUpdates: notAsked,
    activeCallEvents: notAsked,
    liveSource: () => null,
    signInSessions: async () => [],
    endSignInSession: async () => false,
    // Nothing of the account is asked.
    account: {} as CallProvider['account'],
  };

  async function readSession(id: string): Promise<CallSession> {
    return toSession(await poller.read(id, authorization), Date.now());
  }
}

function notAsked(): never {
  throw new Error('The benchmark does not ask for this');
}

async function* updates(sessionId: string, authorization: string): AsyncGenerator<CallPartyUpdate> {
  const call = `${authorization} ${sessionId}`;
  const changes = pubSub.subscribe('changed', call);
  const session = await (followed.get(call) ?? follow(call, sessionId, authorization));
  for (const party of session.parties) yield { party, session };
  yield* changes;
}

function follow(call: string, sessionId: string, authorization: string): Promise<CallSession> {
  const first = new Promise<CallSession>((resolve) => {
    let known: CallSession | null = null;
    poller.follow(sessionId, authorization, (body) => {
      const session = toSession(body, Date.now());
      followed.set(call, Promise.resolve(session));
      for (const party of session.parties) {
        if (known !== null && isNew(party, known)) pubSub.publish('changed', call, { party, session });
      }
      known = session;
      resolve(session);
    });
  });
  followed.set(call, first);
  return first;
}

/** Names and states are all that changes here. */
function isNew(party: CallParty, known: CallSession): boolean {
  const before = findParty(known, party.id);
  return before?.status.code !== party.status.code || before.to?.name !== party.to?.name;
}
