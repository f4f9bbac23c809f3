"""How tests come in: Hypothesis' state machine, `@simulate`, and the pytest plugin."""
