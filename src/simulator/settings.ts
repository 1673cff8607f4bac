/** What can be set, while it runs: what RingCentral leaves open, what a test wants faster, and the story. */
import { DEFAULT_GENESYS_SETTINGS, GENESYS_SETTING_RULES, type GenesysSettings } from './genesys/settings.ts';
import { AUTHORIZE_ERRORS, type AuthorizeError } from './oauth/authorize.ts';
import {
  addressesOrNone,
  amount,
  amountOrNever,
  checked,
  oneOf,
  onOff,
  pace,
  type Rule,
  share,
  wholeNumber,
} from './rules.ts';

export interface Settings extends GenesysSettings {
  /** Plays live calls. Switched off, the calls stay as they are. */
  readonly story: boolean;
  /** Milliseconds between two steps of the story. */
  readonly storyPace: number;
  /** So many of the extensions from 10000 on stand in the lists of the account. */
  readonly crowd: number;
  /** Who may give commands to parties of other extensions: everybody, `admins` alone, or nobody (`own`). */
  readonly partyControl: 'everybody' | 'admins' | 'own';
  /** Agents who are on the phone: calls of their queues `spare` them and wait, or `ring` them all the same. */
  readonly busyAgents: 'spare' | 'ring';
  /** What `timestamp` and `timeout` do on a session read: hold it, nothing, or 400. */
  readonly longPoll: 'honour' | 'ignore' | 'reject';
  /** How a held read ends when its time is over and nothing is new; 200: with the session as it is. */
  readonly longPollExpiry: 200 | 204 | 304 | 408 | 504;
  /** Milliseconds after which a proxy loses patience with a held read; null: never. */
  readonly longPollCutAfter: number | null;
  /** What it says then; `reset`: nothing, the connection breaks. */
  readonly longPollCutBy: 408 | 502 | 504 | 'reset';
  /** Requests per window, user and group; 0: as many as they like. */
  readonly lightLimit: number;
  readonly mediumLimit: number;
  readonly heavyLimit: number;
  readonly authLimit: number;
  /** Seconds that a rate limit looks back. */
  readonly rateWindow: number;
  /** Seconds of silence after a request too many. */
  readonly penalty: number;
  /** Seconds that an access token lives, unless the app asks for less. */
  readonly tokenTtl: number;
  /** Seconds that a refresh token lives, unless the app asks for something else. */
  readonly refreshTokenTtl: number;
  /** Whether apps get refresh tokens. */
  readonly refreshTokens: boolean;
  /** Seconds after which a sign-in is over, however often it was refreshed; null: never. */
  readonly sessionTtl: number | null;
  /** Sign-ins of one user with one app; one more ends the oldest, and its sockets. */
  readonly sessionLimit: number;
  /** Seconds that the code of a sign-in page works. */
  readonly codeTtl: number;
  /** Where the sign-in page may send a browser back to, letter by letter; null: to every address on this machine. */
  readonly redirectUris: readonly string[] | null;
  /** The error that the sign-in page sends every browser back with, before it asks anything. */
  readonly authorizeError: AuthorizeError | 'none';
  /** Whose name (`iss`) the way back bears: none, as RingCentral documents it, the simulator's `own` address, or that of some `other` server. */
  readonly issuer: 'none' | 'own' | 'other';
  /** Seconds that a call can be read after its end. */
  readonly retention: number;
  /** The status for a wrong call state where the published document lists no 409. */
  readonly unlistedConflict: 409 | 403 | 400;
  /**
   * Which body of mute is accepted: `{"party":{"muted":true}}` (wrapped), `{"muted":true}` (bare) or both.
   * `wrapped-ignored` answers 200 to the wrapped one and changes nothing.
   */
  readonly muteBody: 'both' | 'wrapped' | 'bare' | 'wrapped-ignored';
  /**
   * Whether a command may come without saying that it is JSON when it has no body. `insist` answers 415 then, to DELETE too.
   */
  readonly contentType: 'any' | 'insist';
  /** Milliseconds until a phone told to answer has answered. */
  readonly answerDelay: number;
  /** Milliseconds between two steps of a call-out; null: it waits to be moved. */
  readonly callOutPace: number | null;
  /** Milliseconds until a phone outside the account answers; null: it rings on. */
  readonly calleeAnswers: number | null;
  /** Milliseconds until the host joins a new conference; null: never. */
  readonly conferenceHostJoins: number | null;
  /** Seconds that a conference waits for its host. */
  readonly conferenceLifetime: number;
  /** Seconds that a caller talks to a voicemail. */
  readonly voicemailLength: number;
  /** Keeps the bodies of requests and answers in the journal, and what stood in `Authorization`. */
  readonly journalBodies: boolean;
  /** Notifications over WebSocket: to be had, refused for lack of the permission (SUB-528), or no such address. */
  readonly push: 'on' | 'forbidden' | 'missing';
  /** Milliseconds from a change to its notification. */
  readonly pushDelay: number;
  /** The share of notifications, 0 to 1, that is overtaken by what comes after it. */
  readonly pushDisorder: number;
  /** Milliseconds that an overtaken one is late. */
  readonly pushLateness: number;
  /** The share that comes twice. */
  readonly pushDoubles: number;
  /** The share that never comes. */
  readonly pushLosses: number;
  /** Which notifications those shares hit: the same seed hits the same ones. Taken over by a reset. */
  readonly pushSeed: number;
  /** Who may hear of the calls of the whole account; `refused`: 400 SUB-508, `forbidden`: 403 SUB-406, `disabled`: granted and silent. */
  readonly accountFilter: 'everybody' | 'supervisors' | 'refused' | 'forbidden' | 'disabled';
  /** Who may hear of other extensions by filters for each; the same words, and `everybody` only of those whose presence they may see. */
  readonly otherFilters: 'everybody' | 'supervisors' | 'refused' | 'forbidden' | 'disabled';
  /** Filters that are answered in `disabledFilters` and stay silent. */
  readonly disabledFilters: 'none' | 'calls' | 'presence' | 'all';
  /** Whether a lost socket's session can be recovered. */
  readonly pushRecovery: 'honour' | 'refuse';
  /** Seconds within which it can. */
  readonly recoveryTimeout: number;
  /** Notifications that are kept for it. */
  readonly recoveryBuffer: number;
  /** Subscriptions of one user with one app. */
  readonly subscriptionLimit: number;
  /** What a second socket with the same token does: it throws the first one off, or is refused. */
  readonly secondConnect: 'throwsOff' | 'refused';
  /** Seconds that a token for a socket lives. */
  readonly socketTokenTtl: number;
  /** Seconds without a frame after which a socket is closed; pings are no frames. */
  readonly socketIdleTimeout: number;
  /** Seconds after which any socket is closed. */
  readonly socketAbsoluteTimeout: number;
}

