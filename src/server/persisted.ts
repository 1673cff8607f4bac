/**
 * Persisted operations: only what was registered at build time may be asked. Nothing is registered as it comes, as Apollo
 * Server does (automatic persisted queries): without a manifest its clients are told to send the text.
 *
 * The manifest is what codegen's client preset writes: one JSON object from hash to document. A client names an
 * operation by `documentId` (or `id`, or `extensions.persistedQuery.sha256Hash` as Apollo's clients do); one that
 * sends text instead is let in when the text is registered, letter by letter.
 */
import { readFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import { BadUserInput, PersistedQueryNotSupported } from '../../schema/failures.ts';
import { InvalidSettings } from '../config.ts';

/** A request for an operation, in text or by its id. */
export interface OperationParams {
  readonly query?: string | undefined;
  readonly operationName?: string | null | undefined;
  readonly variables?: Record<string, unknown> | null | undefined;
  readonly extensions?: Record<string, unknown> | null | undefined;
}

/**
 * Finds the document that a request asks for; undefined when it asks for none.
 * @throws {BadUserInput} when it is not registered.
 * @throws {PersistedQueryNotSupported} when only the hash was sent, and none are registered.
 */
export type FindDocument = (params: OperationParams) => string | undefined;

const Manifest = z.record(z.string(), z.string());
const PersistedQuery = z.object({ persistedQuery: z.object({ sha256Hash: z.string() }) });
const Named = z.union([
  z.pipe(
    z.object({ documentId: z.string() }),
    z.transform(({ documentId }) => documentId),
  ),
  z.pipe(
    z.object({ id: z.string() }),
    z.transform(({ id }) => id),
  ),
  z.pipe(
    z.object({ extensions: PersistedQuery }),
    z.transform(({ extensions }) => extensions.persistedQuery.sha256Hash),
  ),
]);

/** The finder of a gateway without a manifest: the document is the text that was sent. */
export const findSentDocument: FindDocument = (params) => {
  if (params.query) return params.query;
  if (params.extensions?.persistedQuery instanceof Object) throw new PersistedQueryNotSupported();
  if (Named.safeParse(params).success) {
    throw new BadUserInput('This gateway knows no operation by its id; send its text as query.', 'query');
  }
  return params.query;
};

/**
 * Reads a manifest.
 * @throws {InvalidSettings} when it cannot be read, or is none.
 */
export async function readManifest(path: string): Promise<FindDocument> {
  try {
    const manifest = Manifest.parse(JSON.parse(await readFile(path, 'utf8')));
    return createFindDocument(new Map(Object.entries(manifest)));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const problem = code === undefined ? 'which is none' : `which cannot be read (${code})`;
    throw new InvalidSettings([
      `PERSISTED_OPERATIONS: read ${JSON.stringify(path)}, ${problem}; ` +
        'allowed is a file with one JSON object from hash to document.',
    ]);
  }
}

/** Makes the finder over registered documents, by their ids. */
export function createFindDocument(documents: ReadonlyMap<string, string>): FindDocument {
  const texts = new Set(documents.values());
  return (params) => {
    const id = Named.safeParse(params);
    // A prefix like `sha256:` names the algorithm; the manifest has the hash alone.
    const named = id.success
      ? (documents.get(id.data) ?? documents.get(id.data.replace(/^\w+:/, '')))
      : undefined;
    if (named !== undefined) return named;
    if (params.query !== undefined && texts.has(params.query)) return params.query;
    throw new BadUserInput(
      'This operation is not registered; allowed are the operations of the manifest, by their documentId.',
      'documentId',
    );
  };
}
