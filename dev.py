#!/usr/bin/env python3
"""Everything a developer of ktui needs; asks for nothing but Python. See: python3 dev.py help"""

# No syntax newer than Python 3.6 in this file, so that an old Python reads a sentence and not a traceback.
import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

OLDEST = (3, 11)
if sys.version_info < OLDEST:
    newer = [name for name in ("python3.14", "python3.13", "python3.12", "python3.11") if shutil.which(name)]
    hint = "try: " + newer[0] + " dev.py" if newer else "install one, then run dev.py with it"
    this = ".".join(str(number) for number in sys.version_info[:2])
    sys.exit(f"ktui needs Python 3.11 or newer and this is {this}: {hint}")
try:
    import ensurepip  # noqa: F401
    import fcntl
    import venv  # noqa: F401
except ImportError as missing:
    if os.name != "posix":
        sys.exit("ktui is developed on Linux and macOS (on Windows: in WSL)")
    sys.exit(
        f"this Python ({sys.executable}) has no {missing.name}, which comes in a package of its own on some"
        f" systems (Debian and Ubuntu: apt install python3.{sys.version_info[1]}-venv)"
    )

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
MADE_HERE = VENV / "made-by-dev.py"
PROGRAM_LOCK = ROOT / "requirements.lock"
DEVELOPER_LOCK = ROOT / "requirements-dev.lock"
DIST = ROOT / "dist"
LINKS = [f".src/ktui/{folder}" for folder in ("adapters", "tui", "widgets")]
LEFT_OUT = (
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_ROOT",
    "UV_FIND_LINKS",
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONSTARTUP",
)


class Failure(Exception):
    """One sentence for the person at the terminal; the process ends with 2, or with `code`."""

    def __init__(self, sentence: str, code: int = 2) -> None:
        super().__init__(sentence)
        self.code = code


def step(text: str) -> None:
    print(f"dev.py: {text}", file=sys.stderr, flush=True)


