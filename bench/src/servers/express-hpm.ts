import { Agent, createServer } from 'node:http'
import express from 'express'
import { createProxyMiddleware } from 'http-proxy-middleware'
import { announce } from './announce.ts'

const app = express()
const agent = new Agent({ keepAlive: true })
app.use(createProxyMiddleware({ target: process.argv[2] ?? '', agent }))
announce(createServer(app))
