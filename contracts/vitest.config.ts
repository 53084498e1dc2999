import { packageTests } from '../vitest.base.ts'
import { pactRun } from './support/pact-run.ts'

const nobodyThere = 'http://127.0.0.1:9'

/** The kit's own tests: each of pact's silent traps is sprung here, a proxy in the environment among them. */
export default packageTests('contracts', {
  ...pactRun,
  include: ['support/**/*.test.ts', 'release/**/*.test.ts', 'surface/**/*.test.ts', 'tenants/**/*.test.ts'],
  env: { HTTP_PROXY: nobodyThere, https_proxy: nobodyThere, all_proxy: nobodyThere },
})
