import { Counter, Histogram, Registry } from 'prom-client'
import { expect, it } from 'vitest'
import { boundCounter } from './bound-counter.ts'
import { boundHistogram } from './bound-histogram.ts'

const bounds = [0.1, 1]
const names = { name: 'met', help: 'of a test, "quoted"', labelNames: ['upstream', 'operation'] }
const bare = { ...names, labelNames: [] }
const seen: readonly (readonly [value: number, upstream: string, operation: string])[] = [
  [0.05, 'a', 'x.get'],
  [0.1, 'a', 'x.get'],
  [0.5, 'a', 'y.get'],
  [7, 'b', ''],
  [0.5, '', ''],
]

async function scrapedTwice(fill: (registry: Registry) => void): Promise<readonly string[]> {
  const registry = new Registry()
  fill(registry)
  return [await registry.metrics(), await registry.metrics()]
}

it('a bound histogram is scraped as one of prom-client is', async () => {
  const own = await scrapedTwice((registry) => {
    const observe = boundHistogram(registry, names, bounds)
    for (const one of seen) observe(...one)
  })
  const theirs = await scrapedTwice((registry) => {
    const histogram = new Histogram({
      ...names,
      labelNames: names.labelNames,
      buckets: bounds,
      registers: [registry],
    })
    for (const [value, upstream, operation] of seen) histogram.observe({ upstream, operation }, value)
  })
  expect(own).toEqual(theirs)
})

it('one without labels shows its zeros before anything is observed', async () => {
  const own = await scrapedTwice((registry) => void boundHistogram(registry, bare, bounds))
  const theirs = await scrapedTwice(
    (registry) => void new Histogram({ ...bare, buckets: bounds, registers: [registry] }),
  )
  expect(own).toEqual(theirs)
})

it('a bound counter is scraped as one of prom-client is, however often', async () => {
  const own = await scrapedTwice((registry) => {
    const count = boundCounter(registry, names)
    for (const [, upstream, operation] of seen) count(upstream, operation)
  })
  const theirs = await scrapedTwice((registry) => {
    const counter = new Counter({ ...names, registers: [registry] })
    for (const [, upstream, operation] of seen) counter.inc({ upstream, operation })
  })
  expect(own).toEqual(theirs)
})