/** Some settings to change; what is `undefined` stays. */
export type SettingChanges = { readonly [Name in keyof Settings]?: Settings[Name] | undefined };

/** How RingCentral is known to behave; where it is not known, the friendliest way. */
export const DEFAULT_SETTINGS: Settings = {
  story: true,
  storyPace: 4_000, // 4 seconds
  crowd: 0,
  partyControl: 'admins',
  busyAgents: 'spare',
  longPoll: 'honour',
  longPollExpiry: 200,
  longPollCutAfter: null,
  longPollCutBy: 504,
  lightLimit: 50,
  mediumLimit: 40,
  heavyLimit: 10,
  authLimit: 5,
  rateWindow: 60, // 1 minute
  penalty: 60, // 1 minute
  tokenTtl: 3_600, // 1 hour
  refreshTokenTtl: 604_800, // 1 week
  refreshTokens: true,
  sessionTtl: null,
  sessionLimit: 5,
  codeTtl: 60, // 1 minute
  redirectUris: null,
  authorizeError: 'none',
  issuer: 'none',
  retention: 30, // 30 seconds
  unlistedConflict: 409,
  muteBody: 'both',
  contentType: 'any',
  answerDelay: 150, // 150 milliseconds
  callOutPace: 150, // 150 milliseconds
  calleeAnswers: 150, // 150 milliseconds
  conferenceHostJoins: 50, // 50 milliseconds
  conferenceLifetime: 38, // 38 seconds
  voicemailLength: 20, // 20 seconds
  journalBodies: false,
  push: 'on',
  pushDelay: 80, // 80 milliseconds
  pushDisorder: 0,
  pushLateness: 400, // 400 milliseconds
  pushDoubles: 0,
  pushLosses: 0,
  pushSeed: 1,
  accountFilter: 'supervisors',
  otherFilters: 'supervisors',
  disabledFilters: 'none',
  pushRecovery: 'honour',
  recoveryTimeout: 180, // 3 minutes
  recoveryBuffer: 100,
  subscriptionLimit: 30,
  secondConnect: 'throwsOff',
  socketTokenTtl: 600, // 10 minutes
  socketIdleTimeout: 1_800, // 30 minutes
  socketAbsoluteTimeout: 86_400, // 24 hours
  ...DEFAULT_GENESYS_SETTINGS,
};

