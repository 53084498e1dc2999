import type { IncomingMessage } from 'node:http'
import { context, createTraceState, type Span, SpanKind, trace } from '@opentelemetry/api'
import { ownTraceContext, readTraceContext, type TraceContext, writeTraceparent } from './trace-context.ts'
import { tracer } from './tracer.ts'

/** A request's place in its caller's trace: for the record, and for the upstream. */
export interface RequestTrace {
  readonly traceparent: string
  readonly tracestate: string | undefined
  /** Only while an SDK is loaded. */
  readonly span: Span | undefined
}

/** Continues the trace that the caller sent, or begins one. */
export function openTrace(req: IncomingMessage, startedAt: number): RequestTrace {
  const caller = readTraceContext(req.headers)
  const span = tracer && startServerSpan(req, caller, startedAt)
  if (span) return placeOf(span)
  const own = ownTraceContext(caller)
  return { traceparent: writeTraceparent(own), tracestate: own.tracestate, span }
}

/** How others are told of this span. */
export function placeOf(span: Span): RequestTrace {
  const { traceFlags: flags, traceState, ...ids } = span.spanContext()
  const tracestate = traceState?.serialize() || undefined
  return { traceparent: writeTraceparent({ ...ids, flags: flags & 0b11, tracestate }), tracestate, span }
}

/** Below the span of an instrumented HTTP server, where there is one; else below the caller's. */
function startServerSpan({ method }: IncomingMessage, caller: TraceContext | undefined, startTime: number) {
  const active = context.active()
  const parent = trace.getSpan(active) || caller === undefined ? active : remote(caller)
  return tracer?.startSpan(spanMethod(method), { kind: SpanKind.SERVER, startTime }, parent)
}

function remote({ traceId, spanId, flags, tracestate }: TraceContext) {
  return trace.setSpanContext(context.active(), {
    traceId,
    spanId,
    traceFlags: flags,
    isRemote: true,
    ...(tracestate !== undefined && { traceState: createTraceState(tracestate) }),
  })
}

const knownMethods = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'CONNECT',
  'QUERY',
])

/** The method as far as it is one of a known few; a caller must not be able to invent span names. */
export function spanMethod(method = ''): string {
  return knownMethods.has(method) ? method : 'HTTP'
}
