"""The walls: which module may import what, how long a module and a function may be."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "readiness"
LONGEST_MODULE, LONGEST_FUNCTION = 400, 50

FILES = {path.relative_to(ROOT).as_posix(): path for path in sorted(PACKAGE.rglob("*.py"))}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in FILES.items()}
# Migrations are records of the past: run by Alembic, never imported, and as long as their table.
MODULES = {
    name.removesuffix(".py").removesuffix("/__init__").replace("/", "."): name
    for name in FILES
    if "migrations" not in name
}

PURE = {
    "abc", "collections", "collections.abc", "dataclasses", "decimal", "enum", "fractions", "functools", "graphlib",
    "itertools", "math", "operator", "types", "typing",
}  # fmt: skip
WAYS_OUT = {"open", "print", "input", "eval", "exec", "compile", "__import__", "breakpoint", "globals"}
CLOCK = {"now", "utcnow", "today", "time", "monotonic", "perf_counter"}
RENDERING = ("pdf", "svg_text", "process", "preload", "slides")  # of readiness/report/: what makes files of views
WITHOUT_WEB = ("flask", "flask_security", "flask_wtf", "wtforms", "werkzeug", "sqlalchemy", "alembic", "weasyprint")

# What may be imported only here: library > places. A place that ends with / is a folder.
ONLY_IN = {
    "flask": ("readiness/web/", "readiness/app.py", "readiness/cli.py"),
    "flask_wtf": ("readiness/web/",),
    "flask_security": ("readiness/web/identity.py",),
    "qrcode": ("readiness/web/qr_codes.py",),
    "wtforms": ("readiness/web/",),
    "xlsxwriter": ("readiness/report/plan_workbook.py",),
    "werkzeug": ("readiness/web/", "readiness/app.py", "readiness/cli.py"),
    "sqlalchemy": (
        "readiness/store/",
        "readiness/web/rules.py",
        "readiness/rendering.py",
        "readiness/rendering_all.py",
        "readiness/runs.py",
        "readiness/mail_sender.py",
        "readiness/example_service.py",
    ),
    "cryptography": ("readiness/store/sealing.py",),
    "smtplib": ("readiness/mail.py",),
    "email": ("readiness/mail.py",),
    "alembic": ("readiness/store/",),
    "sqlite3": ("readiness/store/",),
    "psycopg": ("readiness/store/postgresql.py",),
    "flask_babel": ("readiness/web/",),
    "babel": ("readiness/language.py", "readiness/loading/translation.py", "readiness/web/"),
    "weasyprint": ("readiness/report/pdf.py", "readiness/report/svg_text.py", "readiness/report/process.py"),
    "pikepdf": ("readiness/report/finish.py", "readiness/report/fields.py"),
    "resvg_py": ("readiness/report/slides.py",),
    "yaml": ("readiness/loading/", "readiness/report/data.py"),
    # The command line only hands in the generator of chance, which the workbench may not make.
    "numpy": (
        "readiness/workbench/",
        "readiness/loading/populations.py",
        "readiness/cli_compare.py",
        "readiness/cli_populations.py",
    ),
    "pyarrow": ("readiness/loading/populations.py",),
}


def imports(tree: ast.AST) -> Iterator[str]:
    """Every module that is imported anywhere in a file; `from a import b` counts as a and as a.b."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


IMPORTS = {name: set(imports(tree)) for name, tree in TREES.items()}
OUTSIDE = {name: {found.partition(".")[0] for found in IMPORTS[name]} - {"readiness"} for name in FILES}
# Which of our modules each of our modules imports.
GRAPH = {module: {found for found in IMPORTS[name] if found in MODULES} - {module} for module, name in MODULES.items()}


def reached(module: str) -> set[str]:
    """A module and everything of ours that importing it brings in."""
    found, waiting = set(), [module]
    while waiting:
        now = waiting.pop()
        if now not in found:
            found.add(now)
            waiting += GRAPH[now]
    return found


def below(folder: str) -> list[str]:
    return [name for name in FILES if name.startswith(folder)]


ENGINE = below("readiness/engine/")


def test_there_is_something_to_check() -> None:
    assert len(ENGINE) >= 11
    assert {f"readiness.{name}" for name in ("engine", "loading", "report", "store", "web", "app")} <= set(MODULES)


