/** What can be set of the simulated Genesys Cloud, while it runs: its times, its limits, and the troubles of its news. */
import { amount, amountOrNever, oneOf, type Rule, share, wholeNumber } from '../rules.ts';

export interface GenesysSettings {
  /** Milliseconds from the answer to a command (202) until it is true; null: it was accepted, and is never done. */
  readonly genesysCommandDelay: number | null;
  /** Milliseconds until the phone of whoever calls has picked up; null: it rings on. */
  readonly genesysStationAnswers: number | null;
  /** Milliseconds until a phone outside the organisation answers; null: it rings on. */
  readonly genesysCalleeAnswers: number | null;
  /** Milliseconds that a caller listens to the IVR; null: until moved. */
  readonly genesysIvrLength: number | null;
  /** Milliseconds that a caller waits before an agent is alerted, or looked for again; null: until moved. */
  readonly genesysQueueWait: number | null;
  /** Milliseconds that an agent is alerted before the next one is; null: for ever. */
  readonly genesysAlertingTimeout: number | null;
  /** Milliseconds of after-call work in a queue that gives time for it. */
  readonly genesysWrapupTimeout: number;
  /** Milliseconds that a caller talks to a voicemail. */
  readonly genesysVoicemailLength: number;
  /** Seconds that a conversation can be read after its end. */
  readonly genesysRetention: number;
  /** The status of a conversation in which the user never took part. */
  readonly genesysStranger: 404 | 403;
  /** Requests per window, user and app; 0: as many as they like. */
  readonly genesysRateLimit: number;
  /** Seconds of such a window. */
  readonly genesysRateWindow: number;
  /** Requests per day; more are told to wait until midnight (UTC). 0: as many as they like. */
  readonly genesysDailyLimit: number;
  /** Seconds that an access token lives. */
  readonly genesysTokenTtl: number;
  /** Notifications: to be had, or refused (403). */
  readonly genesysNotifications: 'on' | 'refused';
  /** Channels of one user with one app; one more ends the one that was used least recently. */
  readonly genesysChannelLimit: number;
  /** Topics of one channel. */
  readonly genesysTopicLimit: number;
  /** Seconds that a channel lives after the last change of its topics. */
  readonly genesysChannelTtl: number;
  /** Milliseconds between two heartbeats of a channel's socket. */
  readonly genesysHeartbeat: number;
  /** Milliseconds between `socket_closing` and the end of the socket. */
  readonly genesysClosingTime: number;
  /** Milliseconds from a change to its event. */
  readonly genesysEventDelay: number;
  /** The share of events, 0 to 1, that is overtaken by what comes after it. */
  readonly genesysEventDisorder: number;
  /** Milliseconds that an overtaken one is late. */
  readonly genesysEventLateness: number;
  /** The share that comes twice. */
  readonly genesysEventDoubles: number;
  /** The share that never comes. Which ones those shares hit is decided by `pushSeed`. */
  readonly genesysEventLosses: number;
}

/** As Genesys Cloud is known to behave, only faster where people wait. */
export const DEFAULT_GENESYS_SETTINGS: GenesysSettings = {
  genesysCommandDelay: 60, // 60 milliseconds
  genesysStationAnswers: 150, // 150 milliseconds
  genesysCalleeAnswers: 150, // 150 milliseconds
  genesysIvrLength: 300, // 300 milliseconds
  genesysQueueWait: 300, // 300 milliseconds
  genesysAlertingTimeout: 8_000, // 8 seconds
  genesysWrapupTimeout: 20_000, // 20 seconds
  genesysVoicemailLength: 20_000, // 20 seconds
  genesysRetention: 600, // 10 minutes
  genesysStranger: 404,
  genesysRateLimit: 300,
  genesysRateWindow: 60, // 1 minute
  genesysDailyLimit: 0,
  genesysTokenTtl: 86_400, // 1 day
  genesysNotifications: 'on',
  genesysChannelLimit: 20,
  genesysTopicLimit: 1_000,
  genesysChannelTtl: 86_400, // 1 day
  genesysHeartbeat: 30_000, // 30 seconds
  genesysClosingTime: 60_000, // 1 minute
  genesysEventDelay: 80, // 80 milliseconds
  genesysEventDisorder: 0,
  genesysEventLateness: 400, // 400 milliseconds
  genesysEventDoubles: 0,
  genesysEventLosses: 0,
};

/** What each may be. */
export const GENESYS_SETTING_RULES: { readonly [Name in keyof GenesysSettings]: Rule } = {
  genesysCommandDelay: amountOrNever,
  genesysStationAnswers: amountOrNever,
  genesysCalleeAnswers: amountOrNever,
  genesysIvrLength: amountOrNever,
  genesysQueueWait: amountOrNever,
  genesysAlertingTimeout: amountOrNever,
  genesysWrapupTimeout: amount,
  genesysVoicemailLength: amount,
  genesysRetention: amount,
  genesysStranger: oneOf(404, 403),
  genesysRateLimit: amount,
  genesysRateWindow: wholeNumber(1),
  genesysDailyLimit: amount,
  genesysTokenTtl: amount,
  genesysNotifications: oneOf('on', 'refused'),
  genesysChannelLimit: wholeNumber(1),
  genesysTopicLimit: wholeNumber(1),
  genesysChannelTtl: amount,
  genesysHeartbeat: wholeNumber(1),
  genesysClosingTime: amount,
  genesysEventDelay: amount,
  genesysEventDisorder: share,
  genesysEventLateness: amount,
  genesysEventDoubles: share,
  genesysEventLosses: share,
};
