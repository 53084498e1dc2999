import { packageTests, startsGateways } from '../../vitest.base.ts'

export default packageTests('gateway', {
  ...startsGateways,
  // Whole-path tests start processes and wait for deadlines: more of them at a time than there are cores.
  maxWorkers: 3,
})
