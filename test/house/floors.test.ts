/** The house: which file may import which (the floors are listed from the cellar to the roof). */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * A file imports only from floors below its own, so that it can be read and tested without what stands above
 * it. A path that ends with `/` is every file below it that no other line names.
 */
const FLOORS: readonly (readonly string[])[] = [
  ['src/spelling.ts', 'src/settings.ts'],
  ['src/cross-checks.ts'],
  // 0 words
  [
    'src/alarm.ts',
    'src/answer-headers.ts',
    'src/hosts.ts',
    'src/loop.ts',
    'src/or-aborted.ts',
    'src/or-noted.ts',
    'src/telemetry/outlet.ts',
    'src/tokens.ts',
    'src/turnstile.ts',
    'src/up-to.ts',
  ],
  [
    'schema/activity.ts',
    'schema/genesys/actions.ts',
    'schema/genesys/model.ts',
    'schema/model.ts',
    'schema/systems.ts',
    'src/ringcentral/wire.ts',
    'src/config.ts',
    'src/telemetry/',
  ],
  ['schema/failures.ts', 'src/listening.ts'],
  // What gateways share
  ['src/commons/commons.ts', 'src/commons/scripts.ts', 'src/commons/seal.ts'],
  [
    'src/commons/in-process.ts',
    'src/commons/keys.ts',
    'src/commons/lease.ts',
    'src/commons/client.ts',
    'src/commons/secret.ts',
    'src/commons/waiting.ts',
  ],
  ['src/commons/connection.ts'],
  ['src/commons/redis-log.ts'],
  ['src/commons/redis.ts'],
  // Browser sessions
  ['src/sign-in/systems.ts'],
  [
    'src/sign-in/json.ts',
    'src/sign-in/problems.ts',
    'src/sign-in/sealer.ts',
    'src/sign-in/cookies.ts',
    'src/sign-in/places.ts',
  ],
  [
    'src/sign-in/authorization-server.ts',
    'src/sign-in/begun.ts',
    'src/sign-in/ids.ts',
    'src/sign-in/pages.ts',
  ],
  ['src/sign-in/account.ts'],
  ['src/sign-in/genesys.ts', 'src/sign-in/replies.ts', 'src/sign-in/store.ts'],
  ['src/sign-in/renewal.ts'],
  ['src/sign-in/keeper.ts', 'src/sign-in/wishes.ts'],
  ['src/sign-in/accounts.ts'],
  ['src/sign-in/sessions.ts'],
  ['src/sign-in/telling.ts'],
  ['src/sign-in/sign-in.ts'],
  // 1 promise
  ['schema/telling.ts', 'schema/account/model.ts'],
  ['schema/account/provider.ts'],
  ['schema/provider.ts'],
  ['schema/genesys/provider.ts'],
  [
    'src/account/picture.ts',
    'src/account/waiting.ts',
    'schema/absent.ts',
    'schema/coarse.ts',
    'schema/settled.ts',
  ],
  ['src/account/looks.ts'],
  ['schema/account/loaders.ts', 'schema/genesys/reads.ts'],
  ['schema/context.ts'],
  ['schema/builder.ts', 'schema/checks.ts', 'schema/sdl.ts'],
  // 2 nouns
  ['schema/call.ts', 'schema/genesys/refs.ts', 'schema/genesys/words.ts'],
  ['schema/call-party.ts', 'schema/stream-words.ts'],
  ['schema/failure-types.ts', 'schema/active-call.ts', 'schema/sign-in-session.ts'],
  ['schema/call-session.ts', 'schema/command-shape.ts', 'schema/account/nouns.ts'],
  ['schema/account/connection.ts'],
  ['schema/account/extension.ts', 'schema/account/account-call.ts'],
  ['schema/account/call-queue.ts'],
  ['schema/command.ts'],
  ['schema/viewer.ts', 'schema/live-calls.ts'],
  // 3 verbs
  [
    'schema/genesys/entity.ts',
    'schema/genesys/checks.ts',
    'schema/genesys/command.ts',
    'schema/genesys/fields.ts',
  ],
  ['schema/genesys/details.ts', 'schema/genesys/placing.ts'],
  ['schema/'],
  ['schema/index.ts'],
  ['schema/print.ts'],
  // Below the phone systems
  [
    'src/upstream/long-numbers.ts',
    'src/upstream/caller.ts',
    'src/upstream/multipart.ts',
    'src/upstream/operation.ts',
    'src/upstream/rules.ts',
    'src/upstream/values.ts',
  ],
  [
    'src/upstream/budget-shares.ts',
    'src/upstream/doubt.ts',
    'src/upstream/failures.ts',
    'src/upstream/key-record.ts',
    'src/upstream/bearer.ts',
    'src/upstream/left-out.ts',
    'src/upstream/outage.ts',
    'src/upstream/rate-window.ts',
    'src/upstream/retry.ts',
    'src/upstream/setbacks.ts',
    'src/upstream/stored-result.ts',
    'src/upstream/token-inquiry.ts',
    'src/upstream/underway.ts',
    'src/upstream/vigil.ts',
  ],
  ['src/upstream/fleet-window.ts', 'src/upstream/upstream-system.ts', 'src/upstream/shared-keys.ts'],
  [
    'src/upstream/checks.ts',
    'src/upstream/hearing.ts',
    'src/upstream/token-pool.ts',
    'src/upstream/idempotency.ts',
    'src/upstream/shared-window.ts',
  ],
  [
    'src/upstream/gate.ts',
    'src/upstream/reading.ts',
    'src/upstream/renewed-token.ts',
    'src/upstream/token-pools.ts',
    'src/upstream/transport.ts',
  ],
  ['src/upstream/buckets.ts'],
  ['src/upstream/budget.ts'],
  ['src/upstream/http.ts'],
  // 4 parts that never meet
  ['src/ringcentral/outcomes.ts', 'src/ringcentral/actions.ts'],
  ['src/ringcentral/service-token.ts', 'src/ringcentral/session-record.ts'],
  ['src/ringcentral/shared-session.ts'],
  ['src/ringcentral/account/wire.ts', 'src/ringcentral/bodies.ts', 'src/ringcentral/rate-groups.ts'],
  ['src/ringcentral/operations.ts', 'src/ringcentral/failures.ts'],
  ['src/ringcentral/account/operations.ts'],
  ['src/ringcentral/system.ts'],
  ['src/ringcentral/auth.ts', 'src/ringcentral/commands.ts'],
  ['src/ringcentral/translate.ts', 'src/ringcentral/viewer.ts'],
  [
    'src/ringcentral/push/frames.ts',
    'src/ringcentral/push/listening.ts',
    'src/ringcentral/push/notifications.ts',
    'src/ringcentral/push/replay.ts',
  ],
  ['src/ringcentral/push/socket.ts'],
  ['src/ringcentral/push/answers.ts'],
  ['src/live/shape.ts'],
  ['src/account/kind.ts'],
  ['src/ringcentral/call-kind.ts'],
  ['src/ringcentral/call-list.ts', 'src/ringcentral/call-words.ts'],
  ['src/ringcentral/call-shape.ts'],
  [
    'src/live/source.ts',
    'src/live/clock.ts',
    'src/live/polling.ts',
    'src/live/exchange.ts',
    'src/live/replay.ts',
    'src/live/glimpses.ts',
    'src/live/goodbye.ts',
    'src/live/settling.ts',
    'src/live/shared/wishes.ts',
  ],
  ['src/account/source.ts'],
  ['src/ringcentral/push/filters.ts'],
  ['src/ringcentral/push/ear.ts', 'src/ringcentral/push/widening.ts'],
  [
    'src/live/transitions.ts',
    'src/live/shared-read.ts',
    'src/live/events.ts',
    'src/live/call-list.ts',
    'src/live/desk-pace.ts',
    'src/live/hold-limit.ts',
    'src/live/errand.ts',
    'src/live/shared/shared-replay.ts',
  ],
  [
    'src/live/readers.ts',
    'src/live/second-look.ts',
    'src/live/told.ts',
    'src/live/upstream-habits.ts',
    'src/live/list-events.ts',
    'src/live/who-was-seen.ts',
    'src/live/shared/board.ts',
    'src/live/shared/tidings.ts',
  ],
  [
    'src/live/call-memory.ts',
    'src/live/shared/duty.ts',
    'src/live/shared/ledger.ts',
    'src/live/shared/wish-cell.ts',
  ],
  ['src/live/shared/desk-duty.ts', 'src/live/shared/standing.ts'],
  ['src/live/shared/call-ledger.ts'],
  ['src/live/call-reads.ts'],
  [
    'src/simulator/forms.ts',
    'src/simulator/front.ts',
    'src/simulator/journal.ts',
    'src/simulator/rate-limits.ts',
    'src/simulator/refusals.ts',
    'src/simulator/timers.ts',
    'src/simulator/turns.ts',
    'src/simulator/company/extension.ts',
    'src/simulator/push/frames.ts',
    'src/simulator/genesys/participant.ts',
  ],
  [
    'src/simulator/era.ts',
    'src/simulator/rules.ts',
    'src/simulator/sign-in-sheet.ts',
    'src/simulator/company/people.ts',
    'src/simulator/company/rights.ts',
    'src/simulator/oauth/apps.ts',
    'src/simulator/oauth/logins.ts',
  ],
  ['src/simulator/account.ts'],
  ['src/simulator/company/groups.ts'],
  ['src/simulator/oauth/codes.ts', 'src/simulator/oauth/sessions.ts', 'src/simulator/genesys/people.ts'],
  ['src/simulator/genesys/login-pages.ts'],
  [
    'src/simulator/genesys/login.ts',
    'src/simulator/genesys/organisation.ts',
    'src/simulator/genesys/refusals.ts',
    'src/simulator/genesys/settings.ts',
  ],
  ['src/simulator/oauth/authorize.ts'],
  [
    'src/simulator/call.ts',
    'src/simulator/faults.ts',
    'src/simulator/fields.ts',
    'src/simulator/oauth/pages.ts',
    'src/simulator/settings.ts',
    'src/simulator/company/staff.ts',
  ],
  ['src/simulator/oauth/oauth.ts', 'src/simulator/replies.ts'],
  // 5, 6 wholes
  ['src/ringcentral/pages.ts'],
  ['src/ringcentral/account/presence.ts', 'src/ringcentral/account/translate.ts'],
  ['src/ringcentral/push/presence-news.ts'],
  ['src/ringcentral/account/bulk.ts'],
  ['src/ringcentral/push/orphans.ts', 'src/ringcentral/push/asking.ts'],
  ['src/ringcentral/push/held-subscription.ts'],
  ['src/ringcentral/push/listener.ts'],
  ['src/ringcentral/push/push.ts'],
  ['src/ringcentral/held-reads.ts'],
  ['src/ringcentral/call-control.ts'],
  ['src/ringcentral/account/client.ts', 'src/ringcentral/account/lists.ts'],
  ['src/ringcentral/account/choosing.ts', 'src/ringcentral/account/commands.ts'],
  ['src/live/watch.ts'],
  ['src/live/running-watch.ts'],
  ['src/live/newsroom.ts'],
  ['src/live/belief.ts'],
  ['src/live/shared/distant-watch.ts', 'src/live/telling.ts'],
  ['src/live/shared/call-sharing.ts'],
  ['src/live/call-course.ts', 'src/live/list-readers.ts', 'src/live/watched-call.ts'],
  ['src/live/call.ts', 'src/live/active-calls.ts'],
  ['src/live/shared/desk-sharing.ts'],
  ['src/live/beside.ts'],
  ['src/live/desk.ts'],
  ['src/ringcentral/account/reads.ts'],
  ['src/live/hub.ts'],
  [
    'src/account/sequence.ts',
    'src/account/errands.ts',
    'src/account/wishes.ts',
    'src/account/presence-memory.ts',
  ],
  ['src/account/change.ts'],
  ['src/account/account-memory.ts'],
  ['src/account/events.ts', 'src/account/asking.ts', 'src/account/tidings.ts'],
  ['src/account/call-reads.ts', 'src/account/rounds.ts'],
  ['src/account/surveyor.ts'],
  ['src/account/ledger-host.ts', 'src/account/shared-picture.ts', 'src/account/untold.ts'],
  ['src/account/ledger.ts'],
  ['src/account/readers.ts', 'src/account/sole-ledger.ts'],
  ['src/account/wants.ts'],
  ['src/account/hearing.ts'],
  ['src/account/desk.ts'],
  ['src/account/accounts.ts'],
  // Genesys Cloud, which never meets RingCentral
  ['src/genesys/bodies.ts', 'src/genesys/failures.ts', 'src/genesys/consulting.ts'],
  ['src/genesys/outcomes.ts', 'src/genesys/actions.ts', 'src/genesys/misnamed.ts'],
  ['src/genesys/values.ts', 'src/genesys/operations.ts', 'src/genesys/entity-names.ts'],
  [
    'src/genesys/commands.ts',
    'src/genesys/participant-details.ts',
    'src/genesys/person.ts',
    'src/genesys/system.ts',
  ],
  ['src/genesys/call-kind.ts', 'src/genesys/laying-over.ts', 'src/genesys/translate.ts'],
  ['src/genesys/call-words.ts'],
  ['src/genesys/call-shape.ts'],
  [
    'src/genesys/notifications/listening.ts',
    'src/genesys/notifications/messages.ts',
    'src/genesys/notifications/operations.ts',
    'src/genesys/notifications/events.ts',
  ],
  ['src/genesys/notifications/answers.ts', 'src/genesys/notifications/socket.ts'],
  ['src/genesys/notifications/listener.ts'],
  ['src/genesys/notifications/notifications.ts'],
  ['src/genesys/conversations.ts'],
  ['src/genesys/carrying-out.ts'],
  ['src/genesys/provider.ts'],
  ['src/ringcentral/account/provider.ts'],
  ['src/ringcentral/provider.ts'],
  ['src/simulator/deliveries.ts', 'src/simulator/push/events.ts', 'src/simulator/push/filters.ts'],
  ['src/simulator/bodies.ts', 'src/simulator/dialing.ts', 'src/simulator/switchboard.ts'],
  ['src/simulator/company/presence.ts'],
  ['src/simulator/company/active-calls.ts', 'src/simulator/queueing.ts'],
  ['src/simulator/push/subscriptions.ts', 'src/simulator/push/tokens.ts'],
  ['src/simulator/commands.ts'],
  ['src/simulator/placing.ts'],
  ['src/simulator/operation.ts', 'src/simulator/stage.ts', 'src/simulator/company/day.ts'],
  ['src/simulator/company/asking.ts'],
  [
    'src/simulator/call-operations.ts',
    'src/simulator/company/people-operations.ts',
    'src/simulator/company/presence-operations.ts',
    'src/simulator/company/queue-operations.ts',
    'src/simulator/directory.ts',
    'src/simulator/push/operations.ts',
  ],
  ['src/simulator/routes.ts', 'src/simulator/incoming.ts'],
  ['src/simulator/oauth/door.ts'],
  ['src/simulator/story.ts'],
  ['src/simulator/platform.ts'],
  ['src/simulator/push/sockets.ts'],
  // Genesys Cloud, beside it
  [
    'src/simulator/genesys/conversation.ts',
    'src/simulator/genesys/fields.ts',
    'src/simulator/genesys/rate-limits.ts',
    'src/simulator/genesys/notifications/topics.ts',
  ],
  [
    'src/simulator/genesys/acting.ts',
    'src/simulator/genesys/bodies.ts',
    'src/simulator/genesys/centre.ts',
    'src/simulator/genesys/moving.ts',
    'src/simulator/genesys/supervising.ts',
    'src/simulator/genesys/whole.ts',
  ],
  ['src/simulator/genesys/event-bodies.ts', 'src/simulator/genesys/legs.ts'],
  [
    'src/simulator/genesys/routing.ts',
    'src/simulator/genesys/placing.ts',
    'src/simulator/genesys/notifications/channels.ts',
  ],
  ['src/simulator/genesys/operation.ts', 'src/simulator/genesys/stage.ts'],
  [
    'src/simulator/genesys/changing.ts',
    'src/simulator/genesys/conferencing.ts',
    'src/simulator/genesys/reads.ts',
    'src/simulator/genesys/transferring.ts',
    'src/simulator/genesys/notifications/operations.ts',
  ],
  [
    'src/simulator/genesys/routes.ts',
    'src/simulator/genesys/story.ts',
    'src/simulator/genesys/notifications/sockets.ts',
  ],
  ['src/simulator/genesys/platform.ts', 'src/simulator/genesys/controls.ts'],
  ['src/simulator/genesys/cloud.ts'],
  ['src/simulator/controls.ts', 'src/simulator/troubles.ts'],
  ['src/simulator/server.ts'],
  ['src/simulator/main.ts'],
  // 7 doors
  ['src/server/by-operation.ts', 'src/server/weight.ts', 'src/server/graphiql-session.ts'],
  ['src/server/graphiql-bar.ts'],
  ['src/server/slices.ts'],
  ['src/server/meter.ts', 'src/server/variables.ts', 'src/server/masking.ts'],
  [
    'src/server/visitor.ts',
    'src/server/closing.ts',
    'src/server/second-stream.ts',
    'src/server/messages.ts',
    'src/server/crowd.ts',
    'src/server/bodies.ts',
    'src/server/fan-out.ts',
    'src/server/leaving.ts',
    'src/server/drain.ts',
    'src/server/compiled.ts',
    'src/server/document-rules.ts',
    'src/server/metrics-door.ts',
    'src/server/reach.ts',
    'src/server/limits.ts',
    'src/server/origins.ts',
    'src/server/patience.ts',
    'src/server/heartbeat.ts',
    'src/server/persisted.ts',
    'src/server/documents.ts',
    'src/server/unread.ts',
  ],
  [
    'src/server/strangers.ts',
    'src/server/credentials.ts',
    'src/server/people.ts',
    'src/server/sign-in-door.ts',
    'src/server/graphiql.ts',
    'src/server/simulated-page.ts',
  ],
  [
    'src/server/observe.ts',
    'src/server/pass-through.ts',
    'src/server/second-identity.ts',
    'src/server/session-gatekeeper.ts',
    'src/server/fast-path.ts',
    'src/server/connections.ts',
    'src/server/request-form.ts',
  ],
  [
    'src/server/gatekeeper.ts',
    'src/server/reception.ts',
    'src/server/arrival.ts',
    'src/server/coming-body.ts',
  ],
  ['src/server/session-reception.ts', 'src/server/contexts.ts'],
  ['src/server/answers.ts'],
  ['src/server/weighing.ts'],
  ['src/server/shared-subscription.ts'],
  ['src/server/graphql.ts'],
  ['src/server/refusals.ts', 'src/server/seat.ts'],
  ['src/server/admission.ts'],
  ['src/server/requests.ts', 'src/server/websocket.ts'],
  ['src/server/http.ts'],
  // A phone system, put together
  ['src/systems/system.ts', 'src/systems/genesys-people.ts'],
  ['src/systems/running.ts', 'src/systems/ringcentral-sign-in.ts', 'src/systems/genesys-sign-in.ts'],
  ['src/systems/ringcentral.ts', 'src/systems/genesys.ts'],
  ['src/signing-in.ts'],
  // 8 roof
  ['src/gateway.ts'],
  ['src/main.ts'],
];

