/** `openDb` as every process on Node should call it: with connections whose loss it survives. */
import { type Db, type DbOptions, openDb } from '../db/client.ts'
import { socketOptions } from './postgres-socket/index.ts'

export function openDatabase(url: string, options: Omit<DbOptions, 'sockets'> = {}): Db {
  return openDb(url, { ...options, sockets: socketOptions(url) })
}