/**
 * The settings with some of them changed.
 * @throws {Refusal} 400, naming the setting and what is allowed.
 */
export function mergeSettings(current: Settings, changes: unknown): Settings {
  return { ...current, ...checked('Setting', changes, SETTING_RULES) };
}

/** What each setting may be. */
export const SETTING_RULES: { readonly [Name in keyof Settings]: Rule } = {
  story: onOff,
  storyPace: pace,
  crowd: wholeNumber(0, 10_000),
  partyControl: oneOf('everybody', 'admins', 'own'),
  busyAgents: oneOf('spare', 'ring'),
  longPoll: oneOf('honour', 'ignore', 'reject'),
  longPollExpiry: oneOf(200, 204, 304, 408, 504),
  longPollCutAfter: amountOrNever,
  longPollCutBy: oneOf(408, 502, 504, 'reset'),
  lightLimit: amount,
  mediumLimit: amount,
  heavyLimit: amount,
  authLimit: amount,
  rateWindow: amount,
  penalty: amount,
  tokenTtl: amount,
  refreshTokenTtl: amount,
  refreshTokens: onOff,
  sessionTtl: amountOrNever,
  sessionLimit: wholeNumber(1),
  codeTtl: amount,
  redirectUris: addressesOrNone,
  authorizeError: oneOf('none', ...AUTHORIZE_ERRORS),
  issuer: oneOf('none', 'own', 'other'),
  retention: amount,
  unlistedConflict: oneOf(409, 403, 400),
  muteBody: oneOf('both', 'wrapped', 'bare', 'wrapped-ignored'),
  contentType: oneOf('any', 'insist'),
  answerDelay: amount,
  callOutPace: amountOrNever,
  calleeAnswers: amountOrNever,
  conferenceHostJoins: amountOrNever,
  conferenceLifetime: amount,
  voicemailLength: amount,
  journalBodies: onOff,
  push: oneOf('on', 'forbidden', 'missing'),
  pushDelay: amount,
  pushDisorder: share,
  pushLateness: amount,
  pushDoubles: share,
  pushLosses: share,
  pushSeed: amount,
  accountFilter: oneOf('everybody', 'supervisors', 'refused', 'forbidden', 'disabled'),
  otherFilters: oneOf('everybody', 'supervisors', 'refused', 'forbidden', 'disabled'),
  disabledFilters: oneOf('none', 'calls', 'presence', 'all'),
  pushRecovery: oneOf('honour', 'refuse'),
  recoveryTimeout: amount,
  recoveryBuffer: amount,
  subscriptionLimit: amount,
  secondConnect: oneOf('throwsOff', 'refused'),
  socketTokenTtl: amount,
  socketIdleTimeout: amount,
  socketAbsoluteTimeout: amount,
  ...GENESYS_SETTING_RULES,
};
