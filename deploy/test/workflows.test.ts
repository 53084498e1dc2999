import { globSync, readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

// GitHub's own parser imports JSON without the attribute that Node asks for.
registerHooks({
  load: (url, context, next) =>
    next(url, url.endsWith('.json') ? { ...context, importAttributes: { type: 'json' } } : context),
})
const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } = await import(
  '@actions/workflow-parser'
)

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const workflows = globSync(['.github/workflows/*.yml', 'examples/*/.github/workflows/*.yml'], { cwd: root })

test.each(workflows)('GitHub would run %s', async (file) => {
  expect(await problemsIn(file, read(file))).toEqual([])
})

test('and would not, with an expression for a permission', async () => {
  const file = '.github/workflows/deployed.yml'
  const permissions = { contents: `\${{ inputs.environment && 'write' || 'read' }}` }
  const { jobs, ...rest } = parse(read(file))
  const text = JSON.stringify({ ...rest, jobs: { deployed: { ...jobs.deployed, permissions } } })
  expect(await problemsIn(file, text)).toContainEqual(expect.stringContaining('Unexpected value'))
})

test.each(workflows)('%s has no permission that it does not name, and pins what others wrote', (file) => {
  const { permissions, jobs } = parse(read(file))
  expect(permissions).toEqual({})
  for (const job of Object.values<{ uses?: string; permissions?: object; steps?: { uses?: string }[] }>(
    jobs,
  )) {
    expect(job.permissions).toBeDefined()
    const used = [job, ...(job.steps ?? [])].flatMap(({ uses }) => (uses === undefined ? [] : [uses]))
    expect(used.filter((uses) => !/^\.\/|@[0-9a-f]{40}$/.test(uses))).toEqual([])
  }
})

test('there are workflows', () => {
  expect(workflows).toContain('.github/workflows/contracts.yml')
  expect(workflows).toContain('examples/consumer-service/.github/workflows/ci.yml')
})

/** What GitHub's own parser says, about workflows of this repository that are called as well. */
async function problemsIn(name: string, content: string): Promise<string[]> {
  const { context, value } = parseWorkflow({ name, content }, new NoOperationTraceWriter())
  const getFileContent = async (called: object) => {
    const path = 'path' in called ? String(called.path) : ''
    return { name: path, content: read(path) }
  }
  if (value)
    await convertWorkflowTemplate(context, value, { getFileContent }, { fetchReusableWorkflowDepth: 1 })
  return context.errors.getErrors().map(({ message }) => message)
}
