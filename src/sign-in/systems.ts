/** The systems that somebody can sign in to here; one session may hold a sign-in of each. */

/** Their names, for people. */
export const SYSTEM_NAMES = { ringcentral: 'RingCentral', genesys: 'Genesys Cloud' } as const;

export type System = keyof typeof SYSTEM_NAMES;

/** All of them. */
export const SYSTEMS = Object.keys(SYSTEM_NAMES) as readonly System[];

/** Something of each of them that there is. */
export type OfEach<Value> = Readonly<Partial<Record<System, Value>>>;