def quiet(command: list[object], what: str, cwd: Path = ROOT) -> str:
    """Run `command`, return what it printed; if it fails, quote that and give up on `what`."""
    env = {**os.environ, "PIP_USER": "0", "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        print(done.stdout.rstrip(), file=sys.stderr)
        raise Failure(f"{what} failed with exit code {done.returncode}; its output is above")
    return done.stdout


# --- the environment ---


def digest(*parts: object) -> str:
    content = hashlib.sha256()
    for part in parts:
        content.update(part.read_bytes() if isinstance(part, Path) else str(part).encode())
        content.update(b"\0")
    return content.hexdigest()


def wanted() -> dict[Path, str]:
    """What the environment must have been made from, by the file in it that says what it was made from."""
    libraries = digest(DEVELOPER_LOCK, sys.version, sys.base_prefix, str(VENV))
    project = digest(libraries, ROOT / "pyproject.toml", ROOT / ".src/ktui/__init__.py")
    return {VENV / "libraries.sha256": libraries, VENV / "project.sha256": project}


def is_current(stamp: Path, expected: str) -> bool:
    return stamp.is_file() and stamp.read_text() == expected and PYTHON.exists()


def packages_in(lock_file: Path) -> int:
    return len(re.findall(r"^[a-z0-9][^ ]*==", lock_file.read_text(), re.MULTILINE))


def install(python: Path, arguments: list[object], what: str) -> None:
    quiet([python, "-m", "pip", "install", *arguments], what)


def make_libraries() -> None:
    if VENV.exists() and not MADE_HERE.exists():
        raise Failure(f"{VENV} was not made by dev.py: move it away, or remove it, and try again")
    shutil.rmtree(VENV, ignore_errors=True)
    VENV.mkdir()
    MADE_HERE.touch()
    step("making .venv with Python " + sys.version.split()[0])
    quiet([sys.executable, "-m", "venv", VENV], "making .venv")
    step(f"installing {packages_in(DEVELOPER_LOCK)} locked packages into .venv (a minute or two, this once)")
    install(PYTHON, ["--require-hashes", "-r", DEVELOPER_LOCK], "installing the locked packages")


def make_project() -> None:
    step("installing ktui itself into .venv, editable")
    install(PYTHON, ["--no-deps", "--no-build-isolation", "-e", ROOT], "installing ktui")


def make_links() -> None:
    """Make the links that a checkout holds and a source distribution does not."""
    for name in LINKS:
        link = ROOT / name
        if not link.exists():
            if link.is_file() or link.is_symlink():
                raise Failure(f"{name} should be a symbolic link to a folder: check out with symbolic links")
            link.symlink_to(Path("../..") / link.name)


def refresh() -> None:
    make_links()
    for (stamp, expected), make in zip(wanted().items(), (make_libraries, make_project), strict=True):
        if not is_current(stamp, expected):
            make()
            stamp.write_text(expected)


@contextlib.contextmanager
def environment() -> Iterator[None]:
    """Bring .venv up to date; no other dev.py remakes it until the block, or what it becomes, ends."""
    with (ROOT / ".venv.lock").open("a") as lock:
        while True:
            take(lock.fileno(), fcntl.LOCK_SH)
            if all(is_current(stamp, expected) for stamp, expected in wanted().items()):
                os.set_inheritable(lock.fileno(), True)
                yield
                return
            take(lock.fileno(), fcntl.LOCK_EX)
            refresh()


def take(lock: int, mode: int) -> None:
    """Take the lock of .venv, shared or alone, in the open where that takes waiting."""
    try:
        fcntl.flock(lock, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        step(
            "waiting for another dev.py, which is "
            + ("using" if mode == fcntl.LOCK_EX else "making")
            + " .venv"
        )
        fcntl.flock(lock, mode)


def become(command: list[object]) -> None:
    """Go on as `command`, from the environment, so that signals, terminal and exit code are its own."""
    sys.stdout.flush()
    os.execv(str(command[0]), [str(part) for part in command])


def become_module(module: str, *arguments: str) -> None:
    with environment():
        os.chdir(ROOT)
        become([PYTHON, "-m", module, *arguments])


def check(what: str, *command: object) -> None:
    """Run one of several checks in the open; give up on `what` if it finds something."""
    code = subprocess.run([str(part) for part in command], cwd=ROOT, check=False).returncode
    if code != 0:
        raise Failure(f"{what}: see above", code=1)


# --- trying what is built ---


def try_installed(elsewhere: Path, what: str) -> None:
    """Run the installed program from another folder, each way it can be run."""
    version = quiet([PYTHON, "-c", "import ktui; print(ktui.__version__)"], "asking for the version").strip()
    script, python = elsewhere / "venv/bin/ktui", elsewhere / "venv/bin/python"
    quiet([python, "-m", "pip", "check"], "checking the dependencies", elsewhere)
    trials: list[tuple[list[object], str]] = [
        ([script, "--version"], version),
        ([python, "-m", "ktui", "--version"], version),
        ([script, "--help"], "Usage"),
    ]
    for command, expected in trials:
        words = " ".join(str(part) for part in command[1:])
        answer = quiet(command, f"running the {what}'s ktui {words}", elsewhere)
        if expected not in answer:
            raise Failure(f"the {what}'s ktui {words} does not say {expected!r} but {answer!r}", code=1)
    step(f"the {what} installs and runs, with the libraries of {PROGRAM_LOCK.name}")


# --- the words ---


def word_run(arguments: list[str]) -> None:
    """a real Kafka cluster on this machine, and the console on it"""
    with environment():
        become([VENV / "bin" / "ktui", "sandbox", *arguments])


def word_test(arguments: list[str]) -> None:
    """the tests, those on one real cluster of each kind included"""
    become_module("pytest", "-m", "not matrix and not bench", *arguments)


def word_test_all(arguments: list[str]) -> None:
    """the same and the matrices of versions and variants"""
    become_module("pytest", "-m", "not bench", *arguments)


def word_bench(arguments: list[str]) -> None:
    """sizes and speeds"""
    become_module("pytest", "-m", "bench", "tests/benchmarks", *arguments)


def word_lint(arguments: list[str]) -> None:
    """ruff: rules and formatting"""
    with environment():
        ruff = VENV / "bin" / "ruff"
        check("ruff found something", ruff, "check", *arguments)
        check("not formatted (dev.py format does it)", ruff, "format", "--check", *arguments)


def word_format(arguments: list[str]) -> None:
    """let ruff format the code and mend what it can"""
    with environment():
        ruff = VENV / "bin" / "ruff"
        check("ruff cannot mend this", ruff, "check", "--fix", *arguments)
        check("ruff cannot format this", ruff, "format", *arguments)


def word_types(arguments: list[str]) -> None:
    """mypy, strict"""
    with environment():
        mypy = VENV / "bin" / "mypy"
        check("mypy found something", mypy, *arguments)
        check("mypy found something in dev.py", mypy, "dev.py", *arguments)


def word_layers(arguments: list[str]) -> None:
    """import contracts: who may import whom"""
    with environment():
        os.chdir(ROOT)
        become([VENV / "bin" / "lint-imports", *arguments])


def word_shots(arguments: list[str]) -> None:
    """write the pictures in screenshots/ from a real cluster"""
    become_module("tests.shots", *arguments)


def word_demo(arguments: list[str]) -> None:
    """make the recording that ktui demo plays, on a real cluster"""
    with environment():
        os.chdir(ROOT)
        become([PYTHON, "-m", "tests.demo_recording", *arguments])


def word_dist(arguments: list[str]) -> None:
    """build wheel and sdist into dist/, compare them with the repository, install and run both elsewhere"""
    with environment(), tempfile.TemporaryDirectory(prefix="ktui-dist-") as temporary:
        elsewhere = Path(temporary)
        step("building wheel and sdist into dist/")
        check("the distributions are wrong", PYTHON, ROOT / "tests" / "distributions.py", DIST)
        (wheel,), (sdist,) = DIST.glob("*.whl"), DIST.glob("*.tar.gz")
        step("installing them elsewhere")
        python = elsewhere / "venv" / "bin" / "python"
        quiet([sys.executable, "-m", "venv", elsewhere / "venv"], "making a fresh environment")
        install(python, ["--require-hashes", "-r", PROGRAM_LOCK], f"installing {PROGRAM_LOCK.name}")
        install(python, ["--no-deps", wheel], "installing the wheel")
        try_installed(elsewhere, "wheel")
        from_sdist = ["--no-deps", "--no-build-isolation", "--wheel-dir", elsewhere, sdist]
        quiet([PYTHON, "-m", "pip", "wheel", *from_sdist], "building from the sdist", elsewhere)
        install(python, ["--no-deps", "--force-reinstall", elsewhere / wheel.name], "installing the sdist")
        try_installed(elsewhere, "sdist")
        step(f"done: {wheel.relative_to(ROOT)}, {sdist.relative_to(ROOT)}")


def word_lock(arguments: list[str]) -> None:
    """make the lock files again from pyproject.toml; --upgrade takes the newest versions"""
    with tempfile.TemporaryDirectory(prefix="ktui-lock-") as temporary:
        uv = shutil.which("uv") or str(Path(temporary) / "bin" / "uv")
        if not Path(uv).exists():
            step("getting uv")
            quiet([sys.executable, "-m", "venv", temporary], "making a place for uv")
            install(Path(temporary) / "bin" / "python", ["uv"], "installing uv")
        common = [
            uv,
            "pip",
            "compile",
            "pyproject.toml",
            "--universal",
            "--python-version",
            "3.11",
            "--quiet",
        ]
        extras = ("--extra", "sandbox", "--extra", "registry")
        common += ["--generate-hashes", "--no-config", "--custom-compile-command", "python3 dev.py lock"]
        for path, choice in (
            (PROGRAM_LOCK, []),
            (DEVELOPER_LOCK, [*extras, "--group", "dev", "--constraints", PROGRAM_LOCK.name]),
        ):
            quiet([*common, *choice, *arguments, "--output-file", path.name], f"locking {path.name}")
            step(f"{path.name}: {packages_in(path)} packages")


def word_setup(arguments: list[str]) -> None:
    """only make .venv, or bring it up to date"""
    with environment():
        step(f"{VENV} is up to date")


def word_clean(arguments: list[str]) -> None:
    """remove .venv, dist/ and all caches of the checkout"""
    with (ROOT / ".venv.lock").open("a") as lock:
        take(lock.fileno(), fcntl.LOCK_EX)
        caches = [
            ROOT / name for name in (".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache")
        ]
        caches += [path for path in ROOT.rglob("__pycache__") if VENV not in path.parents]
        for path in [DIST, *caches, *([VENV] if MADE_HERE.exists() else [])]:
            shutil.rmtree(path, ignore_errors=True)


def word_help(arguments: list[str]) -> None:
    """this list"""
    print("usage: python3 dev.py WORD [arguments for the tool behind it]\n")
    for word, act in WORDS.items():
        print(f"  {word:10} {act.__doc__}")


WORDS = {name[5:].replace("_", "-"): act for name, act in list(globals().items()) if name.startswith("word_")}


def main(arguments: list[str]) -> None:
    word, rest = (arguments[0], arguments[1:]) if arguments else ("help", [])
    act = word_help if word in ("-h", "--help") else WORDS.get(word)
    for name in LEFT_OUT:
        os.environ.pop(name, None)
    try:
        if act is None:
            raise Failure(f"there is no word {word!r}; the words are: {', '.join(WORDS)}")
        act(rest[1:] if rest[:1] == ["--"] else rest)
    except Failure as failure:
        step(str(failure))
        sys.exit(failure.code)
    except OSError as error:
        step(f"{word}: {error}")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main(sys.argv[1:])
