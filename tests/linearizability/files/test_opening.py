"""Files: compressed, broken, of any form."""

import gzip
from pathlib import Path

import pytest

from splitbrain.errors import HistoryError
from splitbrain.linearizability.files.opening import guessed, opened


def test_a_compressed_file_is_read_as_what_it_holds_whatever_its_name(tmp_path):
    (tmp_path / "h.gz").write_bytes(gzip.compress(b"{}\n"))
    (tmp_path / "h").write_bytes(gzip.compress(b"{}\n"))
    (tmp_path / "plain").write_bytes(b"\xef\xbb\xbf{}\n")
    assert opened(tmp_path / "h.gz") == opened(tmp_path / "h") == opened(tmp_path / "plain") == "{}\n"


def test_what_cannot_be_read_is_told(tmp_path):
    with pytest.raises(HistoryError, match="nowhere cannot be read: No such file or directory; check the path"):
        opened(Path("nowhere"))
    with pytest.raises(HistoryError, match=r"cannot be read: Is a directory; "):
        opened(tmp_path)
    (tmp_path / "cut.gz").write_bytes(gzip.compress(b"{}\n" * 100)[:20])
    with pytest.raises(HistoryError, match=r"cut\.gz is compressed, and broken: .*; fetch or write it again"):
        opened(tmp_path / "cut.gz")
    (tmp_path / "bytes").write_bytes(b"{}\n\xff\xfe")
    with pytest.raises(HistoryError, match="line 2: bytes that are no UTF-8; "):
        opened(tmp_path / "bytes")


@pytest.mark.parametrize(
    ("name", "text", "form"),
    [
        ("h", '{"client": 0}', "jsonl"),
        ("h.edn", '{"client": 0}', "jsonl"),
        ("h", '[{"client": 0}]', "jsonl"),
        ("h", "{:process 0}", "jepsen-edn"),
        ("h.txt", "; a comment\n[{:process 0}]", "jepsen-edn"),
        ("h", "#jepsen.history.Op{:index 0}", "jepsen-edn"),
        ("h", "INFO  jepsen.core - up\nINFO  jepsen.util - 0\t:invoke\t:read\tnil", "porcupine"),
        ("h.edn", "", "jepsen-edn"),
        ("h.log.gz", "\n", "porcupine"),
        ("h.jsonl.gz", "hm", "jsonl"),
        ("h", "", "jsonl"),
    ],
)
def test_the_form_is_what_the_text_begins_with_or_what_the_name_says(name, text, form):
    assert guessed(Path(name), text) == form


def test_a_form_that_neither_says_has_to_be_named():
    with pytest.raises(HistoryError, match=r"h\.txt begins with 'once upon a time', .*--format jsonl or jepsen-edn or porcupine"):
        guessed(Path("h.txt"), "once upon a time")
    with pytest.raises(HistoryError, match=r"begins with '# A heading"):
        guessed(Path("h.md"), "# A heading")
