import { rmSync } from 'node:fs'
import { packageTests } from '../vitest.base.ts'
import { pactRun } from './support/pact-run.ts'
import { written } from './support/places.ts'

// An interaction that no test writes any more must not be found again.
rmSync(written, { recursive: true, force: true })

export default packageTests('contracts-consumer', {
  ...pactRun,
  include: ['*/consumer.test.ts'],
  // What is written must not depend on the order.
  sequence: { shuffle: true },
})
