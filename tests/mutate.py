"""变异测试：``make mutate`` 逐处改坏 ``law/`` 的代码，看 ``tests/law`` 能否发现；存活的变异体逐条列出。

Cosmic Ray finds the places and makes the mutants; three operators of our own break what rules consist of: the
comparison that is called, the facts that are named together, the phase of a fact. Every mutant runs in a
process forked from one that has everything loaded, and takes the place of its module there: no file of the
tree changes. Mutants that differ in annotations or docstrings alone, or do not compile, are left out. Exit
code 1 below 90 % killed. Needs ``os.fork`` (Linux, macOS, WSL).
"""

from __future__ import annotations

import ast
import contextlib
import difflib
import importlib.abc
import importlib.machinery
import importlib.util
import io
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import CodeType, ModuleType

import cosmic_ray.plugins
import pytest
from _pytest.main import pytest_runtestloop
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from hypothesis import settings

import fangtian.facts.assemble  # noqa: F401 (loaded once, before the forks)
from fangtian.law.norm import norms
from fangtian.law.rules import THEMES
from fangtian.law.rules.registry import REGISTERED
from mutants import OWN

ROOT = Path(__file__).parents[1]
LAW = ROOT / "src/fangtian/law"
MUTATED = (
    "rules/*.py",
    "judge.py",
    "verdict.py",
    "papers.py",
    "applicability.py",
    "need.py",
    "tightening.py",
)
QUICK = ("which_law", "tightened_limits", "judge", "papers", "packs", "own_packs", "rules_exactly", "cases")
"""Quick files of tests/law; none that builds plans."""
LIKELIEST = {
    "registry": "rules_exactly",
    "absence": "rules_exactly",
    "tightening": "tightened_limits",
    "need": "tightened_limits",
    "papers": "papers",
}
"""The file that notices most of what is broken in a module, to be asked first."""
THEME = ("rules_exactly", "cases")
"""What is asked about the rules of a theme: collected once, for thousands of tests."""
WANTED = 90
SECONDS = 120
"""A mutant that takes longer (an endless loop) counts as killed."""


@dataclass(frozen=True)
class Mutant:
    """变异体。One module with one place broken."""

    module: str
    path: Path
    operator: str
    source: str

    @property
    def change(self) -> str:
        """改动。The lines that differ, as a reader of a diff knows them."""
        before, after = self.path.read_text(encoding="utf-8").splitlines(), self.source.splitlines()
        lines = list(difflib.unified_diff(before, after, lineterm="", n=0))[2:]
        return "\n".join(f"    {line}" for line in lines)


def mutants(path: Path) -> Iterator[Mutant]:
    """变异体。Of one file, every one that a run of its code could tell from the original, once."""
    source = path.read_text(encoding="utf-8")
    seen = {meaning(source), ""}
    nodes = list(ast_nodes(get_ast(source)))
    for operator in operators():
        for occurrence in range(sum(1 for node in nodes for _ in operator.mutation_positions(node))):
            changed = mutate_code(source, operator, occurrence) or source
            if (means := meaning(changed)) not in seen:
                seen.add(means)
                yield Mutant(module_of(path), path, type(operator).__name__, changed)


def unbroken(path: Path) -> Mutant:
    """未改动。Must survive, or the tests tell nothing of mutants."""
    return Mutant(module_of(path), path, "", path.read_text(encoding="utf-8"))


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT / "src").with_suffix("").parts).removesuffix(".__init__")


def operators() -> Iterator[Operator]:
    names = cosmic_ray.plugins.operator_names()
    known = [cosmic_ray.plugins.get_operator(name) for name in names]
    yield from (operator() for operator in (*known, *OWN) if not operator.arguments())


