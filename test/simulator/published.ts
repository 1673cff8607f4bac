/** Holds answers against RingCentral's published document, where that file is at hand. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import type { JournalEntry } from '../../src/simulator/journal.ts';

/** Where the document is; it is no part of the project. */
export const PUBLISHED = fileURLToPath(
  new URL('../../../shared/ringcentral/call-control.openapi.json', import.meta.url),
);

interface Media {
  readonly content?: { readonly 'application/json'?: { readonly schema: object } };
}
interface Operation {
  readonly operationId: string;
  readonly responses: Readonly<Record<string, Media & { readonly $ref?: string }>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly responses: Readonly<Record<string, Media>>;
    readonly schemas: {
      readonly CallStatusInfo: { readonly properties: { readonly reason: { readonly enum: string[] } } };
    };
  };
}

export interface Validator {
  /** Why an answer is not valid; empty when it is. */
  problemsOf(this: void, entry: JournalEntry): string[];
  /** The operations and statuses for which the document has no schema. */
  readonly unlisted: ReadonlySet<string>;
}

/** Reads the document at `path`. */
export function createValidator(path: string): Validator {
  const document = JSON.parse(readFileSync(path, 'utf8')) as Document;
  // The one value that is seen on the wire and not published: why a party went to a conference.
  document.components.schemas.CallStatusInfo.properties.reason.enum.push('Conference');
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv);
  ajv.addSchema(document, 'published');
  const operations = Object.entries(document.paths).flatMap(([address, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ address, method, operation })),
  );
  const unlisted = new Set<string>();

  /** A reference to the schema inside the document, so that its own references are found. */
  function schemaOf(operationId: string, status: number): string | null {
    const found = operations.find(({ operation }) => operation.operationId === operationId);
    const response = found?.operation.responses[status];
    const escaped = found?.address.replaceAll('~', '~0').replaceAll('/', '~1');
    const pointer = response?.$ref ?? `#/paths/${escaped}/${found?.method}/responses/${status}`;
    const named = response?.$ref?.split('/').at(-1) ?? '';
    const media = response?.$ref === undefined ? response : document.components.responses[named];
    if (media?.content?.['application/json'] === undefined) return null;
    return `published${pointer}/content/application~1json/schema`;
  }

  return {
    unlisted,
    problemsOf({ operationId, status, responseBody }) {
      if (operationId === null || status === null || responseBody === undefined) return [];
      const schema = schemaOf(operationId, status);
      if (schema === null) {
        unlisted.add(`${operationId} ${status}`);
        return [];
      }
      const isValid = ajv.compile({ $ref: schema });
      if (isValid(responseBody)) return [];
      return [
        `${operationId} ${status}: ${ajv.errorsText(isValid.errors)} in ${JSON.stringify(responseBody)}`,
      ];
    },
  };
}
