/** What the calls of an account are made of: the words of the schema, as the live room takes them in. */
import type { RingCentralKind } from '../ringcentral/call-kind.ts';

/** The calls of whoever has accounts; only their types are known here, and what they mean is handed in as a shape. */
export type CompanyKind = RingCentralKind;
