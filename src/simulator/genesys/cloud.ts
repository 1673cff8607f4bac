/** The simulated Genesys Cloud as a whole, to be served by the one server of the simulator. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Faults } from '../faults.ts';
import type { Incoming } from '../incoming.ts';
import type { Journal } from '../journal.ts';
import type { Reply } from '../replies.ts';
import type { StorySettings } from '../turns.ts';
import { createCentre } from './centre.ts';
import { createGenesysControls, type GenesysControls } from './controls.ts';
import { createGenesysLogin } from './login.ts';
import { createChannels } from './notifications/channels.ts';
import { createChannelSockets } from './notifications/sockets.ts';
import { createGenesysPlatform } from './platform.ts';
import { createGenesysRateLimits } from './rate-limits.ts';
import { followConversations } from './routing.ts';
import type { GenesysSettings } from './settings.ts';
import { createGenesysStory } from './story.ts';

export interface GenesysCloud {
  readonly controls: GenesysControls;
  answer(incoming: Incoming): Reply | Promise<Reply>;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Plays its story or pauses, as the settings say now. */
  follow(): void;
  /** All as at the start. */
  reset(seed: number): void;
  /** The story begins again. */
  restart(): void;
  stop(): void;
}

interface Parts {
  readonly settings: () => GenesysSettings & StorySettings & { readonly journalBodies: boolean };
  readonly journal: Journal;
  readonly faults: Faults;
  readonly now: () => number;
}

export function createGenesysCloud({ settings, journal, faults, now }: Parts): GenesysCloud {
  const centre = createCentre(settings, now);
  followConversations(centre);
  const channels = createChannels(centre);
  const sockets = createChannelSockets(centre, channels, journal);
  const login = createGenesysLogin({ tokenLife: () => settings().genesysTokenTtl });
  login.onEnd(channels.endToken);
  const rateLimits = createGenesysRateLimits();
  const story = createGenesysStory(centre, settings);
  const platform = createGenesysPlatform({
    ...{ centre, channels, login, rateLimits, journal, faults },
    journalBodies: () => settings().journalBodies,
    expect: story.expect,
  });
  return {
    controls: createGenesysControls({ centre, channels, sockets, login }),
    answer: platform.answer,
    upgrade: sockets.upgrade,
    follow: story.follow,
    restart: story.restart,
    reset(seed) {
      centre.reset();
      channels.reset(seed);
      login.reset();
      rateLimits.reset();
    },
    stop() {
      story.stop();
      centre.stop();
      sockets.stop();
    },
  };
}
