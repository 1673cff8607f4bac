/** The phone systems that the gateway knows, as `extensions.system` of an error and `PhoneSystem` of a call name them. */
export const PHONE_SYSTEMS = ['ringcentral', 'genesys'] as const;
export type PhoneSystem = (typeof PHONE_SYSTEMS)[number];

/** How people call them. */
export const SYSTEM_NAMES: Readonly<Record<PhoneSystem, string>> = {
  ringcentral: 'RingCentral',
  genesys: 'Genesys Cloud',
};
