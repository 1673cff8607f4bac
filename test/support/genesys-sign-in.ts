/** Signing in to a simulated Genesys Cloud, beside RingCentral or alone. */
import { createSimulator } from '../../src/simulator/server.ts';
import { allOrNothing } from './all-or-nothing.ts';
import { answerPage, openSignInHouse, SIGN_IN, type TestBrowser } from './browser-sessions.ts';
import { type Fleet, openFleet } from './fleet.ts';
import type { House, HouseOptions } from './gateway.ts';

/** A Genesys Cloud at an address of its own. */
export interface GenesysSimulator extends AsyncDisposable {
  readonly url: string;
  /** Every request that came, oldest first; the body as it was sent. */
  requests(): readonly GenesysRequest[];
  /** Seconds, from the next token on. */
  setTokenLife(seconds: number): void;
  stop(): Promise<void>;
}

export interface GenesysRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

async function createGenesysSimulator(tokenLife = 86_400 /* 1 day */): Promise<GenesysSimulator> {
  const settings = { story: false, journalBodies: true, genesysTokenTtl: tokenLife };
  const simulator = await createSimulator({ settings });
  return {
    url: simulator.url,
    requests: () =>
      simulator.requests().map(({ method, path, authorization, requestBody = '' }) => ({
        ...{ method, path, authorization },
        body: typeof requestBody === 'string' ? requestBody : JSON.stringify(requestBody),
      })),
    setTokenLife: (seconds) => void simulator.configure({ genesysTokenTtl: seconds }),
    stop: simulator.stop,
    [Symbol.asyncDispose]: simulator.stop,
  };
}

export interface TwoSystems extends House {
  readonly genesys: GenesysSimulator;
}

/** A house at which browsers sign in to both; of a public client, unless told otherwise. */
export function openTwoSystems(options: HouseOptions = {}, tokenLife?: number): Promise<TwoSystems> {
  return allOrNothing(async (keep) => {
    const genesys = keep(await createGenesysSimulator(tokenLife));
    const house = keep(await openSignInHouse({ ...options, environment: withGenesys(genesys, options) }));
    return { ...house, genesys };
  });
}

export interface TwoSystemsFleet extends Fleet {
  readonly genesys: GenesysSimulator;
}

/** The same of a fleet. */
export function openTwoSystemsFleet(options: HouseOptions = {}): Promise<TwoSystemsFleet> {
  return allOrNothing(async (keep) => {
    const genesys = keep(await createGenesysSimulator());
    const environment = { ...SIGN_IN, ...withGenesys(genesys, options) };
    const fleet = keep(await openFleet({ ...options, environment }));
    return { ...fleet, genesys };
  });
}

function withGenesys({ url }: GenesysSimulator, { environment }: HouseOptions) {
  return { GENESYS_API_URL: url, GENESYS_CLIENT_ID: 'genesys-client_1', ...environment };
}

/** Whose login at Genesys Cloud is played. */
export const ADA = 'ada.lind@example.com';
export const BEN = 'ben.okoro@example.com';

/** Picks somebody at the login of Genesys Cloud, or refuses; answers the way back. */
export function pickAtGenesys(authorize: URL, user: string | null): Promise<string> {
  return answerPage(authorize, user === null ? { deny: 'yes' } : { user });
}

/** All of it. */
export async function signInToGenesys(browser: TestBrowser, user = ADA, query = ''): Promise<Response> {
  return browser.go(await pickAtGenesys(await browser.begin(`with=genesys&${query}`), user));
}

export interface Told {
  readonly session: { readonly id: string; readonly expiresAt: string };
  // biome-ignore lint/suspicious/noExplicitAny: each system has a user of its own kind.
  readonly systems: Record<string, { user: any; expiresAt: string; isRenewed: boolean }>;
}

/** What a browser is told of its session; null: there is none. */
export async function toldOf(browser: TestBrowser): Promise<Told | null> {
  const response = await browser.go('/auth/session');
  return response.status === 200 ? ((await response.json()) as Told) : null;
}
