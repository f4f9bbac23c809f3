"""What holds for whatever clients are told: ``linearizable``, then ``exactly_once`` and ``answered``."""