def meaning(source: str) -> str:
    """含义。The code without annotations and docstrings; what does not compile means nothing."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return ""
    for node in ast.walk(tree):
        for name in ("annotation", "returns"):
            if getattr(node, name, None) is not None:
                setattr(node, name, ast.Constant(None))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value = ast.Constant(None)  # a docstring
    return ast.dump(tree)


class Broken(importlib.abc.MetaPathFinder, importlib.machinery.SourceFileLoader):
    """改坏的模块。Imported in place of the file that it was made from."""

    def __init__(self, mutant: Mutant) -> None:
        super().__init__(mutant.module, str(mutant.path))
        self.mutant = mutant

    def find_spec(self, fullname: str, path: object = None, target: ModuleType | None = None):  # type: ignore[no-untyped-def,override]
        if fullname != self.mutant.module:
            return None
        return importlib.util.spec_from_file_location(fullname, self.mutant.path, loader=self)

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.mutant.source, str(self.mutant.path), "exec")


def options(*names: str) -> list[str]:
    """选项。Of pytest, for some files."""
    files = [str(ROOT / f"tests/law/test_{name}.py") for name in names]
    quiet = ["-x", "-q", "--noconftest", "--tb=no", "-p", "no:cacheprovider", "-p", "no:xdist"]
    quiet += ["-k", "not TestTemplate"]  # starts a process of its own, where nothing is broken
    quiet += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]  # hypothesis is loaded before the forks
    return [*quiet, *files]


def survives_anew(mutant: Mutant) -> bool:
    """是否存活。The law is imported once more, with the mutant in it, and all quick tests pass."""
    tests = str(ROOT / "tests/law")  # they hold on to the law that they have imported
    for name, module in list(sys.modules.items()):
        if name.startswith("fangtian.law") or str(getattr(module, "__file__", "")).startswith(tests):
            del sys.modules[name]
    sys.meta_path.insert(0, Broken(mutant))
    first = LIKELIEST.get(mutant.path.stem, QUICK[0])
    names = (first, *(name for name in QUICK if name != first))
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return all(pytest.main(options(name)) == 0 for name in names)


class Session:
    """测试会话。Collects the tests of themes once; every mutant is tried in a process forked from here."""

    def __init__(self, found: Sequence[Mutant]) -> None:
        self.found = found
        self.alive = list(found)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        for mutant in self.found[:1]:  # a theme put in as it is must survive, or nothing is learnt here
            _, status = os.waitpid(fork(partial(self.survives, unbroken(mutant.path), session)), 0)
            assert not status
        self.alive = list(surviving(self.found, lambda mutant: self.survives(mutant, session)))
        return True

    def survives(self, mutant: Mutant, session: pytest.Session) -> bool:
        """是否存活。The theme registers its functions anew; tests of its norms come first."""
        ids = [norm for norm, function in REGISTERED.items() if function.__module__ == mutant.module]
        for norm in ids:
            del REGISTERED[norm]
        theme = next(theme for theme in THEMES if theme.__name__ == mutant.module)
        exec(compile(mutant.source, str(mutant.path), "exec"), vars(theme))
        session.items.sort(key=lambda item: not any(norm in item.nodeid for norm in ids))
        with contextlib.suppress(session.Failed):
            pytest_runtestloop(session)
        return not session.testsfailed


def fork(task: Callable[[], bool]) -> int:
    """派生。A process of its own for a task; its exit code is 0 where the task says yes."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        signal.alarm(SECONDS)
        code = 0 if task() else 1
    finally:
        os._exit(code)


def surviving(found: Sequence[Mutant], survives: Callable[[Mutant], bool]) -> Iterator[Mutant]:
    """存活的变异体。As they come, with a sign of life on stderr."""
    running: dict[int, Mutant] = {}
    waiting = list(reversed(found))
    while waiting or running:
        while waiting and len(running) < (os.cpu_count() or 1):
            mutant = waiting.pop()
            running[fork(partial(survives, mutant))] = mutant
        pid, status = os.wait()
        if os.waitstatus_to_exitcode(status) == 0:
            yield running[pid]
        del running[pid]
        sys.__stderr__.write(f"\r{len(found) - len(waiting) - len(running)}/{len(found)} ")
        sys.__stderr__.flush()


def main(chosen: Sequence[str]) -> int:
    """变异测试。Of the files chosen, or of all that are to be mutated."""
    started = time.monotonic()
    settings.register_profile("mutate", deadline=None, database=None, derandomize=True, max_examples=25)
    settings.load_profile("mutate")
    os.chdir(ROOT)
    norms()
    _, status = os.waitpid(fork(partial(survives_anew, unbroken(LAW / "judge.py"))), 0)
    if status:
        print("没有改动时测试就未通过；请先修好 tests/law。")
        return 1
    files = sorted(file for pattern in chosen or MUTATED for file in LAW.glob(pattern))
    found = [mutant for file in files for mutant in mutants(file)]
    themes = {theme.__name__ for theme in THEMES}
    session = Session([mutant for mutant in found if mutant.module in themes])
    with contextlib.redirect_stdout(io.StringIO()):
        failed = pytest.main(options(*THEME), plugins=[session])
    if failed:
        print("没有改动的规则未通过测试；请先修好 tests/law。")
        return 1
    others = [mutant for mutant in found if mutant.module not in themes]
    alive = [*session.alive, *surviving(others, survives_anew)]
    for mutant in alive:
        print(f"存活 {mutant.path.relative_to(ROOT)}（{mutant.operator}）\n{mutant.change}")
    lost = Counter(mutant.module for mutant in alive)
    for module, count in sorted(Counter(mutant.module for mutant in found).items()):
        print(f"{module:48} {count - lost[module]:4}/{count:4}")
    killed = len(found) - len(alive)
    share = 100 * killed / len(found)
    minutes = (time.monotonic() - started) / 60
    print(
        f"{len(found)} 个变异体，发现 {killed} 个（{share:.1f}%），存活 {len(alive)} 个；{minutes:.0f} 分钟。"
    )
    return 0 if share >= WANTED else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
