/** Settings that are right for themselves and wrong together: a sentence for each, which names what is allowed. */
import type { Settings } from './settings.ts';

const SERVICE_NAMES = ['RINGCENTRAL_CLIENT_ID', 'RINGCENTRAL_CLIENT_SECRET', 'RINGCENTRAL_JWT'] as const;

/** What is of use only where users sign in. */
const GENESYS_SIGN_IN_NAMES = ['GENESYS_LOGIN_URL', 'GENESYS_CLIENT_ID', 'GENESYS_CLIENT_SECRET'] as const;

/** What is wrong with them; nothing: an empty list. */
export function crossChecks(settings: Settings, production: boolean): string[] {
  const problems = [
    ...(isRingCentralOff(settings) ? offChecks(settings) : serviceChecks(settings)),
    ...signInChecks(settings, production),
    ...genesysChecks(settings),
  ];
  const { RINGCENTRAL_SERVER_URL, SIMULATOR } = settings;
  if (production && RINGCENTRAL_SERVER_URL === undefined && !hasGenesys(settings) && !SIMULATOR) {
    problems.push(
      'RINGCENTRAL_SERVER_URL: read nothing, required with NODE_ENV=production, ' +
        'like https://platform.ringcentral.com. SIMULATOR=on starts the simulator instead.',
    );
  }
  if (settings.METRICS_PORT !== undefined && settings.METRICS_PORT === settings.PORT && settings.PORT !== 0) {
    problems.push(`METRICS_PORT: read "${settings.METRICS_PORT}", which is PORT; allowed is another one.`);
  }
  if (settings.REDIS_SENTINEL !== undefined && settings.REDIS_URL.length === 0) {
    problems.push(
      `REDIS_SENTINEL: read ${JSON.stringify(settings.REDIS_SENTINEL)} while REDIS_URL is not set; ` +
        'allowed is a name together with the addresses of the sentinels in REDIS_URL.',
    );
  }
  if (SIMULATOR && RINGCENTRAL_SERVER_URL !== undefined && hasGenesys(settings)) {
    problems.push(
      'SIMULATOR: read "on" while RINGCENTRAL_SERVER_URL and an address of Genesys Cloud are set, so that nothing is ' +
        'left to be played; allowed is off.',
    );
  }
  return problems;
}

/** RingCentral has no address: it is played where nothing has one, or where that is wanted. */
export function isRingCentralPlayed(settings: Settings): boolean {
  return settings.RINGCENTRAL_SERVER_URL === undefined && (settings.SIMULATOR || !hasGenesys(settings));
}

/** The same of Genesys Cloud. */
export function isGenesysPlayed(settings: Settings): boolean {
  return !hasGenesys(settings) && (settings.SIMULATOR || settings.RINGCENTRAL_SERVER_URL === undefined);
}

/** Without a setting only with the simulator, where nothing has to be registered first. */
export function signsIn(settings: Settings): boolean {
  return settings.SIGN_IN ?? (isRingCentralPlayed(settings) && settings.RINGCENTRAL_JWT === undefined);
}

function hasGenesys({ GENESYS_REGION, GENESYS_API_URL }: Settings): boolean {
  return GENESYS_REGION !== undefined || GENESYS_API_URL !== undefined;
}

function isRingCentralOff(settings: Settings): boolean {
  return settings.RINGCENTRAL_SERVER_URL === undefined && !isRingCentralPlayed(settings);
}

function offChecks(settings: Settings): string[] {
  const given = [
    ...SERVICE_NAMES.filter((name) => settings[name] !== undefined),
    ...(settings.GATEWAY_KEYS.length > 0 ? ['GATEWAY_KEYS'] : []),
  ];
  return given.map(
    (name) =>
      `${name}: read a value, allowed only together with RINGCENTRAL_SERVER_URL or SIMULATOR=on: without them ` +
      'RingCentral is off, because Genesys Cloud has an address.',
  );
}

function serviceChecks(settings: Settings): string[] {
  const problems: string[] = [];
  const given = SERVICE_NAMES.filter((name) => settings[name] !== undefined);
  const missing = SERVICE_NAMES.filter((name) => settings[name] === undefined);
  const isApp = settings.SIGN_IN === true && settings.RINGCENTRAL_JWT === undefined;
  if (given.length > 0 && missing.length > 0 && !isApp) {
    problems.push(
      `${missing.join(', ')}: read nothing, while ${given.join(' and ')} ${given.length === 1 ? 'is' : 'are'} set. ` +
        'Allowed is all three (the gateway signs in itself), none (callers bring their own RingCentral token), ' +
        'or the first two with SIGN_IN=on (browsers sign in here).',
    );
  }
  if (missing.length === 0 && settings.GATEWAY_KEYS.length === 0) {
    problems.push(
      'GATEWAY_KEYS: read nothing, required when the gateway signs in to RingCentral itself: ' +
        'a comma list of keys, each at least 16 characters long, that callers show as their bearer token.',
    );
  }
  if (
    missing.includes('RINGCENTRAL_JWT') &&
    settings.GATEWAY_KEYS.length > 0 &&
    (given.length === 0 || isApp)
  ) {
    problems.push(
      `GATEWAY_KEYS: read ${settings.GATEWAY_KEYS.length} key(s), allowed only together with ` +
        `${SERVICE_NAMES.join(', ')}: without them callers bring their own RingCentral token.`,
    );
  }
  return problems;
}

