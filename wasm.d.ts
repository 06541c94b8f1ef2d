/** As wrangler gives it to a Worker: compiled. */
declare module '*.wasm' {
  const compiled: WebAssembly.Module
  export default compiled
}
