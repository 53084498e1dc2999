import { Fault, type Operation } from '@countersign/auth-core'
import { context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Answer, Refusal } from '../forward/answer.ts'
import { placeOf, type RequestTrace, spanMethod } from './request-trace.ts'
import { tracer } from './tracer.ts'

/** One attempt to call an upstream, as a client span. */
export interface AttemptSpan {
  /** What the upstream is told. */
  readonly place: RequestTrace
  /** Ends the span with the attempt, and hands its outcome on. */
  around(attempt: Promise<Answer | Refusal>): Promise<Answer | Refusal>
}

/** What an attempt's span says. */
export interface AttemptFacts {
  readonly upstream: string
  readonly operation: Operation
  /** How many attempts went before. */
  readonly resends: number
}

/** Begins the span of an attempt; nothing without an SDK, and the upstream is told of the request's own place. */
export function beginAttempt(request: RequestTrace, facts: AttemptFacts): AttemptSpan | undefined {
  if (tracer === undefined || request.span === undefined) return undefined
  const { operation } = facts
  const span = tracer.startSpan(
    `${spanMethod(operation.method)} ${operation.template}`,
    { kind: SpanKind.CLIENT, attributes: attributesOf(facts) },
    trace.setSpan(context.active(), request.span),
  )
  return {
    place: placeOf(span),
    async around(attempt) {
      try {
        return ended(span, await attempt)
      } catch (error) {
        fails(span, Fault.from(error).code)
        throw error
      } finally {
        span.end()
      }
    },
  }
}

function attributesOf({ upstream, operation, resends }: AttemptFacts) {
  return {
    'http.request.method': operation.method,
    'url.template': operation.template,
    'countersign.upstream': upstream,
    'countersign.operation': operation.name,
    ...(resends > 0 && { 'http.request.resend_count': resends }),
  }
}

function ended(span: Span, outcome: Answer | Refusal): Answer | Refusal {
  if ('refused' in outcome) {
    fails(span, 'refused')
  } else {
    span.setAttribute('http.response.status_code', outcome.status)
    if (outcome.status >= 400) fails(span, String(outcome.status))
  }
  return outcome
}

function fails(span: Span, type: string): void {
  span.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR })
}
