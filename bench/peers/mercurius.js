/**
 * The fastest GraphQL server for Node that people know: mercurius with graphql-jit, over undici, with the
 * project's schema. `FROM_MEMORY=on`: it reads a session once and answers from what it has ever after (and so
 * does not tell the truth; it shows what execution alone costs).
 */
import { readFileSync } from 'node:fs';
import Fastify from 'fastify';
import mercurius from 'mercurius';
import { Agent, request } from 'undici';

const dispatcher = new Agent();
const sessions = `${process.env.UPSTREAM}/restapi/v1.0/account/~/telephony/sessions`;
const known = new Map();

const toEnum = (text) => text.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();

const toParty = (party) => ({
  ...party,
  direction: toEnum(party.direction),
  status: { ...party.status, code: toEnum(party.status.code) },
});

async function ask(path, method, { authorization }) {
  const { statusCode, body } = await request(`${sessions}/${path}`, {
    method,
    headers: { authorization },
    dispatcher,
  });
  const answer = await body.json();
  if (statusCode >= 400) throw new Error(`Upstream answered ${statusCode}`);
  return answer;
}

async function readSession(id, context) {
  const session = await ask(id, 'GET', context);
  return { ...session, parties: session.parties.map(toParty) };
}

async function readSessionOnce(id, context) {
  const key = `${context.authorization} ${id}`;
  if (!known.has(key)) known.set(key, await readSession(id, context));
  return known.get(key);
}

const callSession = process.env.FROM_MEMORY === 'on' ? readSessionOnce : readSession;

const command = (verb) => async (_, { input: { sessionId, partyId } }, context) => ({
  outcome: 'APPLIED',
  party: toParty(await ask(`${sessionId}/parties/${partyId}/${verb}`, 'POST', context)),
});

const app = Fastify({ logger: false });
app.register(mercurius, {
  schema: readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'),
  resolvers: {
    Query: { callSession: (_, { id }, context) => callSession(id, context) },
    Mutation: { holdCallParty: command('hold'), unholdCallParty: command('unhold') },
  },
  context: ({ headers }) => ({ authorization: headers.authorization }),
  jit: 1,
});
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
