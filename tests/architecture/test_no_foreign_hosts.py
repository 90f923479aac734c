"""The repository names no registry, no machine and no person's folder."""

import re
from pathlib import Path

from architecture.source_tree import name_of, repository_files

REGISTRIES = re.compile(
    r"registry\.npm|npmmirror|npmjs\.|pypi\.org|pythonhosted|artifactory|index-url|\bresolved\"",
    re.IGNORECASE,
)
MACHINE_PATHS = re.compile(r"(?<![\w.])/(work|root|home/\w+|Users/\w+)/")
HOSTS = re.compile(r"\b(?:https?|wss?)://([A-Za-z0-9.-]+\.[a-z]{2,})\b")
# Places that a reader may look up; nothing is fetched from them.
KNOWN_HOSTS = {
    "datatracker.ietf.org",
    "www.rfc-editor.org",
    "www.w3.org",
    "www.apache.org",
    "keepachangelog.com",
    "semver.org",
    # Names of RTP header extensions: they look like addresses and are none.
    "www.ietf.org",
    "www.webrtc.org",
    "aomediacodec.github.io",
}
EXAMPLE_DOMAINS = (".example", ".test", "example.com", "example.org")
TEXT = set(
    [".py", ".ts", ".tsx", ".css", ".html", ".json", ".md", ".toml", ".txt", ".yml", ".in"]
) | {""}

FILES = [
    path
    for path in repository_files()
    if path.suffix in TEXT and path.name not in (Path(__file__).name, "LICENSE")
]


def test_no_file_names_a_registry() -> None:
    """Whoever installs says where from; the lock files hold names, versions and hashes only."""
    assert not [name_of(path) for path in FILES if REGISTRIES.search(path.read_text())]


def test_no_file_names_the_path_of_a_machine() -> None:
    assert not [name_of(path) for path in FILES if MACHINE_PATHS.search(path.read_text())]


def test_no_file_names_a_foreign_host() -> None:
    strange = {
        (name_of(path), host)
        for path in FILES
        if path.name != "package-lock.json"  # It repeats where packages ask for donations.
        for host in HOSTS.findall(path.read_text().lower())
        if host not in KNOWN_HOSTS and not host.endswith(EXAMPLE_DOMAINS)
    }
    assert not strange
