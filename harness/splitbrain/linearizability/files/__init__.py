"""History files: what was recorded of real clients, in the forms that others write, too.

Read ``told`` (what any file comes to), ``opening`` (a file, and which form it has) and ``reading``; then the forms: ``jsonl``
(with ``shown``, what the harness prints itself), and ``jepsen`` and ``porcupine``, both with ``edn`` and ``pairing``.
"""
