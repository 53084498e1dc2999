import { presets } from '@countersign/auth-core'
import { Command } from 'commander'
import { ConfigFaults } from '../config/config-faults.ts'
import type { LoadedConfig } from '../config/loaded-config.ts'
import { renderFaults } from '../config/render-faults.ts'
import { suggest } from '../config/suggest.ts'
import { loadText } from '../contracts/load-text.ts'
import { type Need, nameOf } from '../contracts/need.ts'
import { servicesYaml } from '../contracts/policy-yaml.ts'
import { type Suggestion, suggestPolicy } from '../contracts/suggest-policy.ts'
import { upstreamsNamed } from '../contracts/token-request.ts'
import { exampleConfiguration, writtenConfiguration } from '../contracts/written-configuration.ts'
import { loadPolicy } from './load-policy.ts'
import { type PactOptions, readPactOptions, whoIsWho, withPactOptions } from './pact-options.ts'

/** `countersign contracts suggest --pacts DIR`: the smallest policy that lets every contract pass. */
export function contractsSuggestCommand(): Command {
  return withPactOptions(new Command('suggest'))
    .description('Write the smallest policy that lets every contract pass, as YAML to review.')
    .option('--policy <path>', 'take all but the services from it, and from its rules conditions and limits')
    .option('--services', 'print the section `services` alone, to be put in place of another', false)
    .addHelpText('after', help)
    .action(run)
}

const help = `${whoIsWho}

Without --policy the first part of a path is the upstream, by the name of its preset, and all but the services is an
example to be filled in. Where a contract needs a call and another needs one like it to be refused, the rule gets a
condition that tells their examples apart: it is a beginning, widen it by hand.

Exit codes: 0 the policy meets every need, 1 some cannot be met, which are on standard error, 2 wrong usage.

Example:
  $ countersign contracts suggest --pacts ./pacts --policy ./config > smallest.yaml
  $ countersign contracts check --pacts ./pacts --policy smallest.yaml --least-privilege
  $ countersign diff ./config smallest.yaml`

interface Options extends PactOptions {
  readonly policy?: string
  readonly services: boolean
}

function run(options: Options, command: Command): void {
  const found = readPactOptions(options, command)
  if (!found) return
  const base =
    options.policy === undefined ? exampleFor(found.needs, command) : written(options.policy, command)
  if (base === undefined) return
  const { text, config } = base
  const suggested = (services: string) =>
    options.services
      ? { policy: text, suggestion: `${header}${services}` }
      : { suggestion: `${header}${text}${services}` }
  const load = (services: string) => loadText(options.policy ?? '.', suggested(services))
  const policy = orFaults(() => suggestPolicy(found.needs, { ...found, config, load }))
  if (!policy) return
  const { services, unmet } = policy
  process.stdout.write(suggested(servicesYaml(services)).suggestion)
  for (const { need, why } of unmet) {
    process.stderr.write(`cannot be met: ${need.consumer}, ${nameOf(need)}: ${why}\n`)
  }
  process.exitCode = unmet.length === 0 ? 0 : 1
}

/** What is no policy, a consumer whose name is no name for a service say, is told like a fault in a file. */
function orFaults(make: () => Suggestion): Suggestion | undefined {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof ConfigFaults)) throw error
    process.stderr.write(`${renderFaults(error.faults, error.sources)}\n\n${renaming}`)
    process.exitCode = 1
    return undefined
  }
}

const renaming = 'A consumer that is called otherwise than its service: --consumer NAME=SERVICE\n'

const header = `# The smallest policy that meets the contracts, by \`countersign contracts suggest\`. To be reviewed:
# who each service is, and what conditions should say beyond the examples of the contracts.
`

interface Base {
  /** Everything but the services. */
  readonly text: string
  /** With the services that there are. */
  readonly config: LoadedConfig
}

function written(path: string, command: Command): Base | undefined {
  const config = loadPolicy(path, command)
  return config && { text: writtenConfiguration(config), config }
}

function exampleFor(needs: readonly Need[], command: Command): Base {
  const allowed = needs.filter(({ wants }) => wants.outcome === 'allowed')
  const names = new Set(allowed.flatMap(({ request }) => upstreamsNamed(request)))
  const known = [...names].sort().map((name) => {
    const preset = presets.get(name)
    if (preset) return preset
    return command.error(`"${name}" is no preset: give --policy; ${suggest(name, presets.keys())}`)
  })
  const text = exampleConfiguration(known)
  return { text, config: loadText('.', { example: `${text}services: {}\n` }) }
}
