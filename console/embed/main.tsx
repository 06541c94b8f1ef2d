/** The conversation inside a CRM's records: Zendesk's sidebar, the window that HubSpot's card opens. An entry of its own, without the console. */
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Problem } from '../api/client.ts'
import { Hints } from '../ui/hint.tsx'
import { openFrame } from './frame.ts'
import { Surface } from './surface.tsx'

const client = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (count, error) => count < 3 && !(error instanceof Problem && error.status >= 400 && error.status < 500),
    },
  },
})

const root = document.getElementById('root')
if (!root) throw new Error('The page has no root')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <Hints>
        <Surface frame={openFrame()} />
      </Hints>
    </QueryClientProvider>
  </StrictMode>,
)
