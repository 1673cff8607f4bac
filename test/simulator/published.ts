/** Holds requests and answers against RingCentral's published document, where that file is at hand. */
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
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly requestBody?: Media & { readonly required?: boolean };
  readonly responses: Readonly<Record<string, Media & { readonly $ref?: string }>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly responses: Readonly<Record<string, Media>>;
    readonly schemas: {
      readonly CallStatusInfo: { readonly properties: { readonly reason: { readonly enum: string[] } } };
      readonly ADGError: { readonly properties: { readonly errorCode: { enum: string[] } } };
      readonly EnumeratedPagingModel: { readonly properties: { readonly perPage: { maximum?: number } } };
    };
  };
}

export interface Validator {
  /** Why an answer is not valid; empty when it is. */
  problemsOf(this: void, entry: JournalEntry): string[];
  /** Why a request is not valid: its path, its query or its body. */
  requestProblemsOf(this: void, entry: JournalEntry): string[];
  /** The operations and statuses for which the document has no schema. */
  readonly unlisted: ReadonlySet<string>;
}

/** Reads the document at `path`. */
export function createValidator(path: string): Validator {
  const document = JSON.parse(readFileSync(path, 'utf8')) as Document;
  // The one value that is seen on the wire and not published: why a party went to a conference.
  document.components.schemas.CallStatusInfo.properties.reason.enum.push('Conference');
  const { ADGError, EnumeratedPagingModel } = document.components.schemas;
  // Published as a program prints them: `ErrorCode{code='ADG-122', …}`.
  const { errorCode } = ADGError.properties;
  errorCode.enum = errorCode.enum.map((printed) => /'(ADG-\d+)'/.exec(printed)?.[1] ?? printed);
  // Pages of the directory hold 2,000, as its parameter says.
  delete EnumeratedPagingModel.properties.perPage.maximum;
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv);
  // Over a socket RingCentral answers addresses without their host.
  ajv.addFormat('uri', /^([a-z]+:\S+|\/restapi\/\S*)$/);
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
    const type = Object.keys(media?.content ?? {}).find((one) => one.endsWith('json'));
    if (type === undefined) return null;
    return `published${pointer}/content/${type.replaceAll('/', '~1')}/schema`;
  }

  /** The operation whose method and path these are, whatever anybody else takes them for. */
  function operationAt({ method, path }: JournalEntry) {
    const segments = path.split('/');
    const fits = ({ address }: { address: string }) => {
      const pattern = address.split('/');
      return (
        pattern.length === segments.length &&
        // Whole words first: `bring-in` is no party id.
        pattern.every((part, index) => part.startsWith('{') || part === segments[index])
      );
    };
    return operations
      .filter((one) => one.method === method.toLowerCase() && fits(one))
      .sort((a, b) => a.address.split('{').length - b.address.split('{').length)[0];
  }

  return {
    unlisted,
    requestProblemsOf(entry) {
      const { method, path, query, operationId, requestBody } = entry;
      const found = operationAt(entry);
      if (found === undefined) return [`${method} ${path} is no operation`];
      const { operation, address } = found;
      const problem = (what: string) => `${operation.operationId}: ${what}`;
      const problems: string[] = [];
      if (operation.operationId !== operationId) problems.push(problem(`it was taken for ${operationId}`));
      for (const name of new URLSearchParams(query).keys()) {
        const isListed = operation.parameters?.some((one) => one.in === 'query' && one.name === name);
        if (!isListed) problems.push(problem(`there is no query parameter ${name}`));
      }
      const body = operation.requestBody;
      if (requestBody === undefined) {
        if (body?.required === true) problems.push(problem('the body is missing'));
      } else if (body?.content?.['application/json'] === undefined) {
        problems.push(problem(`there is no body, but ${JSON.stringify(requestBody)} was sent`));
      } else {
        const escaped = address.replaceAll('~', '~0').replaceAll('/', '~1');
        const pointer = `#/paths/${escaped}/${method.toLowerCase()}/requestBody/content/application~1json/schema`;
        const isValid = ajv.compile({ $ref: `published${pointer}` });
        if (!isValid(requestBody)) {
          problems.push(problem(`${ajv.errorsText(isValid.errors)} in ${JSON.stringify(requestBody)}`));
        }
      }
      return problems;
    },
    problemsOf({ operationId, status, responseBody }) {
      // What is no JSON has no schema.
      if (operationId === null || status === null || typeof responseBody !== 'object') return [];
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
