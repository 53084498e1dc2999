import { IncomingMessage, ServerResponse } from 'node:http'
import express from 'express'

/**
 * Requests and answers of the data listener, born with Express's prototypes. Express puts its own under every
 * message that it is given; one that has them already keeps its shape, which all code behind it is compiled for.
 * Saves about 5 % of a small GET.
 */
export class DataRequest extends IncomingMessage {}
export class DataResponse extends ServerResponse {}

Object.setPrototypeOf(DataRequest.prototype, express.request)
Object.setPrototypeOf(DataResponse.prototype, express.response)
