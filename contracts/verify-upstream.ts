import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Tenant } from './tenants/tenant.ts'
import { tenants } from './tenants/tenants.ts'
import type { PairReport } from './tenants/verify-tenant.ts'

const usage = `npm run contracts:verify -- UPSTREAM [--include-assumed]

Holds a real system to the contracts that the sandbox keeps. It makes, changes and removes things there: give it a
tenant, and things, that were made for tests. What is assumed, what a real system cannot be asked to be, and what
needs an id that is not given is left out. Neither secrets nor answers are printed.

Exit codes: 0 all that was tried is kept, 1 something is not or nothing was tried, 2 wrong usage.

${[...tenants].map(([name, tenant]) => `${name}\n${variablesOf(tenant)}`).join('\n\n')}
`

function variablesOf({ required, optional }: Tenant): string {
  const lines = (variables: Readonly<Record<string, string>>, mark: string) =>
    Object.entries(variables).map(([name, what]) => `  ${name.padEnd(34)} ${mark}${what}`)
  return [...lines(required, ''), ...lines(optional, 'optional: ')].join('\n')
}

function complain(text: string): number {
  process.stderr.write(`contracts:verify: ${text}\n`)
  return 2
}

async function run(args: readonly string[]): Promise<number> {
  const options = { 'include-assumed': { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
  if (values.help === true) {
    process.stdout.write(usage)
    return 0
  }
  const [name = '', ...others] = positionals
  const tenant = tenants.get(name)
  if (tenant === undefined || others.length > 0) {
    return complain(`name one upstream: ${[...tenants.keys()].join(', ')}; --help says what each needs`)
  }
  const missing = Object.entries(tenant.required).filter(([variable]) => !process.env[variable])
  if (missing.length > 0) {
    return complain(missing.map(([variable, what]) => `${variable} is not set: ${what}`).join('\n  '))
  }
  const reports = await verifyInChild(name, values['include-assumed'] === true)
  for (const report of reports) process.stdout.write(redacted(textOf(report), tenant))
  const isKept = reports.length > 0 && reports.every(({ failure }) => failure === undefined)
  return isKept && reports.some(({ verified }) => verified.length > 0) ? 0 : 1
}

async function verifyInChild(name: string, includeAssumed: boolean): Promise<readonly PairReport[]> {
  const reports: PairReport[] = []
  const script = fileURLToPath(new URL('./tenants/child.ts', import.meta.url))
  const child = fork(script, [name, includeAssumed ? '--include-assumed' : ''], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  child.on('message', (report: PairReport) => reports.push(report))
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code !== 0) throw new Error('the process that verifies has ended early')
  return reports
}

function textOf({ provider, verified, leftOut, failure }: PairReport): string {
  const lines = [
    `${provider}: ${verified.length} tried, ${leftOut.length} left out, ${failure === undefined ? 'kept' : 'NOT KEPT'}`,
    ...verified.map((name) => `  tried     ${name}`),
    ...leftOut.map((name) => `  left out  ${name}`),
    ...(failure === undefined ? [] : [failure.replace(/^/gm, '  ')]),
  ]
  return `${lines.join('\n')}\n`
}

/** Reports quote nothing; should one ever do so, it is not a secret. */
function redacted(text: string, { required, optional }: Tenant): string {
  const secret = /_(SECRET|TOKEN|KEY|CODE)$/
  const names = Object.keys({ ...required, ...optional }).filter((name) => secret.test(name))
  const values = names.flatMap((name) => process.env[name] || [])
  return values.reduce((shown, value) => shown.replaceAll(value, '…'), text)
}

try {
  process.exitCode = await run(process.argv.slice(2))
} catch (error) {
  process.exitCode = complain(error instanceof Error ? error.message : String(error))
}
