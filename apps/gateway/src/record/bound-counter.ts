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
 * Of the first label's values there may be thousands, each with a few of what the others can be together: they share one
 * way to find those, which stays in the processor's caches, and have a row of numbers each.
 *
 * @returns counts one, for the values of the labels in their order
 */
export function boundCounter(
  registry: Registry,
  { name, help, labelNames }: MetricNames,
): (first: string, ...others: readonly string[]) => void {
  const columns: ByLabels<number> = new ByLabels(() => columns.all().length)
  const rows = new Map<string, number[]>()
  new Counter({
    name,
    help,
    labelNames: [...labelNames],
    registers: [registry],
    collect() {
      this.reset()
      for (const [first, row] of rows)
        for (const { values, thing: column } of columns.all())
          if (row[column]) this.labels(first, ...values).inc(row[column])
    },
  })
  return function count(first, ...others) {
    const row = rows.get(first) ?? added(rows, first)
    const column = columns.of(...others)
    row[column] = (row[column] ?? 0) + 1
  }
}

function added(rows: Map<string, number[]>, first: string): number[] {
  const row: number[] = []
  rows.set(first, row)
  return row
}
