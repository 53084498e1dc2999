import { Command } from 'commander'
import { contractsCheckCommand } from './contracts-check.ts'
import { contractsSuggestCommand } from './contracts-suggest.ts'

/** `countersign contracts …`: policy and contracts beside each other. */
export function contractsCommand(): Command {
  return new Command('contracts')
    .description('Hold a policy to what the services’ contracts (pacts) need.')
    .addCommand(contractsCheckCommand())
    .addCommand(contractsSuggestCommand())
}
