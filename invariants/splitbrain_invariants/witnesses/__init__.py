"""Why an invariant could break, in facts: who voted, accepted, restarted, waited."""
