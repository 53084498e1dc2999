import { isSpanContextValid, type Tracer, trace } from '@opentelemetry/api'

/**
 * The tracer of the OpenTelemetry SDK, if one was loaded before the gateway, as with
 * `NODE_OPTIONS="--import ./telemetry.js"`. Without one no span is made and nothing is spent.
 */
export const tracer: Tracer | undefined = registered()

function registered(): Tracer | undefined {
  const found = trace.getTracer('countersign')
  // Only an SDK gives out valid ids. The span is never ended, and so never exported.
  return isSpanContextValid(found.startSpan('probe').spanContext()) ? found : undefined
}
