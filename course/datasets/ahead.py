"""Fetching ahead what the core lessons use, so that they have their real data without a network later.

python -m course.datasets.ahead

Run by `start.py`. What is here already is left alone, what can't be had is said in a line, and nothing is an error:
each lesson has stand-ins. A download that broke off is begun again the next time, file by file.
"""

from __future__ import annotations

from course.datasets import catalogue, fetch

TITLES = {"mnist": "MNIST's test digits", "names": "the list of names", "tiny_shakespeare": "Tiny Shakespeare"}


def fetch_ahead() -> dict[str, str]:
    """Fetch what isn't here; why not, by data set, of what couldn't be had."""
    missing = {}
    for name in TITLES:
        try:
            for file in catalogue.FILES[name][0]:
                fetch.content(file)
        except fetch.Unavailable as reason:
            missing[name] = str(reason)
    return missing


def main() -> None:
    """Say what is done, where there is anything to do."""
    wanted = [title for name, title in TITLES.items() if not catalogue.at_hand()[name]]
    if not wanted:
        return
    print(f"Fetching {', '.join(wanted)} (3 MB), so that the lessons have them offline too.", flush=True)
    if missing := fetch_ahead():
        reasons = "; ".join(f"{TITLES[name]}: {reason}" for name, reason in missing.items())
        instead = "Lessons 7 to 11 use smaller data instead, and say so; the next start tries again."
        print(f"Not everything could be fetched ({reasons}). {instead}")


if __name__ == "__main__":
    main()
