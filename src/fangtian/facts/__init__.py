"""事实。Layers become facts: one key, one scope, one phase, one value, sealed."""
