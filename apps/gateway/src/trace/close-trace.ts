import { type Context, context, SpanStatusCode, trace } from '@opentelemetry/api'
import type { Entry, Facts } from '../entry.ts'
import { spanMethod } from './request-trace.ts'
import { tracer } from './tracer.ts'

type Steps = readonly (readonly [fact: keyof Facts, name: string])[]

/** The steps in their order, by the fact that each leaves behind. */
const callSteps: Steps = [
  ['caller', 'identify'],
  ['route', 'route'],
  ['grant', 'authorize'],
  ['minted', 'mint'],
  ['forwarded', 'forward'],
]
const exchangeSteps: Steps = [
  ['caller', 'identify'],
  ['target', 'route'],
  ['grant', 'authorize'],
  ['minted', 'mint'],
  ['answered', 'release'],
]

/**
 * Ends a request's span, with one child for each step that it went through. What names and attributes say comes
 * from the configuration: no path, no query, no subject.
 */
export function closeTrace(entry: Entry): void {
  const { span } = entry.trace
  if (tracer === undefined || span === undefined) return
  traceSteps(entry, trace.setSpan(context.active(), span))
  const method = spanMethod(entry.req.method)
  const place = placeOf(entry)
  if (place) span.updateName(`${method} ${place.template}`)
  span.setAttributes(attributesOf(entry, method))
  const status = entry.status()
  if (status >= 500) {
    span.setAttribute('error.type', entry.fault?.code ?? String(status))
    span.setStatus({ code: SpanStatusCode.ERROR })
  }
  span.end()
}

function attributesOf(entry: Entry, method: string) {
  const { caller } = entry.facts
  const place = placeOf(entry)
  return {
    'http.request.method': method === 'HTTP' ? '_OTHER' : method,
    'http.response.status_code': entry.status(),
    'countersign.outcome': entry.fault?.code ?? 'answered',
    ...(caller?.service && { 'countersign.service': caller.service.name }),
    ...(place && {
      'http.route': place.template,
      'countersign.upstream': place.upstream,
      'countersign.operation': place.operation,
    }),
  }
}

/** What was called, or whose token was asked for. */
function placeOf({ facts: { route, target } }: Entry) {
  const { upstream, operation } = route ?? target ?? {}
  if (!upstream || !operation) return undefined
  const template = route ? `/${upstream}${operation.template}` : operation.template
  return { upstream, operation: operation.name, template }
}

/** From what the record knows anyway: when each step ended. The one that left nothing behind is where it failed. */
function traceSteps({ durations, fault, facts, startedAt }: Entry, parent: Context): void {
  // Metadata has no steps.
  if (facts.answered && !facts.target) return
  const steps = facts.target ? exchangeSteps : callSteps
  let at = startedAt
  for (const [fact, name] of steps) {
    const took = durations[fact]
    const step = tracer?.startSpan(name, { startTime: at }, parent)
    if (took === undefined) {
      step?.setAttribute('error.type', fault?.code ?? '_OTHER').setStatus({ code: SpanStatusCode.ERROR })
      step?.end()
      return
    }
    at += took
    step?.end(at)
  }
}
