import proxy from '@fastify/http-proxy'
import { fastify } from 'fastify'
import { announce } from './announce.ts'

const app = fastify({ bodyLimit: Number.MAX_SAFE_INTEGER })
app.register(proxy, { upstream: process.argv[2] ?? '' })
await app.ready()
announce(app.server)
