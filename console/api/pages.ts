/** Lists that come page by page: what is there so far, and how to get more. */
import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query'

type Page<Row> = { items: Row[]; nextCursor: string | null }

/** `get` is asked with nothing for the first page, then with what the last page gave. */
export function usePages<Row>(
  queryKey: QueryKey,
  get: (cursor: { cursor?: string }) => Promise<Page<Row>>,
  options: { refetchInterval?: number; enabled?: boolean } = {},
) {
  const list = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => get(pageParam ? { cursor: pageParam } : {}),
    initialPageParam: '',
    getNextPageParam: page => page.nextCursor,
    ...options,
  })
  return {
    query: { data: list.data?.pages.flatMap(page => page.items), error: list.error, refetch: list.refetch },
    more: { has: list.hasNextPage, isBusy: list.isFetchingNextPage, get: () => void list.fetchNextPage() },
  }
}
