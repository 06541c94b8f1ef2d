import type { InferRequestType, InferResponseType } from 'hono/client'

type Route = (...args: never[]) => Promise<unknown>
/** What a route answers where it goes well. */
export type Answer<R extends Route> = Exclude<
  InferResponseType<R, 200> | InferResponseType<R, 201> | InferResponseType<R, 202>,
  never
>
export type Asked<R extends Route> = InferRequestType<R>
