import { Command, Help, type Option } from 'commander'
import { isSystemError } from './is-system-error.ts'
import { watchStandardOutput } from './standard-output.ts'
import { usageExit } from './usage-exit.ts'

/** Each command's own modules are loaded when it is the one that was asked for: most of them are of no use to others. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./serve.ts')).serveCommand(),
  check: async () => (await import('./check.ts')).checkCommand(),
  explain: async () => (await import('./explain.ts')).explainCommand(),
  test: async () => (await import('./test.ts')).testCommand(),
  diff: async () => (await import('./diff.ts')).diffCommand(),
  replay: async () => (await import('./replay.ts')).replayCommand(),
  rightsize: async () => (await import('./rightsize.ts')).rightsizeCommand(),
  contracts: async () => (await import('./contracts.ts')).contractsCommand(),
  connect: async () => (await import('./connect.ts')).connectCommand(),
  import: async () => (await import('./import.ts')).importCommand(),
  audit: async () => (await import('./audit.ts')).auditCommand(),
}

/** Does what a command line says. @param argv as in `process.argv` */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  const program = new Command('countersign')
    .description(
      'The gateway that calls admin APIs with the right token, so that no service has to hold one.',
    )
    .version('0.1.0')
    .addHelpText('after', help)
  for (const command of await loadCommands(argv[2])) program.addCommand(command)
  for (const command of everyCommand(program)) {
    // Wrong usage exits with 2, at every depth. One line: a page of help would push what is wrong out of sight.
    command
      .exitOverride(usageExit)
      .showHelpAfterError('Add --help to see how it is used.')
      .configureHelp({ optionDescription: describeOption })
  }
  // A gateway writes its record and its log past these streams, and to look at one is to open it.
  program.hook('preAction', (_, command) => {
    if (command.name() !== 'serve') watchStandardOutput()
  })
  try {
    await program.parseAsync(argv)
  } catch (error) {
    if (argv[2] === 'serve' || !isSystemError(error)) throw error
    process.stderr.write(`countersign: ${error.message}\n`)
    process.exitCode = 2
  }
}

const help = `
Exit codes: 0 fine, 1 a finding, 2 wrong usage.

Begin with:
  $ countersign check examples/platform --policy-only
  $ countersign test examples/platform
  $ countersign explain examples/platform --service support POST /faable/session/s_1/revoke`

/** The command of this name; all of them where it is none, for help and for what may have been meant. */
function loadCommands(name = ''): Promise<Command[]> {
  const named = Object.hasOwn(commands, name) ? commands[name] : undefined
  return Promise.all((named ? [named] : Object.values(commands)).map((load) => load()))
}

function everyCommand(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(everyCommand)]
}

/** As commander does, without "(default: false)" at every flag. */
function describeOption(this: Help, option: Option): string {
  return option.isBoolean() ? option.description : Help.prototype.optionDescription.call(this, option)
}
