import { packageTests, startsGateways } from '../../vitest.base.ts'

export default packageTests('sandbox', startsGateways)
