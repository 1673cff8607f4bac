/**
 * What an operator can see: every metric of the gateway, in one place.
 *
 * Each label takes its values from a fixed set (operations of the table, lanes, states, fields of the
 * schema), never from a caller's text, so the number of series is bounded.
 */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { standardOutput } from './outlet.ts';

export type Metrics = ReturnType<typeof createMetrics>;

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** Makes the metrics of one gateway, in a registry of their own so that two gateways can share a process. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const introductions: (() => { readonly asking: number; readonly waiting: number })[] = [];

  return {
    registry,
    /** Has what stands before each phone system counted together. */
    countIntroductions: (count: (typeof introductions)[number]) => void introductions.push(count),
    /** Memory, garbage collection, event-loop lag and log of the process; call it once, it holds a timer. */
    collectProcess() {
      collectDefaultMetrics({ register: registry });
      new Counter({
        name: 'gateway_log_lines_lost_total',
        help: 'Lines of the log that were lost, because nobody read it or the disk was full.',
        registers,
        collect() {
          this.reset();
          this.inc(standardOutput().lost);
        },
      });
    },

    operations: new Counter({
      name: 'gateway_graphql_operations_total',
      help: 'GraphQL operations by type, first root field and result (ok, error, or the extensions.code of its first error).',
      labelNames: ['type', 'field', 'result'] as const,
      registers,
    }),
    operationSeconds: new Histogram({
      name: 'gateway_graphql_operation_seconds',
      help: 'Time from the door to the answer of queries and mutations.',
      labelNames: ['type'] as const,
      buckets: SECONDS,
      registers,
    }),
    inFlight: new Gauge({
      name: 'gateway_graphql_in_flight',
      help: 'Queries and mutations being answered now.',
      registers,
    }),
    bodyBytes: new Gauge({
      name: 'gateway_request_body_bytes',
      help: 'Bytes of request bodies that are held, by whose they are: known viewers or strangers.',
      labelNames: ['of'] as const,
      registers,
    }),
    introductions: new Gauge({
      name: 'gateway_introductions',
      help: 'Tokens not seen before, each with its callers: the phone system is being asked whose it is (asking), or they stand in line (waiting).',
      labelNames: ['state'] as const,
      registers,
      collect() {
        const counts = introductions.map((count) => count());
        const sum = (state: 'asking' | 'waiting') => counts.reduce((all, one) => all + one[state], 0);
        this.set({ state: 'asking' }, sum('asking'));
        this.set({ state: 'waiting' }, sum('waiting'));
      },
    }),
    signIns: new Counter({
      name: 'gateway_sign_ins_total',
      help: 'Browsers that came back from signing in, by result (SIGNED_IN, or the code of the problem that they were shown).',
      labelNames: ['result'] as const,
      registers,
    }),
    sessions: new Gauge({
      name: 'gateway_sessions',
      help: 'Browser sessions that are kept here: those that were used within ten minutes or have a stream open; one of two systems counts twice.',
      registers,
    }),
    sessionRenewals: new Counter({
      name: 'gateway_session_renewals_total',
      help: 'Tokens of signed-in users that were asked for anew, by result (renewed, lost: no answer and asked again, refused: their sessions ended).',
      labelNames: ['result'] as const,
      registers,
    }),
    commands: new Counter({
      name: 'gateway_commands_total',
      help: 'Commands by mutation and outcome (APPLIED, NOT_APPLIED, UNKNOWN, replayed).',
      labelNames: ['command', 'outcome'] as const,
      registers,
    }),
    upstreamRequests: new Counter({
      name: 'gateway_upstream_requests_total',
      help: 'Requests to RingCentral by operation, status (or timeout, network, bad-response, aborted) and lane.',
      labelNames: ['operation', 'status', 'lane'] as const,
      registers,
    }),
    upstreamSeconds: new Histogram({
      name: 'gateway_upstream_request_seconds',
      help: 'Time RingCentral took to answer, long polls left out.',
      labelNames: ['operation'] as const,
      buckets: SECONDS,
      registers,
    }),
    upstreamRetries: new Counter({
      name: 'gateway_upstream_retries_total',
      help: 'Reads sent again, by operation.',
      labelNames: ['operation'] as const,
      registers,
    }),
    leftOut: new Counter({
      name: 'gateway_upstream_left_out_total',
      help: 'Entries of lists that were left out because RingCentral did not say which one they are, by kind.',
      labelNames: ['kind'] as const,
      registers,
    }),
    budgetRemaining: new Gauge({
      name: 'gateway_rate_budget_remaining',
      help: 'Requests left in the window of the viewer who has fewest, by rate group.',
      labelNames: ['group'] as const,
      registers,
    }),
    budgetWaitSeconds: new Histogram({
      name: 'gateway_rate_wait_seconds',
      help: 'Time a request waited for the rate budget, by lane.',
      labelNames: ['lane'] as const,
      buckets: SECONDS,
      registers,
    }),
    budgetRefusals: new Counter({
      name: 'gateway_rate_refusals_total',
      help: 'Requests refused without being sent, because the wait would outlast them, by lane.',
      labelNames: ['lane'] as const,
      registers,
    }),
    penalties: new Counter({
      name: 'gateway_rate_penalties_total',
      help: 'Answers 429 from RingCentral by rate group.',
      labelNames: ['group'] as const,
      registers,
    }),
    watches: new Gauge({
      name: 'gateway_watches',
      help: 'Watched calls by state of the watch.',
      labelNames: ['state'] as const,
      registers,
    }),
    pollModes: new Gauge({
      name: 'gateway_watch_poll_mode',
      help: 'Watched calls by what RingCentral does with the long-poll parameters (honoured, ignored, refused, unknown).',
      labelNames: ['mode'] as const,
      registers,
    }),
    genesysChannels: new Gauge({
      name: 'gateway_genesys_channels',
      help: 'Viewers for whom notifications of Genesys Cloud are listened to, or tried: connecting, listening, recovering, or denied.',
      labelNames: ['state'] as const,
      registers,
    }),
    genesysChannelChanges: new Counter({
      name: 'gateway_genesys_channel_changes_total',
      help: 'Notification channels that were opened, whose socket was lost, and that were gone (evicted, expired, taken over, or their token revoked).',
      labelNames: ['to'] as const,
      registers,
    }),
    pushListeners: new Gauge({
      name: 'gateway_push_listeners',
      help: 'Viewers whose notifications are listened for, by state (connecting, listening, recovering, denied).',
      labelNames: ['state'] as const,
      registers,
    }),
    pushEvents: new Counter({
      name: 'gateway_push_events_total',
      help: 'Notifications of calls, by phone system (ringcentral, genesys): applied, known, old (or double; dropped), doubtful (read again), foreign (of another subscription), ghost (of a call that is over), unreadable.',
      labelNames: ['system', 'result'] as const,
      registers,
    }),
    pushArrivalSeconds: new Histogram({
      name: 'gateway_push_arrival_seconds',
      help: 'Time from a change, by the clock of RingCentral, to the arrival of its notification, by ours.',
      buckets: SECONDS,
      registers,
    }),
    untoldChanges: new Counter({
      name: 'gateway_push_untold_changes_total',
      help: 'Changes of own parties that notifications should have told and only a look has found, by phone system (ringcentral, genesys); stays 0.',
      labelNames: ['system'] as const,
      registers,
    }),
    pushRecoveries: new Counter({
      name: 'gateway_push_recoveries_total',
      help: 'Sockets that came to listen: subscribed anew, recovered, or their recovery failed or brought too much to be all.',
      labelNames: ['result'] as const,
      registers,
    }),
    accountDesks: new Gauge({
      name: 'gateway_account_watches',
      help: 'Viewers whose whole account, or a row of extensions, is watched, by how changes come to be known (ACCOUNT_PUSH, EXTENSIONS_PUSH, PRESENCE_POLL).',
      labelNames: ['source'] as const,
      registers,
    }),
    accountEvents: new Counter({
      name: 'gateway_account_events_total',
      help: 'What was told of watched accounts: applied, known, old (or double; dropped), doubtful (read again), ghost (of a call that is over).',
      labelNames: ['result'] as const,
      registers,
    }),
    subscribers: new Gauge({
      name: 'gateway_subscribers',
      help: 'Open subscriptions by field.',
      labelNames: ['field'] as const,
      registers,
    }),
    sockets: new Gauge({
      name: 'gateway_sockets',
      help: 'Open WebSockets.',
      registers,
    }),
    socketsClosed: new Counter({
      name: 'gateway_sockets_closed_total',
      help: 'WebSockets closed by the gateway, by close code.',
      labelNames: ['code'] as const,
      registers,
    }),
    connections: new Gauge({
      name: 'gateway_connections',
      help: 'Open TCP connections of clients, those of WebSockets among them.',
      registers,
    }),
    unreadBytes: new Gauge({
      name: 'gateway_unread_bytes',
      help: 'Bytes that wait in memory because their readers have not taken them yet, of viewers and of strangers.',
      labelNames: ['of'] as const,
      registers,
    }),
    readersCut: new Counter({
      name: 'gateway_readers_cut_total',
      help: 'Connections cut because nobody read: for too long (stopped), more than the share of a viewer or of all strangers (share), more than MAX_UNREAD_BYTES (room).',
      labelNames: ['reason'] as const,
      registers,
    }),
    pushSeconds: new Histogram({
      name: 'gateway_push_delay_seconds',
      help: 'Time from the answer of RingCentral that showed a change to the frame that carried it.',
      buckets: SECONDS,
      registers,
    }),
    commonsState: new Gauge({
      name: 'gateway_commons_state',
      help: 'Whether this gateway shares with others: 1 for in-process (there are none), together (by Redis), or apart (Redis cannot be reached).',
      labelNames: ['state'] as const,
      registers,
    }),
    desks: new Gauge({
      name: 'gateway_desks',
      help: 'Viewers somebody watches calls for here, where gateways share: leading (this gateway asks for all), following (another does), or alone (Redis cannot be reached).',
      labelNames: ['role'] as const,
      registers,
    }),
    deskChanges: new Counter({
      name: 'gateway_desk_changes_total',
      help: 'How often this gateway began to lead, to follow or to be alone for a viewer.',
      labelNames: ['role'] as const,
      registers,
    }),
    commonsChanges: new Counter({
      name: 'gateway_commons_changes_total',
      help: 'How often the gateways came together, this one was apart, or Redis was found emptied.',
      labelNames: ['to'] as const,
      registers,
    }),
    commonsConflicts: new Counter({
      name: 'gateway_commons_conflicts_total',
      help: 'Changes that were made again, because another gateway was faster, by what they change.',
      labelNames: ['sort'] as const,
      registers,
    }),
    commonsSeconds: new Histogram({
      name: 'gateway_commons_seconds',
      help: 'Time Redis took to answer one question.',
      buckets: SECONDS,
      registers,
    }),
    skippedEvents: new Counter({
      name: 'gateway_skipped_events_total',
      help: 'Changes that slow readers did not get, because a newer one replaced them.',
      registers,
    }),
  };
}
