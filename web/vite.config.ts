import { defineConfig } from "vite";

export default defineConfig({
  build: {
    target: "es2022",
    // Everything is one small bundle; the polyfill would only be dead weight.
    modulePreload: { polyfill: false },
    // A strict Content-Security-Policy allows no data: fonts, scripts or styles.
    assetsInlineLimit: 0,
  },
});
