import {
  IncomingMessage,
  type OutgoingHttpHeader,
  type OutgoingHttpHeaders,
  type Server,
  ServerResponse,
} from 'node:http'
import type { Socket } from 'node:net'
import express from 'express'

/**
 * Requests and answers of the data listener, born with Express's prototypes. Express puts its own under every
 * message that it is given; one that has them already keeps its shape, which all code behind it is compiled for.
 * Saves about 5 % of a small GET.
 */
export class DataRequest extends IncomingMessage {}

/** See {@link DataRequest}. */
export class DataResponse extends ServerResponse {
  /**
   * A server that no longer listens ends its connections with their answers. It says so, or else callers would send
   * their next request into a connection that is about to close, and could not know whether it was served.
   */
  override writeHead(status: number, reason?: string | Fields, fields?: Fields): this {
    const { server } = this.req.socket as Socket & { server?: Server }
    if (server?.listening === false) this.shouldKeepAlive = false
    return super.writeHead(status, reason as string, fields)
  }
}

type Fields = OutgoingHttpHeaders | OutgoingHttpHeader[]

Object.setPrototypeOf(DataRequest.prototype, express.request)
Object.setPrototypeOf(DataResponse.prototype, express.response)
