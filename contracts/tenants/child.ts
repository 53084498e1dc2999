import '../support/quiet-pact.ts'
import { tenants } from './tenants.ts'
import { verifyTenant } from './verify-tenant.ts'

// The process that verifies. pact's native core writes what it was answered, tokens among it, to standard output:
// it goes nowhere, and reports go over the channel to the parent.
const [name = '', assumed] = process.argv.slice(2)
for (const pair of tenants.get(name)?.pairs((variable) => process.env[variable] || undefined) ?? []) {
  process.send?.(await verifyTenant(pair, assumed === '--include-assumed'))
}
process.disconnect?.()
