import { fileURLToPath } from 'node:url'
import { startProcess } from '@countersign/testkit'
import { onCore } from '../machine/cores.ts'
import type { Stage } from '../stage.ts'
import type { Server, Subject } from './subject.ts'

/** Proxies made of Node libraries, each a script of `servers/` that is told the upstream's origin. */
export const nodeProxies: readonly Subject[] = [
  asSubject('express-hpm', 'express 5 + http-proxy-middleware 4, bare, kept connections'),
  asSubject('fastify-proxy', 'fastify 5 + @fastify/http-proxy, bare'),
  asSubject('engine', 'the gateway’s engine bare: express, http-proxy-middleware, undici dispatch'),
]

function asSubject(name: string, title: string): Subject {
  return {
    name,
    title,
    mints: false,
    unavailable: () => undefined,
    start: ({ upstream }: Stage) => startNodeServer(name, [`http://127.0.0.1:${upstream.port}`]),
  }
}

/** Starts a script of `servers/`, which prints its port when it listens. */
export async function startNodeServer(script: string, args: readonly string[]): Promise<Server> {
  const file = fileURLToPath(new URL(`../servers/${script}.ts`, import.meta.url))
  const command = onCore('subject', process.execPath, [file, ...args])
  const { pid, readyLine, close } = await startProcess(...command, {
    ready: /^listening \d+$/,
    env: { NODE_ENV: 'production' },
  })
  return { port: Number(readyLine.split(' ')[1]), pid, [Symbol.asyncDispose]: close }
}
