"""The house's own rules, read from its source."""

from __future__ import annotations

import argparse
import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from datazoom_desktop.app.cli import build_parser
from datazoom_desktop.app.features import FEATURES

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "datazoom_desktop"
MODULES = sorted(SOURCE.rglob("*.py"))
PACKAGES = sorted({m.parent for m in MODULES})
SQL = re.compile(
    r"^\s*(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+TABLE|WITH\s+\w+\s+AS)\b",
    re.IGNORECASE | re.DOTALL,
)
MAX_LINES = 700


def name_of(module: Path) -> str:
    return str(module.relative_to(SOURCE))


def trees() -> Iterator[tuple[Path, ast.Module]]:
    for module in MODULES:
        yield module, ast.parse(module.read_text(encoding="utf-8"))


@pytest.mark.parametrize("package", PACKAGES, ids=lambda p: str(p.relative_to(SOURCE.parent)))
def test_every_package_has_its_prose(package: Path) -> None:
    tree = ast.parse((package / "__init__.py").read_text(encoding="utf-8"))
    prose = ast.get_docstring(tree) or ""
    assert len(prose.split()) >= 8, f"{package} says too little about itself"


def test_every_package_is_named_in_the_layers() -> None:
    layers = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]["layers"]
    named = {part.strip() for layer in layers for part in layer.split("|")}
    present = {p.name for p in SOURCE.iterdir() if (p / "__init__.py").exists()}
    assert present == named


def test_no_module_is_larger_than_the_cap() -> None:
    large = {name_of(m): n for m in MODULES if (n := len(m.read_text(encoding="utf-8").splitlines())) > MAX_LINES}
    assert large == {}


def test_sql_stands_in_stores_and_storage_only() -> None:
    strays = []
    for module, tree in trees():
        if module.name == "store.py" or module.is_relative_to(SOURCE / "storage"):
            continue
        strays += [
            f"{name_of(module)}:{node.lineno}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.search(node.value)
        ]
    assert strays == []


def test_no_work_at_import() -> None:
    """A module's top level declares: it calls nothing but constructors of constants, and never in a bare statement."""
    strays = []
    for module, tree in trees():
        for node in tree.body:
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                strays.append(f"{name_of(module)}:{node.lineno}")
            if isinstance(node, ast.For | ast.While | ast.With):
                strays.append(f"{name_of(module)}:{node.lineno}")
    assert strays == []


def test_no_bare_except_and_no_swallowed_exception() -> None:
    strays = []
    for module, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler):
                broad = node.type is None or (
                    isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")
                )
                if broad and all(isinstance(s, ast.Pass | ast.Continue) for s in node.body):
                    strays.append(f"{name_of(module)}:{node.lineno}")
                if node.type is None:
                    strays.append(f"{name_of(module)}:{node.lineno}")
    assert strays == []


def test_user_files_are_parsed_in_workers_only() -> None:
    """PyMuPDF stays behind the PDF reader and the viewer's renderer, so that it can be swapped (decision D12)."""
    allowed = {"intake/readers/pdf.py", "documents/render.py"}
    users = set()
    for module, tree in trees():
        for node in ast.walk(tree):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            if any(n.split(".")[0] in ("pymupdf", "fitz") for n in names):
                users.add(module.relative_to(SOURCE).as_posix())
    assert {u for u in users if not u.startswith("intake/readers/pdf")} <= allowed


def test_no_unfinished_marks() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    strays = [name_of(m) for m in MODULES if marks.search(m.read_text(encoding="utf-8"))]
    assert strays == []


def verbs(
    parser: argparse.ArgumentParser, trail: str = "datazoom"
) -> Iterator[tuple[str, argparse.ArgumentParser, str | None]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            helps = {choice.dest: choice.help for choice in action._choices_actions}
            for name, sub in action.choices.items():
                yield f"{trail} {name}", sub, helps.get(name)
                yield from verbs(sub, f"{trail} {name}")


def test_every_verb_and_argument_has_help() -> None:
    silent = []
    for trail, sub, text in verbs(build_parser()):
        if not text:
            silent.append(trail)
        silent += [
            f"{trail} {a.dest}" for a in sub._actions if not a.help and not isinstance(a, argparse._SubParsersAction)
        ]
    assert silent == []


def test_every_verb_takes_home_and_json() -> None:
    for trail, sub, _ in verbs(build_parser()):
        options = {option for action in sub._actions for option in action.option_strings}
        assert {"--home", "--json"} <= options, trail


def test_every_feature_is_a_package() -> None:
    assert {f.package for f in FEATURES} <= {p.name for p in PACKAGES}
    assert len({f.package for f in FEATURES}) == len(FEATURES)


def test_the_contract_of_verbs_is_complete() -> None:
    names = {trail for trail, _, _ in verbs(build_parser())}
    wanted = ["ingest", "status", "pages", "documents", "search", "ask", "jobs", "models", "room"]
    assert {f"datazoom {w}" for w in wanted} <= names
    assert {f"datazoom room {w}" for w in ["create", "list", "remove", "backup", "restore", "doctor"]} <= names
    assert {f"datazoom models {w}" for w in ["list", "pull", "import", "remove"]} <= names


def test_language_models_are_had_through_one_metered_door() -> None:
    """Only ``app/language.py`` picks a model, and nothing outside ``engines/`` makes one of its own, so no call misses the ledger."""
    door = "app/language.py"
    makers = {"datazoom_desktop.engines." + name for name in ("router", "openai_client", "llama_server", "llama_model")}
    strays = []
    for module, tree in trees():
        where = module.relative_to(SOURCE).as_posix()
        if where == door or where.startswith("engines/"):
            continue
        for node in ast.walk(tree):
            picks = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "pick"
            taken = {node.module or ""} if isinstance(node, ast.ImportFrom) else set()
            taken |= {alias.name for alias in node.names} if isinstance(node, ast.Import) else set()
            if picks or taken & makers:
                strays.append(f"{where}:{getattr(node, 'lineno', 0)}")
    assert strays == []
    language = ast.parse((SOURCE / door).read_text(encoding="utf-8"))
    picking = [node for node in ast.walk(language) if isinstance(node, ast.Attribute) and node.attr == "pick"]
    assert len(picking) == 1, "one place picks, and what it picks is metered there"
