"""House rules that a machine can see: sizes, names, layers of imports, docstrings, official names."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
MODULES = [str(path.relative_to(ROOT)) for path in SOURCES]
MAX_FILE, MAX_FUNCTION, MAX_PARAMETERS, MAX_PATH = 400, 40, 5, 100
LIBRARY_HOOKS = {
    "get_command",
    "handle_starttag",
    "handle_endtag",
    "handle_data",
}  # names that a base class calls
CHINESE = re.compile(r"[^\n]*[\u4e00-\u9fff]")
REFUSED_WORDS = {
    "utils",
    "util",
    "manager",
    "helper",
    "helpers",
    "get",
    "process",
    "handle",
    "handler",
    "misc",
}


def tree_of(module: str) -> ast.Module:
    return ast.parse((ROOT / module).read_text(encoding="utf-8"))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def code_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    is_doc = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    doc = (first.end_lineno or 0) - first.lineno + 1 if is_doc else 0
    return (node.end_lineno or 0) - node.lineno + 1 - doc


@pytest.mark.parametrize("module", MODULES)
def test_files_functions_and_parameters_stay_small(module: str) -> None:
    lines = (ROOT / module).read_text(encoding="utf-8").count("\n")
    assert lines <= MAX_FILE, f"{module} has {lines} lines; split it by meaning"
    for node in functions(tree_of(module)):
        assert code_lines(node) <= MAX_FUNCTION, (
            f"{module}:{node.lineno} {node.name} has {code_lines(node)} lines"
        )
        arguments = [a.arg for a in (*node.args.posonlyargs, *node.args.args) if a.arg not in ("self", "cls")]
        assert len(arguments) <= MAX_PARAMETERS, f"{module}:{node.lineno} {node.name} takes {arguments}"


@pytest.mark.parametrize("module", MODULES)
def test_names_are_of_the_field_and_public_ones_say_their_chinese_term(module: str) -> None:
    tree = tree_of(module)
    assert CHINESE.match(ast.get_docstring(tree) or ""), (
        f"{module}: module docstring starts with the Chinese term"
    )
    assert not REFUSED_WORDS & set(re.split(r"[_./]", module.removesuffix(".py"))), module
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name not in LIBRARY_HOOKS:
            words = set(re.findall(r"[a-z]+", re.sub(r"(?<!^)(?=[A-Z])", "_", node.name).lower()))
            assert not words & REFUSED_WORDS, f"{module}:{node.lineno} {node.name}"
    public = [
        n for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef) and not n.name.startswith("_")
    ]
    for node in public:
        doc = ast.get_docstring(node) or ""
        assert CHINESE.match(doc), (
            f"{module}:{node.lineno} {node.name}: docstring starts with the Chinese term"
        )


def test_imports_point_down() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def official_names() -> set[str]:
    names: set[str] = set()
    for path in (ROOT / "src/fangtian/catalog/layers").glob("*.toml"):
        spec = tomllib.loads(path.read_text(encoding="utf-8"))
        names |= {spec["official"]} | {name for field in spec["field"] for name in field["official"]}
    return {name for name in names if len(name) >= 3 and name.isascii()}


@pytest.mark.parametrize("module", [m for m in MODULES if "/catalog/" not in m and "/formats/" not in m])
def test_official_names_stay_in_catalog_and_formats(module: str) -> None:
    """Docstrings may cite them; code may not, not even in a string."""
    tree, names = tree_of(module), official_names()
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    documented |= {
        id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)
    }
    for node in ast.walk(tree):
        words: set[str] = set()
        if isinstance(node, ast.Name):
            words = {node.id}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
            words = set(re.findall(r"[A-Z][A-Z0-9_]{2,}", node.value))
        assert not words & names, (
            f"{module}:{node.lineno} uses {words & names}; use our names from catalog.layer"
        )


def test_the_glossary_is_one_to_one() -> None:
    terms = tomllib.loads((ROOT / "glossary.toml").read_text(encoding="utf-8"))["term"]
    for column in ("zh", "en"):
        values = [term[column] for term in terms]
        assert len(values) == len(set(values)), {v for v in values if values.count(v) > 1}


def test_no_identifier_uses_a_name_that_the_glossary_refuses() -> None:
    terms = tomllib.loads((ROOT / "glossary.toml").read_text(encoding="utf-8"))["term"]
    refused = {bad: term["en"] for term in terms for bad in term.get("not", ())}
    for module in MODULES:
        for node in ast.walk(tree_of(module)):
            name = getattr(node, "name", None) or getattr(node, "id", None) or getattr(node, "arg", None)
            if isinstance(name, str):
                snake = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
                found = [bad for bad in refused if re.search(rf"(^|_){bad}($|_)", snake)]
                assert not found, f"{module}:{getattr(node, 'lineno', 0)} {name}: write {refused[found[0]]}"


def test_quantities_and_layers_speak_the_glossary() -> None:
    terms = {t["en"] for t in tomllib.loads((ROOT / "glossary.toml").read_text(encoding="utf-8"))["term"]}
    roles = {path.stem for path in (ROOT / "src/fangtian/catalog/layers").glob("*.toml")}
    for role in roles - {"dem"}:
        stem = role.removesuffix("_after").removesuffix("_out").removesuffix("_in")
        assert {stem, stem.removesuffix("s")} & (terms | {"slope"}), (
            f"layer role {role} is not in glossary.toml"
        )


def test_paths_are_short_enough_for_every_system() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    assert not [name for name in listed.splitlines() if len(name) > MAX_PATH]


@pytest.mark.parametrize("layer", ["units.py", "facts", "law", "deliver"])
def test_dates_are_arguments(layer: str) -> None:
    for path in sorted((ROOT / "src/fangtian").joinpath(layer).rglob("*.py")) or [
        ROOT / "src/fangtian" / layer
    ]:
        text = path.read_text(encoding="utf-8")
        clock = re.search(r"\b(today|utcnow|now|time\.time|environ|getenv)\(?", text)
        assert not re.search(r"\.(today|now|utcnow)\(|os\.environ|getenv|time\.time\(", text), (
            f"{path}: {clock}"
        )
