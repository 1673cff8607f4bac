/** The account in the eyes of the only gateway: what is seen is told at once, and nobody else has to hold it. */
import type { AccountLedger } from './ledger.ts';
import type { LedgerHost } from './ledger-host.ts';

/** Makes it; it is open. */
export function createSoleLedger(
  host: Pick<LedgerHost, 'tell' | 'tellTrouble' | 'tellRecovery' | 'narrowed'>,
): AccountLedger {
  return {
    isOpen: true,
    source: undefined,
    publish(changes, at) {
      for (const change of changes) host.tell(change, at, null);
    },
    publishTrouble: (next) => host.tellTrouble(next, null),
    publishRecovery: () => host.tellRecovery(null),
    publishNarrowing: () => host.narrowed(null),
    publishRefusal: toNobody,
    open: toNobody,
    roleChanged: toNobody,
    share: toNobody,
    keep: toNobody,
    settled: () => Promise.resolve(),
    close: toNobody,
  };
}

function toNobody(): void {}