function signInChecks(settings: Settings, production: boolean): string[] {
  const { RINGCENTRAL_CLIENT_ID, RINGCENTRAL_CLIENT_SECRET, RINGCENTRAL_JWT, SESSION_SECRETS, PUBLIC_URL } =
    settings;
  const problems: string[] = [];
  if (!signsIn(settings)) {
    const names = [
      ...(SESSION_SECRETS.length > 0 ? ['SESSION_SECRETS'] : []),
      ...(PUBLIC_URL === undefined ? [] : ['PUBLIC_URL']),
    ];
    for (const name of names) problems.push(`${name}: read a value, allowed only together with SIGN_IN=on.`);
    return problems;
  }
  if (isRingCentralOff(settings)) {
    if (GENESYS_SIGN_IN_NAMES.every((name) => settings[name] === undefined)) {
      problems.push(
        'GENESYS_CLIENT_ID: read nothing, required with SIGN_IN=on where RingCentral is off: ' +
          'the id of your OAuth client at Genesys Cloud.',
      );
    }
  } else {
    if (RINGCENTRAL_JWT !== undefined) {
      problems.push(
        'SIGN_IN: read "on" while RINGCENTRAL_JWT is set; allowed is one of the two: browsers sign in as their users, ' +
          'or the gateway signs in as itself.',
      );
    }
    if (RINGCENTRAL_CLIENT_SECRET !== undefined && RINGCENTRAL_CLIENT_ID === undefined) {
      problems.push('RINGCENTRAL_CLIENT_ID: read nothing, while RINGCENTRAL_CLIENT_SECRET is set.');
    }
    if (isRingCentralPlayed(settings)) return problems;
    if (RINGCENTRAL_CLIENT_ID === undefined && RINGCENTRAL_CLIENT_SECRET === undefined) {
      problems.push(
        'RINGCENTRAL_CLIENT_ID: read nothing, required with SIGN_IN=on: the id of your app at RingCentral.',
      );
    }
  }
  if (SESSION_SECRETS.length === 0) {
    problems.push(
      'SESSION_SECRETS: read nothing, required with SIGN_IN=on: a comma list of secrets, each at least 32 characters ' +
        'long, like the output of: openssl rand -base64 32',
    );
  }
  if (production && PUBLIC_URL === undefined) {
    problems.push(
      'PUBLIC_URL: read nothing, required with SIGN_IN=on and NODE_ENV=production: ' +
        'the address at which browsers find the gateway, like https://calls.example.com',
    );
  }
  return problems;
}

function genesysChecks(settings: Settings): string[] {
  const { GENESYS_REGION, GENESYS_API_URL, GENESYS_LOGIN_URL } = settings;
  const given = GENESYS_SIGN_IN_NAMES.filter((name) => settings[name] !== undefined);
  const problems: string[] = [];
  if (GENESYS_REGION !== undefined && GENESYS_API_URL !== undefined) {
    problems.push('GENESYS_API_URL: read a value while GENESYS_REGION is set; allowed is one of the two.');
  }
  if (given.length === 0) return problems;
  if (!signsIn(settings)) {
    return [
      ...problems,
      ...given.map((name) => `${name}: read a value, allowed only together with SIGN_IN=on.`),
    ];
  }
  if (!hasGenesys(settings)) {
    problems.push(
      `GENESYS_REGION: read nothing, required with ${given.join(' and ')}: the domain of your region, ` +
        'like mypurecloud.com (GENESYS_API_URL names another address).',
    );
  }
  if (GENESYS_LOGIN_URL !== undefined && GENESYS_API_URL === undefined) {
    problems.push('GENESYS_LOGIN_URL: read a value, allowed only together with GENESYS_API_URL.');
  }
  if (settings.GENESYS_CLIENT_ID === undefined) {
    problems.push(
      `GENESYS_CLIENT_ID: read nothing, required with ${given.join(' and ')}: the id of your OAuth client at Genesys Cloud.`,
    );
  }
  return problems;
}
