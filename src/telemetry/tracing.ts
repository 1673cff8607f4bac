/**
 * Spans for whoever brings an OpenTelemetry SDK.
 *
 * Only the API is used here: without an SDK every call below does nothing and costs next to nothing. With one
 * (`node --import ./your-otel-setup.js dist/src/main.js`) each GraphQL operation is a span, each request to the
 * phone system a child of it, and a `traceparent` header of the client is continued.
 */
import type { IncomingHttpHeaders } from 'node:http';
import {
  type Attributes,
  context,
  isSpanContextValid,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

const SCOPE = 'ringcentral-graphql-gateway';

/** A span that is still open. */
export interface OpenSpan {
  /** Adds what is learnt on the way. */
  note(attributes: Attributes): void;
  /** Runs `work` so that spans opened in it become children of this one. */
  within<Result>(work: () => Result): Result;
  /** Closes it; `failure` names what went wrong, without details. */
  end(failure?: string): void;
}

/** Opens the span of an operation that came in with these headers. */
export function openOperationSpan(requestId: string, headers: object): OpenSpan {
  return openSpan('graphql.operation', SpanKind.SERVER, { 'gateway.request_id': requestId }, headers);
}

/**
 * Runs `send` in the span of one request to the phone system. Attributes name the operation, the lane and the
 * status; ids and phone numbers stay out.
 */
export async function inUpstreamSpan<Result>(
  operation: string,
  attributes: Attributes,
  send: (span: OpenSpan) => Promise<Result>,
): Promise<Result> {
  const span = openSpan(`ringcentral ${operation}`, SpanKind.CLIENT, attributes);
  try {
    const result = await span.within(() => send(span));
    span.end();
    return result;
  } catch (error) {
    span.end(error instanceof Error ? error.name : 'unknown');
    throw error;
  }
}

/** Those of `headers` that a trace is continued by, for whoever opens spans long after the request. */
export function traceHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const names = propagation.fields().filter((name) => headers[name] !== undefined);
  return names.length === 0 ? NO_HEADERS : Object.fromEntries(names.map((name) => [name, headers[name]]));
}

const NO_HEADERS: IncomingHttpHeaders = {};

/** Without an SDK, or a trace to continue, there is nothing to keep of a span. */
const NO_SPAN: OpenSpan = { note() {}, within: (work) => work(), end() {} };

function openSpan(name: string, kind: SpanKind, attributes: Attributes, headers?: object): OpenSpan {
  const parent = headers === undefined ? context.active() : propagation.extract(ROOT_CONTEXT, headers);
  const span = trace.getTracer(SCOPE).startSpan(name, { kind, attributes }, parent);
  if (!isSpanContextValid(span.spanContext())) return NO_SPAN;
  const inside = trace.setSpan(parent, span);
  return {
    note: (more) => void span.setAttributes(more),
    within: (work) => context.with(inside, work),
    end(failure) {
      if (failure !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: failure });
      span.end();
    },
  };
}
