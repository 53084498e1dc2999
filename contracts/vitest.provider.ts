import { packageTests, startsGateways } from '../vitest.base.ts'
import { pactRun } from './support/pact-run.ts'

export default packageTests('contracts-provider', {
  ...pactRun,
  ...startsGateways,
  include: ['*/provider.test.ts'],
})
