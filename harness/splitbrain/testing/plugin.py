"""The pytest plugin: schedule files are test items, and counterexamples are printed as they are.

It is loaded by every pytest run of every project in the environment, so it imports nothing but pytest and constants at start-up.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from splitbrain.report.clean import CLEAN
from splitbrain.report.terminal.size import screen_width
from splitbrain.schedule.format import OUT, SUFFIX
from splitbrain.testing.session import Session, begin, end, session

if TYPE_CHECKING:
    from splitbrain.schedule.file import SavedSchedule
    from splitbrain.schedule.replay import Replay

_SESSION = pytest.StashKey[Session]()
_SENT = "splitbrain_report"  # what a worker says of one


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--schedules-dir``."""
    parser.getgroup("splitbrain").addoption(
        "--schedules-dir",
        metavar="DIR",
        help="where the schedules of failing tests are saved, and collected besides the test paths "
        "(default: `schedules` in the first of `testpaths`, or in `tests`)",
    )


def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Make our Hypothesis profiles known before Hypothesis' plugin loads the one that is chosen."""
    chosen = str(getattr(early_config.known_args_namespace, "hypothesis_profile", None))
    if chosen.startswith("splitbrain-"):
        from splitbrain.dice import fresh_seed  # noqa: PLC0415
        from splitbrain.testing.profiles import NIGHTLY, register  # noqa: PLC0415

        register()
        if chosen == NIGHTLY:
            # A default: one fresh seed for the whole run, and for all workers of pytest-xdist; --hypothesis-seed still wins.
            early_config.option.hypothesis_seed = str(fresh_seed())


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Tell searches what the options say; collect ``--schedules-dir``, unless the test paths hold that folder already."""
    folder = schedules_dir(config)
    seed = str(config.getoption("--hypothesis-seed", None))
    # Asked now, since while a test runs its output goes to a file; and told to workers of pytest-xdist, which have no terminal.
    config.option.splitbrain_width = getattr(config.option, "splitbrain_width", None) or screen_width()
    config.stash[_SESSION] = Session(folder, int(seed) if seed.isdecimal() else None, config.option.splitbrain_width)
    begin(config.stash[_SESSION])
    if config.getoption("schedules_dir") is None:
        return
    config.option.schedules_dir = str(folder)  # absolute: workers of pytest-xdist may run elsewhere
    if folder.is_dir() and not any(folder.is_relative_to(path) for path in _test_paths(config)):
        config.args.append(str(folder))


def pytest_unconfigure(config: pytest.Config) -> None:
    """The session is over."""
    if _SESSION in config.stash:
        end(config.stash[_SESSION])


def pytest_report_header() -> str | None:
    """The one seed of all searches, where there is one."""
    seed = session().seed
    return None if seed is None else f"splitbrain: all searches have the seed {seed}; --hypothesis-seed={seed} repeats them"


def _test_paths(config: pytest.Config) -> list[Path]:
    """The files and folders that pytest collects as a whole."""
    return [Path(config.invocation_params.dir, argument).resolve() for argument in config.args if "::" not in argument]


def schedules_dir(config: pytest.Config) -> Path:
    """Where the schedules of failing tests are saved: ``--schedules-dir``, else ``schedules`` in the first test path."""
    given = config.getoption("schedules_dir")
    if given is not None:
        return Path(config.invocation_params.dir, given).resolve()
    testpaths = config.getini("testpaths")
    return config.rootpath / (testpaths[0] if testpaths else "tests") / "schedules"


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """What the command line has saved is not a test until somebody puts it among the tests."""
    return True if collection_path.name == OUT and collection_path not in _test_paths(config) else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What the searches that broke nothing went through: a green run must mean something."""
    accounts = [
        line
        for report in terminalreporter.stats.get("passed", ())
        for title, text in report.sections
        if title == "Captured stdout call"
        for line in text.splitlines()
        if CLEAN in line
    ]
    if accounts:
        terminalreporter.section("splitbrain")
        for line in accounts:
            terminalreporter.line(line)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A schedule file is collected wherever it lies under the test paths."""
    if file_path.name.endswith(SUFFIX):
        return ScheduleFile.from_parent(parent, path=file_path)
    return None


class ScheduleFile(pytest.File):
    """A saved schedule; it is not read before its turn, so that a broken file is one error and collecting stays cheap."""

    def collect(self) -> Iterator[pytest.Item]:
        yield ScheduleItem.from_parent(self, name="replay")


class ScheduleItem(pytest.Item):
    """The replay of one file.

    ``expect: fixed`` replays leniently, since a fix often stops a later message from being sent, and must end FIXED with
    something of substance still happening; ``expect: violation`` replays strictly, and must end REPRODUCED.
    """

    saved: SavedSchedule

    def setup(self) -> None:
        from splitbrain.schedule.file import load  # noqa: PLC0415 - as everywhere here: nothing heavy at start-up

        self.saved = load(self.path)
        self.saved.setup(folders=[self.config.rootpath])  # a scenario that is gone is an error of the file, not of the protocol

    def runtest(self) -> None:
        from splitbrain.schedule.replay import replay  # noqa: PLC0415

        fixed = self.saved.header.expect == "fixed"
        outcome = replay(self.saved, lenient=fixed, folders=[self.config.rootpath])
        complaint = _complaint(self.saved, outcome)
        if complaint is not None:
            raise _replay_error(self.saved, outcome, complaint, self._shown_path())

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Errors that are the user's to mend in their own terms; anything else is ours, with its traceback."""
        from splitbrain.errors import SplitbrainError  # noqa: PLC0415

        if isinstance(excinfo.value, SplitbrainError):
            text = str(excinfo.value)
            return PlainReport(text, text.partition("\n")[0], str(self.path))
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None, f"replay of {self._shown_path()}"

    def _shown_path(self) -> Path:
        from splitbrain.report.terminal.size import as_typed  # noqa: PLC0415

        return as_typed(self.path)


