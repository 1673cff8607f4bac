/** Who belongs together in the simulated company: the agents of its queues, and who listens to whom. */
import { extensionByNumber } from '../account.ts';
import type { Extension } from './extension.ts';

/** A call queue, and whom its calls ring. */
export interface Queue {
  readonly extension: Extension;
  readonly members: readonly Extension[];
}

/** Members of one another's: some may listen, and some are listened to. */
export interface MonitoringGroup {
  readonly id: string;
  readonly name: string;
  readonly members: readonly {
    readonly extension: Extension;
    readonly permissions: readonly ('Monitoring' | 'Monitored')[];
  }[];
}

export const QUEUES: readonly Queue[] = [
  { extension: known('200'), members: ['101', '102', '108'].map(known) },
  { extension: known('201'), members: ['105', '106', '107', '113'].map(known) },
];

/** Who takes no calls of a queue at the start, though they belong to it: Elif of the Help Desk. */
export const LOGGED_OUT: readonly (readonly [queueId: string, extensionId: string])[] = [
  [known('200').id, known('108').id],
];

export const MONITORING_GROUPS: readonly MonitoringGroup[] = [
  {
    id: '4100',
    name: 'The floor',
    members: [
      ...['103', '104'].map((number) => ({
        extension: known(number),
        permissions: ['Monitoring'] as const,
      })),
      ...['101', '102', '105', '106', '107', '108', '109', '110', '113'].map((number) => ({
        extension: known(number),
        permissions: ['Monitored'] as const,
      })),
    ],
  },
];

export function queueById(id: string): Queue | undefined {
  return QUEUES.find(({ extension }) => extension.id === id);
}

export function queueByNumber(number: string): Queue | undefined {
  return QUEUES.find(({ extension }) => extension.number === number);
}

/** The queues that somebody is an agent of. */
export function queuesOf({ id }: Extension): readonly Queue[] {
  return QUEUES.filter(({ members }) => members.some((member) => member.id === id));
}

/** Whether one of them may listen to the other. */
export function mayMonitor(listener: Extension, agent: Extension): boolean {
  return MONITORING_GROUPS.some(({ members }) => {
    const has = ({ id }: Extension, permission: 'Monitoring' | 'Monitored') =>
      members.some((member) => member.extension.id === id && member.permissions.includes(permission));
    return has(listener, 'Monitoring') && has(agent, 'Monitored');
  });
}

function known(number: string): Extension {
  const extension = extensionByNumber(number);
  if (extension === undefined) throw new Error(`Nobody has the extension ${number}`);
  return extension;
}
