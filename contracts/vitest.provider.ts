import { packageTests } from '../vitest.base.ts'
import { pactRun } from './support/pact-run.ts'

export default packageTests('contracts-provider', { ...pactRun, include: ['*/provider.test.ts'] })
