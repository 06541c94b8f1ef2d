import path from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'
import { budgets } from './budget.ts'

/** Built into dist/console, which Node and Workers serve. `npm run dev:console` serves it beside a hub on 8787. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [
    ...[react(), tailwindcss()],
    budgets([
      { what: 'the inbox', entries: ['index', 'inbox'], most: 200_000 },
      { what: 'inside a CRM', entries: ['embed'], most: 150_000 },
    ]),
  ],
  build: {
    outDir: path.join(import.meta.dirname, '../dist/console'),
    emptyOutDir: true,
    // The content security policy lets no script or picture stand inside a page.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
    rolldownOptions: {
      input: {
        index: path.join(import.meta.dirname, 'index.html'),
        // The hub writes the page that it stands in (src/http/embed-app.ts), so that its name must be known there.
        embed: path.join(import.meta.dirname, 'embed/main.tsx'),
        'embed-style': path.join(import.meta.dirname, 'embed/embed.css'),
      },
      output: {
        entryFileNames: ({ name }) => (name === 'embed' ? 'frame/app.js' : 'assets/[name]-[hash].js'),
        assetFileNames: ({ names }) =>
          names.includes('embed-style.css') ? 'frame/app.css' : 'assets/[name]-[hash][extname]',
      },
    },
  },
  server: { port: 5173, proxy: { '/api': 'http://127.0.0.1:8787', '/media': 'http://127.0.0.1:8787' } },
})
