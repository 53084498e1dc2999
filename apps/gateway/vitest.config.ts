import { packageTests } from '../../vitest.base.ts'

export default packageTests('gateway', { testTimeout: 20_000, hookTimeout: 30_000 })
