/** Genesys Cloud, put together. */
import type { ConversationProvider } from '../../schema/genesys/provider.ts';
import type { System, SystemOptions } from './system.ts';

export interface GenesysOptions extends SystemOptions {
  readonly notifications?: object | undefined;
  readonly tokens?: object | undefined;
  readonly outages?: object | undefined;
}

/** Makes it. */
export function createGenesysSystem(options: GenesysOptions): System<ConversationProvider> {
  throw new Error(String(options));
}
