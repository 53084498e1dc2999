import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { request } from '../support/request.ts'
import { openStage } from '../support/stage.ts'

// Every stage of every file looks for secrets in whatever its gateway leaves behind, when it is taken down.

it('K108 a crash shows no secret, in its output or in the report that Node writes', async () => {
  const crash = fileURLToPath(new URL('../support/crash.ts', import.meta.url))
  await using stage = await openStage({
    env: (folder) => ({
      NODE_OPTIONS: `--import=${crash} --report-uncaught-exception --report-directory=${folder}`,
    }),
  })
  const { responses } = await stage.caller.send(request('GET /u1/public/x') + request('GET /u1/admin'), {
    methods: ['GET', 'GET'],
  })
  expect(responses.map(({ status }) => status)).toEqual([200, 403])
  expect(await stage.gateway.stop('SIGUSR2')).not.toBe(0)
  expect(stage.gateway.stderr()).toContain('a defect of this test’s own')
  expect(readdirSync(stage.folder).filter((name) => name.startsWith('report.'))).toHaveLength(1)
})

it.skipIf(!existsSync('/proc/self/cmdline'))('K108 the scan finds what it looks for', async () => {
  const stage = await openStage()
  await stage.caller.send(request('GET /u1/public/x'))
  stage.write('leak.txt', `a careless copy of ${stage.tokens.issued[0]}`)
  stage.written.delete('leak.txt')
  await expect(stage[Symbol.asyncDispose]()).rejects.toThrow('leak.txt')
})
