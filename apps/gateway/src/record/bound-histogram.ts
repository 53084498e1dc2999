import type { Metric, Registry } from 'prom-client'
import type { MetricNames } from './bound-counter.ts'
import { ByLabels } from './by-labels.ts'

/**
 * A histogram for what is measured on every request. prom-client's own works out its labels anew for each
 * observation and cannot be handed sums, so this one answers the registry itself, in the same form.
 *
 * @param bounds upper bounds of the buckets, ascending; the infinite one is added
 * @returns notes a value, for the values of the labels in their order
 */
export function boundHistogram(
  registry: Registry,
  { name, help, labelNames }: MetricNames,
  bounds: readonly number[],
): (value: number, ...labels: readonly string[]) => void {
  const series = new ByLabels(() => ({ sum: 0, counts: new Array<number>(bounds.length + 1).fill(0) }))

  function valuesOf({ values, thing }: ReturnType<typeof series.all>[number]) {
    const labels = Object.fromEntries(labelNames.map((label, at) => [label, values[at] ?? '']))
    let count = 0
    const buckets = thing.counts.map((more, at) => {
      count += more
      return { metricName: `${name}_bucket`, labels: { le: bounds[at] ?? '+Inf', ...labels }, value: count }
    })
    const total = [
      { metricName: `${name}_sum`, labels, value: thing.sum },
      { metricName: `${name}_count`, labels, value: count },
    ]
    return [...buckets, ...total]
  }
  const metric = {
    name,
    get: async () => ({
      name,
      help,
      type: 'histogram',
      aggregator: 'sum',
      values: series.all().flatMap(valuesOf),
    }),
  }
  registry.registerMetric(metric as unknown as Metric)
  // One without labels shows its zeros from the start.
  if (labelNames.length === 0) series.of()

  return function observe(value, ...labels) {
    const thing = series.of(...labels)
    let at = 0
    while (at < bounds.length && value > (bounds[at] as number)) at += 1
    thing.sum += value
    thing.counts[at] = (thing.counts[at] ?? 0) + 1
  }
}
