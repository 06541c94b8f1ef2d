import { createMiddleware } from 'hono/factory'
import { auth } from 'hono/utils/basic-auth'
import { AppError } from '../../core/errors.ts'
import { sameToken } from '../../inbox/whatsapp/verify.ts'
import type { HttpEnv } from '../runtime.ts'
import { comesFromHere } from '../same-site.ts'

const USER = 'operator'

/** HTTP Basic: user `operator`, the token as password. Where no token is configured, there is no such area. */
export const requireOperator = createMiddleware<HttpEnv>(async (c, next) => {
  const { operator, onError } = c.var.runtime
  if (!operator) throw new AppError('no such route')
  c.header('cache-control', 'no-store')
  c.header('x-content-type-options', 'nosniff')
  const given = auth(c.req.raw)
  if (!given || !(await sameToken(`${given.username}:${given.password}`, `${USER}:${operator.token}`))) {
    if (c.req.header('authorization')) onError('Somebody was refused at /operator: wrong user or token')
    c.header('www-authenticate', 'Basic realm="Buzon operator", charset="UTF-8"')
    throw new AppError('operator only')
  }
  if (!['GET', 'HEAD'].includes(c.req.method) && !comesFromHere(c)) throw new AppError('cross site')
  await next()
})
