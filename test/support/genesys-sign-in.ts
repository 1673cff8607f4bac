/** Signing in to a simulated Genesys Cloud, beside RingCentral or alone. */
import { createGenesysSimulator, type GenesysSimulator } from '../../src/simulator/genesys/server.ts';
import { openSignInHouse, type TestBrowser } from './browser-sessions.ts';
import type { House, HouseOptions } from './gateway.ts';

export interface TwoSystems extends House {
  readonly genesys: GenesysSimulator;
}

/** A house at which browsers sign in to both; of a public client, unless told otherwise. */
export async function openTwoSystems(options: HouseOptions = {}, tokenLife?: number): Promise<TwoSystems> {
  const genesys = await createGenesysSimulator(tokenLife === undefined ? {} : { tokenLife });
  try {
    const environment = {
      GENESYS_API_URL: genesys.url,
      GENESYS_CLIENT_ID: 'genesys-client_1',
      ...options.environment,
    };
    const house = await openSignInHouse({ ...options, environment });
    return {
      ...house,
      genesys,
      async [Symbol.asyncDispose]() {
        await house[Symbol.asyncDispose]();
        await genesys.stop();
      },
    };
  } catch (error) {
    await genesys.stop();
    throw error;
  }
}

/** Whose login at Genesys Cloud is played. */
export const ADA = 'ada.lind@example.com';
export const BEN = 'ben.okoro@example.com';

/** Picks somebody at the login of Genesys Cloud, or refuses; answers the way back. */
export async function pickAtGenesys(authorize: URL, user: string | null): Promise<string> {
  const form = new URLSearchParams(authorize.search);
  if (user === null) form.set('deny', 'yes');
  else form.set('user', user);
  const address = authorize.origin + authorize.pathname;
  const response = await fetch(address, { method: 'POST', body: form, redirect: 'manual' });
  return response.headers.get('location') ?? `nowhere:${response.status}`;
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