@pytest.mark.parametrize("name", ENGINE)
def test_the_engine_imports_only_itself_and_pure_parts_of_the_standard_library(name: str) -> None:
    modules = {
        node.module if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(TREES[name])
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert {module for module in modules if not str(module).startswith("readiness.engine.")} <= PURE


@pytest.mark.parametrize("name", ENGINE)
def test_the_engine_reaches_no_file_clock_or_code_by_a_name(name: str) -> None:
    names = {node.id for node in ast.walk(TREES[name]) if isinstance(node, ast.Name)}
    attributes = {node.attr for node in ast.walk(TREES[name]) if isinstance(node, ast.Attribute)}
    assert names & WAYS_OUT == set()
    assert attributes & CLOCK == set()


@pytest.mark.parametrize("name", below("readiness/workbench/"))
def test_the_workbench_imports_only_the_engine_numpy_and_pure_parts_of_the_standard_library(name: str) -> None:
    modules = {
        node.module if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(TREES[name])
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    beside = {module for module in modules if not str(module).startswith(("readiness.engine.", "readiness.workbench."))}
    assert beside <= PURE | {"numpy", "numpy.typing"}


@pytest.mark.parametrize("name", below("readiness/workbench/"))
def test_the_workbench_reaches_no_file_clock_or_code_by_a_name(name: str) -> None:
    called = {node.func for node in ast.walk(TREES[name]) if isinstance(node, ast.Call)}
    assert {function.id for function in called if isinstance(function, ast.Name)} & WAYS_OUT == set()
    assert {function.attr for function in called if isinstance(function, ast.Attribute)} & CLOCK == set()


@pytest.mark.parametrize("name", below("readiness/loading/"))
def test_loading_knows_the_engine_and_the_errors_only(name: str) -> None:
    ours = {found for found in IMPORTS[name] if found in MODULES}
    allowed = ("readiness.engine", "readiness.loading", "readiness.errors")
    # Files of many assessments become columns of codes, which the workbench owns.
    allowed += ("readiness.workbench.columns",) if name == "readiness/loading/populations.py" else ()
    assert {found for found in ours if not found.startswith(allowed)} == set()


@pytest.mark.parametrize("name", below("readiness/store/"))
def test_the_store_knows_neither_the_web_nor_the_report(name: str) -> None:
    ours = {found for found in IMPORTS[name] if found in MODULES}
    assert {
        found for found in ours if found.startswith(("readiness.web", "readiness.report", "readiness.app"))
    } == set()


@pytest.mark.parametrize("name", [name for name in below("readiness/report/") if Path(name).stem not in RENDERING])
def test_the_views_bring_in_no_web_database_or_pdf(name: str) -> None:
    module = next(module for module, file in MODULES.items() if file == name)
    libraries = {library for found in reached(module) for library in OUTSIDE[MODULES[found]]}
    assert libraries & set(WITHOUT_WEB) == set()


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_stays_in_its_room(library: str) -> None:
    users = [name for name in FILES if library in OUTSIDE[name]]
    assert users, f"nothing imports {library}: remove it from the table"
    assert [name for name in users if not name.startswith(ONLY_IN[library])] == []


@pytest.mark.parametrize(
    "name", ["readiness/web/rules.py", "readiness/rendering.py", "readiness/rendering_all.py", "readiness/runs.py"]
)
def test_outside_the_store_only_the_type_of_the_database_is_known(name: str) -> None:
    found = {found for found in IMPORTS[name] if found.startswith("sqlalchemy")}
    assert found == {"sqlalchemy", "sqlalchemy.Engine"}


def test_the_package_itself_holds_a_docstring_only() -> None:
    (only,) = TREES["readiness/__init__.py"].body
    assert isinstance(only, ast.Expr)
    assert isinstance(only.value, ast.Constant)
    assert isinstance(only.value.value, str)


def test_no_two_modules_import_each_other() -> None:
    list(TopologicalSorter(GRAPH).static_order())  # raises CycleError and names the circle


def test_no_two_packages_import_each_other() -> None:
    packages: dict[str, set[str]] = {}
    for module, imported in GRAPH.items():
        here = module.split(".")[1] if "." in module else ""
        there = {found.split(".")[1] for found in imported if "." in found}
        packages.setdefault(here, set()).update(there - {here})
    list(TopologicalSorter(packages).static_order())


@pytest.mark.parametrize("name", FILES)
def test_a_module_says_in_its_first_line_what_it_is(name: str) -> None:
    assert ast.get_docstring(TREES[name]) or "versions" in name


@pytest.mark.parametrize("name", MODULES.values())
def test_modules_and_functions_stay_short(name: str) -> None:
    assert len(FILES[name].read_text(encoding="utf-8").splitlines()) <= LONGEST_MODULE
    functions = [node for node in ast.walk(TREES[name]) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    lengths = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions}
    assert {function: length for function, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_the_engine_readme_names_every_module() -> None:
    text = (PACKAGE / "engine" / "README.md").read_text(encoding="utf-8")
    for name in ENGINE:
        module = Path(name).name
        assert module == "__init__.py" or f"`{module}`" in text


def test_the_commands_load_quickly() -> None:
    """What only some commands need, a database, arrays, the web, is loaded by those alone."""
    code = "import sys, readiness.cli; print(sorted({'sqlalchemy', 'numpy', 'flask', 'weasyprint'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
