import { expect, it } from 'vitest'
import { FaultCollector } from './fault-collector.ts'
import { emptyMap } from './located.ts'

const place = { file: 'countersign.yaml', line: 1, column: 1 }

it('knows of a path whether there is a fault at it or below it', () => {
  const faults = new FaultCollector()
  faults.addAt(place, { path: 'services.billing.allow[1].when', message: '', hint: '' })
  const below = (...path: (string | number)[]) => faults.hasBelow(path)
  expect(below('services')).toBe(true)
  expect(below('services', 'billing', 'allow')).toBe(true)
  expect(below('services', 'billing', 'allow', 1)).toBe(true)
  expect(below('services', 'billing', 'allow', 1, 'when')).toBe(true)
  expect(below('services', 'billing', 'allow', 10)).toBe(false)
  expect(below('services', 'bill')).toBe(false)
  expect(below('services', 'billing', 'allow', 1, 'when', 'x')).toBe(false)
})

// One name that thousands of services go by is one mistake; a gateway reads its file while it serves.
it('is not slower at each fault for all that there are', () => {
  const faults = new FaultCollector()
  const root = emptyMap(place)
  const start = performance.now()
  for (let n = 0; n < 20_000; n++) {
    const path = ['services', `service-${n}`, 'identities', 0, 'issuer']
    faults.addUnlessFaulted(root, { path, message: 'names no issuer', hint: '' })
    faults.addUnlessFaulted(root, { path, message: 'names no issuer', hint: '' })
    expect(faults.hasBelow(['services', `service-${n}`, 'allow'])).toBe(false)
  }
  expect(faults.count).toBe(20_000)
  expect(performance.now() - start).toBeLessThan(10_000)
})