const files = ['schema', 'src'].flatMap((folder) => sourcesBelow(folder));

describe('The house', () => {
  test('has a floor for every file', () => {
    expect(files.filter((file) => floorOf(file) === -1)).toEqual([]);
  });

  test('has each of them on one floor', () => {
    const named = FLOORS.flat();
    expect(named.filter((path, index) => named.indexOf(path) !== index)).toEqual([]);
  });

  test('lets a file import only from floors below its own', () => {
    const upward = files.flatMap((file) =>
      importsOf(file)
        .filter((imported) => floorOf(imported) >= floorOf(file))
        .map((imported) => `${file} imports ${imported}`),
    );
    expect(upward).toEqual([]);
  });

  test('keeps the phone systems from each other, and what they share from both', () => {
    const rooms = ['src/genesys/', 'src/ringcentral/', 'src/upstream/'];
    const met = files.flatMap((file) => {
      const own = rooms.find((room) => file.startsWith(room));
      const isForeign = (imported: string) =>
        rooms.some((room) => room !== own && room !== 'src/upstream/' && imported.startsWith(room));
      return own === undefined
        ? []
        : importsOf(file)
            .filter(isForeign)
            .map((imported) => `${file} imports ${imported}`);
    });
    expect(met).toEqual([]);
  });

  test('keeps what they all use from each of them: the live room and the account know no phone system', () => {
    const rooms = ['src/live/', 'src/account/'];
    const known = files
      .filter((file) => rooms.some((room) => file.startsWith(room)))
      .flatMap((file) =>
        importsOf(file)
          .filter((imported) => /^src\/(genesys|ringcentral)\//.test(imported))
          .map((imported) => `${file} imports ${imported}`),
      );
    expect(known).toEqual([]);
  });

  test('keeps the schema free of the machine behind it', () => {
    const outward = files
      .filter((file) => file.startsWith('schema/'))
      .flatMap((file) => importsOf(file).filter((imported) => !imported.startsWith('schema/')));
    expect(outward).toEqual([]);
  });

  test('keeps the simulator from sharing the mistakes of the client', () => {
    const borrowed = files
      .filter((file) => file.startsWith('src/simulator/'))
      .flatMap((file) => importsOf(file))
      .filter((imported) => !imported.startsWith('src/simulator/'));
    expect([...new Set(borrowed)].sort()).toEqual(['src/hosts.ts', 'src/ringcentral/wire.ts']);
  });
});

function floorOf(file: string): number {
  const exact = FLOORS.findIndex((floor) => floor.includes(file));
  if (exact !== -1) return exact;
  return FLOORS.findIndex((floor) => floor.some((path) => path.endsWith('/') && file.startsWith(path)));
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  const relativeImports = text.matchAll(/(?:from|import\()\s*'(\.{1,2}\/[^']+)'/g);
  return [...relativeImports].map(([, path = '']) =>
    relative(root, resolve(dirname(join(root, file)), path)),
  );
}

function sourcesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file));
}
