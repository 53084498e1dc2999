import { Counter, type Registry } from 'prom-client'
import { ByLabels } from './by-labels.ts'

/** What a metric is called and told apart by. */
export interface MetricNames {
  readonly name: string
  readonly help: string
  readonly labelNames: readonly string[]
}

/**
 * A counter for what happens on every request: counts in plain numbers, which prom-client is told when somebody
 * asks. Its own makes an object and a text of the labels for each count.
 *
 * @returns counts one, for the values of the labels in their order
 */
export function boundCounter(
  registry: Registry,
  { name, help, labelNames }: MetricNames,
): (...values: readonly string[]) => void {
  const counts = new ByLabels(() => ({ count: 0 }))
  new Counter({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect() {
      this.reset()
      for (const { values, thing } of counts.all()) this.labels(...values).inc(thing.count)
    },
  })
  return function count(...values) {
    counts.of(...values).count += 1
  }
}
