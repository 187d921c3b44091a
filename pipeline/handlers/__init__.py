"""One verb a module; `handler` is what Lambda calls."""