class ReplayError(Exception):
    """A schedule did not end as its file expects; ``splitbrain_report`` is what pytest prints (`_colored`: in colours).

    splitbrain_line: where it prints one line.
    """

    def __init__(self, report: str, colored: Callable[[], str]) -> None:
        self.splitbrain_line = report.partition("\n")[0]
        super().__init__(self.splitbrain_line)
        self.splitbrain_report = report
        self.splitbrain_colored = colored


def _complaint(saved: SavedSchedule, replay: Replay) -> str | None:
    """What is wrong with this outcome, in one sentence that begins with a word for it; None when it is as expected."""
    at = "" if replay.at is None else f" AT {replay.at}"
    found = f"{replay.outcome}{at}: {replay.message}"
    if saved.header.expect == "violation":
        if replay.outcome == "REPRODUCED":
            return None
        fixed = '; if the bug is mended, let the header say "expect": "fixed"' if replay.outcome == "FIXED" else ""
        return f'{found} (the file says "expect": "violation"{fixed})'
    if replay.stale:
        return (
            f"STALE: only {replay.worked} of the {replay.work} deliveries, timers and requests of this schedule can still happen, "
            "so that surviving it proves nothing; the protocol or the scenario has changed: hunt for it again, or delete the file"
        )
    return None if replay.outcome == "FIXED" else found


def _replay_error(saved: SavedSchedule, replay: Replay, complaint: str, path: Path) -> ReplayError:
    from splitbrain.counterexample.explanation import explain  # noqa: PLC0415
    from splitbrain.report.terminal.screen import counterexample_text  # noqa: PLC0415

    explanation, width = explain(replay.run), session().columns()

    def text(color: bool) -> str:
        shown = counterexample_text(saved, replay.run, path, width, color, explanation)
        # What was skipped here would end a strict replay.
        return f"{complaint}\n\n{shown}" + ("\n(with --lenient, as it was here)" if replay.run.skipped else "")

    return ReplayError(text(False), lambda: text(True))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Print an exception that has a ``splitbrain_report`` as that text: the harness' own frames help nobody."""
    report = yield
    if call.excinfo is not None and report.outcome == "failed":
        errors = _leaves(call.excinfo.value)
        texts = [_text(error) for error in errors]
        if all(texts):
            # A TestCase that the harness made has its lines in the harness.
            line = item.location[1] if item.config.rootpath / item.location[0] == item.path else None
            shown = PlainReport("\n\n".join(texts), _line(errors[0]), str(item.path), 0 if line is None else line + 1)
            shown.silent = item.config.getoption("tbstyle", None) == "line"
            shown.colored = lambda: "\n\n".join(_text(error, colored=True) for error in errors)
            report.longrepr = shown  # type: ignore[assignment]
    return report


def _leaves(error: BaseException) -> list[BaseException]:
    """An exception, or all in a group."""
    if isinstance(error, BaseExceptionGroup):
        return [leaf for each in error.exceptions for leaf in _leaves(each)]
    return [error]


def _text(error: BaseException, colored: bool = False) -> str:
    """The report of an exception, in colours where it has them; empty where it has none."""
    in_colors = getattr(error, "splitbrain_colored", None) if colored else None
    text = getattr(error, "splitbrain_report", "") if in_colors is None else in_colors()
    return text if isinstance(text, str) else ""


def _line(error: BaseException) -> str:
    """The same in one line."""
    line = getattr(error, "splitbrain_line", None)
    return line if isinstance(line, str) else _text(error).partition("\n")[0]


@dataclass(frozen=True)
class Crash:
    """Where a test failed, for the short summary, JUnit and ``--tb=line``. lineno: from 1; 0 where there is none."""

    path: str
    lineno: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}{f':{self.lineno}' if self.lineno else ''}: {self.message}"


class PlainReport:
    """What pytest prints of a failure: a text as it is; and what stands for it where there is one line for each.

    colored: makes the same text with colours, where there are any. silent: the line is enough.
    """

    def __init__(self, text: str, line: str, path: str, lineno: int = 0) -> None:
        self.text = text
        self.colored: Callable[[], str] | None = None
        self.silent = False
        self.reprcrash = Crash(path, lineno, line)

    def __str__(self) -> str:
        return self.text

    def toterminal(self, writer: Any) -> None:
        if not self.silent:
            text = self.colored() if self.colored is not None and writer.hasmarkup else self.text
            for line in text.splitlines():
                writer.line(line)


# Workers of pytest-xdist send their reports as JSON.


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable(
    report: pytest.CollectReport | pytest.TestReport,
) -> Generator[None, dict[str, Any] | None, dict[str, Any] | None]:
    """Send what a `PlainReport` knows besides its text."""
    data = yield
    if data is not None and isinstance(report.longrepr, PlainReport):
        crash = report.longrepr.reprcrash
        data[_SENT] = {"line": crash.message, "path": crash.path, "lineno": crash.lineno}, report.longrepr.silent
    return data


@pytest.hookimpl(wrapper=True)
def pytest_report_from_serializable(data: dict[str, Any]) -> Generator[None, Any, Any]:
    """Make it anew."""
    sent = data.pop(_SENT, None)
    report = yield
    if sent is not None:
        where, silent = sent
        report.longrepr = PlainReport(str(report.longrepr), **where)
        report.longrepr.silent = silent
    return report
