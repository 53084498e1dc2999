import { checkCommand } from './src/cli/check.ts'
await checkCommand().parseAsync(process.argv)
