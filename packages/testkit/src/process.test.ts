import { expect, test } from 'vitest'
import { startProcess } from './process.ts'
import { connectRaw } from './raw-client.ts'

const node = (source: string, options: Parameters<typeof startProcess>[2] = {}) =>
  startProcess(process.execPath, ['-e', source], options)
const forever = 'setInterval(() => {}, 1000);'
const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('it is ready when a line says so, and ends with its own exit code on SIGTERM', async () => {
  const source = `${forever} process.on('SIGTERM', () => process.exit(7)); console.log('listening on ' + process.env.WHERE)`
  await using child = await node(source, { ready: /listening on (\d+)/, env: { WHERE: '42' } })
  expect(child.readyLine).toBe('listening on 42')
  expect(child.stdout()).toBe('listening on 42\n')
  expect(isAlive(child.pid)).toBe(true)
  expect(await child.stop()).toBe(7)
})

test('a signal that ends it is named', async () => {
  await using child = await node(forever)
  expect(await child.stop('SIGKILL')).toBe('SIGKILL')
})

test('an early end is an error that shows what it wrote', async () => {
  await expect(node(`console.error('bad config'); process.exit(2)`, { ready: /never/ })).rejects.toThrow(
    /ended \(2\)[\s\S]*bad config/,
  )
})

test('a process that is not ready in time is killed', async () => {
  const started = node(`${forever} console.log(process.pid)`, { ready: /never/, readyWithinMs: 3000 })
  const error = await started.catch((reason: Error) => reason)
  expect(error).toHaveProperty('message', expect.stringContaining('within 3000 ms'))
  const pid = Number(/stdout\n(\d+)/.exec(String(error))?.[1])
  expect(pid).toBeGreaterThan(0)
  expect(isAlive(pid)).toBe(false)
})

test('a command that does not exist is an error', async () => {
  await expect(startProcess('/no/such/command', [])).rejects.toThrow('cannot be started')
})

test('a later line can be awaited', async () => {
  await using child = await node(`${forever} setTimeout(() => console.log('later'), 20)`)
  expect(await child.line(/later/)).toBe('later')
})

test('disposing kills what the process started as well', async () => {
  // Seen through its port: the id of a killed grandchild may live on as a zombie until someone reaps it.
  const listener = `require('node:net').createServer().listen(0, '127.0.0.1', function () { console.log('port', this.address().port) })`
  const source = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(listener)}], { stdio: 'inherit' }); ${forever}`
  const child = await node(source, { ready: /^port / })
  const port = Number(child.readyLine.split(' ')[1])
  await (await connectRaw({ port })).close()
  await child.close()
  await expect.poll(() => connectRaw({ port }).catch((error) => error.code)).toBe('ECONNREFUSED')
})
