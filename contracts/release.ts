import { spawnSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { brokerUrl, runBrokerCli } from './release/broker-cli.ts'
import {
  deployedTag,
  deployedTags,
  extractPacts,
  isUnchanged,
  unverifiedContracts,
} from './release/deployed-pacts.ts'
import { currentRevision, git } from './release/revision.ts'
import { pacts } from './support/places.ts'
import { readPacts } from './support/read-pacts.ts'

const usage = `usage: node contracts/release.ts COMMAND

  publish                         the services' contracts with the gateway, under this commit and branch
  verify [PAIR]                   the providers of this checkout against what others rely on; PAIR is a folder
  can-i-deploy ENVIRONMENT        whether this commit gets on with all that is there
  record-deployment ENVIRONMENT   that it is there now

With PACT_BROKER_BASE_URL (and PACT_BROKER_TOKEN) the broker is told and asked. Without it a deployment is a tag,
${deployedTag('ENVIRONMENT')}, and what others rely on are the contracts at those tags.

Exit codes: 0 fine, 1 a contract is not kept, 2 wrong usage.
`

const contracts = import.meta.dirname
const root = dirname(contracts)
/** What is released together, and so has one version. */
const pacticipants = ['countersign-gateway', 'countersign-client']
/** Pairs whose provider it is; the others' are sandboxes, which no broker has to know. */
const ofTheGateway = ['client-gateway/', 'services-gateway/', 'example-gateway/', 'gateway-messages/']

process.exitCode = main(process.argv.slice(2))

function main([command, argument, ...more]: readonly string[]): number {
  if (more.length > 0) return wrongUsage()
  if (command === 'publish' && argument === undefined) return publish()
  if (command === 'verify')
    return brokerUrl()
      ? runProviders({ PACT_SOURCE: 'broker' }, argument === undefined ? ofTheGateway : [argument])
      : verifyTags(deployedTags(root), argument)
  if (argument === undefined) return wrongUsage()
  if (command === 'can-i-deploy') return canDeploy(argument)
  if (command === 'record-deployment') return recordDeployment(argument)
  return wrongUsage()
}

function publish(): number {
  if (!brokerUrl()) return say('no broker is configured: the contracts are published by being committed')
  const { version, branch } = currentRevision(root)
  // What the gateway relies on in a vendor's system is no vendor's to verify: the sandboxes stand in for it.
  const files = readPacts(pacts).filter(({ pact }) => pact.provider.name === 'countersign-gateway')
  const paths = files.map(({ path }) => path)
  return runBrokerCli(['publish', ...paths, '--consumer-app-version', version, '--branch', branch])
}

function canDeploy(environment: string): number {
  if (!brokerUrl()) return verifyTags(deployedTags(root).filter((tag) => tag === deployedTag(environment)))
  const { version } = currentRevision(root)
  const versions = pacticipants.flatMap((name) => ['--pacticipant', name, '--version', version])
  // The verification that a new contract starts elsewhere may still be under way.
  const patience = ['--retry-while-unknown', '12', '--retry-interval', '10']
  return runBrokerCli(['can-i-deploy', ...versions, '--to-environment', environment, ...patience])
}

function recordDeployment(environment: string): number {
  const { version } = currentRevision(root)
  if (!brokerUrl()) {
    git(root, 'tag', '--force', deployedTag(environment), version)
    return say(
      `${deployedTag(environment)} is ${version}; push it: git push --force origin ${deployedTag(environment)}`,
    )
  }
  const codes = pacticipants.map((name) =>
    runBrokerCli([
      'record-deployment',
      '--pacticipant',
      name,
      '--version',
      version,
      '--environment',
      environment,
    ]),
  )
  return Math.max(...codes)
}

/** Holds the providers of this checkout to the contracts of what is deployed. */
function verifyTags(tags: readonly string[], pair?: string): number {
  if (tags.length === 0) return say('nothing is deployed: there is no such tag')
  return Math.max(...tags.map((tag) => verifyTag(tag, pair)))
}

function verifyTag(tag: string, pair?: string): number {
  if (isUnchanged(root, tag)) return say(`${tag}: the contracts are those of this checkout`)
  const found = extractPacts(root, tag)
  try {
    const code = runProviders({ PACT_DIR: found }, pair === undefined ? [] : [pair])
    const left = pair === undefined ? unverifiedContracts(found) : []
    if (left.length > 0) process.stderr.write(`${tag}: no test here is about ${left.join(', ')}\n`)
    say(
      `${tag}: ${code === 0 && left.length === 0 ? 'kept' : 'NOT KEPT; what is deployed there would break'}`,
    )
    return code === 0 && left.length === 0 ? 0 : 1
  } finally {
    rmSync(dirname(dirname(found)), { recursive: true })
  }
}

function runProviders(env: Record<string, string>, pairs: readonly string[]): number {
  const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
  // What `contracts suggest` makes of the committed contracts is no matter of what others rely on.
  const about = ['-t', '^(?!.*contracts suggest)']
  const args = [vitest, 'run', '-c', 'vitest.provider.ts', ...about, ...pairs]
  const { status } = spawnSync(process.execPath, args, {
    cwd: contracts,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  })
  return status === 0 ? 0 : 1
}

function say(text: string): number {
  process.stdout.write(`${text}\n`)
  return 0
}

function wrongUsage(): number {
  process.stderr.write(usage)
  return 2
}
